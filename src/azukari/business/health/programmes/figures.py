"""The numbers of a year's pictures from the store: participation, and costs by disease. Small cells leave it hidden.

An insured person of the year is one whose 資格 lasts the whole fiscal year (the denominator of 法定報告: 特定健康診査等の
実施に関する基準), aged 40 to 74 at its end. Costs are 点 × 10 yen of the months of the fiscal year.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any, Final

import duckdb
import polars as pl

from azukari.business.health.programmes import rules
from azukari.business.health.programmes.reading import rows
from azukari.kernel.fiscal import FiscalYear

YEN_A_POINT: Final = 10
UNKNOWN_PLACE, UNKNOWN_CHAPTER = "住所の地域が不明", "傷病名の分類が不明"
CELLS: Final[dict[str, Any]] = {
    "sex": pl.Int8, "band": pl.Int64, "district": pl.String, "people": pl.Int64, "checked": pl.Int64,
}  # fmt: skip
SEXES: Final[Mapping[int, str]] = {1: "男性", 2: "女性"}
# One row an insured person of the year: sex, age at its end, district, and whether there was a checkup in it.
INSURED = """
SELECT m.person, m.sex, any_value(d.district) AS district,
       $year + 1 - year(m.birth) - CASE WHEN strftime(m.birth, '%m%d') > '0331' THEN 1 ELSE 0 END AS age,
       bool_or(m.person IN (SELECT l.person FROM links l JOIN checkups c ON c.identity = l.identity
                             WHERE c.date >= $since AND c.date < $until)) AS checked
  FROM members m LEFT JOIN district_of d ON d.person = m.person
 WHERE m.since <= $since AND (m.until IS NULL OR m.until >= $until)
 GROUP BY m.person, m.sex, m.birth
HAVING age >= 40 AND age < 75"""
BY_CELL = f"""
SELECT sex, age - age % 5 AS band, coalesce(district, '{UNKNOWN_PLACE}') AS district, count(*) AS people,
       count(*) FILTER (WHERE checked) AS checked FROM ({INSURED}) GROUP BY ALL"""
# 点 of a receipt belong to its main disease; where none is marked, to the first that is not suspected.
COSTS = f"""
WITH year AS (
  SELECT receipt, points, identity FROM receipts WHERE month >= $first AND month < $last
), main AS (
  SELECT d.receipt, d.code FROM diagnoses d WHERE d.receipt IN (SELECT receipt FROM year) AND NOT coalesce(d.suspected, false)
 QUALIFY row_number() OVER (PARTITION BY d.receipt ORDER BY coalesce(d.main, false) DESC, d.line) = 1
)
SELECT coalesce(c.chapter, '{UNKNOWN_CHAPTER}') AS chapter, sum(y.points)::BIGINT AS points, count(*) AS receipts,
       count(DISTINCT l.person) AS people
  FROM year y LEFT JOIN main m USING (receipt) LEFT JOIN chapter_of c ON c.code = m.code LEFT JOIN links l ON l.identity = y.identity
 GROUP BY 1"""


@dataclass(frozen=True, slots=True)
class Share:
    """Participation of a group: 人, and per cent; None where a small cell would be told."""

    name: str
    people: int | None
    checked: int | None
    per_cent: float | None


@dataclass(frozen=True, slots=True)
class Cost:
    """What a chapter of ICD-10 cost: yen, receipts (件) and patients (人); None where too few."""

    chapter: str
    yen: int | None
    receipts: int | None
    people: int | None


@dataclass(frozen=True, slots=True)
class Numbers:
    """A fiscal year's pictures. `by_age` has one list a sex, in the order of the ages."""

    fiscal_year: int
    whole: Share
    by_age: Mapping[str, tuple[Share, ...]]
    by_district: tuple[Share, ...]
    costs: tuple[Cost, ...]
    smallest: int


def numbers(
    connection: duckdb.DuckDBPyConnection,
    fiscal_year: int,
    *,
    districts: Mapping[int, str],
    chapters: Mapping[str, str],
    smallest: int,
) -> Numbers:
    """The numbers of a fiscal year. `districts` by person, `chapters` of ICD-10 by 傷病名コード (see `chapter`).

    Whatever comes from fewer than `smallest` persons is None, and what would give it away by subtraction is None too.
    """
    year = FiscalYear(fiscal_year)
    with _lent(connection, districts, chapters):
        asked = {"year": fiscal_year, "since": year.start, "until": year.end}
        cells = pl.DataFrame(rows(connection, BY_CELL, asked), schema=CELLS)
        months = {"first": fiscal_year * 100 + 4, "last": (fiscal_year + 1) * 100 + 4}
        costs = rows(connection, COSTS, months)
    return Numbers(
        fiscal_year,
        _shares(cells, (), smallest)["全体"],
        {sex: tuple(_by_age(cells.filter(pl.col("sex") == code), smallest)) for code, sex in SEXES.items()},
        tuple(_shares(cells, ("district",), smallest).values()),
        tuple(_costs(costs, smallest)),
        smallest,
    )


@contextmanager
def _lent(
    connection: duckdb.DuckDBPyConnection, districts: Mapping[int, str], chapters: Mapping[str, str]
) -> Iterator[None]:
    """The two tables that are not of the store, while they are needed."""
    tables = {
        "district_of": pl.DataFrame(
            {"person": list(districts), "district": list(districts.values())},
            schema={"person": pl.Int64(), "district": pl.String()},
        ),
        "chapter_of": pl.DataFrame(
            {"code": list(chapters), "chapter": list(chapters.values())},
            schema={"code": pl.String(), "chapter": pl.String()},
        ),
    }
    for name, frame in tables.items():
        connection.register(name, frame)
    try:
        yield
    finally:
        for name in tables:
            connection.unregister(name)


def _shares(cells: pl.DataFrame, by: tuple[str, ...], smallest: int) -> dict[str, Share]:
    """One share a value of the column; a cell that stands alone among small ones takes the next with it."""
    if not by:
        return {"全体": _share("全体", int(cells["people"].sum()), int(cells["checked"].sum()), smallest)}
    sums = cells.group_by(by).agg(pl.col("people").sum(), pl.col("checked").sum()).sort(by)
    found = {str(row[by[0]]): (int(row["people"]), int(row["checked"])) for row in sums.to_dicts()}
    people = rules.protect({name: pair[0] for name, pair in found.items()}, smallest)
    checked = rules.protect({name: pair[1] for name, pair in found.items()}, smallest)
    not_checked = rules.protect({name: pair[0] - pair[1] for name, pair in found.items()}, smallest)
    hidden = {name for name in found if None in (people[name], checked[name], not_checked[name])}
    return {
        name: Share(name, people[name], None, None) if name in hidden else _share(name, *pair, smallest)
        for name, pair in found.items()
    }


def _share(name: str, people: int, checked: int, smallest: int) -> Share:
    per_cent = rules.share(checked, people, smallest)
    return Share(name, rules.shown(people, smallest), checked if per_cent is not None else None, per_cent)


def _by_age(cells: pl.DataFrame, smallest: int) -> list[Share]:
    named = cells.with_columns(pl.col("band").cast(pl.String).alias("band"))
    found = _shares(named, ("band",), smallest)
    names = {str(first): f"{first}〜{last - 1}歳" for first, last in rules.BANDS}
    return [
        Share(names[key], share.people, share.checked, share.per_cent)
        for key in names
        for share in [found.get(key, Share(key, 0, None, None))]
    ]


def _costs(found_rows: list[dict[str, Any]], smallest: int) -> list[Cost]:
    """The dearest first; those of too few patients together at the end, if they are enough together."""
    told = sorted(found_rows, key=lambda row: (-row["points"], row["chapter"]))
    shown = [row for row in told if row["people"] >= smallest]
    few = [row for row in told if row["people"] < smallest]
    found = [Cost(row["chapter"], row["points"] * YEN_A_POINT, row["receipts"], row["people"]) for row in shown]
    return [*found, *(Cost(row["chapter"], None, None, None) for row in few)]


def as_plain(found: Numbers) -> dict[str, Any]:
    """For a JSON column."""
    return asdict(found)
