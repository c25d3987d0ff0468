"""The designs side by side on the same people, and how alike their groups are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from azukari.business.health.effect import fitting, matching
from azukari.business.health.effect.fitting import Sample
from azukari.business.health.effect.limits import Limits
from azukari.business.health.effect.matching import Places
from azukari.business.health.effect.types import Balance, Estimate, Flags, Numbers, Overlap

FEWEST_PAIRS = 2


@dataclass(frozen=True, slots=True)
class Designs:
    """What the designs say, by code, and the pairs that were made."""

    estimates: dict[str, Estimate]
    pairs: int
    balance: tuple[Balance, ...]


def run(found: Sample, limits: Limits) -> Designs:
    """Every design that the data allow. Differences in differences need a value before."""
    known = found.observed
    estimates = {"doubly_robust": fitting.doubly_robust(found)[0], "weighting": fitting.weighted(found)}
    ours, theirs = _pairs(found, known, limits)
    if len(ours) >= max(FEWEST_PAIRS, limits.smallest_cell):
        estimates["matching"] = _matched(found, ours, theirs)
    estimates["ancova"] = fitting.regression(found.after[known], found.treated[known], found.terms[known])
    if found.before is not None:
        change = found.after - found.before
        nothing = np.empty((int(known.sum()), 0))
        estimates["did"] = fitting.regression(change[known], found.treated[known], nothing)
    return Designs(estimates, len(ours), balance(found, (ours, theirs), limits))


def balance(found: Sample, matched: tuple[Places, Places], limits: Limits) -> tuple[Balance, ...]:
    """Standardised differences of every covariate (in spreads of the people reached), raw, weighted and matched."""
    reached, others = (found.observed & found.treated), (found.observed & ~found.treated)
    raw, weights = found.raw, found.weights
    spread = _spread(raw, reached, others)
    mean = raw[reached].mean(axis=0)
    plain = (mean - raw[others].mean(axis=0)) / spread
    even = (mean - np.average(raw[others], axis=0, weights=weights[others])) / spread
    ours, theirs = matched
    paired = (raw[ours].mean(axis=0) - raw[theirs].mean(axis=0)) / spread if len(ours) else None
    return tuple(
        Balance(
            name,
            _common(raw[:, at], (reached, others), limits),
            float(plain[at]),
            float(even[at]),
            None if paired is None else float(paired[at]),
        )
        for at, name in enumerate(found.names)
    )


def _common(values: Numbers, arms: tuple[Flags, Flags], limits: Limits) -> bool:
    """Whether no value of a column of 0 and 1 is that of a few people of a group only."""
    if len(np.unique(values)) > 2:
        return True
    counts = [int((values[arm] == one).sum()) for arm in arms for one in np.unique(values)]
    return not any(0 < count < limits.smallest_cell for count in counts)


def overlap(found: Sample, inside: Flags, treated: Flags) -> Overlap:
    """How many of the people reached have a counterpart, and how many people the weighted controls amount to."""
    weights = found.weights[found.observed & ~found.treated]
    if not len(weights):
        return Overlap(float(inside[treated].mean()), 0.0, 1.0)
    total = float(weights.sum())
    return Overlap(float(inside[treated].mean()), total**2 / float((weights**2).sum()), float(weights.max()) / total)


def _pairs(found: Sample, known: Flags, limits: Limits) -> tuple[Places, Places]:
    rows = np.flatnonzero(known)
    ours, theirs = matching.pairs(found.propensity[rows], found.treated[rows], limits.caliper)
    return rows[ours], rows[theirs]


def _matched(found: Sample, ours: Places, theirs: Places) -> Estimate:
    """The difference within pairs, adjusted for what differs still, with errors by pair (Abadie, Spiess 2022)."""
    rows = np.concatenate([ours, theirs])
    number = np.arange(len(ours))
    terms = (
        found.terms[rows]
        if len(ours) >= fitting.FOR_OWN_TERMS * (found.terms.shape[1] + 1)
        else np.empty((len(rows), 0))
    )
    return fitting.regression(found.after[rows], found.treated[rows], terms, np.concatenate([number, number]))


def _spread(raw: Numbers, reached: Flags, others: Flags) -> Numbers:
    """The spread of the people reached; of all, where they are all alike; 1 where everybody is."""
    own, every = raw[reached].std(axis=0), raw[reached | others].std(axis=0)
    spread = np.where(own > fitting.SAME, own, every)
    found: Numbers = np.where(spread > fitting.SAME, spread, 1.0)
    return found
