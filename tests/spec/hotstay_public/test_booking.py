"""空きを見て予約する

お子さまの年齢とその時間の職員の数から、そのお子さまの空きを出します。予約、変更、取消しは、スマートフォンの画面だけで済みます。
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from support import residents as family
from support.residents import ask, hidden, sign_in, text


@pytest.fixture(scope="module")
def child(residents: str) -> int:
    """The demonstration family's child, without bookings, on days with five carers and no weekday closed but Sunday."""
    key = family.me()
    family.owner().execute("DELETE FROM hotstay_booking b USING hotstay_child c WHERE c.id = b.child_id")
    family.owner().execute("UPDATE hotstay_roster SET carers = 5, qualified = 3")
    return key


@pytest.fixture
def client(child: int) -> Client:
    family.owner().execute("DELETE FROM hotstay_booking")
    return sign_in()


def a_day(ahead: int = 10) -> date:
    """A day within the booking period that is no Sunday."""
    day = date.today() + timedelta(days=ahead)  # noqa: DTZ011 (the test's own calendar)
    return day if day.weekday() != 6 else day + timedelta(days=1)


def confirm(client: Client, day: date, start: int = 20, end: int = 24, **more: Any) -> Any:
    given = {"day": day.isoformat(), "start": start, "end": end} | more
    return client.get(reverse("hotstay_public:confirm"), given, follow=True)


def send(client: Client, page: Any) -> Any:
    """Press the button of the confirmation page."""
    fields: dict[str, list[str]] = {}
    form = page.content.decode().split('action="/stays/book/"')[1].split("</form>")[0]
    for name, value in re.findall(r'name="(\w+)" value="([^"]*)"', form):
        fields.setdefault(name, []).append(value)
    return client.post(reverse("hotstay_public:book"), fields)


def booked(client: Client, day: date, start: int = 20, end: int = 24) -> int:
    send(client, confirm(client, day, start, end))
    return int(ask("SELECT max(id) FROM hotstay_booking")[0])


def count() -> int:
    return int(ask("SELECT count(*) FROM hotstay_booking WHERE state = '予約'")[0])


def test_the_month_says_every_day_in_words(client: Client, child: int) -> None:
    """月の表は、印だけでなく、日付・曜日・空きを言葉でも持ちます。声で読み上げても分かります。"""
    day = a_day()
    page = client.get(f"{reverse('hotstay_public:month')}?month={day:%Y-%m}").content.decode()
    weekday = "月火水木金土日"[day.weekday()]
    assert f"{day.month}月{day.day}日（{weekday}）空きあり" in page
    assert page.count('<th scope="col">') == 7


def test_the_day_is_a_table_of_half_hours(client: Client) -> None:
    """日の表は30分ごとの行で、時間が行の見出しです。すでに予約した時間は「予約済み」と出ます。"""
    day = a_day()
    booked(client, day)
    page = client.get(reverse("hotstay_public:day", args=[day.isoformat()])).content.decode()
    assert '<th scope="row">10:00〜10:30</th><td><span class="mark"></span>予約済み</td>' in page
    assert '<th scope="row">12:00〜12:30</th><td><span class="mark"></span>空きあり</td>' in page


def test_confirmation_shows_the_fee_with_its_steps(client: Client) -> None:
    """予約の前に、利用料の内訳と合計を円で示します。料金表が確かめられていなければ「未確認」と出ます。"""
    page = text(confirm(client, a_day(), 20, 30))
    assert "4時間まで 2,500円" in page
    assert "超えた1時間 800円×1 800円" in page
    assert "合計 3,300円" in page
    assert "未確認" in page


def test_sent_twice_it_is_booked_once(client: Client) -> None:
    """「予約する」を二度押しても、戻って押し直しても、予約は一つで、同じ予約が示されます。"""
    page = confirm(client, a_day())
    first, second = send(client, page), send(client, page)
    assert first["Location"] == second["Location"]
    assert count() == 1
    assert "予約しました" in text(client.get(first["Location"]))
    back = client.get(page.redirect_chain[-1][0])
    assert back["Location"] == first["Location"]


def test_a_refusal_names_the_rule_and_offers_the_nearest_time(client: Client, child: int) -> None:
    """予約できないときは、理由と、いちばん近い空きを示します。空きはボタン一つで選べます。"""
    day = a_day()
    booked(client, day, 20, 24)
    answer = confirm(client, day, 22, 26)
    assert answer.status_code == 409
    assert "同じお子さまの予約と時間が重なります" in text(answer)
    nearest = re.findall(r'class="button button--wide" href="([^"]+)"', answer.content.decode())[0]
    assert client.get(nearest.replace("&amp;", "&"), follow=True).status_code == 200


def test_who_comes_too_late_is_told_and_may_wait(client: Client, child: int) -> None:
    """確認の画面を開いているあいだに席が埋まると、予約はされず、理由とキャンセル待ちのボタンが出ます。"""
    day = a_day()
    page = confirm(client, day)
    family.owner().execute("UPDATE hotstay_roster SET carers = 0, qualified = 0 WHERE day = %s", [day])
    answer = send(client, page)
    family.owner().execute("UPDATE hotstay_roster SET carers = 5, qualified = 3 WHERE day = %s", [day])
    assert answer.status_code == 409
    assert "職員の配置" in text(answer)
    assert reverse("hotstay_public:wait") in answer.content.decode()
    assert count() == 0


def test_brothers_and_sisters_together(client: Client, child: int) -> None:
    """きょうだいは、全員分の空きがあるときだけ、まとめて予約できます。"""
    (sibling,) = ask(
        "SELECT o.id FROM hotstay_child me JOIN hotstay_child o USING (family_id) WHERE me.id = %s AND o.id <> me.id"
        " AND o.registered_on IS NOT NULL ORDER BY o.born LIMIT 1",
        child,
    )
    page = confirm(client, a_day(), 20, 24, child=[child, sibling])
    assert send(client, page).status_code == 302
    assert count() == 2


def test_change_keeps_the_old_time_until_the_new_one_is_sure(client: Client) -> None:
    """変更は、新しい時間が取れたときだけ行います。取れなければ、前の予約がそのまま残ります。"""
    day = a_day()
    booking, other = booked(client, day, 20, 24), booked(client, day, 28, 32)
    url = reverse("hotstay_public:change", args=[booking])
    assert client.post(url, {"day": day.isoformat(), "start": 30, "end": 34}).status_code == 409
    assert client.post(url, {"day": day.isoformat(), "start": 18, "end": 22}).status_code == 302
    rows = family.owner().execute("SELECT id, lower(slots) FROM hotstay_booking ORDER BY id").fetchall()
    assert rows == [(booking, 18), (other, 28)]


def test_cancel_asks_once_more(client: Client) -> None:
    """取消しは、確かめの画面を一度はさみます。取り消した予約は一覧に残ります。"""
    booking = booked(client, a_day())
    url = reverse("hotstay_public:cancel", args=[booking])
    assert "取り消しますか" in text(client.get(url))
    assert count() == 1
    assert client.post(url).status_code == 302
    assert count() == 0
    assert "取消" in text(client.get(reverse("hotstay_public:stays")))


def test_after_the_deadline_one_calls(client: Client) -> None:
    """期限を過ぎた予約は、画面からは変更も取消しもできず、電話の案内が出ます。"""
    booking = booked(client, a_day())
    tomorrow = date.today() + timedelta(days=1)  # noqa: DTZ011
    with family.without_triggers():
        family.owner().execute("UPDATE hotstay_booking SET day = %s WHERE id = %s", [tomorrow, booking])
        family.owner().execute("UPDATE hotstay_setting SET cancel = '[2, 0]'")
    page = text(client.get(reverse("hotstay_public:stay", args=[booking])))
    answer = client.post(reverse("hotstay_public:cancel", args=[booking]))
    family.owner().execute("UPDATE hotstay_setting SET cancel = '[1, 1020]'")
    assert "お電話ください" in page
    assert answer.status_code == 409
    assert count() == 1


def test_another_familys_booking_looks_absent(client: Client, child: int) -> None:
    """ほかのご家族の予約は、番号を知っていても、ない番号と同じ答えになります。お子さまの番号を書き換えても同じです。"""
    stranger = family.another_family()
    theirs = booked(sign_in(family.OTHER_LOGIN, family.OTHER_PASSWORD), a_day())
    pages = [client.get(reverse("hotstay_public:stay", args=[key])) for key in (theirs, 10**9)]
    assert {page.status_code for page in pages} == {404}
    assert pages[0].content == pages[1].content
    assert client.post(reverse("hotstay_public:cancel", args=[theirs])).status_code == 404
    page = confirm(client, a_day(12), child=stranger)
    assert f'value="{stranger}"' not in page.content.decode()


@pytest.mark.parametrize(
    "odd",
    [
        {"day": "2026-02-30", "start": "20", "end": "24"},
        {"day": "", "start": "20", "end": "24"},
        {"day": "2026-12-01", "start": "24", "end": "20"},
        {"day": "2026-12-01", "start": "-1", "end": "99"},
        {"day": "2026-12-01", "start": "x", "end": "24"},
        {},
    ],
    ids=str,
)
def test_an_odd_time_is_told(client: Client, odd: dict[str, str]) -> None:
    """読めない日にちや時間は、予約せずに、選び直すように示します。"""
    answer = client.get(reverse("hotstay_public:confirm"), odd, follow=True)
    assert answer.status_code == 422
    assert "選び直してください" in text(answer)
    assert client.post(reverse("hotstay_public:book"), odd | {"submit": str(uuid4())}).status_code == 422
    assert count() == 0


def test_no_name_is_on_any_page(client: Client, child: int) -> None:
    """画面には、お子さまの氏名もご家族の氏名も出ません。「4歳のお子さま」のように書きます。"""
    booking = booked(client, a_day())
    names = [name for (name,) in family.owner().execute("SELECT name FROM hotstay_child").fetchall()]
    for url in (
        reverse("hotstay_public:home"),
        reverse("hotstay_public:stays"),
        reverse("hotstay_public:stay", args=[booking]),
        reverse("hotstay_public:settings"),
    ):
        page = client.get(url).content.decode()
        assert not [name for name in names if name in page or name.replace("　", "") in page]


def test_a_form_of_another_site_is_refused(child: int) -> None:
    """ほかのサイトから送られた予約は受け付けません。"""
    client = Client(enforce_csrf_checks=True)
    client.cookies["hotstay"] = sign_in().cookies["hotstay"].value
    given = {"submit": str(uuid4()), "day": a_day().isoformat(), "start": 20, "end": 24}
    assert client.post(reverse("hotstay_public:book"), given).status_code == 403


def test_hidden_fields_carry_no_person(client: Client) -> None:
    """画面の隠れた欄にあるのは、申込みの番号、日にち、時間と、お子さまの番号だけです。"""
    assert {name for name, _ in hidden(confirm(client, a_day()))} - {"csrfmiddlewaretoken"} == {
        "submit", "day", "start", "end", "child",
    }  # fmt: skip
