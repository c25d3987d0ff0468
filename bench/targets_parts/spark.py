"""The same definitions on PySpark: a local cluster of two workers, the same tables as Parquet, the same people."""

from __future__ import annotations

import importlib.util
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import polars as pl

CLUSTER = "local-cluster[2,1,1024]"  # two workers, a core and 1 GB each
# Not among what every test needs: no ward uses it, and it brings 400 MB.
INSTALL = ".venv/bin/uv pip install --require-hashes -r requirements/spark.txt"


def missing() -> str | None:
    """Why Spark cannot be had here; None when it can."""
    if importlib.util.find_spec("pyspark") is None:
        return f"pyspark が入っていません ({INSTALL})"
    if shutil.which("java") is None:
        return "java がありません (Java 17 を入れてください)"
    return None


@contextmanager
def backend(tables: Mapping[str, pl.DataFrame]) -> Iterator[Any]:
    """An Ibis backend on a Spark session of its own that has the tables as views."""
    import ibis
    from pyspark.sql import SparkSession

    folder = Path(tempfile.mkdtemp(prefix="azukari-spark-"))
    session = (
        SparkSession.builder.master(CLUSTER)
        .appName("azukari")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "4")
        .config("spark.sql.warehouse.dir", str(folder / "warehouse"))
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .getOrCreate()
    )
    try:
        for name, frame in tables.items():
            # Spark has no unsigned numbers.
            plain = frame.with_columns(pl.col(pl.UInt32).cast(pl.Int64))
            plain.write_parquet(folder / f"{name}.parquet")
            session.read.parquet(str(folder / f"{name}.parquet")).createOrReplaceTempView(name)
        yield ibis.pyspark.connect(session)
    finally:
        session.stop()
        shutil.rmtree(folder, ignore_errors=True)
