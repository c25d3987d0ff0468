"""What the residents' server may do with tables: it enters no flow, so this list is all there is. Pure.

Only tables without anything personal can be opened. What is a family's own comes and goes through SECURITY DEFINER
functions that ask whose session the transaction speaks for (`guest.child()`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from azukari.core.policy.compile_sql import PUBLIC, Grant, Vessel


@dataclass(frozen=True, slots=True)
class Opening:
    """One table: which columns the residents' server may read and add."""

    table: str
    reads: tuple[str, ...] = ()
    adds: tuple[str, ...] = ()


def grants(openings: Iterable[Opening], vessels: Mapping[str, Vessel], role: str) -> Iterator[Grant]:
    """Every right of the residents' server. Raises ValueError for a table with personal rows."""
    yield Grant("SCHEMA", PUBLIC, "", "", "USAGE", role)
    for one in openings:
        if vessels[one.table].usage == "walled":
            raise ValueError(f"{one.table} holds personal rows: nothing of it is opened to the residents' server")
        for right, columns in (("SELECT", one.reads), ("INSERT", one.adds)):
            yield from (Grant("TABLE", PUBLIC, one.table, column, right, role) for column in columns)
