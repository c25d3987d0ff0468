"""Writing entries in the caller's transaction, and reading them back."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID, uuid4

from django.db import connections, transaction

from azukari.core.audit import rules, words
from azukari.core.audit.types import Detail, Entry, LedgerLine, LedgerPage
from azukari.core.policy import api as policy
from azukari.core.policy.types import Actor, Place

WRITTEN = (
    "action", "actor", "kind", "contractor", "section", "place", "flow", "consultation", "items", "subjects", "medium",
    "detail", "request",
)  # fmt: skip
RECORD = f"""
INSERT INTO public.audit_entry ({", ".join(WRITTEN)}) VALUES ({", ".join(["%s"] * len(WRITTEN))}) RETURNING id
"""
COPY = f"COPY public.audit_entry ({', '.join(WRITTEN)}) FROM STDIN"
READ = """
SELECT id, at, action, actor, kind, contractor, section, place, flow, consultation, items, subjects, medium, detail,
       request, (SELECT number FROM public.audit_epoch e WHERE e.horizon > a.turn ORDER BY e.horizon LIMIT 1)
  FROM public.audit_entry a WHERE {where} ORDER BY id DESC LIMIT %s
"""
EVERYTHING = 2**62

_request: ContextVar[UUID | None] = ContextVar("azukari_request", default=None)


@contextmanager
def grouped(request: UUID | None = None) -> Iterator[UUID]:
    """Everything recorded inside belongs to one request: a page, a command, a batch. Also a refusal written after it."""
    chosen = request or uuid4()
    mark = _request.set(chosen)
    try:
        yield chosen
    finally:
        _request.reset(mark)


def record(
    action: str, *, actor: Actor | str, place: Place | str | None = None, flow: str | None = None,
    items: Iterable[str] = (), subjects: Iterable[int] = (), medium: str | None = None, detail: Detail | None = None,
    using: str = "default",
) -> int:  # fmt: skip
    """Write one entry in the caller's transaction, as the caller's role; answer its number.

    `subjects` are Person keys. Raises NotForTheLedgerError when `detail` could hold something personal, and ValueError when
    the action has no sentence (`describe`).
    """
    entry = Entry(action, actor, place, flow, tuple(items), tuple(subjects), medium, detail or {})
    with connections[using].cursor() as cursor:
        cursor.execute(RECORD, _row(entry, str(_request.get() or uuid4())))
        return int(cursor.fetchone()[0])


def record_many(entries: Iterable[Entry], *, using: str = "default") -> int:
    """Write many entries at once, all or none, under one request id; answer how many."""
    request = str(_request.get() or uuid4())
    count = 0
    with transaction.atomic(using=using), connections[using].cursor() as cursor, cursor.copy(COPY) as copy:
        for count, entry in enumerate(entries, start=1):  # noqa: B007 (the count is the answer)
            copy.write_row(_row(entry, request))
    return count


def search(  # noqa: PLR0913 (each is a filter of the search page)
    *, since: datetime | None = None, until: datetime | None = None, actor: str | None = None, flow: str | None = None,
    consultation: str | None = None, action: str | None = None, subject: int | None = None, item: str | None = None,
    before: int | None = None, limit: int = 50, using: str = "default",
) -> LedgerPage:  # fmt: skip
    """Lines that fit every given filter, newest first. `action` also finds what is below it (`signin` → `signin.ok`).

    The period is half-open. `before` is the `next` of the page before.
    """
    filters = {
        "at >= %s": since, "at < %s": until, "actor = %s": actor, "flow = %s": flow, "consultation = %s": consultation,
        "(action || '.') ^@ (%s || '.')": action, "subjects @> ARRAY[%s::bigint]": subject, "items @> ARRAY[%s]": item,
        "id < %s": before,
    }  # fmt: skip
    used = {condition: value for condition, value in filters.items() if value is not None}
    lines = _read(" AND ".join(used) or "true", list(used.values()), limit + 1, using)
    return LedgerPage(lines[:limit], lines[limit - 1].id if len(lines) > limit else None)


def of_person(person_id: int, *, using: str = "default") -> list[LedgerLine]:
    """Everything the ledger holds about one person, newest first."""
    return list(_read("subjects @> ARRAY[%s::bigint]", [person_id], EVERYTHING, using))


def _read(where: str, values: list[Any], limit: int, using: str) -> tuple[LedgerLine, ...]:
    with connections[using].cursor() as cursor:
        cursor.execute(READ.format(where=where), [*values, limit])
        return tuple(_line(row) for row in cursor.fetchall())


def _line(row: tuple[Any, ...]) -> LedgerLine:
    number, at, action, actor, kind, contractor, section, place, flow, consultation = row[:10]
    items, subjects, medium, detail, request, epoch = row[10:]
    return LedgerLine(
        number, at, action, actor, kind or None, contractor or None, section or None, place or None, flow or None,
        consultation or None, tuple(items), tuple(subjects), medium or None,
        json.loads(detail) if isinstance(detail, str) else detail, request, epoch,
    )  # fmt: skip


def _row(entry: Entry, request: str) -> tuple[str, ...]:
    """The columns of WRITTEN as PostgreSQL reads them: plain text costs a quarter of adapted lists and documents."""
    if not words.is_known(entry.action):
        raise ValueError(f"action {entry.action!r} has no sentence: describe it first")
    rules.check_detail(entry.detail)
    rules.check_subjects(entry.subjects)
    actor, kind, contractor, section = _actor(entry.actor)
    place = entry.place.code if isinstance(entry.place, Place) else entry.place
    return (
        entry.action, actor, kind, contractor, section, place or "", entry.flow or "", _consultation(entry.flow),
        _items(entry.items), f"{{{','.join(map(str, entry.subjects))}}}", entry.medium or "",
        json.dumps(dict(entry.detail)) if entry.detail else "{}", request,
    )  # fmt: skip


@lru_cache(maxsize=1024)
def _items(items: tuple[str, ...]) -> str:
    """Checked names of items as an array literal; the same few sets of names come again and again."""
    rules.check_items(items)
    quoted = (item.replace("\\", "\\\\").replace('"', '\\"') for item in items)
    return "{" + ",".join(f'"{item}"' for item in quoted) + "}"


def _actor(actor: Actor | str) -> tuple[str, str, str, str]:
    if isinstance(actor, str):
        return actor, "", "", ""
    return actor.id, actor.kind, actor.contractor or "", actor.section or ""


def _consultation(flow: str | None) -> str:
    """The number of the consultation a flow stands in. A register entry, or a flow nobody knows, has none."""
    known = policy.library()
    return known.consultation_of(flow).number if flow and flow in known.flows else ""
