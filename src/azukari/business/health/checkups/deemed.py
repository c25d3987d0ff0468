"""みなし健診の候補: persons without a checkup in the fiscal year whose receipts show its tests (諮問809 2(2))."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from itertools import groupby
from typing import Any

import duckdb

from azukari.business.health.checkups.items import read
from azukari.business.health.checkups.rules.deemed import Act, Terms, Wanted, candidate
from azukari.business.health.checkups.types import Candidate
from azukari.kernel.age import age_reached
from azukari.kernel.fiscal import FiscalYear

# One row an act and day: tests and bundling fees of persons insured on that day, who have had no checkup in the year.
_ACTS = """
WITH whose AS (
    SELECT identity, coalesce(person, identity) AS person
    FROM (SELECT DISTINCT identity FROM receipts UNION SELECT DISTINCT identity FROM checkups) LEFT JOIN links USING (identity)
),
done AS (SELECT DISTINCT person FROM checkups JOIN whose USING (identity) WHERE date >= $start AND date < $end),
days AS (
    SELECT person, a.receipt, a.line, a.code,
           make_date(r.month // 100, r.month % 100, d.day::INTEGER) AS day
    FROM acts a JOIN receipts r USING (receipt) JOIN whose USING (identity), range(1, 32) AS d(day)
    WHERE a.code IN (SELECT unnest($codes)) AND ((a.days >> (d.day - 1)) & 1) = 1
      AND r.month BETWEEN $first_month AND $last_month
      AND d.day <= day(last_day(make_date(r.month // 100, r.month % 100, 1)))
)
SELECT d.person, m.birth, d.day, d.receipt, d.line, d.code
FROM days d JOIN members m ON m.person = d.person AND m.since <= d.day AND (m.until IS NULL OR d.day < m.until)
WHERE d.person NOT IN (SELECT person FROM done)
ORDER BY ALL
"""


def candidates(connection: duckdb.DuckDBPyConnection, year: FiscalYear) -> list[Candidate]:
    """Candidates of a fiscal year, fewest gaps first; each need says the receipt and line, or that it is missing.

    The connection has the tables of columns.TABLES. An act without a day in the receipt cannot be placed and is left out.
    """
    wanted = terms()
    codes = sorted(wanted.bundled.union(*(one.codes for one in wanted.items)))
    months = year.months
    rows = connection.execute(
        _ACTS,
        {
            "start": year.start, "end": year.end, "codes": codes,
            "first_month": _number(months[0]), "last_month": _number(months[-1]),
        },
    ).fetchall()  # fmt: skip
    found = [one for one in _judged(rows, year, wanted) if one]
    return sorted(found, key=lambda one: (len(one.gaps), one.person))


def unconfirmed() -> list[str]:
    """What nobody has checked against the paper: all of it."""
    data = read("deemed.toml")
    return [] if data["mark"] == "S" else [f"みなし健診の候補の決まり: {data['source']}"]


@cache
def terms() -> Terms:
    """The terms of a candidate."""
    data = read("deemed.toml")
    items = [Wanted(one["item"], one["label"], frozenset(one["codes"])) for one in data["items"]]
    items += [Wanted(one["item"], one["label"], frozenset(), asked=True) for one in data["from_person"]]
    return Terms(
        data["first_age"], data["last_age"], data["months"], data["least"], frozenset(data["bundled"]), tuple(items)
    )


def _judged(rows: list[Any], year: FiscalYear, wanted: Terms) -> Iterator[Candidate | None]:
    last = year.end - timedelta(days=1)
    for (person, birth), acts in groupby(rows, key=lambda row: (row[0], row[1])):
        done = [Act(day, receipt, line, code) for _, _, day, receipt, line, code in acts]
        yield candidate(person, age_reached(birth, last), done, wanted)


def _number(month: date) -> int:
    return month.year * 100 + month.month
