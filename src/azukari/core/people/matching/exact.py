"""Exact keys: rows whose folded name, kana, birth and sex are all the same, found without a model."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

KEY = ("name", "kana", "birth", "sex")


def key_of(tables: Sequence[pl.DataFrame]) -> tuple[str, ...]:
    """The fields of the key that these tables have; () where birth, or both name and kana, are missing in one."""
    held = tuple(field for field in KEY if all(table[field].null_count() < table.height for table in tables))
    return held if "birth" in held and {"name", "kana"} & set(held) else ()


def between(left: pl.DataFrame, right: pl.DataFrame) -> pl.DataFrame:
    """Pairs (`left`, `right`: values of `row`) of one key each has once, whose numbers do not contradict each other."""
    key = key_of((left, right))
    if not key:
        return pl.DataFrame(schema={"left": pl.UInt32(), "right": pl.UInt32()})
    once = [
        table.drop_nulls(key).filter(pl.len().over(key) == 1).select("row", "issuer", "number", *key)
        for table in (left, right)
    ]
    found = once[0].join(once[1], on=list(key), how="inner")
    return (
        found.filter(_agreeing()).select(pl.col("row").alias("left"), pl.col("row_right").alias("right")).sort("left")
    )


def within(table: pl.DataFrame) -> pl.DataFrame:
    """Pairs of rows of one table and one key, each row with the first that has the same number or none."""
    key = key_of((table,))
    if not key:
        return pl.DataFrame(schema={"left": pl.UInt32(), "right": pl.UInt32()})
    known = table.drop_nulls(key).with_columns(pl.col("issuer").fill_null(""), pl.col("number").fill_null(""))
    first = known.with_columns(pl.col("row").min().over(*key, "issuer", "number").alias("left"))
    return (
        first.filter(pl.col("row") != pl.col("left")).select("left", pl.col("row").alias("right")).sort("left", "right")
    )


def by_number(table: pl.DataFrame) -> pl.DataFrame:
    """Pairs of rows with one issuer, number, birth and sex (each with the first such row of its 枝番, or of none)."""
    key = ["issuer", "number", "birth", "sex"]
    known = table.drop_nulls(["number", "birth"]).with_columns(pl.col("issuer", "branch", "sex").fill_null(""))
    first = known.with_columns(
        pl.col("row").min().over(*key, "branch").alias("left"), pl.col("row").min().over(key).alias("any")
    )
    pairs = pl.concat(
        [
            first.select("left", pl.col("row").alias("right")),
            first.select(pl.col("any").alias("left"), pl.col("left").alias("right")),
        ]
    )
    return pairs.filter(pl.col("left") != pl.col("right")).unique().sort("left", "right")


def _agreeing() -> pl.Expr:
    """No number on one side, or the same one of the same issuer."""
    same = [pl.col(field).eq(pl.col(f"{field}_right")).fill_null(value=True) for field in ("issuer", "number")]
    return pl.all_horizontal(same)
