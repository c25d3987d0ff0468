"""What is decided twice about the programmes: whose turn it is, funnels, participation, and which numbers stay hidden."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any

import duckdb
import pytest
from django.db import connections
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from azukari.business.health.programmes import calling, figures, progress, rules
from azukari.business.health.programmes.types import Funnel, Turn
from support.programmes import store_of

OWNER = "owner"
NOW = datetime(2026, 11, 2, 10, tzinfo=UTC)
LEASE, REST = timedelta(minutes=30), timedelta(hours=20)
QUICK = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
AGO = st.sampled_from([None, timedelta(0), LEASE, LEASE - timedelta(seconds=1), REST, REST + LEASE, timedelta(hours=3)])


@st.composite
def turns(draw: st.DrawFn) -> Turn:
    called, taken = draw(AGO), draw(AGO)
    return Turn(
        household=draw(st.integers(1, 5)),
        calls=draw(st.integers(0, 3)),
        last_called=None if called is None else NOW - called,
        closed=draw(st.booleans()),
        taken_by=draw(st.sampled_from(["mine", "theirs"])) if taken is not None else "",
        taken_at=None if taken is None else NOW - taken,
    )


@pytest.mark.django_db(databases=["default", "owner"])
@QUICK
@given(st.lists(turns(), max_size=9))
def test_both_agree_on_whose_turn_it_is(everybody: list[Turn]) -> None:
    with connections[OWNER].cursor() as cursor:
        cursor.execute(
            "DROP TABLE IF EXISTS pg_temp.health_callsubject;"
            "CREATE TEMP TABLE health_callsubject (handing_id bigint, household bigint, calls int, last_called_at timestamptz,"
            " closed boolean, taken_by text, taken_at timestamptz)"
        )
        for one in everybody:
            cursor.execute(
                "INSERT INTO pg_temp.health_callsubject VALUES (1, %s, %s, %s, %s, %s, %s)",
                [one.household, one.calls, one.last_called, one.closed, one.taken_by, one.taken_at],
            )
        cursor.execute(calling.NEXT, {"handing": 1, "caller": "mine", "now": NOW, "lease": LEASE, "rest": REST})
        row = cursor.fetchone()
        cursor.execute("DROP TABLE pg_temp.health_callsubject")
    found = rules.household_to_call(everybody, caller="mine", now=NOW, lease=LEASE, rest=REST)
    assert (row[0] if row else None) == found


@pytest.mark.django_db(databases=["default", "owner"])
def test_both_agree_on_the_funnels_of_the_demonstration() -> None:
    with connections[OWNER].cursor() as cursor:
        cursor.execute("SELECT id FROM health_list ORDER BY id")
        for (key,) in cursor.fetchall():
            cursor.execute(progress.STATES, [[key]])
            names = [column.name for column in cursor.description]
            states = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
            assert progress.funnel([key], using=OWNER) == one_by_one(states)
            assert states


def one_by_one(states: list[dict[str, Any]]) -> Funnel:
    """The second way."""
    notified = [one["notified_on"] is not None for one in states]
    connected = [one["connected_on"] is not None for one in states]
    return Funnel(
        targets=len(states),
        reached=sum(a or b for a, b in zip(notified, connected, strict=True)),
        joined=sum(one["joined_on"] is not None for one in states),
        finished=sum(one["finished_on"] is not None for one in states),
        notified=sum(notified),
        connected=sum(connected),
    )


@given(st.lists(st.integers(1, 40), max_size=120))
def test_the_flag_says_whether_another_is_there(households: list[int]) -> None:
    counted = Counter(households)
    assert rules.same_household(households) == ["1" if counted[one] > 1 else "0" for one in households]


@given(st.dictionaries(st.integers(0, 8), st.integers(0, 40), max_size=9))
def test_a_small_cell_never_stands_alone(cells: dict[int, int]) -> None:
    told = rules.protect(cells, 10)
    hidden = [key for key, count in told.items() if count is None]
    assert all(told[key] is None for key, count in cells.items() if 0 < count < 10)
    assert all(told[key] in {None, count} for key, count in cells.items())
    others = [count for count in cells.values() if count]
    assert len(hidden) != 1 or len(others) == 1


PEOPLE = st.lists(
    st.tuples(
        st.sampled_from([1, 2]),
        st.dates(date(1940, 1, 1), date(1995, 12, 31)),
        st.sampled_from([date(2019, 4, 1), date(2024, 4, 1), date(2024, 4, 2)]),
        st.sampled_from([None, date(2025, 3, 31), date(2025, 4, 1)]),
        st.sampled_from([None, date(2024, 3, 31), date(2024, 4, 1), date(2025, 3, 31), date(2025, 4, 1)]),
        st.sampled_from(["世田谷地域", "砧地域", None]),
    ),
    max_size=40,
)


@settings(max_examples=15, deadline=None)
@given(PEOPLE)
def test_participation_is_the_same_counted_one_by_one(people: list[tuple[Any, ...]]) -> None:
    counted = Counter[tuple[str, str]]()
    checked = Counter[tuple[str, str]]()
    for sex, birth, since, until, seen, _ in people:
        age = rules.age_in(birth, 2024)
        if 40 <= age < 75 and since <= date(2024, 4, 1) and (until is None or until >= date(2025, 4, 1)):
            cell = (figures.SEXES[sex], next(f"{a}〜{b - 1}歳" for a, b in rules.BANDS if a <= age < b))
            counted[cell] += 1
            checked[cell] += seen is not None and date(2024, 4, 1) <= seen < date(2025, 4, 1)
    found = figures.numbers(
        _store(people),
        2024,
        districts={key: one[5] for key, one in enumerate(people, 1) if one[5]},
        chapters={},
        smallest=0,
    )
    for sex, shares in found.by_age.items():
        for share in shares:
            assert (share.people or 0) == counted[sex, share.name]
            if share.people:
                assert share.checked == checked[sex, share.name]
    assert found.whole.people == counted.total()
    assert sum(share.people or 0 for share in found.by_district) == counted.total()


def _store(people: list[tuple[Any, ...]]) -> duckdb.DuckDBPyConnection:
    numbered = list(enumerate(people, 1))
    return store_of(
        members=[
            {"person": key, "sex": sex, "birth": birth, "since": since, "until": until}
            for key, (sex, birth, since, until, _, _) in numbered
        ],
        links=[{"identity": key, "person": key} for key, _ in numbered],
        checkups=[{"identity": key, "date": one[4]} for key, one in numbered if one[4]],
    )
