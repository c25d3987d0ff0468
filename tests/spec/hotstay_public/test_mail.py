"""お知らせのメール

予約、変更、取消し、キャンセル待ちの成立と、取り消せる期限の前日に、お知らせを送ります。メールには、サインインして確かめる
ようにとだけ書きます。
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from azukari.business.hotstay.public.mail import send_due
from azukari.config.mail import server as configured
from azukari.kernel.errors import BadInput
from spec.hotstay_public.test_booking import a_day, booked, confirm, send
from support import residents as family
from support.residents import ask, sign_in
from support.smtp import listening, server


@pytest.fixture
def client(residents: str) -> Client:
    family.owner().execute("DELETE FROM hotstay_booking; DELETE FROM hotstay_public_mail")
    family.owner().execute("UPDATE hotstay_roster SET carers = 5, qualified = 3")
    return sign_in()


def now() -> datetime:
    return timezone.now() + timedelta(seconds=1)


def queued() -> list[tuple[Any, ...]]:
    return (
        family.owner().execute("SELECT kind, tries, sent IS NOT NULL FROM hotstay_public_mail ORDER BY id").fetchall()
    )


def test_it_says_nothing_about_anybody(client: Client) -> None:
    """メールには、お子さまのことも、施設も、日時も、IDも書きません。"""
    booked(client, a_day())
    with listening() as (box, smtp):
        assert send_due(now(), smtp).sent == 1
    (mail,) = box.mails
    body = f"{mail['Subject']}\n{mail.get_content()}"
    assert "ご予約を受け付けました" in body
    assert "サインインしてご確認ください" in body
    (name, station), day = (
        ask(
            "SELECT c.name, s.name FROM hotstay_child c JOIN hotstay_station s ON s.id = c.station_id WHERE c.id = %s",
            family.me(),
        ),
        a_day(),
    )
    for secret in (name, name.split("　")[1], station, f"{day.month}月", family.CHILD_LOGIN, "10:00", str(family.me())):
        assert secret not in body, secret
    assert (
        mail["To"]
        == ask(
            "SELECT g.mail FROM hotstay_guardian g JOIN hotstay_child c USING (family_id) WHERE c.id = %s"
            " AND g.mail <> '' ORDER BY g.calls_first DESC, g.id LIMIT 1",
            family.me(),
        )[0]
    )


def test_the_booking_stands_when_the_mail_server_is_down(client: Client) -> None:
    """メールのサーバーが止まっていても、予約はそのまま成立します。メールは待たせておき、間隔を延ばしながら送り直します。"""
    page = confirm(client, a_day())
    assert send(client, page).status_code == 302
    assert send_due(now(), server(9)).put_off == 1
    assert send_due(now(), server(9)).put_off == 0, "not before a minute has passed"
    assert ask("SELECT count(*) FROM hotstay_booking WHERE state = '予約'") == (1,)
    with listening() as (_, smtp):
        assert send_due(now() + timedelta(minutes=3), smtp).sent == 1
    assert queued() == [("booked", 2, True), ("reminder", 0, False)]


def test_a_refused_mail_is_tried_twelve_times(client: Client) -> None:
    """受け取りを断られ続けたら、12回であきらめます。"""
    booked(client, a_day())
    family.owner().execute("DELETE FROM hotstay_public_mail WHERE kind = 'reminder'")
    with listening() as (box, smtp):
        box.refusal = "450 later"
        outcomes = [send_due(now() + timedelta(days=one), smtp) for one in range(13)]
    assert sum(one.put_off for one in outcomes) == 11
    assert sum(one.given_up for one in outcomes) == 1
    assert box.mails == []


def test_one_mail_for_one_submit(client: Client) -> None:
    """二度押されても、きょうだい一緒でも、一つの申込みに一通です。"""
    page = confirm(client, a_day())
    for _ in range(2):
        send(client, page)
    assert [kind for kind, *_ in queued() if kind == "booked"] == ["booked"]


def test_the_reminder_comes_before_the_deadline(client: Client) -> None:
    """お知らせは、取り消せる期限の24時間前に出ます。取り消した予約、日を変えた予約の分は出ません。"""
    day = a_day()
    kept, gone = booked(client, day, 20, 24), booked(client, day, 28, 32)
    client.post(reverse("hotstay_public:cancel", args=[gone]))
    (due,) = ask("SELECT due FROM hotstay_public_mail WHERE kind = 'reminder' AND cause = %s", f"{kept}@{day}")
    assert timezone.localtime(due).replace(tzinfo=None) == datetime.combine(day - timedelta(days=2), datetime.min.time().replace(hour=17))  # fmt: skip
    with listening() as (box, smtp):
        send_due(now(), smtp)
        before = len(box.mails)
        send_due(due + timedelta(minutes=1), smtp)
    assert [mail["Subject"] for mail in box.mails[before:]] == ["【予約】ご予約の日が近づいています"]


def test_change_and_cancel_are_told(client: Client) -> None:
    """変更と取消しも、一通ずつお知らせします。"""
    day: date = a_day()
    booking = booked(client, day)
    client.post(reverse("hotstay_public:change", args=[booking]), {"day": day.isoformat(), "start": 26, "end": 30})
    client.post(reverse("hotstay_public:cancel", args=[booking]))
    assert [kind for kind, *_ in queued() if kind != "reminder"] == ["booked", "changed", "cancelled"]


def test_without_an_address_nothing_is_sent(client: Client) -> None:
    """メールアドレスをお聞きしていないご家族には送りません。"""
    booked(client, a_day())
    family.owner().execute("UPDATE hotstay_guardian SET mail = ''")
    with listening() as (box, smtp):
        assert send_due(now(), smtp).given_up == 1
    family.owner().execute("UPDATE hotstay_guardian SET mail = 'family' || id || '@example.jp'")
    assert box.mails == []


def test_the_ledger_knows_that_the_address_was_used(client: Client) -> None:
    """メールアドレスを使ったことは、諮問814-1の取扱いとして台帳に残ります。アドレスそのものは残りません。"""
    booked(client, a_day())
    with listening() as (_, smtp):
        send_due(now(), smtp)
    row = ask(
        "SELECT flow, items, detail::text FROM audit_entry WHERE action = 'hotstay.mailed' ORDER BY id DESC LIMIT 1"
    )
    assert row == ("814-1", ["メールアドレス"], '{"kind": "booked"}')


@pytest.mark.parametrize("odd", [{"AZUKARI_SMTP_FROM": "nobody"}, {"AZUKARI_SMTP_PORT": "x"}], ids=str)
def test_an_odd_setting_stops_the_start(odd: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """メールの設定が読めなければ、始めません。サーバーの名がなければ、送らずに待たせます。"""
    assert configured("http://127.0.0.1/") is None
    for name, value in {
        "AZUKARI_SMTP_HOST": "mail.example.lg.jp",
        "AZUKARI_SMTP_FROM": "a@example.lg.jp",
        **odd,
    }.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(BadInput):
        configured("http://127.0.0.1/")
