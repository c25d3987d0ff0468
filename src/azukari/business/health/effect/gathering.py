"""A table of persons out of the health store: who was a target, who was reached, and what came before and after.

The day divides: what is before it can be a covariate, what is after it can only be the outcome. A month belongs to the
side on which its first day lies. Whoever left the insurance before the end has no outcome (missing, never nought).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

import duckdb
import polars as pl

from azukari.business.health.effect.outcomes import Outcome

# Everybody known, with the latest of what is written of their birth and sex; 1 年齢 is that of the day.
PEOPLE = """
SELECT l.person, any_value(i.birth) AS birth, any_value(i.sex) AS sex
  FROM links l JOIN identities i ON i.identity = l.identity GROUP BY l.person"""
INSURED = """
SELECT person, max(coalesce(until, DATE '9999-12-31')) AS until FROM members WHERE since < ? GROUP BY person"""
LAST = """
SELECT l.person, arg_max(c.{column}, c.date) AS value
  FROM checkups c JOIN links l ON l.identity = c.identity
 WHERE c.date >= ? AND c.date < ? AND c.{column} IS NOT NULL GROUP BY l.person"""
VISITED = """
SELECT l.person, 1.0 AS value FROM checkups c JOIN links l ON l.identity = c.identity
 WHERE c.date >= ? AND c.date < ? GROUP BY l.person"""
SUMMED = """
SELECT l.person, sum(r.{column}) AS value FROM receipts r JOIN links l ON l.identity = r.identity
 WHERE r.month >= ? AND r.month < ? AND {which} GROUP BY l.person"""
OUTPATIENT, PHARMACY = "r.kind = '医科' AND NOT r.inpatient", "r.kind = '調剤'"
BASELINE = {"BMI": "bmi", "収縮期血圧": "systolic", "HbA1c": "hba1c", "eGFR": "egfr"}


@dataclass(frozen=True, slots=True)
class Span:
    """Half-open: from `since` to before `until`, both the first of a month or the day that divides."""

    since: date
    until: date


def gather(
    connection: duckdb.DuckDBPyConnection,
    outcome: Outcome,
    targets: Collection[int],
    reached: Collection[int],
    as_of: date,
) -> pl.DataFrame:
    """One row for everybody known: person, treated, eligible, before, after, earlier, 年齢, 性別 and values before the day.

    `targets` are the persons who met the definition on the day, `reached` those whom the programme reached after it.
    """
    before = Span(add_months(as_of, -outcome.months), as_of)
    spans = {
        "before": before,
        "after": Span(as_of, add_months(as_of, outcome.months)),
        "earlier": Span(add_months(as_of, -2 * outcome.months), before.since),
    }
    frame = _rows(connection, PEOPLE)
    for name, span in spans.items():
        frame = _with(frame, name, _measured(connection, outcome, span), counted=outcome.kind != "value")
    for name, found in _covariates(connection, outcome, before).items():
        frame = _with(frame, name, found, counted=name not in BASELINE)
    insured = _rows(connection, INSURED, as_of)
    return _of_day(frame.join(insured, on="person", how="left"), spans["after"], targets, reached).sort("person")


def add_months(day: date, months: int) -> date:
    """The same day so many months on, or the last of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    first_of_next = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    last = (first_of_next - date(year, month + 1, 1)).days
    return date(year, month + 1, min(day.day, last))


def _of_day(frame: pl.DataFrame, after: Span, targets: Collection[int], reached: Collection[int]) -> pl.DataFrame:
    left = pl.col("until") < after.until
    age = (pl.lit(after.since) - pl.col("birth")).dt.total_days() / 365.25
    return frame.select(
        "person",
        pl.col("person").is_in(list(reached)).cast(pl.Int8).alias("treated"),
        pl.col("person").is_in(list(targets)).cast(pl.Int8).alias("eligible"),
        "before",
        pl.when(left).then(None).otherwise("after").alias("after"),
        "earlier",
        age.floor().alias("年齢"),
        pl.col("sex").alias("性別"),
        pl.exclude("person", "before", "after", "earlier", "birth", "sex", "until"),
    )


def _with(frame: pl.DataFrame, name: str, found: pl.DataFrame, *, counted: bool) -> pl.DataFrame:
    """The column added; of what is counted, nobody's number is nought, not unknown."""
    joined = frame.join(found.rename({"value": name}), on="person", how="left")
    value = pl.col(name).cast(pl.Float64)
    return joined.with_columns(value.fill_null(0.0) if counted else value)


def _measured(connection: duckdb.DuckDBPyConnection, outcome: Outcome, span: Span) -> pl.DataFrame:
    if outcome.kind == "value":
        return _of_days(connection, LAST.format(column=outcome.column), span)
    if outcome.kind == "checkup":
        return _of_days(connection, VISITED, span)
    column, which = ("days", OUTPATIENT) if outcome.kind == "days" else ("points", PHARMACY)
    return _of_months(connection, SUMMED.format(column=column, which=which), span)


def _covariates(connection: duckdb.DuckDBPyConnection, outcome: Outcome, span: Span) -> dict[str, pl.DataFrame]:
    """What is known before the day, the outcome's own value apart."""
    values = {name: column for name, column in BASELINE.items() if column != outcome.column}
    found = {name: _of_days(connection, LAST.format(column=column), span) for name, column in values.items()}
    found["点数の合計"] = _of_months(connection, SUMMED.format(column="points", which="true"), span)
    if outcome.kind != "days":
        found["外来の日数"] = _of_months(connection, SUMMED.format(column="days", which=OUTPATIENT), span)
    return found


def _of_days(connection: duckdb.DuckDBPyConnection, query: str, span: Span) -> pl.DataFrame:
    return _rows(connection, query, span.since, span.until)


def _of_months(connection: duckdb.DuckDBPyConnection, query: str, span: Span) -> pl.DataFrame:
    since, until = (_month(day) for day in (span.since, span.until))
    return _rows(connection, query, since, until)


def _rows(connection: duckdb.DuckDBPyConnection, query: str, *values: date | int) -> pl.DataFrame:
    return pl.DataFrame(connection.sql(query, params=values).to_arrow_table())


def _month(day: date) -> int:
    """The first month that begins on the day or later, as YYYYMM."""
    first = day if day.day == 1 else add_months(day.replace(day=1), 1)
    return first.year * 100 + first.month
