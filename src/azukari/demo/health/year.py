"""A made-up year as it arrives: 資格の一覧, receipt files, checkups. Of made-up people, or of those of a made-up ward."""

from __future__ import annotations

from pathlib import Path

import polars as pl
from django.db import connections

from azukari.demo.health import checkups, receipts
from azukari.demo.health.population import FIRST_MONTH, complete, members, population
from azukari.demo.health.receipts import Progress, Written

OWNER = "owner"
# Title of 資格の一覧 → column.
TITLES = {
    "宛名番号": "atena", "世帯番号": "household", "氏名": "name", "氏名カナ": "kana", "生年月日": "birth", "性別": "sex",
    "保険者番号": "insurer", "記号": "symbol", "番号": "number", "枝番": "branch", "資格取得日": "since",
    "資格喪失日": "until",
}  # fmt: skip
# Whole households of the ward whose members are all under 75 on the last day; the younger share of them is insured.
PEOPLE = """
WITH living AS (
  SELECT p.id, p.atena, m.household_id, n.name, n.kana, p.born, p.sex FROM people_person p
  JOIN people_name n ON n.person_id = p.id AND upper_inf(n.valid)
  JOIN people_membership m ON m.person_id = p.id AND upper_inf(m.valid) WHERE p.died IS NULL)
SELECT atena, household_id, name, kana, born, CASE sex WHEN '男' THEN 1 ELSE 2 END AS sex FROM living
WHERE household_id IN (SELECT household_id FROM living GROUP BY household_id HAVING min(born) > '1950-04-01')
ORDER BY hashint8extended(household_id, %s), household_id LIMIT %s"""


def write(
    out: Path, *, size: int, months: int, seed: int, ward: bool = False, progress: Progress = lambda _done, _total: None
) -> Written:
    """`size` receipts a month of as many persons, the checkups of two fiscal years, and members.csv.

    With `ward` the persons are the made-up ward's, so that lists lead to its register; fewer where it has fewer.
    """
    people = complete(_of_ward(size, seed), seed) if ward else population(size, seed)
    made = receipts.write_year(
        out, people, receipts=people.height if ward else size, months=months, seed=seed, progress=progress
    )
    for year in (FIRST_MONTH // 100 - 1, FIRST_MONTH // 100):
        checkups.write(out / "checkups", people, year=year, seed=seed + year)
    _list(people, out / "members.csv")
    return made


def _of_ward(size: int, seed: int) -> pl.DataFrame:
    with connections[OWNER].cursor() as cursor:
        cursor.execute(PEOPLE, [seed, size])
        rows = cursor.fetchall()
    found = pl.DataFrame(rows, ["atena", "household", "name", "kana", "birth", "sex"], orient="row")
    return found.with_row_index("person", offset=1).cast({"person": pl.Int64(), "sex": pl.Int8()})


def _list(people: pl.DataFrame, path: Path) -> None:
    numbered = people if "atena" in people.columns else people.with_columns(atena=pl.col("person").cast(pl.String()))
    spans = members(people).join(numbered.select("person", "atena"), on="person")
    spans.select(pl.col(column).alias(title) for title, column in TITLES.items()).write_csv(path, include_bom=True)
