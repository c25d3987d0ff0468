"""Reading the views of the flow entered. A view has only the columns that the flow's consultation lists."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from django.db import connection

from azukari.kernel.period import Period

Row = dict[str, Any]


def rows(view: str, condition: str, values: dict[str, Any]) -> list[Row] | None:
    """The rows of a view that meet the condition; None when the flow entered has no such view."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s)", [view])
        if cursor.fetchone() == (None,):
            return None
        cursor.execute(f"SELECT * FROM {view} WHERE {condition}", values)
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def in_force(view: str, person_ids: Collection[int], on: date) -> list[Row] | None:
    """The dated rows of these persons whose `valid` holds the day."""
    return rows(view, "person_id = ANY(%(ids)s) AND valid @> %(on)s::date", {"ids": list(person_ids), "on": on})


def period(value: Any) -> Period:
    """The half-open period of a PostgreSQL daterange (which it always hands out as [lower, upper))."""
    return Period(value.lower, value.upper)
