"""カレンダーに取り込む

スマートフォンのカレンダーが読むアドレスを作れます。アドレスを知る人にも、時間のほかは何も分かりません。
"""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from support import residents as family
from support.residents import sign_in


@pytest.fixture
def address(residents: str) -> tuple[Client, str]:
    client = sign_in()
    page = client.post(reverse("hotstay_public:feed_address"), {"wish": "new"}).content.decode()
    return client, re.findall(r"<code>(http[^<]+)</code>", page)[0]


def test_it_says_when_and_nothing_else(address: tuple[Client, str]) -> None:
    """予定の題は「予定」だけで、お子さま、施設、場所のことは書きません。"""
    answer = Client().get(address[1])
    lines = answer.content.decode().split("\r\n")
    assert answer["Content-Type"].startswith("text/calendar")
    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines[-2:] == ["END:VCALENDAR", ""]
    assert {line.partition(":")[0] for line in lines if line} <= {
        *(
            "BEGIN",
            "END",
            "VERSION",
            "PRODID",
            "METHOD",
            "X-WR-CALNAME",
            "UID",
            "DTSTAMP",
            "DTSTART",
            "DTEND",
            "SUMMARY",
        ),
        *("CLASS", "TRANSP"),
    }
    assert {line for line in lines if line.startswith("SUMMARY")} == {"SUMMARY:予定"}
    booked = family.ask(
        "SELECT count(*) FROM hotstay_booking WHERE child_id = %s AND state = '予約' AND day > current_date - 31",
        family.me(),
    )
    assert lines.count("BEGIN:VEVENT") == booked[0] > 0
    assert all(len(line.encode()) <= 75 for line in lines)


def test_it_can_be_ended_and_made_anew(address: tuple[Client, str]) -> None:
    """アドレスを作り直すと前のものは使えなくなり、やめることもできます。使えないアドレスは、ないページと同じ答えです。"""
    client, first = address
    client.post(reverse("hotstay_public:feed_address"), {"wish": "new"})
    gone, never = Client().get(first), Client().get("/calendar/nothing.ics")
    assert (gone.status_code, gone.content) == (404, never.content)
    client.post(reverse("hotstay_public:feed_address"), {"wish": "end"})
    assert family.ask("SELECT count(*) FROM hotstay_public_credential WHERE feed IS NOT NULL") == (0,)


def test_a_new_slip_ends_it(address: tuple[Client, str]) -> None:
    """用紙を出し直すと、カレンダーのアドレスも使えなくなります。"""
    child = family.me()
    family.slip_for(child)
    assert Client().get(address[1]).status_code == 404
    family.as_printed_at_the_start(child)
