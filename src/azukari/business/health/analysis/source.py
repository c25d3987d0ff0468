"""The part of 国保データヘルス in a ceremony: tables and rows under tokens, and the source that hands them over."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import duckdb
import polars as pl
from django.db import connections

from azukari.business.health.analysis import disclosure, tables
from azukari.business.health.analysis.rules import SEXES, band_words, quasi
from azukari.business.health.analysis.types import (
    BIRTH_ITEM,
    CHECKUP_ITEM,
    INTERVIEW_ITEM,
    LEVEL_ITEM,
    RECEIPT_ITEM,
    SEX_ITEM,
    TOKEN_ITEM,
    Wanted,
)
from azukari.business.health.models import AnalysisRow
from azukari.business.health.store import open_store
from azukari.business.health.types import ANALYSIS, EFFECT, EXTRACTION
from azukari.core.handover.api import Source, SourceRow
from azukari.core.handover.api import ceremony as ceremonies
from azukari.core.policy import api as policy
from azukari.kernel.errors import BadInput

NAME, TITLE = "analysis", "仮名の健診・レセプト"
FLOWS = (ANALYSIS, EFFECT, EXTRACTION)
LEVELS = {1: "積極的支援", 2: "動機付け支援", 3: "情報提供", 4: "判定不能"}
FIELDS = {
    "token": TOKEN_ITEM, "sex": SEX_ITEM, "age_band": BIRTH_ITEM, "checkups": CHECKUP_ITEM,
    "interviews": INTERVIEW_ITEM, "receipts": RECEIPT_ITEM, "level": LEVEL_ITEM,
}  # fmt: skip
COLUMNS = ("ceremony", "contractor", *FIELDS)
COPY = f"COPY public.health_analysisrow ({', '.join(COLUMNS)}) FROM STDIN"
Connect = Callable[[], duckdb.DuckDBPyConnection]
# How many rows there are of each person, and the last 保健指導区分, in the period.
COUNTS = """
WITH r AS (SELECT l.person, count(*) AS n FROM receipts r JOIN links l USING (identity)
           WHERE r.month BETWEEN $first AND $last GROUP BY l.person),
     c AS (SELECT l.person, count(*) AS n, arg_max(c.level, c.date) AS level FROM checkups c JOIN links l USING (identity)
           WHERE c.date >= $since AND c.date < $before GROUP BY l.person)
SELECT person, birth, sex, coalesce(r.n, 0) AS receipts, coalesce(c.n, 0) AS checkups, c.level
FROM chosen LEFT JOIN r USING (person) LEFT JOIN c USING (person)
"""


@dataclass(frozen=True, slots=True)
class Analysis:
    """What the analysts get out of a store. `connect` gives a connection with the tables of `columns.TABLES`."""

    connect: Connect

    def maker(self) -> ceremonies.Maker:
        """For `ceremony.register`."""
        return ceremonies.Maker(NAME, TITLE, FLOWS, self.make, drop)

    def make(self, order: ceremonies.Order) -> ceremonies.Made:
        """Tables into the order's folder, rows to be kept, and the disclosure report. Raises Refused and BadInput."""
        tables.refuse_unknown(order.items)
        wanted = Wanted(order.on, order.since, order.before, order.rare)
        with self.connect() as connection:
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


def stored() -> duckdb.DuckDBPyConnection:
    """The ward's own store."""
    return open_store().connect()


def source() -> Source:
    """For `handover.register`: the rows are read in the flow's own role, by the number of the ceremony."""
    return Source(NAME, TITLE, ceremonies.flow_of, read, witnessed=True)


def read(batch: str) -> Sequence[SourceRow]:
    """The rows of a ceremony as the flow shows them; those of another flow's items stay empty."""
    if not batch.isascii() or not batch.isdigit():
        raise BadInput("立会いの番号が読めません。", "束の番号は立会いの番号です。", "立会いの一覧を確かめてください。")
    shown = {
        name: item for name, item in FIELDS.items() if item in policy.library().items_of(ceremonies.flow_of(batch))
    }
    found = AnalysisRow.objects.filter(ceremony=int(batch)).order_by("token").values_list(*shown)
    return [SourceRow(0, row[0], dict(zip(shown.values(), row, strict=True))) for row in found.iterator(5000)]


def drop(key: int, using: str) -> None:
    """The rows of a ceremony are gone: they left on the medium, or the ceremony was cancelled."""
    AnalysisRow.objects.using(using).filter(ceremony=key).delete()


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
