"""施設の受入れの条件

定員、締切、端数の扱いなどは、施設ごとに日付つきで決まります。区と委託先が確かめていないものには「未確認」と出ます。
曜日によって締切を変えられます。変えられるのは委託先の責任者だけで、予約は取り消されません。
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from uuid import UUID

import psycopg
import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from azukari.business.hotstay import api
from azukari.business.hotstay.types import CHILD_FLOW, Channel, Rule, Span, Wish
from azukari.kernel.errors import BadInput
from support.hotstay import DAY, ONE, desk, place, rows
from support.signing import signed_in
from support.taxi import as_flow

OF_PAGES = pytest.mark.django_db
OF_RULES = pytest.mark.django_db(databases=["owner"])
# DAY is a Monday.
MONDAY = {"by_weekday": {"0": {"電話": [3, 600], "取消": [4, 540]}}}


def periods(client: Client) -> list[str]:
    """The parameters of each period that the page shows."""
    page = client.get("/hotstay/settings/").content.decode()
    return re.findall(r'<section class="section"><h2>\d.*?</section>', page, re.DOTALL)


def fields(client: Client) -> dict[str, str | list[str]]:
    """The form as it stands on the page."""
    page = client.get("/hotstay/settings/").content.decode()
    form = page.split('class="form narrow"')[1].split("</form>")[0]
    found: dict[str, str | list[str]] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = (re.search(rf'{what}="([^"]*)"', tag) for what in ("name", "value"))
        if not name or ('type="checkbox"' in tag and " checked" not in tag):
            continue
        known = found.setdefault(name[1], [])
        assert isinstance(known, list)
        known.append(value[1] if value else "on" if "checkbox" in tag else "")
    for name_of, body in re.findall(r'<select name="(\w+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        found[name_of] = re.findall(r'value="([^"]*)" selected', body)
    return found


@OF_PAGES
def test_unconfirmed_is_said() -> None:
    """条件は言葉で並び、確かめていないものには「未確認」と付きます。職員も読めますが、変える欄は出ません。"""
    page = signed_in("hotstay-karasuyama").get("/hotstay/settings/").content.decode()
    assert "定員（人）" in page
    assert "未確認" in page
    assert "この日から変える" not in page


@OF_PAGES
def test_changed_from_a_day_on() -> None:
    """責任者が日付を決めて変えると、その日から新しい条件になり、それまでの条件は残ります。だれが変えたかは台帳に残ります。"""
    client, since = signed_in("hotstay-lead"), timezone.localdate() + timedelta(days=20)
    answer = client.post("/hotstay/settings/", fields(client) | {"since": since.isoformat(), "capacity": "7"})
    assert answer.status_code == 303, answer.content.decode()
    before, after = periods(client)
    assert "<dt>定員（人）</dt><dd>10" in before
    assert "<dt>定員（人）</dt><dd>7" in after
    assert f"{since.year}年{since.month}月{since.day}日から" in after
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM audit_entry WHERE action = 'hotstay.settings' AND actor = 'hotstay-lead'")
        assert cursor.fetchone() == (1,)


@OF_PAGES
def test_what_was_confirmed_is_no_longer_marked() -> None:
    """「区と確かめた条件」に選ぶと、「未確認」が消えます。"""
    client = signed_in("hotstay-lead")
    client.post("/hotstay/settings/", fields(client) | {"confirmed": ["capacity"]})
    [page] = periods(client)
    assert re.search(r"<dt>定員（人）</dt><dd>10</dd>", page)
    assert re.search(r"<dt>職員の最低人数</dt><dd>2 .*未確認", page)


@pytest.mark.parametrize(
    "odd",
    [
        {"opens": "34", "closes": "18"},
        {"since": (date.today() - timedelta(days=1)).isoformat()},  # noqa: DTZ011 (the test's own calendar)
        {"other0_days": "1"},
        {"capacity": "0"},
        {"usual0_time": "25:00"},
        {"closed_weekdays": ["7"]},
    ],
)
@OF_PAGES
def test_odd_values_change_nothing(odd: dict[str, str | list[str]]) -> None:
    """過ぎた日や、合わない条件は、理由を示して断ります。何も変わりません。"""
    client = signed_in("hotstay-lead")
    before = periods(client)
    assert client.post("/hotstay/settings/", fields(client) | odd).status_code == 422
    assert periods(client) == before


@OF_PAGES
def test_an_operator_changes_nothing() -> None:
    """職員が直に送っても、変わりません。"""
    answer = signed_in("hotstay-karasuyama").post("/hotstay/settings/", {"capacity": "99"})
    assert answer.status_code == 403


@OF_PAGES
def test_another_station_is_out_of_reach(web_connection: psycopg.Connection) -> None:
    """ほかの施設の条件は、データベースが変えさせません。"""
    client = signed_in("hotstay-lead")
    assert client.post("/hotstay/settings/", fields(client) | {"capacity": "3"}).status_code == 303
    assert "<dt>定員（人）</dt><dd>3" not in "".join(periods(signed_in("hotstay-umegaoka")))
    entered = as_flow(
        web_connection, flow=CHILD_FLOW, actor="hotstay-umegaoka", place="hotstay-umegaoka", on=timezone.localdate()
    )
    query = "SELECT public.hotstay_put_setting(id, %s, '{}') FROM public.hotstay_stations() WHERE code = 'karasuyama'"
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="not a station"), entered as cursor:
        cursor.execute(query, [timezone.localdate()])


@OF_RULES
def test_the_weekdays_own_deadline() -> None:
    """曜日によって違う締切は、その曜日の利用だけに効きます。ほかの曜日と、ほかの受付方法は、いつもの締切のままです。"""
    found = place(ONE)
    child, tuesday = found.children[0], DAY + timedelta(days=1)
    api.put_setting(desk(), found.station.id, DAY, MONDAY)
    late = api.moment(DAY - timedelta(days=3), 601)
    phone = desk(channel=Channel.PHONE, now=late)
    refusal = api.would_refuse(phone, [Wish(child, Span(DAY, 18, 22))])
    assert refusal is not None
    assert (refusal.rule, "5月10日 10:00" in refusal.words) == (Rule.WINDOW, True)
    assert api.would_refuse(phone, [Wish(child, Span(tuesday, 18, 22))]) is None
    assert api.would_refuse(desk(now=late), [Wish(child, Span(DAY, 18, 22))]) is None


@OF_RULES
def test_giving_back_and_the_reminder_know_the_weekday() -> None:
    """取消の締切が曜日で違えば、画面の表示も、締切の前日のお知らせも、それに合わせます。"""
    found = place(ONE)
    api.put_setting(desk(), found.station.id, DAY, MONDAY)
    booking = found.book(found.children[0], 18, 22).bookings[0]
    assert api.cancel_until(desk(), booking) == api.moment(DAY - timedelta(days=4), 540)
    due = rows("SELECT due FROM hotstay_public_mail WHERE kind = 'reminder' AND child = %s", booking.child)
    assert due == [(api.moment(DAY - timedelta(days=5), 540),)]


@OF_RULES
def test_the_waiting_list_knows_the_weekday() -> None:
    """空きを待つ方の予約は、その曜日の締切を過ぎてから不意に成立することはありません。"""
    found = place(ONE, ONE)
    api.put_setting(desk(), found.station.id, DAY, MONDAY | {"capacity": 1})
    booked = found.book(found.children[0], 18, 22).bookings[0]
    api.wait(desk(channel=Channel.PHONE), [Wish(found.children[1], Span(DAY, 18, 22))], UUID(int=5))
    assert api.cancel(desk(now=api.moment(DAY - timedelta(days=3), 601)), booked.id).promoted == 0


@OF_RULES
def test_days_gone_by_stay() -> None:
    """過ぎた日の条件は、だれも変えられません。"""
    found = place()
    with pytest.raises(BadInput, match="保存していません"):
        api.put_setting(desk(), found.station.id, date(2020, 1, 1), {"capacity": 1})
