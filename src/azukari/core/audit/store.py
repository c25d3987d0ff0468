"""Epochs in the database, over a plain connection of the sealer's or verifier's own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.db import connections

from azukari.core.audit import tree
from azukari.core.audit.types import Checkpoint

# Whoever seals holds this lock alone; a verifier shares it while it takes its snapshot. Any constant will do.
LOCK = 0x417A_756B_6172_69
LOCK_WAIT = "30s"
CHECKPOINT = (
    "number", "at", "first", "last", "count", "size", "horizon", "root", "previous", "key", "next_key", "signature",
)  # fmt: skip
EPOCH = (*CHECKPOINT, "frontier", "leaves")
NUMBER = 8
RECORD = NUMBER + tree.HASH


@dataclass(frozen=True, slots=True)
class Epoch:
    """One row of `audit_epoch`. `leaves` holds for each entry, in order, its number (8 bytes) and its leaf hash."""

    checkpoint: Checkpoint
    frontier: tuple[bytes, ...]
    leaves: bytes


def home() -> Path:
    """The folder that `secrets/` and `checkpoints/` are in."""
    return Path(settings.LEDGER_HOME)


def connect(using: str) -> psycopg.Connection:
    """A connection of our own with the login of a Django alias, outside every transaction of the caller's."""
    known = connections[using].settings_dict
    names = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
    parameters = {ours: known[theirs] for theirs, ours in names.items() if known[theirs]}
    return psycopg.connect(
        **parameters, autocommit=True, application_name="azukari-ledger", options=f"-c lock_timeout={LOCK_WAIT}"
    )


def epoch(connection: psycopg.Connection, where: str, values: list[int]) -> Epoch | None:
    """The first epoch that fits the condition, or None."""
    found = connection.execute(f"SELECT {', '.join(EPOCH)} FROM public.audit_epoch {where} LIMIT 1", values).fetchone()
    return from_row(found) if found else None


def latest(connection: psycopg.Connection) -> Epoch | None:
    """The newest epoch, without its leaves."""
    found = connection.execute(
        f"SELECT {', '.join(EPOCH[:-1])}, ''::bytea FROM public.audit_epoch ORDER BY number DESC LIMIT 1"
    ).fetchone()
    return from_row(found) if found else None


def from_row(row: tuple[Any, ...]) -> Epoch:
    """An epoch from its columns in the order of EPOCH."""
    number, at, first, last, count, size, horizon = row[:7]
    root, previous, key, next_key, signature, frontier, leaves = map(bytes, row[7:])
    checkpoint = Checkpoint(
        number, at.astimezone(UTC), first, last, count, size, horizon, root, previous, key, next_key, signature
    )
    return Epoch(checkpoint, tuple(cut(frontier, tree.HASH)), leaves)


def insert(connection: psycopg.Connection, new: Epoch) -> None:
    """Write an epoch. Only the tables' owner can."""
    values = [getattr(new.checkpoint, name) for name in CHECKPOINT]
    connection.execute(
        f"INSERT INTO public.audit_epoch ({', '.join(EPOCH)}) VALUES ({', '.join(['%s'] * len(EPOCH))})",
        [*values, b"".join(new.frontier), new.leaves],
    )


def cut(content: bytes, width: int) -> list[bytes]:
    """Content of equal pieces, one by one."""
    return [content[at : at + width] for at in range(0, len(content), width)]
