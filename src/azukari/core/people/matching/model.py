"""The model of pairs: Splink on DuckDB, in memory, with fixed seeds, and nothing that leaves the process.

What is compared and where pairs are looked for is data (data/model.toml); here it is made Splink's.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

import polars as pl

from azukari.core.people.matching.definition import definition

PAIRS = {"left": pl.UInt32(), "right": pl.UInt32(), "probability": pl.Float64(), "weight": pl.Float64()}
# A field is compared where at least this share of the rows of both tables has it.
_FILLED = 0.05
_SIDES = ("a_left", "b_right")
_DIGITS = 6
# However short the tables are, two rows of them are not one person's before anything is known of them.
_MOST_PRIOR = 0.001
# Fields whose values are weighed by how many bear them; and how few others are taken to bear a name at least.
_COMMON = ("name", "kana")
_FEWEST = 0.02


def score(
    left: pl.DataFrame,
    right: pl.DataFrame | None,
    learnt_from: Sequence[pl.DataFrame] | None = None,
    *,
    strict: bool = False,
) -> pl.DataFrame:
    """Pairs that may be one person, columns PAIRS: `left` and `right` are values of `row`, of one table left < right.

    `left` and `right` are tables of fields (`fields_of`); without `right` rows of `left` are compared with each other.
    `learnt_from` are the tables the model is trained on (the whole ones, where exact keys have taken rows away since).
    With `strict` no pairs are looked for in blocks that are `loose`.
    """
    tables = [left] if right is None else [left, right]
    filled = _filled(learnt_from or tables)
    if (
        any(table.is_empty() for table in tables)
        or sum(table.height for table in tables) < 2
        or not {"name", "kana"} & filled
    ):
        return pl.DataFrame(schema=PAIRS)
    settings = _settings(learnt_from or tables, filled, strict=strict)
    if (trained := _trained(learnt_from or tables, filled)) is not None:
        settings["comparisons"] = trained
    return _predicted(tables, settings, learnt_from or tables)


def _filled(tables: Sequence[pl.DataFrame]) -> frozenset[str]:
    """The fields that rows of every table have."""
    fields = [field for field in tables[0].columns if field != "row"]
    return frozenset(
        field
        for field in fields
        if all(1 - table[field].null_count() / max(table.height, 1) > _FILLED for table in tables)
    )


def _settings(tables: Sequence[pl.DataFrame], filled: frozenset[str], *, strict: bool = False) -> dict[str, Any]:
    own = definition()
    open_ = [block for block in own.blocks if not (strict and block.get("loose"))]
    possible = [block for block in open_ if filled.issuperset(block["needs"])]
    blocks = [_rule(block["on"]) for block in possible if _narrow(tables, block.get("wide"))]
    return {
        "link_type": "dedupe_only" if len(tables) == 1 else "link_only",
        "unique_id_column_name": "row",
        "probability_two_random_records_match": _prior(tables),
        "blocking_rules_to_generate_predictions": [{"blocking_rule": rule} for rule in blocks],
        "comparisons": [_comparison(one) for one in own.comparisons if one["field"] in filled or "unknown" in one],
        "retain_matching_columns": False,
        "retain_intermediate_calculation_columns": False,
        "max_iterations": 20,
    }


def _narrow(tables: Sequence[pl.DataFrame], field: str | None) -> bool:
    """Whether rows that agree in the field are few enough to look through all their pairs."""
    if field is None:
        return True
    counts = [table.drop_nulls(field).group_by(field).len() for table in tables]
    pairs = (
        counts[0].join(counts[-1], on=field).select((pl.col("len").cast(pl.Int64) * pl.col("len_right")).sum()).item()
    )
    return bool(pairs <= definition().most_pairs * sum(table.height for table in tables))


def _prior(tables: Sequence[pl.DataFrame]) -> float:
    own = definition()
    heights = [table.height for table in tables]
    if len(tables) == 1:
        return min(2 * own.within / max(heights[0] - 1, 1), _MOST_PRIOR)
    return min(own.between / max(heights), _MOST_PRIOR)


def _rule(expressions: Sequence[str]) -> str:
    """Both sides agree in every expression; `~` in it is the row's side."""
    return " AND ".join(f"{one.replace('~', 'l')} = {one.replace('~', 'r')}" for one in expressions)


def _comparison(one: dict[str, Any]) -> dict[str, Any]:
    field = one["field"]
    unknown = one.get("unknown", f"{field}_l IS NULL OR {field}_r IS NULL")
    levels: list[dict[str, Any]] = [{"sql_condition": unknown, "label_for_charts": "null", "is_null_level": True}]
    for place, level in enumerate(one["levels"]):
        made = {
            "sql_condition": level["sql"],
            "label_for_charts": f"{field} {place}",
            "m_probability": level["m"],
            "u_probability": level["u"],
        }
        if "common" in level:
            made["tf_adjustment_column"] = level["common"]
        levels.append(made)
    return {"output_column_name": field, "comparison_levels": levels}


def _api() -> Any:
    """A DuckDB in memory with one thread (sums come out the same every time) and no way out."""
    import duckdb
    from splink import DuckDBAPI

    logging.getLogger("splink").setLevel(logging.ERROR)
    own: dict[str, str | bool | int | float | list[str]] = {
        "threads": 1,
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
    connection = duckdb.connect(":memory:", config=own)
    connection.execute("SET enable_progress_bar = false")
    return DuckDBAPI(connection)


def _linker(api: Any, tables: Sequence[pl.DataFrame], settings: dict[str, Any]) -> Any:
    from splink import Linker

    made = [
        api.register(table.to_arrow(), dataset_display_name=name) for table, name in zip(tables, _SIDES, strict=False)
    ]
    return Linker(made if len(made) > 1 else made[0], settings, log_level=None)


def _trained(tables: Sequence[pl.DataFrame], filled: frozenset[str]) -> list[dict[str, Any]] | None:
    """The comparisons with m and u learnt (EM) from the tables; None where they are too small to learn from."""
    own = definition()
    if sum(table.height for table in tables) < own.train_from:
        return None
    linker = _linker(_api(), tables, _settings(tables, filled))
    linker.training.estimate_u_using_random_sampling(max_pairs=own.sampled_pairs, seed=own.seed)
    for rule in own.training:
        if filled.issuperset(rule["needs"]):
            linker.training.estimate_parameters_using_expectation_maximisation(_rule(rule["on"]), max_pairs=5e5)
    saved: list[dict[str, Any]] = linker.misc.save_model_to_json()["comparisons"]
    return saved


def _predicted(
    tables: Sequence[pl.DataFrame], settings: dict[str, Any], all_rows: Sequence[pl.DataFrame]
) -> pl.DataFrame:
    api = _api()
    linker = _linker(api, tables, settings)
    for field in _COMMON:
        shares = api.register(_bearers(field, tables, all_rows).to_arrow(), dataset_display_name=f"of_{field}")
        linker.table_management.register_term_frequency_lookup(shares, field)
    least = definition().thresholds.doubtful
    found = linker.inference.predict(threshold_match_probability=least, warning_mode="never")
    return _pairs(found.as_duckdbpyrelation().pl())


def _bearers(field: str, tables: Sequence[pl.DataFrame], all_rows: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Each value with the share of *other* rows that have it, in the table that has most: the row itself is no namesake.

    A value seen once may be another's too: as often as those seen twice are to those seen once (Good and Turing).
    A table too short to learn from is no measure of how common a name is, and counts as one of `train_from` rows.
    """
    wanted = pl.concat([table.select(field) for table in tables]).drop_nulls().unique()
    counts = [wanted.join(table.group_by(field).len(), on=field) for table in all_rows]
    most = max(definition().train_from, *(table.height for table in all_rows))
    seen = pl.concat(counts).group_by(field).agg(pl.col("len").max())["len"]
    once = max(2 * seen.filter(seen == 2).len() / max(seen.filter(seen == 1).len(), 1), _FEWEST)
    others = pl.max_horizontal(pl.col("len").max().cast(pl.Float64) - 1, pl.lit(min(once, 1.0))) / most
    return pl.concat(counts).group_by(field).agg(others.alias(f"tf_{field}")).sort(field)


def _pairs(found: pl.DataFrame) -> pl.DataFrame:
    return found.select(
        pl.col("row_l").cast(pl.UInt32).alias("left"),
        pl.col("row_r").cast(pl.UInt32).alias("right"),
        pl.col("match_probability").round(_DIGITS).alias("probability"),
        pl.col("match_weight").round(_DIGITS).alias("weight"),
    ).sort("left", "right")
