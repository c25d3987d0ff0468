"""Two checkers written apart agree on every voucher of small worlds in which everything collides with everything."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.typing import DTypeLike

from azukari.business.taxi import serials
from azukari.business.taxi.checking import blocks, explaining, grounds, rides, scalar
from azukari.business.taxi.checking.columns import check, deciding, examine, kept
from azukari.business.taxi.checking.index import Cover
from azukari.business.taxi.checking.matching import match
from azukari.business.taxi.checking.types import (
    ALWAYS,
    BLANK,
    BLANK_DAY,
    EPOCH,
    GROUNDS,
    NEVER,
    Agreements,
    Booklets,
    Dated,
    Invoice,
    Losses,
    Parameters,
    Presented,
    Register,
)
from azukari.business.taxi.types import Ground, Kind, Outcome

World = tuple[Presented, Register, Parameters]


def day(year: int, month: int, number: int = 1) -> int:
    return date(year, month, number).toordinal() - EPOCH


OUTCOMES = {ground: rule.outcome for ground, rule in grounds.rules().items()}
DUPLICATE = Ground.DUPLICATE.bit
OF_RIDES = Ground.OVER_FARE.bit | Ground.TYPE_LIMIT.bit
DAYS = st.sampled_from([day(2019, 5, 31), day(2019, 6, 1), day(2019, 6, 2), day(2019, 6, 30), day(2019, 7, 1)])
FAR_DAYS = st.sampled_from([day(2018, 4, 1), day(2019, 3, 31), day(2019, 4, 1), day(2020, 3, 31), day(2020, 4, 1)])
MONTHS = st.sampled_from([day(2019, 5), day(2019, 6), day(2019, 7), day(2020, 4)])
OPERATORS, KINDS = st.sampled_from([3, 4, 70_000]), st.integers(0, 2)
FACES, FARES = st.sampled_from([100, 500]), st.sampled_from([BLANK, 0, 100, 600, 700, 1200])
NUMBERS = st.sampled_from([BLANK, 0, 1001, 1002, 999_999_999_999])
# Payloads of two fiscal years and all kinds, close together, with gaps.
PAYLOADS = st.builds(
    lambda base, running: base * 10_000_000 + running, st.sampled_from([191, 191, 192, 201]), st.integers(1, 9)
)
RIGHT = PAYLOADS.map(serials.checked)
WRONG = st.sampled_from([0, 1, 98, 999_999_999_999]) | PAYLOADS.map(lambda payload: payload * 100 + 1)
SERIALS = RIGHT | RIGHT | RIGHT | WRONG
VOUCHERS = st.tuples(
    SERIALS,
    OPERATORS,
    KINDS,
    FACES,
    DAYS | FAR_DAYS | st.just(BLANK_DAY),
    FARES,
    NUMBERS,
    st.booleans() | st.just(True),
    st.sampled_from([0, 0, 0, 1, 2, 3]),
    st.integers(1, 3),
    MONTHS,
)
TYPES: dict[type, tuple[DTypeLike, ...]] = {
    Presented: ("i8", "i4", "i1", "i4", "i4", "i4", "i8", "?", "i1", "i4", "i4"),
    Booklets: ("i8", "i8", "i1", "i4", "i8", "i8", "i4", "i4", "i4", "i1"),
    Losses: ("i8", "i4"),
    Agreements: ("i4", "i1", "i4", "i4"),
    Invoice: ("i4", "i4", "i1", "i4", "i8"),
}


def table(kind: Callable[..., Any], rows: list[tuple[Any, ...]]) -> Any:
    types = TYPES[kind]  # type: ignore[index]
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(types)
    return kind(*(np.array(column, dtype) for column, dtype in zip(columns, types, strict=True)))


@st.composite
def booklets(draw: st.DrawFn) -> Booklets:
    """Cuts of the payloads into runs, some of which are booklets."""
    rows = []
    for base in (191, 192, 201):
        cuts = sorted(draw(st.sets(st.integers(1, 10), min_size=2, max_size=5)))
        for first, after in pairwise(cuts):
            since, until = sorted(draw(st.lists(FAR_DAYS | DAYS, min_size=2, max_size=2, unique=True)))
            stop = draw(st.just(NEVER) | DAYS | FAR_DAYS)
            reason = BLANK if stop == NEVER else draw(st.integers(-1, 3))
            what = (draw(KINDS), draw(FACES), draw(st.integers(1, 3)), draw(NUMBERS), since, until, stop, reason)
            if draw(st.integers(0, 4)):
                rows.append((base * 10_000_000 + first, base * 10_000_000 + after - 1, *what))
    return table(Booklets, rows)  # type: ignore[no-any-return]


@st.composite
def registers(draw: st.DrawFn) -> Register:
    losses = sorted(draw(st.lists(st.tuples(PAYLOADS, DAYS | st.just(ALWAYS)), min_size=3, max_size=9)))
    periods = st.lists(DAYS | FAR_DAYS | st.just(NEVER), min_size=2, max_size=2, unique=True).map(sorted)
    agreed = st.builds(lambda operator, kind, period: (operator, kind, *period), OPERATORS, KINDS, periods)
    taken = sorted(draw(st.sets(PAYLOADS.map(serials.checked), max_size=3)))
    return Register(
        draw(booklets()),
        table(Losses, losses),
        table(Agreements, draw(st.lists(agreed, max_size=14))),
        np.array(taken, np.int64),
    )


STEPS = st.lists(st.tuples(DAYS | FAR_DAYS | st.just(ALWAYS), st.integers(0, 3)), max_size=3, unique_by=lambda s: s[0])
DATED = STEPS.map(lambda steps: Dated(tuple(sorted(steps))))
PARAMETERS = st.just(grounds.parameters()) | st.builds(Parameters, DATED, DATED, DATED)
PRESENTED = (st.lists(VOUCHERS, max_size=3) | st.lists(VOUCHERS, min_size=8, max_size=24)).map(
    lambda rows: table(Presented, rows)
)
WORLDS = st.tuples(PRESENTED, registers(), PARAMETERS)
INVOICES = st.lists(st.tuples(OPERATORS, MONTHS, KINDS, FACES, st.integers(0, 3)), max_size=6).map(
    lambda rows: table(Invoice, rows)
)


@st.composite
def good_worlds(draw: st.DrawFn) -> World:
    """Everything is issued and agreed on, so that nearly all that is wrong comes of vouchers meeting each other."""
    kinds = [0, 0, 1, 2]
    until = (day(2019, 4), day(2020, 4), NEVER, BLANK)
    firsts = [191 * 10_000_000 + 10 * at + 1 for at in range(4)]
    books = [
        (first, first + 8, kind, 500 if at else 100, 1, 1001, *until)
        for at, (first, kind) in enumerate(zip(firsts, kinds, strict=True))
    ]
    agreed = [(operator, kind, day(2019, 4), NEVER) for operator in (3, 4) for kind in range(3)]
    taken = sorted(draw(st.sets(st.sampled_from([serials.checked(first) for first in firsts]), max_size=2)))
    register = Register(table(Booklets, books), table(Losses, []), table(Agreements, agreed), np.array(taken, np.int64))
    rows = []
    for at, running in draw(st.lists(st.tuples(st.integers(0, 3), st.integers(1, 9)), max_size=30)):
        serial = serials.checked(books[at][0] - 1 + running)
        ride = draw(
            st.sampled_from([(3, 2, 700, 1001)] * 4 + [(4, 2, 700, 1001), (3, 3, 1200, 1001), (3, 2, 700, 1002)])
        )
        operator, used, fare, number = ride
        rest = (True, 0, draw(st.integers(1, 2)), day(2019, 6))
        rows.append((serial, operator, kinds[at], books[at][3], day(2019, 6, used), fare, number, *rest))
    return table(Presented, rows), register, draw(PARAMETERS)


def plain_masks(world: World) -> list[int]:
    presented, register, parameters = world
    judged = scalar.judge_all(
        explaining.lines(presented), explaining.books_of(register), explaining.terms_of(parameters)
    )
    return [sum(finding.ground.bit for finding in findings) for _, findings in judged]


@settings(max_examples=80)
@given(WORLDS | good_worlds())
def test_columns_and_plain_python_find_the_same_grounds(world: World) -> None:
    assert check(*world).tolist() == plain_masks(world)


@given(WORLDS | good_worlds())
def test_the_words_are_of_exactly_the_grounds_found(world: World) -> None:
    checked = examine(*world)
    told = explaining.explain(*world, checked)
    assert {row: sum(finding.ground.bit for finding in findings) for row, findings in told.items()} == {
        row: mask for row, mask in enumerate(checked.mask.tolist()) if mask
    }
    for findings in told.values():
        assert [finding.ground for finding in findings] == sorted(
            (finding.ground for finding in findings), key=GROUNDS.index
        )
        assert all(finding.words for finding in findings)


@given(WORLDS | good_worlds())
def test_a_duplicate_names_the_row_that_was_first(world: World) -> None:
    presented, register, _ = world
    checked = examine(*world)
    column = presented.serial.tolist()
    assert checked.again.tolist() == [row for row, mask in enumerate(checked.mask.tolist()) if mask & DUPLICATE]
    for row, first in zip(checked.again.tolist(), checked.first.tolist(), strict=True):
        taken = column[row] in register.taken
        assert first == (BLANK if taken else column.index(column[row]))


@given(WORLDS | good_worlds(), st.randoms(use_true_random=False))
def test_only_what_vouchers_show_beside_others_depends_on_their_order(world: World, random: Any) -> None:
    presented, register, parameters = world
    order = list(range(len(presented)))
    random.shuffle(order)
    rows = np.array(order, np.intp)
    shuffled = examine(presented.part(rows), register, parameters)
    alone = ~np.int32(DUPLICATE | OF_RIDES)
    before = check(presented, register, parameters)
    assert ((shuffled.mask & alone) == (before[rows] & alone)).all()
    assert np.count_nonzero(shuffled.mask & DUPLICATE) == np.count_nonzero(before & DUPLICATE)


@given(WORLDS | good_worlds(), st.integers(0, 30))
def test_two_claims_find_what_one_finds(world: World, cut: int) -> None:
    """But for rides, which a claim knows of its own vouchers only."""
    presented, register, parameters = world
    whole = check(*world) & ~np.int32(OF_RIDES)
    first, second = presented.part(slice(0, cut)), presented.part(slice(cut, None))
    seen = first.serial[serials.are_right(first.serial)]
    later = Register(register.booklets, register.losses, register.agreements, np.union1d(register.taken, seen))
    parts = [check(first, register, parameters), check(second, later, parameters)]
    assert (np.concatenate(parts) & ~np.int32(OF_RIDES)).tolist() == whole.tolist()


@given(WORLDS | good_worlds(), st.lists(st.integers(0, 30), max_size=3))
def test_no_voucher_is_paid_twice_however_claims_are_cut(world: World, cuts: list[int]) -> None:
    presented, register, parameters = world
    paid = [*register.taken.tolist()]
    for start, stop in pairwise([0, *sorted(cuts), len(presented)]):
        claim = presented.part(slice(start, stop))
        mask = check(claim, register, parameters)
        paid += claim.serial[mask == 0].tolist()
        taken = np.union1d(register.taken, kept(claim, mask, OUTCOMES))
        register = Register(register.booklets, register.losses, register.agreements, taken)
    assert len(paid) == len(set(paid))
    assert set(paid) <= set(register.taken.tolist())


@given(WORLDS | good_worlds())
def test_what_is_kept_is_what_may_still_be_paid(world: World) -> None:
    presented, mask = world[0], check(*world)
    may = {
        serial
        for serial, one in zip(presented.serial.tolist(), mask.tolist(), strict=True)
        if serials.is_right(serial) and grounds.outcome_of(one) is not Outcome.REFUSED
    }
    assert kept(presented, mask, OUTCOMES).tolist() == sorted(may)


@given(WORLDS | good_worlds())
def test_the_first_ground_decides(world: World) -> None:
    mask = check(*world)
    named = [None if at == BLANK else GROUNDS[at] for at in deciding(mask).tolist()]
    assert named == [grounds.first_of(one) for one in mask.tolist()]


@given(WORLDS | good_worlds(), INVOICES)
def test_columns_and_plain_python_match_the_same(world: World, invoice: Invoice) -> None:
    presented, register, parameters = world
    mask, found = match(presented, check(*world), invoice)
    judged = scalar.judge_all(
        explaining.lines(presented), explaining.books_of(register), explaining.terms_of(parameters)
    )
    claimed = explaining.claimed_of(invoice)
    tallies, findings = scalar.three_way(judged, claimed)
    assert [sum(one.ground.bit for one in findings[row]) for row in range(len(mask))] == mask.tolist()
    assert {key: tuple(rest) for key, *rest in of_columns(found)} == {
        key: (tally.counted, claimed.get(key, 0), tally.valid, {ground: n for ground, n in tally.withheld.items() if n})
        for key in {*tallies, *claimed}
        for tally in [tallies.get(key, scalar.Tally())]
    }


def of_columns(lines: Any) -> Iterator[tuple[Any, ...]]:
    for operator, month, kind, face, counted, claimed, valid, withheld in lines.rows():
        reasons = {ground: count for ground, count in zip(GROUNDS, withheld, strict=True) if count}
        yield (operator, explaining.calendar_day(month), list(Kind)[kind], face), counted, claimed, valid, reasons


@given(WORLDS | good_worlds(), INVOICES)
def test_every_line_balances_and_pays_no_more_than_was_claimed(world: World, invoice: Invoice) -> None:
    presented = world[0]
    mask, lines = match(presented, check(*world), invoice)
    withheld = lines.withheld.sum(axis=1)
    assert (lines.claimed == lines.paid + withheld + lines.variance).all()
    assert (lines.yen(lines.claimed) == lines.yen(lines.paid) + lines.yen(withheld) + lines.yen(lines.variance)).all()
    assert (lines.paid <= lines.claimed).all()
    assert (lines.paid >= 0).all()
    assert lines.yen(lines.paid).sum() == presented.face[mask == 0].sum(dtype=np.int64)
    assert lines.counted.sum() == len(presented)
    assert lines.yen(lines.claimed).sum() == (invoice.face * invoice.count).sum()


@given(WORLDS | good_worlds(), INVOICES)
def test_matching_again_changes_nothing(world: World, invoice: Invoice) -> None:
    once, lines = match(world[0], check(*world), invoice)
    twice, again = match(world[0], once, invoice)
    assert once.tolist() == twice.tolist()
    assert list(of_columns(lines)) == list(of_columns(again))


@pytest.mark.parametrize("salts", [(0, 0), (1, 1), (0,)])
@given(world=good_worlds())
def test_rides_do_not_depend_on_the_hash(salts: tuple[int, ...], world: World) -> None:
    expected = plain_masks(world)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rides, "SALTS", salts)
        assert check(*world).tolist() == expected


@settings(max_examples=20)
@given(WORLDS | good_worlds(), INVOICES, st.integers(1, 5))
def test_the_size_of_a_block_does_not_matter(world: World, invoice: Invoice, size: int) -> None:
    expected = examine(*world)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blocks, "BLOCK", size)
        found, matched = examine(*world), match(world[0], expected.mask, invoice)
    for name in ("mask", "again", "first", "rides"):
        assert getattr(found, name).tolist() == getattr(expected, name).tolist()
    mask, lines = match(world[0], expected.mask, invoice)
    assert (matched[0].tolist(), list(matched[1].rows())) == (mask.tolist(), list(lines.rows()))


PERIODS = st.tuples(st.integers(0, 30), st.integers(1, 15)).map(lambda one: (one[0], one[0] + one[1]))


@given(st.lists(st.tuples(st.integers(0, 1), st.integers(0, 1), PERIODS), max_size=9))
def test_a_day_is_covered_where_any_agreement_contains_it(agreed: list[tuple[int, int, tuple[int, int]]]) -> None:
    """However agreements overlap, touch or leave gaps."""
    cover = Cover.of(table(Agreements, [(operator, kind, *period) for operator, kind, period in agreed]))
    asked = [(operator, kind, used) for operator in range(3) for kind in range(3) for used in range(50)]
    rows = [(0, operator, kind, 500, used, 0, 0, True, 0, 1, 0) for operator, kind, used in asked]
    expected = [
        any((operator, kind) == (of, what) and since <= used < until for of, what, (since, until) in agreed)
        for operator, kind, used in asked
    ]
    assert cover.cover(table(Presented, rows)).tolist() == expected


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 5)), max_size=8))
def test_booklets_that_overlap_are_no_register(spans: list[tuple[int, int]]) -> None:
    rest = (0, 500, 1, 1, 0, 1, NEVER, BLANK)
    rows = [(first, first + size - 1, *rest) for first, size in spans]
    covered = [payload for first, last, *_ in rows for payload in range(first, last + 1)]
    in_order = covered == sorted(set(covered))
    assume(rows)
    if in_order:
        assert len(table(Booklets, rows)) == len(rows)
    else:
        with pytest.raises(ValueError, match="重なって"):
            table(Booklets, rows)


def test_columns_of_different_lengths_are_no_table() -> None:
    with pytest.raises(ValueError, match="長さ"):
        Losses(np.zeros(2, np.int64), np.zeros(1, np.int32))


def test_every_ground_is_met_by_the_worlds() -> None:
    """A world that never shows a ground would test nothing of it."""
    met: set[Ground] = set()

    @settings(max_examples=150, database=None, derandomize=True)
    @given(WORLDS | good_worlds(), INVOICES)
    def look(world: World, invoice: Invoice) -> None:
        mask, _ = match(world[0], check(*world), invoice)
        met.update(ground for one in mask.tolist() for ground in Ground if one & ground.bit)

    look()
    assert met == set(Ground)
