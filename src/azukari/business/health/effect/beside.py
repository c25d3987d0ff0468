"""What must stand beside an effect: the naive number taken apart, a placebo, and what the missing could change."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.stats import pearsonr

from azukari.business.health.effect import fitting
from azukari.business.health.effect.fitting import Sample
from azukari.business.health.effect.limits import Limits
from azukari.business.health.effect.types import (
    Estimate,
    Flags,
    Missing,
    Numbers,
    Placebo,
    Reversion,
    Spread,
    Study,
)

FEWEST_FOR_RETEST = 50
FOR_QUARTILES, FOR_TENTHS = 4, 10


def naive(found: Sample) -> tuple[Estimate | None, Estimate]:
    """The change of the people reached, and their difference from the others afterwards: nothing adjusted."""
    known = found.observed
    reached = known & found.treated
    change = None if found.before is None else fitting.mean((found.after - found.before)[reached])
    nothing = np.empty((int(known.sum()), 0))
    return change, fitting.regression(found.after[known], found.treated[known], nothing)


def reversion(found: Sample, study: Study) -> Reversion | None:
    """The naive change = what the others' change makes us expect (regression to the mean, and the times) + the rest.

    None without a value before. The rest is the effect of the main design, on the same people.
    """
    if found.before is None:
        return None
    reached = found.observed & found.treated
    change = found.after - found.before
    rest, expected = fitting.doubly_robust(found, change)
    retest, correlation = _retest(study, found.before[reached])
    return Reversion(fitting.mean(change[reached]), expected, rest, retest, correlation)


def placebo(study: Study, limits: Limits) -> Placebo | None:
    """The main design on an outcome the programme cannot change, or on the value a period before the programme.

    The value a period before is no covariate then: who was reached may not tell it, once the covariates are equal.
    None when the data have neither, or too few people with it.
    """
    if study.negative is not None:
        return _placebo("陰性対照", study.negative, study, limits, with_earlier=True)
    if study.earlier is not None:
        return _placebo("事業より前の期間", study.earlier, study, limits, with_earlier=False)
    return None


def missing(found: Sample, limits: Limits, *, binary: bool) -> Missing | None:
    """The estimates when those without an outcome did badly in one group and well in the other. None: nobody is."""
    absent = ~found.observed
    if not absent.any():
        return None
    share = 0.0 if binary else limits.missing_quantile
    low, high = (0.0, 1.0) if binary else np.nanquantile(found.after, [share, 1 - share])
    ends = [_filled(found, absent, *pair) for pair in ((low, high), (high, low))]
    return Missing(min(ends), max(ends))


def spreads(found: Sample, limits: Limits) -> tuple[Spread, ...]:
    """Before and after of both groups. A quartile needs four times the smallest cell, a tenth ten times."""
    known = found.observed
    made = []
    for who, flags in (("届いた人", known & found.treated), ("届かなかった人", known & ~found.treated)):
        for when, values in (("前", found.before), ("後", found.after)):
            if values is not None and flags.sum() >= FOR_QUARTILES * limits.smallest_cell:
                made.append(_spread(f"{who}・{when}", values[flags], limits))
    return tuple(made)


def _spread(name: str, values: Numbers, limits: Limits) -> Spread:
    low, lower, middle, upper, high = (float(one) for one in np.quantile(values, [0.1, 0.25, 0.5, 0.75, 0.9]))
    tenths = len(values) >= FOR_TENTHS * limits.smallest_cell
    return Spread(name, lower, middle, upper, low if tenths else None, high if tenths else None)


def _placebo(kind: str, outcome: Numbers, study: Study, limits: Limits, *, with_earlier: bool) -> Placebo | None:
    pretended = replace(study, after=outcome)
    found, inside = fitting.sample(pretended, limits, with_earlier=with_earlier)
    known = found.observed
    fewest = min(int((known & found.treated).sum()), int((known & ~found.treated).sum())) if inside.any() else 0
    if fewest < limits.smallest_arm:
        return None
    return Placebo(kind, fitting.doubly_robust(found)[0])


def _filled(found: Sample, absent: Flags, reached: float, others: float) -> float:
    worst = np.where(absent, np.where(found.treated, reached, others), found.after)
    return fitting.doubly_robust(replace(found, after=worst))[0].estimate


def _retest(study: Study, before: Numbers) -> tuple[Estimate | None, float | None]:
    """(1 − r) × (mean of all − mean of those reached), r the correlation of two measurements in everybody (Galton)."""
    if study.population is None:
        return None, None
    first, second = study.population
    both = ~np.isnan(first) & ~np.isnan(second)
    if both.sum() < FEWEST_FOR_RETEST or not first[both].std() or not second[both].std():
        return None, None
    result = pearsonr(first[both], second[both])
    # The second measurement is of the same spread as the third, as far as anybody can know before the programme.
    distance = float(second[both].mean() - before.mean())
    low, high = sorted((1 - float(r)) * distance for r in result.confidence_interval())
    return Estimate((1 - float(result.statistic)) * distance, low, high, float(result.pvalue)), float(result.statistic)
