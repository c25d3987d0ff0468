"""来所とお迎えを、施設の二次元コードで記録する

施設に出ている二次元コードを保護者のスマートフォンで読み取り、来所とお迎えを記録します。職員が記録しても同じです。
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from azukari.business.hotstay import api
from azukari.business.hotstay.types import Channel, Desk
from support import residents as family
from support.residents import ask, sign_in, text


@pytest.fixture
def booking(residents: str) -> Iterator[int]:
    """A stay of the demonstration family today, whatever the hour."""
    family.owner().execute("DELETE FROM hotstay_booking")
    with family.without_triggers():
        row = ask(
            "INSERT INTO hotstay_booking (child_id, station_id, contractor, day, slots, channel, state, submit, position,"
            " booked_at, changed_at) SELECT id, station_id, contractor, %s, '[0,48)', '電話', '予約', gen_random_uuid(), 0,"
            " now(), now() FROM hotstay_child WHERE id = %s RETURNING id",
            timezone.localdate(),
            family.me(),
        )
    yield int(row[0])
    family.owner().execute("DELETE FROM hotstay_booking")


def code(*, minutes: int = 0) -> str:
    """What the station displayed that many minutes ago."""
    (station,) = ask("SELECT station_id FROM hotstay_child WHERE id = %s", family.me())
    now = timezone.now() - timedelta(minutes=minutes)
    return api.arrival_code(Desk(Channel.COUNTER, now, "test", using="owner"), station)


def press(client: Client, booking: int, what: str, shown: str) -> str:
    answer = client.post(f"/arrive/{shown}/", {"booking": booking, "what": what}, follow=True)
    return text(answer)


def times(booking: int) -> tuple[object, object]:
    arrived, left = ask('SELECT arrived, "left" FROM hotstay_booking WHERE id = %s', booking)
    return arrived, left


def test_read_and_pressed(booking: int) -> None:
    """読み取ると今日の予約が出ます。「来所を記録する」を押すと来所の、次は「お迎えを記録する」でお迎えの時刻が残ります。"""
    client, shown = sign_in(), code()
    assert "来所を記録する" in text(client.get(f"/arrive/{shown}/"))
    assert "お預かり中" in press(client, booking, "come", shown)
    family.owner().execute("UPDATE hotstay_booking SET arrived = now() - interval '6 minutes'")
    assert "お迎え済み" in press(client, booking, "go", shown)
    assert None not in times(booking)
    lines = ask(
        "SELECT array_agg(action ORDER BY id) FROM audit_entry WHERE action IN ('hotstay.arrived', 'hotstay.left')"
        " AND actor = %s AND subjects @> ARRAY[%s::bigint]",
        f"child:{family.me()}",
        family.me(),
    )
    assert lines[0][-2:] == ["hotstay.arrived", "hotstay.left"]


def test_pressed_twice(booking: int) -> None:
    """二度押しても、戻るボタンで戻って押しても、最初の時刻のままです。"""
    client, shown = sign_in(), code()
    press(client, booking, "come", shown)
    first = times(booking)
    assert "お預かり中" in press(client, booking, "come", shown)
    assert times(booking) == first


def test_a_hasty_second_tap_is_no_leaving(booking: int) -> None:
    """来所を記録してすぐには、お迎えを記録できません。続けて押した指が、お迎えのボタンに当たらないようにするためです。"""
    client, shown = sign_in(), code()
    assert "お迎えを記録する" not in press(client, booking, "come", shown)
    assert "お預かり中" in press(client, booking, "go", shown)
    assert times(booking)[1] is None


def test_an_old_code_is_none(booking: int) -> None:
    """コードは5分ごとに変わります。写真に撮った古いコードでは記録できず、読み取り直すよう案内します。"""
    client = sign_in()
    for shown in (code(minutes=11), "0" * 20):
        page = client.get(f"/arrive/{shown}/")
        assert (page.status_code, "使えません" in text(page)) == (410, True)
        assert "記録していません" in press(client, booking, "come", shown)
    assert times(booking) == (None, None)


def test_the_code_of_another_station_is_none(booking: int) -> None:
    """別の施設のコードでは記録できません。"""
    (other,) = ask(
        "SELECT id FROM hotstay_station WHERE id <> (SELECT station_id FROM hotstay_child WHERE id = %s) LIMIT 1",
        family.me(),
    )
    shown = api.arrival_code(Desk(Channel.COUNTER, timezone.now(), "test", using="owner"), other)
    assert "記録していません" in press(sign_in(), booking, "come", shown)
    assert times(booking) == (None, None)


def test_only_ones_own_child(booking: int) -> None:
    """ほかのご家庭の予約には、同じコードでも触れられません。あるかどうかも分かりません。"""
    family.another_family()
    client = sign_in(family.OTHER_LOGIN, family.OTHER_PASSWORD)
    shown = code()
    answers = [client.post(f"/arrive/{shown}/", {"booking": key, "what": "come"}) for key in (booking, 10**15)]
    assert [one.status_code for one in answers] == [404, 404]
    assert answers[0].content == answers[1].content
    assert times(booking) == (None, None)


def test_the_ledger_has_who_looked(booking: int) -> None:
    """ご家庭が画面を開いたことも、どのお子さまについてかとともに、台帳に残ります。転送だけの応答は残しません。"""
    seen = "SELECT count(*) FROM audit_entry WHERE action = 'view' AND actor = %s AND subjects @> ARRAY[%s::bigint]"
    client, who = sign_in(), (f"child:{family.me()}", family.me())
    before = ask(seen, *who)[0]
    for path in ("/", "/days/", "/stays/", f"/stays/{booking}/", "/waiting/"):
        assert client.get(path).status_code == 200
    assert ask(seen, *who)[0] == before + 5
    client.get("/stays/confirm/", {"day": timezone.localdate().isoformat(), "start": 20, "end": 22})
    assert ask(seen, *who)[0] == before + 5
