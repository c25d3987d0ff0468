"""A ledger of its own for one test: real commits, its own keys and checkpoint file."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from azukari.core.audit import store
from azukari.core.audit.api import Entry, Finding, record_many, seal, search, verify
from azukari.core.policy.api import Actor

PATIENCE = 30.0
OPERATOR = Actor("operator-1", "operator", frozenset({"815-1"}), contractor="福祉事務センター")
OFFICER = Actor("officer-1", "officer", frozenset({"r-taxi"}), section="障害者地域生活課")


def entries(count: int, *, first_subject: int = 1) -> list[Entry]:
    """Views of one person each."""
    subjects = range(first_subject, first_subject + count)
    return [Entry("view", OPERATOR, "hidamari", "815-1", ("氏名",), (one,), "画面", {"rows": 1}) for one in subjects]


def write(count: int, *, first_subject: int = 1) -> list[int]:
    """Commit so many entries; their numbers in order."""
    record_many(entries(count, first_subject=first_subject), using="owner")
    return sorted(line.id for line in search(limit=count, using="owner").lines)


def seal_all() -> None:
    """Seal until nothing waits: another worker's open transaction on the same server may hold the horizon back."""
    deadline = time.monotonic() + PATIENCE
    seal()
    while verify(using="owner").unsealed and time.monotonic() < deadline:
        time.sleep(0.05)
        seal()
    assert not verify(using="owner").unsealed


def epochs(*counts: int) -> list[list[int]]:
    """Seal an epoch after each of these numbers of entries; the entries of each."""
    sealed = []
    for count in counts:
        sealed.append(write(count))
        seal_all()
    return sealed


def found() -> set[tuple[str, int | None, int | None]]:
    """What a verification finds: code, epoch and entry."""
    return {_place(finding) for finding in verify(using="owner").findings}


def _place(finding: Finding) -> tuple[str, int | None, int | None]:
    return finding.code, finding.epoch, finding.entry


@contextmanager
def unguarded() -> Iterator[psycopg.Connection]:
    """The owner's connection with the triggers out of the way, as somebody with the keys of the database has it."""
    with store.connect("owner") as connection:
        for table in ("audit_entry", "audit_epoch"):
            connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield connection
        for table in ("audit_entry", "audit_epoch"):
            connection.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def checkpoints() -> Path:
    """The checkpoint file of this test's ledger."""
    return store.home() / "checkpoints" / "ledger.jsonl"
