"""委託先に渡る項目

諮問815 5(1)「区及び本人以外から委託先へ提供するもの」は、氏名、タクシー利用日、タクシー代金、福祉タクシー券等認定番号の4つです。
"""

from __future__ import annotations

from datetime import date, timedelta

import psycopg
import pytest
from psycopg import errors, sql

from azukari.business.taxi.types import CONTRACTOR_FLOW
from azukari.core.policy import api as policy
from azukari.demo.names import CONTRACTOR, OTHER_CONTRACTOR
from support.taxi import FOUR_ITEMS, START, as_flow

# What may be read beside the four items says nothing about a person: keys, public names of companies, states.
READABLE = {
    "taxi_presentedvoucher": {
        "id",
        "batch_id",
        "sequence",
        "state",
        "reason",
        "version",
        "image",
        "turned",
        *FOUR_ITEMS,
    },
    "taxi_keyed": {"id", "voucher_id", "by", *FOUR_ITEMS},
    "taxi_papermove": {"id", "batch_id", "contractor", "way", "counted", "on", "by"},
    "taxi_batch": {"id", "company_id", "month", "number", "received_on", "contractor", "hold"},
    "taxi_company": {"id", "code", "name"},
}


def test_the_consultation_lists_four_items() -> None:
    """諮問815の取扱い 815-1 の項目は4つで、画面の欄はその4つと同じです。"""
    assert list(policy.library().items_of(CONTRACTOR_FLOW)) == list(FOUR_ITEMS.values())


def test_plain_sql_reads_four_items_and_nothing_else(
    owner_connection: psycopg.Connection, web_connection: psycopg.Connection
) -> None:
    """委託先の取扱いの役割では、ほかのどの列もデータベースが断ります。

    データベースにあるすべての表のすべての列を一つずつ読んでみます。読めるのは4つの項目と、券の順番や状態のような
    個人についての情報でないものだけです。住所、生年月日、宛名番号、障害に関わる券種も読めません。
    """
    columns = owner_connection.execute(
        "SELECT c.relname, a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid"
        " JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p', 'v', 'm') AND NOT a.attisdropped AND a.attnum > 0"
    ).fetchall()
    read: dict[str, set[str]] = {}
    with as_flow(web_connection) as flow:
        for table, column in columns:
            if _can_read(flow, table, column):
                read.setdefault(table, set()).add(column)
    walled = {table for table, _ in columns if table.startswith(("people_", "taxi_"))}
    assert len(walled) > 8
    assert {table: read[table] for table in walled if table in read} == READABLE
    assert not [table for table in read if table not in READABLE and len(read[table]) > 1], "the ledger's key at most"


def _can_read(flow: psycopg.Connection, table: str, column: str) -> bool:
    query = sql.SQL("SELECT {} FROM public.{} LIMIT 1").format(sql.Identifier(column), sql.Identifier(table))
    try:
        with flow.transaction():
            flow.execute(query)
    except errors.InsufficientPrivilege:
        return False
    return True


def test_no_other_right_on_vouchers(web_connection: psycopg.Connection) -> None:
    """委託先の役割では、4つの項目を書き換えることも、券を消すこともできません。"""
    with as_flow(web_connection) as flow:
        for statement in (
            "UPDATE v_taxi_presentedvoucher SET fare = 1",
            "UPDATE public.taxi_presentedvoucher SET name = ''",
            "UPDATE public.taxi_presentedvoucher SET contractor = ''",
            "DELETE FROM v_taxi_presentedvoucher",
            "DELETE FROM public.taxi_presentedvoucher",
            "TRUNCATE public.taxi_presentedvoucher",
            "INSERT INTO v_taxi_company (code, name) VALUES ('9', 'x')",
        ):
            with pytest.raises(errors.InsufficientPrivilege), flow.transaction():
                flow.execute(statement)


def test_only_the_contractors_own_vouchers(
    owner_connection: psycopg.Connection, web_connection: psycopg.Connection
) -> None:
    """ほかの委託先に預けられた券は、あることも分かりません。"""
    counted = dict(
        owner_connection.execute(
            "SELECT contractor, count(*) FROM taxi_presentedvoucher GROUP BY contractor"
        ).fetchall()
    )
    others = owner_connection.execute(
        "SELECT id, batch_id FROM taxi_presentedvoucher WHERE contractor = %s", [OTHER_CONTRACTOR]
    ).fetchall()
    assert others
    with as_flow(web_connection) as flow:
        assert flow.execute("SELECT count(*) FROM v_taxi_presentedvoucher").fetchone() == (counted[CONTRACTOR],)
        seen = flow.execute(
            "SELECT (SELECT count(*) FROM v_taxi_presentedvoucher WHERE id = ANY (%s)),"
            " (SELECT count(*) FROM v_taxi_batch WHERE id = ANY (%s))",
            [[voucher for voucher, _ in others], [batch for _, batch in others]],
        ).fetchone()
        changed = flow.execute(
            "UPDATE v_taxi_presentedvoucher SET state = '確認済' WHERE id = ANY (%s)", [[key for key, _ in others]]
        )
    assert seen == (0, 0)
    assert changed.rowcount == 0


@pytest.mark.parametrize(
    ("on", "any_row"),
    [(START - timedelta(days=1), False), (START, True), (date(2026, 1, 1), True)],
    ids=["before", "first day", "later"],
)
def test_nothing_before_the_start(web_connection: psycopg.Connection, on: date, any_row: bool) -> None:
    """委託が始まる平成31年6月1日より前は、1枚も見えません。"""
    with as_flow(web_connection, on=on) as flow:
        found = flow.execute("SELECT count(*) > 0 FROM v_taxi_presentedvoucher").fetchone()
    assert found == (any_row,)


@pytest.mark.parametrize(
    "changes",
    [
        {"place": "ward-taxi"},
        {"place": "asunaro"},
        {"place": ""},
        {"medium": "ファクシミリ"},
        {"actor": "operator-812"},
    ],
    ids=str,
)
def test_nothing_from_elsewhere(web_connection: psycopg.Connection, changes: dict[str, str]) -> None:
    """委託先の施設でない場所、諮問にない媒体、名簿にない人からは、1枚も見えません。"""
    with as_flow(web_connection, **changes) as flow:
        assert flow.execute("SELECT count(*) FROM v_taxi_presentedvoucher").fetchone() == (0,)
