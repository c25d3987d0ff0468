"""A made-up store for the pictures: insured persons, checkups and receipts of a fiscal year, from the seed."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any

import duckdb
import polars as pl

from azukari.business.health.api import TABLES

PERSONS = 6_000
DISTRICTS = ("世田谷地域", "北沢地域", "玉川地域", "砧地域", "烏山地域")
# 傷病名コード of ours, which no master has, with its chapter and what a month of it costs in 点, on average.
DISEASES = (
    ("循環器系の疾患", 0.22, 2_400),
    ("新生物", 0.05, 11_000),
    ("内分泌・栄養・代謝疾患", 0.19, 2_100),
    ("筋骨格系・結合組織の疾患", 0.14, 1_900),
    ("消化器系の疾患", 0.10, 1_700),
    ("精神及び行動の障害", 0.07, 3_600),
    ("腎尿路生殖器系の疾患", 0.05, 7_400),
    ("呼吸器系の疾患", 0.09, 1_200),
    ("眼及び付属器の疾患", 0.06, 1_100),
    ("損傷・中毒", 0.025, 2_600),
    ("先天奇形・染色体異常", 0.0006, 4_000),
)
CODES = {f"見本{number:02d}": title for number, (title, _, _) in enumerate(DISEASES)}


def store(seed: int, fiscal_year: int) -> tuple[duckdb.DuckDBPyConnection, dict[int, str], dict[str, str]]:
    """A connection with the tables of the contract, the persons' districts, and the chapters of the codes."""
    rng = Random(f"health {seed}")  # noqa: S311 (made up)
    persons = [_person(rng, key, fiscal_year) for key in range(1, PERSONS + 1)]
    tables: dict[str, list[dict[str, Any]]] = {name: [] for name in TABLES}
    for one in persons:
        _record(rng, one, fiscal_year, tables)
    connection = duckdb.connect()
    for name, schema in TABLES.items():
        frame = pl.DataFrame(tables[name], schema=schema) if tables[name] else pl.DataFrame(schema=schema)
        connection.register(name, frame)
    return connection, {one["key"]: one["district"] for one in persons}, CODES


def _person(rng: Random, key: int, fiscal_year: int) -> dict[str, Any]:
    age = min(74, int(40 + 35 * rng.random() ** 0.75))
    return {
        "key": key,
        "sex": rng.choice((1, 2)),
        "age": age,
        "birth": date(fiscal_year - age, rng.randint(1, 12), rng.randint(1, 28)),
        "district": rng.choices(DISTRICTS, (28, 17, 24, 18, 13))[0],
    }


def _record(rng: Random, one: dict[str, Any], fiscal_year: int, tables: dict[str, list[dict[str, Any]]]) -> None:
    key, start = one["key"], date(fiscal_year, 4, 1)
    tables["members"].append(
        {"person": key, "household": key, "birth": one["birth"], "sex": one["sex"], "since": date(2015, 4, 1)}
    )
    tables["links"].append({"identity": key, "person": key, "how": "exact", "probability": 1.0})
    chance = 0.2 + 0.009 * (one["age"] - 40) + (0.06 if one["sex"] == 2 else 0)
    if rng.random() < chance + {"玉川地域": 0.05, "烏山地域": -0.04}.get(one["district"], 0):
        tables["checkups"].append({"identity": key, "date": start + timedelta(days=rng.randint(60, 330))})
    for number, (_, share, points) in enumerate(DISEASES):
        if rng.random() < share * (0.5 + (one["age"] - 40) / 35):
            _visits(rng, key, number, points, fiscal_year, tables)


def _visits(
    rng: Random, key: int, disease: int, points: int, fiscal_year: int, tables: dict[str, list[dict[str, Any]]]
) -> None:
    for _ in range(rng.randint(1, 4)):
        receipt, month = len(tables["receipts"]) + 1, rng.randint(0, 11)
        year = fiscal_year + (month > 8)
        tables["receipts"].append(
            {
                "receipt": receipt,
                "identity": key,
                "month": year * 100 + (month + 3) % 12 + 1,
                "points": int(points * rng.uniform(0.3, 1.9)),
            }
        )
        tables["diagnoses"].append({"receipt": receipt, "line": 1, "code": f"見本{disease:02d}", "main": True})
