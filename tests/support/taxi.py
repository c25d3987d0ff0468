"""What the taxi tests share: the flow's role by plain SQL, and the demonstration's vouchers by the owner."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import psycopg
from django.db import connections
from psycopg import sql

from azukari.business.taxi.types import CONTRACTOR_FLOW
from azukari.core.policy import api as policy
from azukari.demo.names import CONTRACTOR

FOUR_ITEMS = {
    "name": "氏名",
    "used_on": "タクシー利用日",
    "fare": "タクシー代金",
    "certificate_number": "福祉タクシー券等認定番号",
}
START = date(2019, 6, 1)
OPERATOR = policy.Actor("operator", "operator", frozenset({CONTRACTOR_FLOW}), CONTRACTOR)


@contextmanager
def as_flow(
    connection: psycopg.Connection,
    *,
    flow: str = CONTRACTOR_FLOW,
    actor: str = "operator",
    place: str = "hidamari",
    medium: str = "画面",
    on: date = date(2019, 7, 3),
) -> Iterator[psycopg.Connection]:
    """The connection as the flow's database role, told the same facts as a page would tell; undone at the end."""
    role = policy.role_of(flow)
    direction = "recorded" if flow.startswith("r-") else policy.library().flows[flow].direction
    told = {"actor": actor, "place": place, "medium": medium, "on": on.isoformat(), "direction": direction}
    with connection.transaction(force_rollback=True):
        for name, value in told.items():
            connection.execute("SELECT set_config(%s, %s, true)", [f"azukari.{name}", value])
        connection.execute(sql.SQL("SET LOCAL search_path TO {}, public").format(sql.Identifier(role)))
        connection.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(role)))
        yield connection


def rows(query: str, *values: object) -> list[tuple[object, ...]]:
    """The owner's answer through Django's alias, so within the test's own transaction."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(query, values)
        return list(cursor.fetchall())


def some_batch() -> int:
    """A batch of the demonstration's contractor with vouchers still to be checked: the largest."""
    [(key,)] = rows(
        "SELECT v.batch_id FROM taxi_presentedvoucher v WHERE v.contractor = %s AND v.state = '未確認'"
        " GROUP BY v.batch_id ORDER BY count(*) DESC, v.batch_id LIMIT 1",
        CONTRACTOR,
    )
    return int(str(key))
