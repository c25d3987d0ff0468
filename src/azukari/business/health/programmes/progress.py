"""How far a programme came: the funnel, the months, and the days on which somebody joined or finished. Under r-health.

A funnel counts persons once a list, each stage within the one before: 対象 → 通知・電話 → 受診・参加 → 完了.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import TYPE_CHECKING

from django.db import DEFAULT_DB_ALIAS, connections, transaction

from azukari.business.health.models import Listed
from azukari.business.health.programmes import taking
from azukari.business.health.programmes.types import Funnel, ListCard, Month, Programme
from azukari.business.health.types import WARD_ENTRY
from azukari.core.audit import api as audit
from azukari.kernel.errors import BadInput
from azukari.kernel.fiscal import FiscalYear

if TYPE_CHECKING:
    import duckdb

# A person is reached by a letter, or by a call that came through to the person themselves.
STATES = """
SELECT p.id, p.notified_on, p.joined_on, p.finished_on,
       (SELECT min((c.at AT TIME ZONE 'Asia/Tokyo')::date) FROM health_call c JOIN health_callsubject s ON s.id = c.subject_id
          JOIN health_handing h ON h.id = s.handing_id
         WHERE h.list_id = p.list_id AND s.person_id = p.person_id AND c.result = '接続') AS connected_on
  FROM health_listed p WHERE p.list_id = ANY (%s)"""
FUNNEL = f"""
SELECT count(*),
       count(*) FILTER (WHERE notified_on IS NOT NULL OR connected_on IS NOT NULL),
       count(*) FILTER (WHERE joined_on IS NOT NULL),
       count(*) FILTER (WHERE finished_on IS NOT NULL),
       count(notified_on), count(connected_on)
  FROM ({STATES}) AS states"""
MONTHS = f"""
SELECT date_trunc('month', day)::date, step, count(*)
  FROM ({STATES}) AS states CROSS JOIN LATERAL (VALUES
       ('notified', notified_on), ('connected', connected_on), ('joined', joined_on), ('finished', finished_on)) AS x (step, day)
 WHERE day IS NOT NULL GROUP BY 1, 2"""
CALLED = """
SELECT c.result, count(*)
  FROM health_call c JOIN health_callsubject s ON s.id = c.subject_id JOIN health_handing h ON h.id = s.handing_id
 WHERE h.list_id = ANY (%s) GROUP BY c.result"""
# 特定健診 after the extraction and within its fiscal year; 特定保健指導 from its first meeting to its evaluation.
SEEN: Mapping[Programme, str] = {
    Programme.CHECKUP: """
SELECT l.person, min(c.date), min(c.date) FROM links l JOIN checkups c ON c.identity = l.identity
 WHERE c.date >= ? AND c.date < ? GROUP BY l.person""",
    Programme.GUIDANCE: """
SELECT l.person, min(g.first), min(g.last) FROM links l JOIN guidance g ON g.identity = l.identity
 WHERE g.first >= ? AND g.first < ? GROUP BY l.person""",
}
ITEMS = ("勧奨の記録",)


def funnel(lists: Collection[int], *, using: str = DEFAULT_DB_ALIAS) -> Funnel:
    """The funnel of these lists together."""
    with connections[using].cursor() as cursor:
        cursor.execute(FUNNEL, [list(lists)])
        return Funnel(*cursor.fetchone())


def months(lists: Collection[int], fiscal_year: int, *, using: str = DEFAULT_DB_ALIAS) -> list[Month]:
    """The twelve months of the fiscal year."""
    with connections[using].cursor() as cursor:
        cursor.execute(MONTHS, [list(lists)])
        counted = {(month, step): count for month, step, count in cursor.fetchall()}
    steps = ("notified", "connected", "joined", "finished")
    return [
        Month(month, **{step: counted.get((month, step), 0) for step in steps})
        for month in FiscalYear(fiscal_year).months
    ]


def calls(lists: Collection[int], *, using: str = DEFAULT_DB_ALIAS) -> dict[str, int]:
    """Calls (件) by what came of them."""
    with connections[using].cursor() as cursor:
        cursor.execute(CALLED, [list(lists)])
        return dict(cursor.fetchall())


def notified(key: int, persons: Collection[int], on: date, *, using: str = DEFAULT_DB_ALIAS) -> int:
    """Letters went to these persons of a list; how many had none before."""
    rows = Listed.objects.using(using).filter(list_id=key, person_id__in=persons, notified_on=None)
    return rows.update(notified_on=on)


def mark(row: Listed, *, joined: date | None, finished: date | None, using: str = DEFAULT_DB_ALIAS) -> None:
    """The days on which a person joined and finished, as the programme reports them. Raises BadInput for an odd order."""
    if finished and not joined:
        raise BadInput("参加の日がありません。", "参加していない方は、完了になりません。", "参加の日を入れてください。")
    if joined and finished and finished < joined:
        raise BadInput(
            "完了の日が、参加の日より前です。", f"参加 {joined}、完了 {finished} です。", "日を確かめてください。"
        )
    if row.joined_on != joined or row.finished_on != finished:
        Listed.objects.using(using).filter(pk=row.pk).update(joined_on=joined, finished_on=finished)


def refresh(connection: duckdb.DuckDBPyConnection, *, by: str, using: str = DEFAULT_DB_ALIAS) -> int:
    """Write who was examined or guided since each list was extracted, by the store; how many rows changed.

    The other programmes are reported by those who do them. What only a person reported stays.
    """
    cards = [card for card in taking.lists(using=using) if card.programme in SEEN]
    with transaction.atomic(using=using):
        persons = [person for card in cards for person in _seen_since(card, connection, using)]
        if persons:
            audit.record(
                "health.followed", actor=by, flow=WARD_ENTRY, items=ITEMS, subjects=sorted(set(persons)),
                detail={"rows": len(persons)}, using=using,
            )  # fmt: skip
    return len(persons)


def _seen_since(card: ListCard, connection: duckdb.DuckDBPyConnection, using: str) -> list[int]:
    """The persons of one list about whom the store knows more than the list did."""
    until = FiscalYear(card.fiscal_year).end
    seen = connection.execute(SEEN[card.programme], [card.as_of, until]).fetchall()
    found = {person: (joined, finished) for person, joined, finished in seen}
    changed = []
    for row in Listed.objects.using(using).filter(list_id=card.key).only("person_id", "joined_on", "finished_on"):
        joined, finished = found.get(row.person_id, (None, None))
        days = joined or row.joined_on, finished or row.finished_on
        if days != (row.joined_on, row.finished_on):
            row.joined_on, row.finished_on = days
            changed.append(row)
    Listed.objects.using(using).bulk_update(changed, ["joined_on", "finished_on"], batch_size=2_000)
    return [row.person_id for row in changed]
