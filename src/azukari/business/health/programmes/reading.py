"""Rows of a query on the store, whole: nothing is left unfinished on the connection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import duckdb


def rows(
    connection: duckdb.DuckDBPyConnection, query: str, values: Sequence[Any] | Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Every row as a dictionary by column."""
    answer = connection.execute(query, values)
    names = [column[0] for column in answer.description]
    return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]
