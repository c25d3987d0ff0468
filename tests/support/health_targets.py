"""Invented people as tables of the store, in a DuckDB connection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import duckdb
import polars as pl

from azukari.business.health.columns import TABLES
from azukari.business.health.targets.rules.definitions import Pack, Patient
from azukari.business.health.targets.rules.records import tables_of


def frame(table: str, rows: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
    """Rows as a frame of a table; what a row does not say is null."""
    schema = TABLES[table]
    return pl.DataFrame({name: [row.get(name) for row in rows] for name in schema}, schema=schema)


def connected(tables: Mapping[str, Sequence[Mapping[str, Any]]]) -> duckdb.DuckDBPyConnection:
    """A connection that has every table of the store."""
    connection = duckdb.connect()
    for table in TABLES:
        connection.register("rows", frame(table, tables.get(table, ())).to_arrow())
        connection.execute(f"CREATE TABLE {table} AS FROM rows")
        connection.unregister("rows")
    return connection


def people(pack: Pack, *patients: Mapping[str, Any]) -> duckdb.DuckDBPyConnection:
    """Patients written as in a pack (persons 1, 2, …); name and expectation are filled in."""
    read = tuple(Patient(**{"name": "人", "expect": "none", **patient}) for patient in patients)
    return connected(tables_of(pack.model_copy(update={"patient": read})))
