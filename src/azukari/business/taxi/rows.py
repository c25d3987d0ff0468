"""Many rows into a table at once, as the owner: COPY, in the transaction that is open."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connections
from psycopg import sql

OWNER = "owner"
# Whoever receives, checks or settles does so alone; the others wait in line (諮問 numbers make a key nobody else takes).
LOCK = 815
LOCK_WAIT = "30s"


def copy(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Put rows into a table. Every one goes in, or the transaction fails."""
    target = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with connections[OWNER].cursor() as cursor, cursor.copy(target) as stream:
        for row in rows:
            stream.write_row(row)


def alone() -> None:
    """Wait until nobody else works on the register of paid vouchers, and keep them out until the transaction ends.

    Raises django's OperationalError when somebody else does not let go within half a minute.
    """
    with connections[OWNER].cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = '{LOCK_WAIT}'")
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
