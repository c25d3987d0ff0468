"""What the store knows of persons, in the words of 諮問809 §5(1): the latest checkup, guidance before, their receipts.

The connection has a view a table of `columns.TABLES`; persons are keys of `links.person`. Only the persons asked for are
read, so a list holds nobody else's receipts.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import duckdb
import polars as pl

from azukari.business.health.programmes import rules
from azukari.business.health.programmes.reading import rows
from azukari.business.health.programmes.types import Facts

CHECKUPS = """
SELECT l.person, c.* FROM asked a JOIN links l ON l.person = a.person JOIN checkups c ON c.identity = l.identity
 WHERE c.date < ? QUALIFY row_number() OVER (PARTITION BY l.person ORDER BY c.date DESC, c.identity) = 1"""
GUIDED = """
SELECT l.person, g.fiscal_year, max(g.level) AS level, bool_or(g.last IS NOT NULL) AS finished
  FROM asked a JOIN links l ON l.person = a.person JOIN guidance g ON g.identity = l.identity
 WHERE g.first < ? GROUP BY ALL ORDER BY l.person, g.fiscal_year"""
RECEIPTS = """
WITH mine AS (
  SELECT l.person, r.receipt, r.month, r.kind, r.inpatient, r.facility, r.days, r.points
    FROM asked a JOIN links l ON l.person = a.person JOIN receipts r ON r.identity = l.identity
   WHERE r.month >= ? AND r.month < ?
), ill AS (
  SELECT d.receipt, string_agg(coalesce(nullif(d.text, ''), d.code), '・' ORDER BY d.line) AS names
    FROM diagnoses d WHERE d.receipt IN (SELECT receipt FROM mine) AND NOT coalesce(d.suspected, false) GROUP BY d.receipt
), drugs AS (
  SELECT x.receipt, string_agg(x.code || ' ' || x.days || '日分', '・' ORDER BY x.code) AS names
    FROM (SELECT receipt, code, sum(coalesce(drug_days, 0)) AS days FROM acts
           WHERE record = 'IY' AND receipt IN (SELECT receipt FROM mine) GROUP BY receipt, code) x
   WHERE x.days > 0 GROUP BY x.receipt
)
SELECT m.*, ill.names AS ill, drugs.names AS drugs FROM mine m LEFT JOIN ill USING (receipt) LEFT JOIN drugs USING (receipt)
 ORDER BY m.person, m.month, m.receipt"""


def of(
    connection: duckdb.DuckDBPyConnection, persons: Collection[int], *, on: date, receipts: bool = False
) -> dict[int, Facts]:
    """The facts of each person as of a day; those without any have blank ones. `receipts`: a year of them, month by month."""
    connection.register("asked", pl.DataFrame({"person": sorted(persons)}, schema={"person": pl.Int64}))
    try:
        found = {person: Facts() for person in persons}
        for row in rows(connection, CHECKUPS, [on]):
            found[row["person"]] = _checked(row)
        for person, words in _history(rows(connection, GUIDED, [on])).items():
            found[person] = replace(found[person], history=words)
        if receipts:
            for person, text in _receipts(rows(connection, RECEIPTS, list(_year_before(on)))).items():
                found[person] = replace(found[person], receipts=text)
    finally:
        connection.unregister("asked")
    return found


def _checked(row: Mapping[str, Any]) -> Facts:
    return Facts(
        checked_on=row["date"],
        guidance_level=rules.LEVELS.get(row["level"] or 0, ""),
        results=rules.result_words(row),
        answers=rules.answer_words(row),
    )


def _history(told: Collection[Mapping[str, Any]]) -> dict[int, str]:
    """特定保健指導利用履歴: a year after the other, with the level and whether it was finished."""
    words: dict[int, list[str]] = {}
    for row in told:
        level = rules.LEVELS.get(row["level"] or 0, "保健指導")
        end = "評価まで完了" if row["finished"] else "途中"
        words.setdefault(row["person"], []).append(f"{row['fiscal_year']}年度 {level}（{end}）")
    return {person: "、".join(some) for person, some in words.items()}


def _receipts(told: Collection[Mapping[str, Any]]) -> dict[int, str]:
    """One receipt a line: month, kind, facility, days and 点, diseases that are not suspected, drugs."""
    lines: dict[int, list[str]] = {}
    for row in told:
        stay = "入院" if row["inpatient"] else "外来"
        parts = [
            f"{row['month'] // 100}年{row['month'] % 100}月 {row['kind']} {stay} {row['facility']}",
            f"{row['days'] or 0}日 {row['points'] or 0:,}点",
            f"傷病 {row['ill']}" if row["ill"] else "",
            f"薬 {row['drugs']}" if row["drugs"] else "",
        ]
        lines.setdefault(row["person"], []).append(" ".join(part for part in parts if part))
    return {person: "\n".join(some) for person, some in lines.items()}


def _year_before(on: date) -> tuple[int, int]:
    """The months of a year that end before the one of the day, half-open, as YYYYMM."""
    return (on.year - 1) * 100 + on.month, on.year * 100 + on.month
