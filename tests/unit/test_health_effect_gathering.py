"""A table of persons out of the store: before is before the day, after is after it, and leavers have no outcome."""

from __future__ import annotations

from datetime import date
from typing import Any

import duckdb
import polars as pl
import pytest

from azukari.business.health.columns import TABLES
from azukari.business.health.effect import api
from azukari.business.health.effect.gathering import add_months

DAY = date(2024, 4, 1)
ANNA, BERT, CARL, DORA = 1, 2, 3, 4


def table(connection: duckdb.DuckDBPyConnection, name: str, rows: list[dict[str, Any]]) -> None:
    """The store's table with these rows; columns not given are null."""
    schema = dict(TABLES[name])
    frame = pl.DataFrame([{column: row.get(column) for column in schema} for row in rows], schema=schema, orient="row")
    arrow = frame.to_arrow()  # noqa: F841 (the query reads it)
    connection.execute(f"CREATE TABLE {name} AS SELECT * FROM arrow")


@pytest.fixture
def connection() -> duckdb.DuckDBPyConnection:
    made = duckdb.connect()
    people = (ANNA, BERT, CARL, DORA)
    table(made, "identities", [{"identity": 10 + p, "birth": date(1960, 4, 2), "sex": 1 + p % 2} for p in people])
    table(made, "links", [{"identity": 10 + p, "person": p} for p in people])
    spans = [{"person": p, "since": date(2020, 1, 1), "until": date(2024, 9, 1) if p == CARL else None} for p in people]
    table(made, "members", spans)
    values = [
        (ANNA, date(2023, 6, 1), 7.1),
        (ANNA, date(2024, 3, 31), 7.3),
        (ANNA, DAY, 6.9),
        (BERT, date(2022, 6, 1), 8.0),
    ]
    table(made, "checkups", [{"identity": 10 + p, "date": on, "hba1c": v} for p, on, v in values])
    visits = [
        (ANNA, 202403, 3, "医科"),
        (ANNA, 202404, 2, "医科"),
        (CARL, 202404, 5, "医科"),
        (ANNA, 202404, 9, "歯科"),
    ]
    table(
        made, "receipts",
        [{"identity": 10 + p, "month": m, "days": d, "kind": k, "inpatient": False, "points": 100} for p, m, d, k in visits],
    )  # fmt: skip
    return made


def gathered(connection: duckdb.DuckDBPyConnection, programme: str) -> dict[int, dict[str, Any]]:
    frame = api.gather(connection, api.outcome(programme), [ANNA, BERT, CARL], [ANNA, DORA], DAY)
    return {row["person"]: row for row in frame.to_dicts()}


def test_the_day_divides_before_from_after(connection: duckdb.DuckDBPyConnection) -> None:
    rows = gathered(connection, "kidney")
    assert (rows[ANNA]["before"], rows[ANNA]["after"], rows[ANNA]["earlier"]) == (7.3, 6.9, None)
    assert (rows[BERT]["before"], rows[BERT]["after"], rows[BERT]["earlier"]) == (None, None, 8.0)


def test_targets_and_people_reached_are_marked(connection: duckdb.DuckDBPyConnection) -> None:
    rows = gathered(connection, "kidney")
    assert {p: (row["eligible"], row["treated"]) for p, row in rows.items()} == {
        ANNA: (1, 1), BERT: (1, 0), CARL: (1, 0), DORA: (0, 1),
    }  # fmt: skip
    assert {row["年齢"] for row in rows.values()} == {63.0}


def test_what_is_counted_is_nought_for_who_has_none(connection: duckdb.DuckDBPyConnection) -> None:
    rows = gathered(connection, "visits")
    assert (rows[ANNA]["before"], rows[ANNA]["after"]) == (3.0, 2.0)
    assert (rows[BERT]["before"], rows[BERT]["after"]) == (0.0, 0.0)
    assert "外来の日数" not in rows[ANNA]


def test_who_left_the_insurance_has_no_outcome(connection: duckdb.DuckDBPyConnection) -> None:
    assert gathered(connection, "visits")[CARL]["after"] is None


def test_a_checkup_is_a_yes_or_no(connection: duckdb.DuckDBPyConnection) -> None:
    rows = gathered(connection, "checkup")
    assert (rows[ANNA]["after"], rows[BERT]["after"], rows[BERT]["earlier"]) == (1.0, 0.0, 1.0)


@pytest.mark.parametrize(
    ("day", "months", "wanted"),
    [
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2024, 3, 31), -1, date(2024, 2, 29)),
        (date(2024, 12, 1), 1, date(2025, 1, 1)),
        (date(2024, 11, 30), 12, date(2025, 11, 30)),
        (date(2024, 1, 15), -13, date(2022, 12, 15)),
    ],
)
def test_months_are_added_to_days(day: date, months: int, wanted: date) -> None:
    assert add_months(day, months) == wanted
