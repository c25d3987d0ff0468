"""The disclosure report in columns: the same as `rules.disclosure`, of the very tables that would go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import duckdb
import polars as pl

from azukari.business.health.analysis import rules
from azukari.business.health.analysis.tables import frame_of
from azukari.business.health.analysis.types import Cell, Disclosure, Left

# Person, disease code and person, facility of the period, after tables.choose.
CODES = """
SELECT DISTINCT l.person, d.code FROM diagnoses d JOIN receipts r USING (receipt) JOIN links l USING (identity)
JOIN chosen USING (person) LEFT JOIN rare x ON x.code = d.code
WHERE r.month BETWEEN $first AND $last AND d.code IS NOT NULL AND x.code IS NULL
"""
FACILITIES = """
SELECT DISTINCT l.person, r.facility FROM receipts r JOIN links l USING (identity) JOIN chosen USING (person)
WHERE r.month BETWEEN $first AND $last AND r.facility IS NOT NULL
"""


def measure(
    people: pl.DataFrame, codes: pl.DataFrame, facilities: pl.DataFrame, names: Sequence[str], smallest: int
) -> Disclosure:
    """`people` has `person` and the quasi-identifiers `names` (text); `codes` person, code; `facilities` person, facility."""
    everybody = people.with_columns(cell=pl.struct(*names, pl.lit(1).alias("all"))).select("person", "cell")
    cells = everybody.group_by("cell").len("persons")
    few = cells.filter(pl.col("persons") < smallest)
    ill = everybody.join(codes, on="person", how="left").with_columns(pl.col("code").fill_null(rules.NO_DISEASE))
    kinds = ill.group_by("cell").agg(pl.col("code").n_unique().alias("kinds"))
    visits = everybody.join(facilities.unique(), on="person")
    single = visits.filter(pl.len().over("cell", "facility") == 1)["person"].n_unique()
    small = sorted(
        (Cell(tuple(value[name] or "" for name in names), count) for value, count in few.iter_rows()),
        key=lambda cell: cell.values,
    )
    return Disclosure(
        persons=everybody.height,
        smallest=smallest,
        k=_least(cells["persons"]),
        small=tuple(small),
        exposed=sum(cell.persons for cell in small),
        l=_least(kinds["kinds"]),
        alike=kinds.filter(pl.col("kinds") == 1).height,
        seen=single,
    )


def report(
    connection: duckdb.DuckDBPyConnection, people: pl.DataFrame, names: Sequence[str], months: tuple[int, int],
    smallest: int, left: Left,
) -> dict[str, Any]:  # fmt: skip
    """The report as plain data with its `lines`; a count under the border is told as 0 there. Needs `tables.choose`."""
    values = {"first": months[0], "last": months[1]}
    codes, facilities = (frame_of(connection, query, values) for query in (CODES, FACILITIES))
    found = measure(people, codes, facilities, names, smallest)
    told = {name: value for name, value in asdict(found).items() if name != "small"}
    return {
        **told,
        "k": found.k if found.k >= smallest else 0,
        "exposed": found.exposed if found.exposed >= smallest else 0,
        "small": [list(cell.values) for cell in found.small],
        "hidden_codes": left.codes,
        "hidden_lines": left.lines,
        "lines": rules.lines(found, left.codes, left.lines),
    }


def _least(counts: pl.Series) -> int:
    least = counts.min()
    return int(least) if isinstance(least, int) else 0
