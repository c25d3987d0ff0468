"""The rules of donations, asked twice: in Python and in PostgreSQL, over days, addresses and whole files nobody thought of."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connections
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from azukari.business.donations import fields, reading, rules
from azukari.business.donations.types import Method
from azukari.kernel.errors import BadInput
from support.donations import table

QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
ZONES = st.sampled_from([UTC, rules.TOKYO])
MOMENTS = st.datetimes(datetime(2008, 4, 30), datetime(2099, 1, 1), timezones=ZONES)  # noqa: DTZ001 (hypothesis wants naive ends)
DAYS = st.dates(date(2008, 4, 30), date(2099, 12, 31))
ADDRESS = st.lists(
    st.sampled_from(
        [
            "東京都",
            "東京",
            "世田谷",
            "世田ヶ谷",
            "区",
            "區",
            "杉並区",
            "市",
            "　",
            " ",
            "\n",
            "〒154-0004",
            "１",
            "-",
            "太子堂",
            "Setagaya",
            "-ku",
            "ｾﾀｶﾞﾔ",
        ]
    ),
    min_size=1,
    max_size=6,
).map("".join)


def asked(query: str, *values: object) -> object:
    with connections["owner"].cursor() as cursor:
        cursor.execute(query, values)
        return cursor.fetchone()[0]


@pytest.mark.django_db(databases=["default", "owner"])
@QUICK
@given(MOMENTS)
def test_both_agree_on_the_day_and_the_year(moment: datetime) -> None:
    day = rules.day_in_tokyo(moment)
    assert asked("SELECT (%s::timestamptz AT TIME ZONE 'Asia/Tokyo')::date", moment) == day
    assert asked("SELECT extract(year FROM (%s::timestamptz AT TIME ZONE 'Asia/Tokyo'))::int", moment) == rules.year_of(
        day
    )


@given(st.integers(2008, 2098))
def test_the_last_second_belongs_to_the_old_year(year: int) -> None:
    last = datetime(year, 12, 31, 23, 59, 59, 999_999, tzinfo=rules.TOKYO)
    assert rules.year_of(rules.day_in_tokyo(last)) == year
    assert rules.year_of(rules.day_in_tokyo(last + timedelta(microseconds=1))) == year + 1


@pytest.mark.django_db(databases=["default", "owner"])
@QUICK
@given(DAYS, st.integers(2008, 2098))
def test_both_agree_on_the_deadline(received: date, year: int) -> None:
    assert asked("SELECT %s <= make_date(%s + 1, 1, 10)", received, year) == rules.in_time(received, year)


@pytest.mark.django_db(databases=["default", "owner"])
@QUICK
@given(ADDRESS | st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=30))
def test_both_agree_on_who_lives_in_the_ward(address: str) -> None:
    assert asked("SELECT donations_in_ward(%s)", address) == rules.in_ward(address)


@given(st.sampled_from(Method), st.none() | DAYS, st.none() | DAYS)
def test_the_day_is_one_of_those_written(method: Method, paid: date | None, arrived: date | None) -> None:
    assert rules.donated_on(method, paid, arrived) == (arrived if method is Method.CASH_MAIL else paid)


@given(st.text(max_size=60))
def test_an_amount_is_read_or_refused_and_never_guessed(text: str) -> None:
    try:
        found = fields.amount(text)
    except BadInput:
        return
    assert 0 < found <= fields.MOST_YEN


@given(st.text(max_size=40))
def test_an_instant_is_read_or_refused(text: str) -> None:
    try:
        moment, day = fields.instant(text)
    except BadInput:
        return
    assert moment is None or (day is not None and rules.day_in_tokyo(moment) == day)


@given(st.text(max_size=40))
def test_text_that_a_spreadsheet_would_run_never_passes(text: str) -> None:
    try:
        found = fields.text(text, 40)
    except BadInput:
        return
    assert not found.startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠"))
    assert found.isprintable() or "\u3000" in found or not found.isascii()


@settings(max_examples=30, deadline=None)
@given(st.binary(max_size=300), st.sampled_from(["t.csv", "t.xlsx", "t.txt"]))
def test_any_bytes_are_read_or_told_about(data: bytes, name: str) -> None:
    found = reading.read(data, name, date(2020, 4, 1))
    assert found.problems or found.rows


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_a_file_cut_anywhere_is_never_taken_in_part(data: st.DataObject) -> None:
    whole = table({}, {"受付番号": "T-2"}, {"受付番号": "T-3"}).encode()
    cut = data.draw(st.integers(0, len(whole) - 1))
    found = reading.read(whole[:cut], "t.csv", date(2020, 4, 1))
    ends = [place + 2 for place in range(len(whole)) if whole[place : place + 2] == b"\r\n"]
    assert found.problems or cut in ends or cut + 1 in ends


@given(st.lists(st.sampled_from(["世田谷区", "札幌市", "札幌 市", "那覇市", " ", "京都市"]), max_size=12))
def test_bodies_are_counted_and_donations_are_not(names: list[str]) -> None:
    count = rules.bodies(names)
    assert count <= 4
    assert rules.bodies(names + names) == count
