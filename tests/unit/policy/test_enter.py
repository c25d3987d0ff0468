"""取扱いに入る・出る: 区の実際のデータベースで。"""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import date

import pytest
from django.db import ProgrammingError, connection, connections, transaction

from azukari.core.policy import api
from azukari.core.policy.compile_sql import LEAVE
from azukari.core.policy.types import Actor, Place
from azukari.kernel.errors import NotFound

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 20)
FLOW = "815-1"
SITE = Place("t-site", "作業場", "委託先事業者の施設", "甲社", ward_terminal=True)
WORKER = Actor("t-worker", "operator", frozenset({FLOW}), "甲社")


def current_role() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        return str(cursor.fetchone()[0])


def go(flow: str = FLOW) -> AbstractContextManager[None]:
    return api.enter(flow, actor=WORKER, place=SITE, medium=api.SCREEN, on=DAY)


def test_inside_one_is_the_flow_and_outside_the_web() -> None:
    """中では取扱いの役割、出れば画面の役割に戻る。"""
    with go():
        assert current_role() == "flow_815_1"
    assert current_role() == "azukari_web"


def test_an_error_inside_also_leaves() -> None:
    """中で誤りが起きても、必ず出る。"""
    with pytest.raises(ZeroDivisionError), go():
        raise ZeroDivisionError
    assert current_role() == "azukari_web"
    with pytest.raises(ProgrammingError, match="permission denied"), go(), connection.cursor() as cursor:
        cursor.execute("SELECT kind FROM taxi_presentedvoucher")
    assert current_role() == "azukari_web"


def test_one_flow_at_a_time() -> None:
    """取扱いの中から別の取扱いには入れない。"""
    with go(), pytest.raises(RuntimeError), go("r-taxi"):
        pass
    assert current_role() == "azukari_web"


def test_an_unknown_flow_is_not_entered() -> None:
    with pytest.raises(NotFound), go("999-9"):
        pass


@pytest.mark.django_db(databases=["default", "owner"])
def test_the_walls_stand_as_the_consultations_say() -> None:
    """実際のデータベースは、諮問のとおりで、変えることがない。"""
    assert api.plan(connections["owner"]) == []


def test_leaving_is_one_statement_away() -> None:
    """出るための文は、それだけで役割と設定をすべて戻す。"""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('role', 'flow_815_1', true)")
        cursor.execute(LEAVE)
        assert current_role() == "azukari_web"
