"""How many carers and children, told by two ways that must agree: Python one child at a time, SQL all at once."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from fractions import Fraction

import psycopg
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from azukari.business.hotstay.rules import ages, counting
from azukari.business.hotstay.rules.counting import Counts, Limits, Staff
from azukari.business.hotstay.rules.law import law, ratio_on

NEW, OLD = (3, 6, 15, 25), (3, 6, 20, 30)
heads = st.sampled_from([NEW, OLD])
counts = st.tuples(*[st.integers(0, 30)] * 5)
days = st.dates(date(2019, 1, 1), date(2035, 12, 31))
births = st.dates(date(2012, 1, 1), date(2035, 12, 31))


def limits(of: tuple[int, int, int, int], rounding: str = "official", **changes: int) -> Limits:
    values = {"capacity": 100, "room": 10**6, "min_staff": 2, "half_rule": True} | changes
    return Limits(of, 330, 198, rounding=rounding, **values)  # type: ignore[arg-type]


def by_decimal(children: Counts, of: tuple[int, int, int, int], rounding: str, least: int) -> int:
    """As the paper says it: each class cut to one decimal, summed, rounded; or the exact sum rounded up."""
    if not sum(children):
        return 0
    pairs = list(zip(counting.by_class(children), of, strict=True))
    if rounding == "official":
        cut = [(Decimal(n) / head).quantize(Decimal("0.1"), ROUND_DOWN) for n, head in pairs]
        found = int(sum(cut).quantize(Decimal(1), ROUND_HALF_UP))  # type: ignore[union-attr]
    else:
        exact = sum(Fraction(n, head) for n, head in pairs)
        found = -(-exact.numerator // exact.denominator)
    return max(found, least)


@given(counts, heads, st.sampled_from(["official", "ceil"]))
@example((7, 0, 0, 0, 0), NEW, "official")
@example((3, 9, 0, 0, 0), NEW, "official")
def test_need_is_as_the_paper_says(children: Counts, of: tuple[int, int, int, int], rounding: str) -> None:
    assert counting.need(children, limits(of, rounding)) == by_decimal(children, of, rounding, 2)


@pytest.mark.parametrize(
    ("children", "carers"),
    [((7, 0, 0, 0, 0), 2), ((8, 0, 0, 0, 0), 3), ((3, 4, 5, 0, 0), 3), ((3, 4, 4, 0, 0), 2), ((0, 2, 3, 0, 0), 2)],
)
def test_the_examples_of_the_faq(children: Counts, carers: int) -> None:
    assert counting.need(children, limits(NEW)) == carers


@given(counts, heads, st.sampled_from(["official", "ceil"]), st.integers(0, 4), st.integers(0, 12), st.integers(0, 12))
def test_one_child_more_never_makes_room(
    children: Counts, of: tuple[int, int, int, int], rounding: str, band: int, carers: int, qualified: int
) -> None:
    staff, held = Staff(carers, min(carers, qualified)), limits(of, rounding, capacity=40, room=8_000)
    if counting.binds(children, staff, held):
        assert counting.binds(counting.plus(children, band), staff, held)
    more = counting.room_left(children, band, staff, held)
    assert (counting.binds(counting.plus(children, band), staff, held) is None) == (more > 0)
    assert counting.binds(counting.plus(children, band, more + 1), staff, held)


@pytest.mark.django_db(databases=["default", "owner"])
def test_sql_counts_as_python(owner_connection: psycopg.Connection) -> None:
    """Ten thousand made-up half-hours, and every day around birthdays, in two statements."""
    from random import Random

    random = Random(814)
    rows = [[random.randrange(0, 25) for _ in range(5)] for _ in range(10_000)]
    for of in (NEW, OLD):
        for rounding in ("official", "ceil"):
            query = (
                "SELECT hotstay_need(ARRAY[a,b,c,d,e], %s::smallint[], %s, 2)"
                " FROM unnest(%s::int[],%s::int[],%s::int[],%s::int[],%s::int[]) AS t(a,b,c,d,e)"
            )
            columns = [list(column) for column in zip(*rows, strict=True)]
            found = [n for (n,) in owner_connection.execute(query, [list(of), rounding, *columns])]
            assert found == [counting.need(tuple(row), limits(of, rounding)) for row in rows]  # type: ignore[arg-type]


@pytest.mark.django_db(databases=["default", "owner"])
@pytest.mark.parametrize("basis", ["当日", "年度"])
def test_sql_knows_ages_as_python(owner_connection: psycopg.Connection, basis: str) -> None:
    born = [date(2024, 2, 29), date(2023, 4, 1), date(2023, 4, 2), date(2024, 4, 10), date(2023, 12, 31)]
    asked = [(one, day) for one in born for day in (one + timedelta(days=step) for step in range(2200))]
    query = "SELECT hotstay_band(b, d, %s) FROM unnest(%s::date[], %s::date[]) AS t(b, d)"
    found = [n for (n,) in owner_connection.execute(query, [basis, *map(list, zip(*asked, strict=True))])]
    assert found == [ages.band(one, day, basis) for one, day in asked]


@given(births, days)
@example(date(2024, 2, 29), date(2025, 2, 28))
def test_a_year_is_completed_the_day_before(born: date, day: date) -> None:
    if born <= day:
        assert ages.years(born, day) == ages.years(born, day + timedelta(days=1)) or (
            day + timedelta(days=2) in {_anniversary(born, day.year), _anniversary(born, day.year + 1)}
        )


def _anniversary(born: date, year: int) -> date:
    try:
        return born.replace(year=year)
    except ValueError:
        return date(year, 3, 1)


@pytest.mark.parametrize(
    ("born", "day", "years"),
    [
        (date(2024, 4, 10), date(2027, 4, 8), 2),
        (date(2024, 4, 10), date(2027, 4, 9), 3),
        (date(2024, 2, 29), date(2025, 2, 27), 0),
        (date(2024, 2, 29), date(2025, 2, 28), 1),
        (date(2024, 4, 1), date(2025, 3, 31), 1),
        (date(2024, 4, 2), date(2025, 3, 31), 0),
    ],
)
def test_ages_at_the_edge(born: date, day: date, years: int) -> None:
    assert ages.years(born, day) == years


@pytest.mark.parametrize(
    ("born", "last"), [(date(2020, 4, 1), date(2026, 3, 31)), (date(2020, 4, 2), date(2027, 3, 31))]
)
def test_until_school(born: date, last: date) -> None:
    assert ages.may_come(born, last, 4)
    assert not ages.may_come(born, last + timedelta(days=1), 4)


@given(days)
def test_the_ratio_of_the_day(day: date) -> None:
    assert ratio_on(day, transitional=False).heads == (NEW if day >= date(2024, 4, 1) else OLD)
    assert ratio_on(day, transitional=True).heads == OLD


@pytest.mark.django_db(databases=["default", "owner"])
def test_the_database_has_the_law_of_the_file(owner_connection: psycopg.Connection) -> None:
    rows = owner_connection.execute("SELECT since, heads, heads_before, infant, child FROM hotstay_law ORDER BY 1")
    for since, of, before, infant, child in rows.fetchall():
        room = max((row for row in law().rooms if row.since <= since), key=lambda row: row.since)
        assert (tuple(of), tuple(before)) == (
            ratio_on(since, transitional=False).heads,
            ratio_on(since, transitional=True).heads,
        )
        assert (infant, child) == (room.infant, room.child)
