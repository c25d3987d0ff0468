"""What was read, as the tables of columns.py: identities, checkups, their items, guidance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from azukari.business.health import columns
from azukari.business.health.checkups.cda import Document
from azukari.business.health.checkups.items import by_code
from azukari.business.health.persons.keys import identity_key

# What identifies one row of the tables: a later delivery replaces it.
KEYS = {"checkups": ["identity", "date"], "guidance": ["identity", "fiscal_year", "ticket"]}
_PERSON = tuple(name for name in columns.IDENTITIES if name != "identity")
_HEAD = ("identity", "date", "fiscal_year", "facility", "ticket")


@dataclass(frozen=True, slots=True)
class Frames:
    """Tables by name, with the columns of columns.TABLES; only those there is something of."""

    tables: dict[str, pl.DataFrame]

    @property
    def counts(self) -> dict[str, int]:
        """Rows by table."""
        return {name: frame.height for name, frame in self.tables.items()}


def from_documents(documents: Sequence[Document]) -> Frames:
    """The tables of checkup documents."""
    heads = pl.DataFrame(
        [
            (place, _insurer(one.insurer), one.symbol, one.number, one.branch, None, one.kana, one.birth, one.sex,
             one.day, one.facility, one.ticket)
            for place, one in enumerate(documents)
        ],
        schema={"row": pl.Int64(), **{name: columns.IDENTITIES[name] for name in _PERSON},
                "date": columns.DAY, "facility": columns.TEXT, "ticket": columns.TEXT},
        orient="row",
    )  # fmt: skip
    items = pl.DataFrame(
        [
            (place, result.code, result.value, result.unit, result.flag)
            for place, one in enumerate(documents)
            for result in one.results
        ],
        schema={"row": pl.Int64(), "code": columns.TEXT, "value": columns.TEXT, "unit": columns.TEXT, "flag": columns.TEXT},
        orient="row",
    )  # fmt: skip
    return of_checkups(heads, items)


def of_checkups(heads: pl.DataFrame, items: pl.DataFrame) -> Frames:
    """The tables of checkups: `heads` one row each (row, the person, date, facility, ticket), `items` their results."""
    known = with_identity(heads).with_columns(fiscal_year("date").alias("fiscal_year"))
    wide = known.select("row", *_HEAD).join(_wide(items), on="row", how="left")
    long = items.join(known.select("row", "identity", "date"), on="row", how="inner")
    return Frames(
        {
            "identities": _identities(known),
            "checkup_items": _as_table(long, "checkup_items"),
            "checkups": _as_table(wide, "checkups"),
        }
    )


def of_guidance(rows: pl.DataFrame) -> Frames:
    """The tables of 特定保健指導: `rows` with the person and the columns of columns.GUIDANCE."""
    known = with_identity(rows)
    return Frames({"identities": _identities(known), "guidance": _as_table(known, "guidance")})


def with_identity(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with `identity`, the key of the person as this paper names them."""
    return rows.with_columns(identity_key(rows).alias("identity"))


def fiscal_year(name: str) -> pl.Expr:
    """The year in which the fiscal year of a day begins."""
    day = pl.col(name)
    return (day.dt.year() - (day.dt.month() < 4).cast(pl.Int32())).cast(columns.I16)


def insurer(name: str) -> pl.Expr:
    """A 保険者番号 as receipts have it: a 6-digit one of 国保 without the two zeros that make it eight."""
    return pl.col(name).str.replace(r"^00(\d{6})$", "$1")


def merged(old: pl.DataFrame, new: pl.DataFrame, keys: Sequence[str]) -> pl.DataFrame:
    """The old rows that no new one replaces, and the new ones."""
    return pl.concat([old.join(new.select(keys).unique(), on=list(keys), how="anti", nulls_equal=True), new])


def _insurer(text: str) -> str:
    return text[2:] if len(text) == 8 and text.startswith("00") else text


def _identities(rows: pl.DataFrame) -> pl.DataFrame:
    return _as_table(rows, "identities").unique("identity", keep="first", maintain_order=True)


def _as_table(rows: pl.DataFrame, table: str) -> pl.DataFrame:
    wanted = columns.TABLES[table]
    absent = [pl.lit(None, kind).alias(name) for name, kind in wanted.items() if name not in rows.columns]
    return rows.with_columns(absent).select(_typed(rows, name, kind) for name, kind in wanted.items())


def _typed(rows: pl.DataFrame, name: str, kind: pl.DataType) -> pl.Expr:
    column = pl.col(name)
    if rows.schema.get(name) != pl.String() or kind == pl.String():
        return column.cast(kind)
    number = column.cast(pl.Float64())
    # Rounding down keeps every comparison with a whole limit as it was.
    return (number.floor() if kind.is_integer() else number).cast(kind)


def _wide(items: pl.DataFrame) -> pl.DataFrame:
    """One row a checkup, one column a field: of several codes for a field, the one preferred most."""
    table = pl.DataFrame(
        [(code, item.field, place) for code, (item, place) in by_code().items()],
        schema={"code": pl.String(), "field": pl.String(), "place": pl.Int64()},
        orient="row",
    )
    found = (
        items.filter(pl.col("value").is_not_null())
        .join(table, on="code", how="inner")
        .filter(pl.col("field").is_in(list(columns.CHECKUPS)))
        .sort("row", "field", "place", maintain_order=True)
        .unique(["row", "field"], keep="first", maintain_order=True)
    )
    return found.pivot(on="field", index="row", values="value")
