"""キャンセル待ち

空きがないときは、何日分か、きょうだい一緒に、まとめて待つことができます。全部がそろったときだけ予約になります。
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from support import residents as family
from support.residents import ask, sign_in, text


@pytest.fixture
def client(residents: str) -> Client:
    family.owner().execute(
        "DELETE FROM hotstay_booking; DELETE FROM hotstay_waitingwish; DELETE FROM hotstay_waitinggroup"
    )
    family.owner().execute("UPDATE hotstay_roster SET carers = 5, qualified = 3")
    return sign_in()


def a_day(ahead: int) -> date:
    day = date.today() + timedelta(days=ahead)  # noqa: DTZ011 (the test's own calendar)
    return day if day.weekday() != 6 else day + timedelta(days=1)


def nobody_on_duty(*days: date) -> None:
    for day in days:
        family.owner().execute("UPDATE hotstay_roster SET carers = 0, qualified = 0 WHERE day = %s", [day])


def wait(client: Client, *days: date, submit: str = "", **more: Any) -> Any:
    given: dict[str, Any] = {"submit": submit or str(uuid4())} | more
    for row, day in enumerate(days):
        given |= {f"day{row}": day.isoformat(), f"start{row}": 20, f"end{row}": 24}
    return client.post(reverse("hotstay_public:wait"), given)


def siblings() -> list[int]:
    rows = family.owner().execute(
        "SELECT o.id FROM hotstay_child me JOIN hotstay_child o USING (family_id) WHERE me.id = %s"
        " AND o.registered_on IS NOT NULL ORDER BY o.id LIMIT 2",
        [family.me()],
    )
    return [key for (key,) in rows.fetchall()]


def test_several_days_and_children_wait_as_one(client: Client) -> None:
    """二日分を、きょうだい二人で申し込むと、一つの申込みとして順番がつきます。"""
    days = (a_day(8), a_day(10))
    nobody_on_duty(*days)
    assert "begun" in wait(client, *days, child=siblings())["Location"]
    page = text(client.get(reverse("hotstay_public:waiting")))
    assert "1番目" in page
    assert page.count("10:00〜12:00") == 5, "four wishes, and the first again for the button's name"


def test_where_there_is_room_it_is_booked_at_once(client: Client) -> None:
    """全部に空きがあれば、待たずに予約になります。"""
    assert "placed" in wait(client, a_day(8))["Location"]
    assert ask("SELECT count(*) FROM hotstay_booking WHERE state = '予約'") == (1,)


def test_sent_twice_it_waits_once(client: Client) -> None:
    """二度送っても、申込みは一つです。"""
    nobody_on_duty(a_day(8))
    submit = str(uuid4())
    for _ in range(2):
        wait(client, a_day(8), submit=submit)
    assert ask("SELECT count(*) FROM hotstay_waitinggroup") == (1,)


def test_one_may_stop_waiting(client: Client) -> None:
    """待つのをやめられます。ほかのご家族の申込みは、ない番号と同じ答えになります。"""
    nobody_on_duty(a_day(8))
    wait(client, a_day(8))
    (group,) = ask("SELECT id FROM hotstay_waitinggroup")
    family.another_family()
    stranger = sign_in(family.OTHER_LOGIN, family.OTHER_PASSWORD)
    url = reverse("hotstay_public:leave_waiting", args=[group])
    assert stranger.post(url).status_code == 404
    assert client.post(url).status_code == 302
    assert ask("SELECT state FROM hotstay_waitinggroup") == ("取下げ",)


def test_waiting_that_cannot_help_is_refused(client: Client) -> None:
    """待っても空かない時間 (短すぎる、受入れの時間の外など) は、理由を示して断ります。入力はそのまま残ります。"""
    given = {"submit": str(uuid4()), "day0": a_day(8).isoformat(), "start0": 20, "end0": 21}
    answer = client.post(reverse("hotstay_public:wait"), given)
    assert answer.status_code == 422
    assert "一回の利用は" in text(answer)
    assert f'value="{a_day(8).isoformat()}"' in answer.content.decode()


def test_no_day_is_told(client: Client) -> None:
    """日にちを一つも選ばなければ、選ぶように示します。"""
    answer = wait(client)
    assert answer.status_code == 422
    assert "日にちを選んでください" in text(answer)
