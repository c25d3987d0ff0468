"""Effect reports: what is left out cannot be computed back, pairs are the nearest, and known truths are found again."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from threadpoolctl import threadpool_limits

from azukari.business.health.effect import api, beside, designs, fitting, matching
from azukari.business.health.effect.fitting import Sample
from azukari.business.health.effect.limits import limits
from azukari.business.health.effect.suppression import Sum, ranges, suppress
from azukari.business.health.effect.types import Study
from support.health_effect import LIMIT, World

HELD = limits()
TRUTH = -0.2
REPEATS = 300

counts = st.integers(0, 40)


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    """As the reports are computed: small matrices gain nothing from more, and several tests run beside one another."""
    with threadpool_limits(limits=1):
        yield


@st.composite
def tables(draw: st.DrawFn) -> tuple[dict[str, int], list[Sum]]:
    """A table of numbers with the sums of its rows, its columns and all."""
    rows, columns = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    values = {f"{r}.{c}": draw(counts) for r, c in product(range(rows), range(columns))}
    sums = [Sum(f"row{r}", tuple(f"{r}.{c}" for c in range(columns))) for r in range(rows)]
    sums += [Sum(f"column{c}", tuple(f"{r}.{c}" for r in range(rows))) for c in range(columns)]
    values |= {one.total: sum(values[part] for part in one.parts) for one in sums}
    sums.append(Sum("all", tuple(f"row{r}" for r in range(rows))))
    values["all"] = sum(values[f"row{r}"] for r in range(rows))
    sums.append(Sum("all", tuple(f"column{c}" for c in range(columns))))
    return values, sums


@given(tables())
def test_no_small_number_can_be_computed_back(table: tuple[dict[str, int], list[Sum]]) -> None:
    values, sums = table
    hidden = suppress(values, sums, limit=10)
    assert hidden >= {name for name, value in values.items() if 0 < value < 10}
    for name, (low, high) in ranges(hidden, values, sums).items():
        assert low - 1e-6 <= values[name] <= high + 1e-6
        if 0 < values[name] < 10:
            assert high - low >= 10 - 1e-6, name


@given(tables())
def test_without_the_second_step_sums_give_small_numbers_away(table: tuple[dict[str, int], list[Sum]]) -> None:
    """The guard off: with the small numbers alone left out, one alone in its sum is known exactly."""
    values, sums = table
    small = {name for name, value in values.items() if 0 < value < 10}
    known = ranges(small, values, sums)
    for one in sums:
        if len(alone := small.intersection(one.names)) == 1:
            [name] = alone
            assert known[name] == pytest.approx((values[name], values[name]), abs=1e-6)


@given(tables())
def test_nothing_is_left_out_where_nothing_is_small(table: tuple[dict[str, int], list[Sum]]) -> None:
    values, sums = table
    assert suppress({name: value * 10 for name, value in values.items()}, sums, limit=10) == frozenset()


shares = st.lists(st.floats(0.01, 0.99), min_size=2, max_size=30)


@given(shares, st.data())
def test_pairs_are_those_found_one_by_one(propensity: list[float], data: st.DataObject) -> None:
    """Greedy matching by sorted links, beside the same by looking at everybody."""
    treated = np.array(data.draw(st.lists(st.booleans(), min_size=len(propensity), max_size=len(propensity))))
    scores = np.array(propensity)
    if not treated.any() or treated.all():
        return
    ours, theirs = matching.pairs(scores, treated, 0.2)
    assert len(set(theirs)) == len(theirs)
    assert treated[ours].all()
    assert not treated[theirs].any()
    logit = np.log(scores / (1 - scores))
    widest = 0.2 * float(np.sqrt((logit[treated].var() + logit[~treated].var()) / 2))
    free, found = set(np.flatnonzero(~treated)), []
    for row in sorted(np.flatnonzero(treated), key=lambda at: (-logit[at], at)):
        near = min((abs(logit[other] - logit[row]) for other in free), default=np.inf)
        if near <= widest:
            found.append((row, near))
            free.remove(
                min((other for other in free if abs(logit[other] - logit[row]) == near), key=lambda at: -logit[at])
            )
    assert [int(row) for row, _ in found] == ours.tolist()
    assert np.abs(logit[ours] - logit[theirs]) == pytest.approx([gap for _, gap in found])


def study(world: World, seed: int) -> Study:
    return api.study(world.frame(seed), "kidney")


def sampled(world: World, seed: int) -> Sample:
    return fitting.sample(study(world, seed), HELD)[0]


@settings(max_examples=8)
@given(st.integers(0, 10_000))
def test_the_main_estimate_is_that_of_two_regressions(seed: int) -> None:
    """The coefficient of one weighted regression, beside two: one of each group, both read at the people reached."""
    found = sampled(World(size=600, lost=0.1), seed)
    known, flags = found.observed, found.treated
    at = np.r_[1.0, found.terms[flags].mean(axis=0)]
    means = []
    for who in (known & flags, known & ~flags):
        root = np.sqrt(found.weights[who])
        design = np.column_stack([np.ones(who.sum()), found.terms[who]])
        means.append(float(at @ np.linalg.lstsq(design * root[:, None], found.after[who] * root, rcond=None)[0]))
    assert found.own_terms
    assert fitting.doubly_robust(found)[0].estimate == pytest.approx(means[0] - means[1], abs=1e-8)


@settings(max_examples=8)
@given(st.integers(0, 10_000), st.floats(0.1, 50.0), st.floats(-100.0, 100.0))
def test_other_units_change_nothing_but_the_unit(seed: int, factor: float, added: float) -> None:
    frame = World(size=500).frame(seed)
    other = frame.with_columns(pl.col("before", "after", "earlier") * factor + added)
    first, second = (
        fitting.doubly_robust(fitting.sample(api.study(one, "kidney"), HELD)[0])[0] for one in (frame, other)
    )
    assert second.estimate == pytest.approx(first.estimate * factor, rel=1e-3, abs=1e-3)


@settings(max_examples=8)
@given(st.integers(0, 10_000), st.randoms(use_true_random=False))
def test_the_order_of_the_rows_does_not_matter(seed: int, order: object) -> None:
    frame = World(size=500).frame(seed)
    mixed = frame.sample(fraction=1.0, shuffle=True, seed=seed)
    first, second = (
        fitting.doubly_robust(fitting.sample(api.study(one, "kidney"), HELD)[0])[0] for one in (frame, mixed)
    )
    assert second.estimate == pytest.approx(first.estimate, abs=1e-4)


@pytest.fixture(scope="module")
def runs() -> list[tuple[Study, Sample]]:
    """The same made-up world many times: people are chosen when high, the worse off more often, the effect is known."""
    studies = [study(World(size=900), seed) for seed in range(REPEATS)]
    return [(one, fitting.sample(one, HELD)[0]) for one in studies]


def test_the_interval_covers_the_truth_as_often_as_it_says(runs: list[tuple[Study, Sample]]) -> None:
    """Of 300 intervals of 95 %, 285 ± 4 × 3.8 hold the truth; their middle is not off by more than chance (4 errors)."""
    found = [fitting.doubly_robust(sample)[0] for _, sample in runs]
    covered = sum(one.low <= TRUTH <= one.high for one in found)
    assert 0.90 * REPEATS <= covered <= 0.995 * REPEATS
    errors = np.array([one.estimate - TRUTH for one in found])
    assert abs(errors.mean()) <= 4 * errors.std() / np.sqrt(REPEATS)
    assert abs(errors.mean()) < 0.02


def test_the_naive_change_is_wrong_by_the_regression_to_the_mean(runs: list[tuple[Study, Sample]]) -> None:
    """The change of those reached says more than twice the truth; taken apart, what is left is the truth."""
    naive = [change.estimate for _, sample in runs for change in [beside.naive(sample)[0]] if change]
    assert len(naive) == REPEATS
    assert np.mean(naive) < 2 * TRUTH
    parts = [beside.reversion(sample, one) for one, sample in runs[:100]]
    assert np.mean([one.remainder.estimate for one in parts if one]) == pytest.approx(TRUTH, abs=0.03)


def test_differences_in_differences_are_wrong_when_the_worse_off_are_reached(runs: list[tuple[Study, Sample]]) -> None:
    """Why it is not the headline: those reached were further from the mean, and come back further."""
    did = [
        fitting.regression(s.after - s.before, s.treated, np.empty((len(s.after), 0)))
        for _, s in runs
        if s.before is not None
    ]
    assert np.mean([one.estimate for one in did]) < TRUTH - 0.05


def test_the_placebo_is_found_as_often_as_chance_finds_it(runs: list[tuple[Study, Sample]]) -> None:
    """5 % of the time where all that matters is known: of 200, 10 ± 3 × 3.1."""
    tried = [beside.placebo(one, HELD) for one, _ in runs[:200]]
    assert None not in tried
    assert 1 <= sum(one.found for one in tried if one) <= 20


def test_the_placebo_finds_what_no_column_tells() -> None:
    worlds = [beside.placebo(study(World(size=2500, hidden=1.0), seed), HELD) for seed in range(12)]
    assert sum(one.found for one in worlds if one) >= 10


def test_controls_who_were_no_targets_spoil_the_naive_difference_only() -> None:
    """The guard off: everybody else as the control makes a good programme look harmful."""
    frame = World(size=4000).frame(2)
    everybody = frame.with_columns(eligible=1)
    sample = fitting.sample(api.study(everybody, "kidney"), HELD)[0]
    guarded = fitting.sample(api.study(frame, "kidney"), HELD)[0]
    assert beside.naive(sample)[1].estimate > 0.3
    assert abs(beside.naive(guarded)[1].estimate) < 0.2


def test_without_a_column_of_targets_the_others_are_set_aside() -> None:
    """Who was never as high as anybody reached is not compared, even where no column says who was a target."""
    frame = World(size=2000).frame(4)
    known, guessed = api.study(frame, "kidney"), api.study(frame.drop("eligible"), "kidney")
    assert guessed.before is not None
    assert guessed.before.min() >= LIMIT
    first, second = (fitting.doubly_robust(fitting.sample(one, HELD)[0])[0].estimate for one in (known, guessed))
    assert first == pytest.approx(second, abs=0.01)


def test_weights_and_pairs_make_the_groups_alike(runs: list[tuple[Study, Sample]]) -> None:
    made = [designs.run(sample, HELD).balance for _, sample in runs[:20]]
    value = [one for balance in made for one in balance if one.name == "前の値"]
    assert min(abs(one.raw) for one in value) > 0.2
    for way in ([one.weighted for one in value], [one.matched or 0.0 for one in value]):
        assert np.mean(np.abs(way)) < 0.1
        assert np.max(np.abs(way)) < 0.2
