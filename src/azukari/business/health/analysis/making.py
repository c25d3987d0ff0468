"""Tables and rows of a ceremony under tokens, out of the store. Loaded when one is made, and not when Django starts."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb
import polars as pl
from django.db import connections

from azukari.business.health.analysis import disclosure, tables
from azukari.business.health.analysis.rules import SEXES, band_words, quasi
from azukari.business.health.analysis.source import FIELDS
from azukari.business.health.analysis.types import Wanted
from azukari.core.handover.api import ceremony as ceremonies

LEVELS = {1: "積極的支援", 2: "動機付け支援", 3: "情報提供", 4: "判定不能"}
COLUMNS = ("ceremony", "contractor", *FIELDS)
COPY = f"COPY public.health_analysisrow ({', '.join(COLUMNS)}) FROM STDIN"
# How many rows there are of each person, and the last 保健指導区分, in the period.
COUNTS = """
WITH r AS (SELECT l.person, count(*) AS n FROM receipts r JOIN links l USING (identity)
           WHERE r.month BETWEEN $first AND $last GROUP BY l.person),
     c AS (SELECT l.person, count(*) AS n, arg_max(c.level, c.date) AS level FROM checkups c JOIN links l USING (identity)
           WHERE c.date >= $since AND c.date < $before GROUP BY l.person)
SELECT person, birth, sex, coalesce(r.n, 0) AS receipts, coalesce(c.n, 0) AS checkups, c.level
FROM chosen LEFT JOIN r USING (person) LEFT JOIN c USING (person)
"""


def make(order: ceremonies.Order, connection: duckdb.DuckDBPyConnection) -> ceremonies.Made:
    """Tables into the order's folder, rows to be kept, and the disclosure report. Raises Refused and BadInput.

    The connection has the tables of `columns.TABLES`, and is closed afterwards.
    """
    tables.refuse_unknown(order.items)
    wanted = Wanted(order.on, order.since, order.before, order.rare)
    with connection:
        tables.choose(connection, wanted)
        files = tables.write(connection, order.items, wanted, order.tokens, order.folder)
        people = _people(connection, wanted)
        names = quasi(order.items)
        months = tables.span(wanted)
        left = tables.left_out(connection, wanted)
        report = disclosure.report(connection, people, names, months, order.smallest, left)
        whose = tables.persons(connection)
    rows = _rows(people, order)
    return ceremonies.Made(whose, files, report, lambda using: _keep(rows, using))


def _people(connection: duckdb.DuckDBPyConnection, wanted: Wanted) -> pl.DataFrame:
    """Everybody chosen with sex and band in words and their counts."""
    first, last = tables.span(wanted)
    values = {"first": first, "last": last, "since": wanted.since, "before": wanted.before}
    frame = tables.frame_of(connection, COUNTS, values)
    bands = frame.select(tables.band(pl.col("birth"), wanted.on)).to_series()
    return frame.with_columns(
        sex=pl.col("sex").replace_strict(SEXES, default="", return_dtype=pl.String),
        age_band=pl.Series([band_words(one) for one in bands], dtype=pl.String),
    )


def _rows(people: pl.DataFrame, order: ceremonies.Order) -> list[tuple[str, ...]]:
    """Rows of COLUMNS, in the order of the tokens; of items that the flow does not list, nothing."""
    frame = people.with_columns(token=order.tokens.persons.tokens(people["person"])).sort("token")
    made = []
    for one in frame.iter_rows(named=True):
        values = {
            "token": one["token"], "sex": one["sex"], "age_band": one["age_band"], "checkups": f"{one['checkups']}",
            "interviews": f"{one['checkups']}", "receipts": f"{one['receipts']}", "level": LEVELS.get(one["level"], ""),
        }  # fmt: skip
        given = (values[name] if item in order.items else "" for name, item in FIELDS.items())
        made.append((str(order.ceremony), order.contractor, *given))
    return made


def _keep(rows: Sequence[tuple[str, ...]], using: str) -> None:
    with connections[using].cursor() as cursor, cursor.copy(COPY) as copy:
        for row in rows:
            copy.write_row(row)
