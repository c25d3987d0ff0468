"""The same definitions on Spark give the same people. A machine without pyspark or Java skips it and says which."""

from __future__ import annotations

import pytest
from bench.targets_parts import spark

from azukari.business.health.columns import TABLES
from azukari.business.health.targets import api, checking, reading
from azukari.business.health.targets.rules.records import tables_of
from support.health_targets import connected, frame

pytestmark = [pytest.mark.slow, pytest.mark.skipif(spark.missing() is not None, reason=f"PySpark: {spark.missing()}")]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", ["kidney-r6", "visits-takizawa", "drugs-inami", "checkup-r6", "guidance-r6"])
def test_the_same_people_and_reasons(name: str) -> None:
    pack = reading.packs()[name]
    rows, codes = tables_of(pack), checking.codes_of(pack)
    with connected(rows) as connection:
        here = api.extract(pack.programme, connection, pack.on, name, codes=codes)
    with spark.backend({table: frame(table, rows.get(table, ())) for table in TABLES}, "local[2]") as backend:
        there = api.extract(pack.programme, backend, pack.on, name, codes=codes)
    assert (there.targets, there.counts) == (here.targets, here.counts)
