"""A decision is neither too kind nor too strict, names what binds, and offers a time that really fits."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azukari.business.hotstay.rules import ages, counting, deciding, fees, windows
from azukari.business.hotstay.rules.counting import NOBODY, Staff
from azukari.business.hotstay.rules.deciding import Case, DayState
from azukari.business.hotstay.types import Channel, Deadline, Mark, Rule, Span, StationTerms

DAY = date(2030, 5, 13)
NOW = windows.moment(date(2030, 5, 1), 600)
BORN = date(2028, 9, 1)
TERMS = StationTerms(
    1, "見本", "見本", date(2010, 4, 1), 18, 34, frozenset({6}), 12, 6, 2_000, "official", 2, True, False, "当日", 2,
    30, 600, {channel: Deadline(1, 1020) for channel in Channel}, Deadline(1, 1020), frozenset({"deadlines"}),
)  # fmt: skip
slots = st.integers(18, 33)
some_counts = st.tuples(*[st.integers(0, 2)] * 5)
some_staff = st.builds(lambda c, q: Staff(c, min(c, q)), st.integers(0, 4), st.integers(0, 4))
states = st.builds(DayState, st.dictionaries(slots, some_counts), st.dictionaries(slots, some_staff))


def case(born: date = BORN, now: datetime = NOW, **changes: object) -> Case:
    return Case(born, Channel.WEB, now, **changes)  # type: ignore[arg-type]


@given(states, slots, st.integers(2, 12))
def test_allowed_is_what_holds_in_every_half_hour(state: DayState, start: int, length: int) -> None:
    span = Span(DAY, start, min(start + length, 34))
    limits, band = deciding.limits_on(TERMS, DAY), ages.band(BORN, DAY)
    fits = all(
        counting.binds(counting.plus(state.counts.get(k, NOBODY), band), state.staff.get(k, Staff()), limits) is None
        for k in range(span.start, span.end)
    )
    refusal = deciding.decide(TERMS, case(), span, state)
    assert (refusal is None) == (fits and span.end - span.start >= TERMS.shortest)
    if refusal and refusal.slot is not None:
        assert span.start <= refusal.slot < span.end


@given(states, states, slots, st.integers(2, 6))
def test_the_nearest_time_fits_and_none_is_nearer(one: DayState, other: DayState, start: int, length: int) -> None:
    span = Span(DAY, start, min(start + length, 34))
    days = {DAY: one, DAY + timedelta(days=1): other}
    found = deciding.nearest(case(), span, {day: (TERMS, state) for day, state in days.items()})
    options = [
        Span(day, k, k + span.end - span.start)
        for day in days
        for k in range(18, 35)
        if deciding.decide(TERMS, case(), Span(day, k, k + span.end - span.start), days[day]) is None
    ]
    options = [option for option in options if option != span]
    if found is None:
        assert not options
    else:
        assert found == min(options, key=lambda s: (abs((s.day - DAY).days), s.day, abs(s.start - start), s.start))


@given(states)
def test_the_grid_says_what_a_booking_will_hear(state: DayState) -> None:
    card = deciding.day_card(TERMS, case(), DAY, state)
    for one in card.slots:
        alone = Span(DAY, one.slot, one.slot + 1)
        refusal = next(
            (r for r in [deciding.decide(TERMS, case(), alone, state)] if r and r.rule is not Rule.LENGTH), None
        )
        full = state.binding(one.slot, ages.band(BORN, DAY), deciding.limits_on(TERMS, DAY))
        assert (one.mark is Mark.FULL) == (full is not None)
        assert refusal is None or one.mark in {Mark.FREE, Mark.FEW} or one.rule is not None


def test_a_closed_day_takes_nobody() -> None:
    refusal = deciding.decide(TERMS, case(), Span(DAY, 18, 22), DayState(closed="施設の点検のため休みです。"))
    assert refusal is not None
    assert (refusal.rule, refusal.words) == (Rule.CLOSED, "施設の点検のため休みです。")
    sunday = deciding.day_card(TERMS, case(), DAY - timedelta(days=1), DayState())
    assert (sunday.mark, sunday.why) == (Mark.CLOSED, "日曜日は休みです。")


@pytest.mark.parametrize(
    ("now", "words"),
    [
        (windows.moment(date(2030, 4, 13), 599), "この日の予約は 4月13日 10:00 に始まります。"),
        (windows.moment(date(2030, 5, 12), 1020), "インターネットでの予約は 5月12日 17:00 に締め切りました。"),
    ],
)
def test_the_opening_and_the_closing_minute(now: datetime, words: str) -> None:
    state = DayState(staff=dict.fromkeys(range(18, 34), Staff(4, 4)))
    refusal = deciding.decide(TERMS, case(now=now), Span(DAY, 18, 22), state)
    assert refusal is not None
    assert (refusal.rule, refusal.words, refusal.confirmed) == (Rule.WINDOW, words, False)
    earlier = now + timedelta(minutes=1 if now < windows.moment(date(2030, 5, 1), 0) else -1)
    assert deciding.decide(TERMS, case(now=earlier), Span(DAY, 18, 22), state) is None


@pytest.mark.parametrize("day", [date(2030, 3, 10), date(2030, 3, 31), date(2030, 10, 27), date(2030, 11, 3)])
def test_a_change_of_clocks_elsewhere_moves_nothing(day: date) -> None:
    """Days on which the clocks of America and Europe change: an opening minute in Japan is one moment all the same."""
    assert windows.moment(day, 600).astimezone(UTC).hour == 1
    assert windows.slot_at(windows.moment(day, 600), day) == 20
    assert windows.slot_at(windows.moment(day, 601), day) == 21
    assert [windows.slot_at(windows.moment(day, 0) + timedelta(hours=one), day) for one in (0, 24, 48)] == [0, 48, 48]


@pytest.mark.parametrize(
    ("born", "hours", "yen"),
    [
        (date(2029, 9, 1), 1, 900), (date(2029, 9, 1), 4, 3_600),
        (BORN, 1, 1_250), (BORN, 2, 1_250), (BORN, 3, 1_850), (BORN, 4, 2_500), (BORN, 5, 3_300), (BORN, 6, 4_100),
    ],
)  # fmt: skip
def test_the_fee_is_a_table_of_steps(born: date, hours: int, yen: int) -> None:
    found = fees.fee(born, Span(DAY, 18, 18 + 2 * hours))
    assert (found.total, found.confirmed) == (yen, False)
    assert sum(step for _, step in found.steps) == yen


@given(st.integers(2, 12), st.integers(0, 3_000))
def test_a_begun_hour_is_a_whole_one_and_the_reduction_ends_at_its_daily_limit(length: int, used: int) -> None:
    found = fees.fee(BORN, Span(DAY, 18, 18 + length), reduced=True, used_that_day=used)
    assert found.total == fees.fee(BORN, Span(DAY, 18, 18 + length + length % 2)).total
    assert 0 <= found.due <= found.total
    assert found.total - found.due == min(found.total, 3_000 - used)
    before = fees.fee(date(2022, 9, 1), Span(date(2024, 3, 31), 18, 22), reduced=True)
    assert before.due == before.total
