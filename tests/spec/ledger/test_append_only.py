"""記録は書き足すだけで、扱ったことと同時に残る

閲覧・拒否・変更・書き出し・サインインを、扱いと同じ取引の中で記録します。
"""

from __future__ import annotations

import psycopg
import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from azukari.core.audit.api import of_person, record, search
from azukari.core.audit.rules import NotForTheLedgerError
from support.ledger import OFFICER, OPERATOR
from support.signing import signed_in, try_sign_in

pytestmark = pytest.mark.django_db
PERSON = 10**12


def test_view_and_entry_stand_or_fall_together() -> None:
    """扱いが取り消されれば、その記録も残らない。扱いが成り立てば、記録も必ず残る。"""
    with pytest.raises(ZeroDivisionError):
        _change_that_fails()
    assert of_person(PERSON) == []
    with transaction.atomic():
        record("change", actor=OFFICER, items=["氏名"], subjects=[PERSON])
    assert [line.action for line in of_person(PERSON)] == ["change"]


def _change_that_fails() -> None:
    with transaction.atomic():
        record("change", actor=OFFICER, items=["氏名"], subjects=[PERSON])
        raise ZeroDivisionError


def test_refused_page_leaves_its_refusal() -> None:
    """拒否された操作は取り消されるが、拒否したことは台帳に残る。"""
    client = signed_in("it")
    assert client.get(reverse("taxi:check")).status_code == 403
    line = search(action="refusal").lines[0]
    assert line.actor == "it"
    assert line.detail["page"] == "taxi:check"


def test_sign_in_and_its_refusal_are_recorded() -> None:
    """サインインできたことも、できなかったことも台帳に残る。"""
    signed_in("officer")
    assert search(action="signin").lines[0].action == "signin.ok"
    assert try_sign_in(Client(), "officer", password="違う").status_code != 302
    assert search(action="signin").lines[0].action == "signin.refused"


@pytest.mark.parametrize("statement", ["UPDATE {} SET {} = {}", "DELETE FROM {}", "TRUNCATE {}"])
@pytest.mark.parametrize(("table", "column"), [("audit_entry", "id"), ("audit_epoch", "number")])
def test_nobody_edits(
    web_connection: psycopg.Connection, owner_connection: psycopg.Connection, statement: str, table: str, column: str
) -> None:
    """画面の役割も、表の所有者も、台帳の記録と封印を書き換えたり消したりできない。"""
    for connection in (web_connection, owner_connection):
        with pytest.raises(psycopg.errors.InsufficientPrivilege), connection.transaction():
            connection.execute(statement.format(table, column, column))


def test_ledger_holds_no_personal_value() -> None:
    """台帳に個人情報の値は書けない。書けるのは、だれかを示す内部の番号と項目の名前、状態、件数だけである。"""
    for detail in ({"name": "世田谷 太郎"}, {"tel": "03-5432-1111"}, {"number": "0012345678"}):
        with pytest.raises(NotForTheLedgerError):
            record("view", actor=OPERATOR, items=["氏名"], subjects=[PERSON], detail=detail)
    assert of_person(PERSON) == []
