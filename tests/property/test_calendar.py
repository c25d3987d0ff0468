"""Eras, fiscal years, ages and periods, over every day on which they may matter."""

from __future__ import annotations

import unicodedata
from datetime import date, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from azukari.kernel import age, era
from azukari.kernel.errors import BadInput
from azukari.kernel.fiscal import FiscalYear
from azukari.kernel.period import Period

DAYS = st.dates(era.FIRST_SOLAR_DAY, date(2099, 12, 31))
FULL_WIDTH = str.maketrans("0123456789.-", "０１２３４５６７８９．－")


@given(DAYS)
def test_every_way_of_writing_a_day_is_read_back(day: date) -> None:
    for text in (era.long(day), era.both(day), era.short(day), day.isoformat(), f"{day:%Y年%m月%d日}"):
        for written in (text, text.translate(FULL_WIDTH), " ".join(text), "\u3000".join(text)):
            read = era.parse(written)
            assert read.date == day
            assert not read.past_end
            assert not read.fiscal


@given(DAYS, st.sampled_from(era.ERAS))
def test_a_day_in_another_era_is_told_or_refused(day: date, wrong: era.Era) -> None:
    own = era.era_of(day)
    assume(wrong != own and day.year >= wrong.first_day.year)
    text = f"{wrong.writes(day.year)}{day.month}月{day.day}日"
    if day < wrong.first_day:
        with pytest.raises(BadInput):
            era.parse(text)
    else:
        read = era.parse(text)
        assert read.date == day
        assert read.past_end
        assert era.long(read.date).startswith(own.name)


@given(st.text(max_size=12))
def test_nothing_is_read_that_is_not_written(text: str) -> None:
    """Whatever is accepted has an era or a Gregorian year in it; the rest is refused in words."""
    try:
        read = era.parse(text)
    except BadInput:
        return
    plain = unicodedata.normalize("NFKC", text)
    assert read.era is not None or str(read.year) in "".join(plain.split())


@given(st.integers(1873, 2098))
def test_a_fiscal_year_is_its_days_its_months_and_its_label(year: int) -> None:
    fiscal = FiscalYear(year)
    assert (fiscal.end - fiscal.start).days in {365, 366}
    assert fiscal.next.start == fiscal.end
    assert [FiscalYear.of(month) for month in fiscal.months] == [fiscal] * 12
    assert FiscalYear.of(fiscal.end - timedelta(days=1)) == fiscal
    assert FiscalYear.parse(fiscal.label) == fiscal
    assert FiscalYear.parse(f"{year}年度") == fiscal


@given(DAYS)
def test_a_day_lies_in_its_fiscal_year_only(day: date) -> None:
    fiscal = FiscalYear.of(day)
    assert day in fiscal
    assert day in fiscal.period
    assert day not in fiscal.next
    assert day not in FiscalYear(fiscal.year - 1)


@given(st.dates(date(1900, 1, 1), date(2020, 12, 31)), st.integers(0, 110))
def test_an_age_is_reached_at_the_end_of_the_day_before(born: date, years: int) -> None:
    eve = age.reached(born, years)
    assert age.age(born, age.birthday(born, years)) == years
    if years:
        assert age.age(born, eve) == years - 1
        assert age.age_reached(born, eve) == years
        assert age.age_reached(born, eve - timedelta(days=1)) == years - 1


@given(st.dates(date(1990, 1, 1), date(2020, 12, 31)))
def test_school_begins_on_the_first_of_april_after_six_years(born: date) -> None:
    entry = age.school_entry(born)
    assert (entry.month, entry.day) == (4, 1)
    assert age.age_reached(born, entry - timedelta(days=1)) >= 6
    year_before = entry.replace(year=entry.year - 1)
    assert age.age_reached(born, year_before - timedelta(days=1)) < 6
    assert age.class_age(born, FiscalYear.of(entry)) == 6


@given(st.dates(date(2010, 1, 1), date(2019, 12, 31)), st.integers(2010, 2030))
def test_a_class_holds_those_born_from_2_april_to_1_april(born: date, year: int) -> None:
    fiscal = FiscalYear(year)
    mates = [day for day in (born - timedelta(days=1), born + timedelta(days=1)) if day < fiscal.start]
    assume(born < fiscal.start)
    for mate in mates:
        same = age.class_age(mate, fiscal) == age.class_age(born, fiscal)
        crosses = {(mate.month, mate.day), (born.month, born.day)} == {(4, 1), (4, 2)}
        assert same != crosses


PERIODS = st.tuples(st.none() | DAYS, st.none() | DAYS).filter(lambda ends: None in ends or ends[0] < ends[1])


@given(PERIODS.map(lambda ends: Period(*ends)), PERIODS.map(lambda ends: Period(*ends)), DAYS)
def test_periods_meet_where_their_days_do(one: Period, other: Period, day: date) -> None:
    both = one.meet(other)
    assert (both is not None) == one.overlaps(other) == other.overlaps(one)
    assert (day in one and day in other) == (both is not None and day in both)
    assert one.covers(one)
    if one.covers(other) and day in other:
        assert day in one


@given(DAYS, DAYS)
def test_a_period_has_at_least_one_day(start: date, end: date) -> None:
    if end <= start:
        with pytest.raises(ValueError, match="後ではありません"):
            Period(start, end)
    else:
        period = Period(start, end)
        assert period.last is not None
        assert period.last in period
        assert Period.through(start, period.last) == period
