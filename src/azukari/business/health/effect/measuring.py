"""The whole of one effect report, from a study to what may be published of it."""

from __future__ import annotations

from dataclasses import replace

from threadpoolctl import threadpool_limits

from azukari.business.health.effect import beside, counting, designs, fitting, verdicts
from azukari.business.health.effect.counting import Counted
from azukari.business.health.effect.designs import Designs
from azukari.business.health.effect.fitting import Sample
from azukari.business.health.effect.limits import Limits, limits
from azukari.business.health.effect.types import HEADLINE, Balance, DesignResult, Overlap, Report, Study


def measure(study: Study) -> Report:
    """The report of a study under the newest limits.

    Deterministic: nothing is drawn by chance, and one thread computes, so that the same data give the same bytes. Where
    numbers, counterparts or likeness do not hold, no estimate is in the report at all.
    """
    with threadpool_limits(limits=1):
        return _measured(study, limits())


def _measured(study: Study, held: Limits) -> Report:
    found, inside = fitting.sample(study, held)
    before = designs.overlap(found, inside, study.treated)
    few = verdicts.objections(found, held, before, (), binary=study.binary)
    if few:
        return _refused(study, counting.count(study, found, inside, 0, held), few, before)
    made = designs.run(found, held)
    counted = counting.count(study, found, inside, made.pairs, held)
    apart = verdicts.objections(found, held, before, made.balance, binary=study.binary)
    if apart:
        return _refused(study, counted, apart, before, made)
    return _report(study, found, held, before, made, counted)


def _report(study: Study, found: Sample, held: Limits, overlap: Overlap, made: Designs, counted: Counted) -> Report:
    results = tuple(_result(name, made, counted) for name in made.estimates)
    headline = next(one for one in results if one.design == HEADLINE)
    placebo, missing = beside.placebo(study, held), beside.missing(found, held, binary=study.binary)
    change, difference = beside.naive(found)
    return Report(
        programme=study.programme,
        outcome=study.outcome,
        binary=study.binary,
        verdict=verdicts.verdict(headline, results, made.balance, placebo, missing, held, binary=study.binary),
        headline=headline,
        counts=counted.shown(),
        groups=counted.groups,
        designs=results,
        naive=change,
        difference=difference,
        reversion=beside.reversion(found, study),
        placebo=placebo,
        balance=_shown(made),
        overlap=_told(overlap, counted),
        missing=missing if counted.tells("missing") else None,
        spreads=() if study.binary else beside.spreads(found, held),
        notes=study.notes,
        suppressed=counted.suppressed,
    )


def _refused(
    study: Study, counted: Counted, reasons: list[str], overlap: Overlap, made: Designs | None = None
) -> Report:
    return Report(
        programme=study.programme,
        outcome=study.outcome,
        binary=study.binary,
        verdict=verdicts.refusal(reasons),
        headline=None,
        counts=counted.shown(),
        groups=counted.groups,
        balance=_shown(made) if made else (),
        overlap=_told(overlap, counted),
        notes=study.notes,
        suppressed=counted.suppressed,
    )


def _result(name: str, made: Designs, counted: Counted) -> DesignResult:
    stage = "paired" if name == "matching" else "analysed"
    return DesignResult(
        name, made.estimates[name], counted.numbers[f"{stage}_treated"], counted.numbers[f"{stage}_control"]
    )


def _told(overlap: Overlap, counted: Counted) -> Overlap:
    return overlap if counted.tells("outside") else replace(overlap, inside=None)


def _shown(made: Designs) -> tuple[Balance, ...]:
    return tuple(one for one in made.balance if one.told)
