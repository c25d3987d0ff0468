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

# Tests and bundling fees of persons of age, insured on that day, who have had no checkup in the year; then of each person
# the span of $months that shows the most items (of two, the later one), a row an item and day.
_ACTS = """
WITH wanted AS (SELECT unnest($codes) AS code, unnest($items) AS item),
whose AS (
    SELECT identity, coalesce(person, identity) AS person
    FROM (SELECT identity FROM receipts UNION SELECT identity FROM checkups) LEFT JOIN links USING (identity)
),
done AS (SELECT DISTINCT person FROM checkups JOIN whose USING (identity) WHERE date >= $start AND date < $end),
insured AS (
    SELECT person, birth, since, coalesce(until, DATE '9999-12-31') AS until
    FROM members ANTI JOIN done USING (person) WHERE birth > $born_after AND birth <= $born_until
),
acted AS (
    SELECT w.person, a.receipt, a.line, a.code, i.item, a.days, make_date(r.month // 100, r.month % 100, 1) AS month
    FROM acts a JOIN wanted i USING (code) JOIN receipts r USING (receipt) JOIN whose w USING (identity)
    WHERE r.month BETWEEN $first_month AND $last_month
),
dated AS (
    SELECT person, receipt, line, code, item, month + d.day::INTEGER - 1 AS day
    FROM acted, range(1, 32) AS d(day)
    WHERE ((days >> (d.day - 1)) & 1) = 1 AND d.day <= day(last_day(month))
),
known AS (
    SELECT d.person, any_value(m.birth) AS birth, d.item, d.day, min((d.receipt, d.line, d.code)) AS act
    FROM dated d JOIN insured m ON m.person = d.person AND m.since <= d.day AND d.day < m.until
    GROUP BY d.person, d.item, d.day
),
tests AS (SELECT * FROM known WHERE item <> ''),
starts AS (
    SELECT person, day, (day + to_months($months))::DATE AS same,
           same + (day(same) < day(day))::INTEGER AS until
    FROM (SELECT DISTINCT person, day FROM tests)
),
spans AS (
    SELECT s.person, s.day AS start, s.until, count(DISTINCT t.item) AS shown
    FROM starts s JOIN tests t ON t.person = s.person AND t.day >= s.day AND t.day < s.until
    GROUP BY ALL HAVING shown >= $least
),
best AS (SELECT * FROM spans QUALIFY row_number() OVER (PARTITION BY person ORDER BY shown DESC, start DESC) = 1)
SELECT k.person, k.birth, k.day, k.act[1], k.act[2], k.act[3]
FROM known k JOIN best b ON b.person = k.person AND (k.item = '' OR (k.day >= b.start AND k.day < b.until))
ORDER BY k.person, k.birth, k.day, k.act
"""


def candidates(connection: duckdb.DuckDBPyConnection, year: FiscalYear) -> list[Candidate]:
    """Candidates of a fiscal year, fewest gaps first; each need says the receipt and line, or that it is missing.

    The connection has the tables of columns.TABLES. An act without a day in the receipt cannot be placed and is left out.
    """
    wanted, months = terms(), year.months
    shown_by = _shown_by(wanted)
    rows = connection.execute(
        _ACTS,
        {
            "start": year.start, "end": year.end, "first_month": _number(months[0]), "last_month": _number(months[-1]),
            "born_after": _birthday(year, wanted.last_age + 1), "born_until": _birthday(year, wanted.first_age),
            "codes": [code for code, _ in shown_by], "items": [item for _, item in shown_by],
            "months": wanted.months, "least": wanted.least,
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


def _shown_by(wanted: Terms) -> list[tuple[str, str]]:
    """Every act that counts and the item it shows; a bundling fee shows none."""
    tests = [(code, one.item) for one in wanted.items for code in sorted(one.codes)]
    return tests + [(code, "") for code in sorted(wanted.bundled)]


def _birthday(year: FiscalYear, age: int) -> date:
    """Who is born on this day or before reaches the age by the end of the fiscal year (1 April: on 31 March)."""
    return year.end.replace(year=year.end.year - age)


def _number(month: date) -> int:
    return month.year * 100 + month.month
