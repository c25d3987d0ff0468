"""The kernel at the days, spellings and amounts that go wrong elsewhere."""

from __future__ import annotations

from datetime import date

import pytest

from azukari.kernel import age, era, ids, money
from azukari.kernel.errors import BadInput
from azukari.kernel.fiscal import FiscalYear
from azukari.kernel.text import fold, length


@pytest.mark.parametrize(
    ("day", "long", "short"),
    [
        (date(1873, 1, 1), "明治6年1月1日", "M6.1.1"),
        (date(1912, 7, 29), "明治45年7月29日", "M45.7.29"),
        (date(1912, 7, 30), "大正元年7月30日", "T1.7.30"),
        (date(1926, 12, 24), "大正15年12月24日", "T15.12.24"),
        (date(1926, 12, 25), "昭和元年12月25日", "S1.12.25"),
        (date(1989, 1, 7), "昭和64年1月7日", "S64.1.7"),
        (date(1989, 1, 8), "平成元年1月8日", "H1.1.8"),
        (date(2019, 2, 12), "平成31年2月12日", "H31.2.12"),
        (date(2019, 4, 30), "平成31年4月30日", "H31.4.30"),
        (date(2019, 5, 1), "令和元年5月1日", "R1.5.1"),
    ],
)
def test_the_days_on_which_eras_change(day: date, long: str, short: str) -> None:
    assert (era.long(day), era.short(day)) == (long, short)
    assert era.parse(long).date == era.parse(short).date == day


@pytest.mark.parametrize(
    ("text", "year", "month", "past_end"),
    [
        ("平成35年度", 2023, None, True),
        ("平成31年度（2019年度）", 2019, None, False),
        ("平成31年5月", 2019, 5, True),
        ("平 成 3 2 年（2020年）4月", 2020, 4, True),
        ("平成三十一年四月", 2019, 4, False),
        ("大正元年7月", 1912, 7, False),
        ("令和元年", 2019, None, False),
    ],
)
def test_what_papers_write_instead_of_a_day(text: str, year: int, month: int | None, past_end: bool) -> None:
    read = era.parse(text)
    assert (read.year, read.month, read.past_end) == (year, month, past_end)
    with pytest.raises(BadInput, match="月日まで"):
        _ = read.date


@pytest.mark.parametrize(
    "text",
    [
        "", "31.2.12", "1/2/2019", "平成0年", "令和31", "平成31年2月30日", "令和元年4月30日", "平成31年(2018年)2月1日",
        "明治5年12月2日", "平成31年2月12日ごろ", "平成31年度4月", "昭和63年度2月1日", "昭和百年",
    ],
)  # fmt: skip
def test_what_is_refused_rather_than_guessed(text: str) -> None:
    with pytest.raises(BadInput):
        era.parse(text)


def test_a_year_is_no_fiscal_year() -> None:
    with pytest.raises(BadInput, match="年度"):
        FiscalYear.parse("平成31年")
    assert FiscalYear(2019).label == "平成31年度（2019年度）"
    assert FiscalYear.parse("令和元年度") == FiscalYear.parse("平成31年度") == FiscalYear(2019)
    assert FiscalYear.parse("平成35年度").label == "令和5年度（2023年度）"


def test_before_the_solar_calendar_there_is_no_era() -> None:
    with pytest.raises(BadInput, match="和暦"):
        era.long(date(1872, 12, 31))


def test_born_on_29_february() -> None:
    born = date(2016, 2, 29)
    assert age.reached(born, 1) == date(2017, 2, 28)
    assert age.reached(born, 4) == date(2020, 2, 28)
    assert (age.age(born, date(2017, 2, 28)), age.age(born, date(2017, 3, 1))) == (0, 1)
    assert (age.age(born, date(2020, 2, 28)), age.age(born, date(2020, 2, 29))) == (3, 4)


def test_born_on_1_april_is_a_school_year_ahead() -> None:
    year = FiscalYear(2019)
    assert age.class_age(date(2016, 4, 1), year) == 3
    assert age.class_age(date(2016, 4, 2), year) == 2
    assert age.school_entry(date(2013, 4, 1)) == date(2019, 4, 1)
    assert age.school_entry(date(2013, 4, 2)) == date(2020, 4, 1)
    assert age.class_age(date(2019, 4, 1), year) == age.class_age(date(2020, 3, 31), year) == 0


def test_no_age_before_birth() -> None:
    with pytest.raises(ValueError, match="生年月日"):
        age.age(date(2019, 4, 2), date(2019, 4, 1))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("髙橋", "高橋"), ("山﨑", "山崎"), ("德永", "徳永"), ("濵田", "浜田"), ("濱田", "浜田"), ("𠮷田", "吉田"),
        ("渡邉󠄂", "渡辺"), ("渡邊", "渡辺"), ("辻󠄀", "辻"), ("神谷", "神谷"), ("ｻｲﾄｳ　ｼﾞｮｰｼﾞ", "さいとう じょーじ"),
        ("シミズ　ケヰチ", "しみず けいち"), ("ヂ", "ジ"), ("ヶ", "ケ"), ("ＳＭＩＴＨ", "smith"), ("O'CONNOR", "oconnor"),
    ],
)  # fmt: skip
def test_spellings_of_one_name(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(("one", "other"), [("斎藤", "斉藤"), ("大田", "太田"), ("一郎", "ー郎"), ("はる", "ばる")])
def test_different_names_stay_different(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@pytest.mark.parametrize(("text", "count"), [("渡邉󠄂", 2), ("𠮷野家", 3), ("が", 1), ("か\u3099", 1), ("", 0)])
def test_characters_as_a_reader_counts_them(text: str, count: int) -> None:
    assert length(text) == count


def test_yen() -> None:
    assert money.yen(0) == "0円"
    assert money.yen(-1234567) == "▲1,234,567円"
    for text in ("▲1,234円", "△１，２３４円", "-1234"):
        assert money.parse_yen(text) == -1234
    assert money.parse_yen("￥1,234") == 1234
    for text in ("12,34円", "1.5円", "千円", "", "1,234,5円"):
        with pytest.raises(BadInput):
            money.parse_yen(text)


def test_check_digits() -> None:
    """The rule is that of 個人番号, so its weights from the lowest digit are 2 3 4 5 6 7 2 3 4."""
    assert ids.atena(0) == "0000000000"
    assert ids.atena(1) == "0000000019"
    assert ids.atena(10) == "0000000108"
    assert ids.atena(1_000_000) == "0010000009"
    assert not ids.is_atena("０００００００００１")
    assert not ids.is_atena("123456789")
