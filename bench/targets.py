"""Four lists of a year with the reasons of everybody on them: 2.4 million receipts, 30 million record lines.

The year is made as columns into an encrypted store, outside the clock. Ours is the whole road of one definition after another:
facts, conditions, groups, and the sentences and record lines of every person, once the libraries are loaded (a list of an empty
store is made first). The peers are the same four lists written by hand in SQL (DuckDB) and in polars, on the same store: they
find people and groups and give no reasons. All three must find the same people. CPU seconds of all threads are counted.

`AZUKARI_BENCH_YEARS` (4 by default) is how many years the growth is measured on, at a tenth of the receipts.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from azukari.cli.manage import prepare_django

PROGRAMMES = ("checkup", "kidney", "visits", "drugs")
GOAL, LINEAR = 12.0, 1.3
TENTH, FEW, NOTHING = 20_000, 2_000, 20
LONGEST = 120  # months a definition may look back


def run() -> dict[str, Any]:
    """The rows of the bench."""
    os.environ.setdefault("AZUKARI_DEMONSTRATION", "1")
    prepare_django()
    with tempfile.TemporaryDirectory(prefix="azukari-bench-") as folder:
        return {"rows": [*_year(Path(folder) / "year"), _growth(Path(folder)), _spark(Path(folder) / "spark")]}


def _year(folder: Path) -> list[dict[str, Any]]:
    from bench.targets_parts import made, peers

    store, codes = made.write(folder), made.codes()
    _warm(codes)
    ours, found = _cpu(lambda: _lists(store, codes))
    sql, by_sql = _cpu(lambda: peers.by_sql(store, codes))
    frames, by_polars = _cpu(lambda: peers.by_polars(store, codes))
    people = {name: {each.person: each.group for each in one.targets} for name, one in found.items()}
    for name in PROGRAMMES:
        if not people[name] == by_sql[name] == by_polars[name]:
            raise RuntimeError(
                f"{name}: {len(people[name])}, {len(by_sql[name])} and {len(by_polars[name])} persons differ"
            )
    reasons = sum(len(each.reasons) for one in found.values() for each in one.targets)
    listed = sum(len(one) for one in people.values())
    what = f"四つの抽出、レセプト {12 * made.MONTHLY:,} 件の一年、{listed:,} 人に理由 {reasons:,} 件"
    return [
        _row(
            what,
            ours,
            {"DuckDB (手書きのSQL、理由なし)": sql, "polars (手書き、理由なし)": frames},
            f"≤ {GOAL:g}",
            ours <= GOAL,
        )
    ]


def _warm(codes: Any) -> None:
    """Load the libraries: a list of nothing."""
    from bench.targets_parts import made

    from azukari.business.health.columns import TABLES
    from azukari.business.health.targets import api

    with duckdb.connect() as connection:
        for table, schema in TABLES.items():
            connection.register("rows", pl.DataFrame(schema=schema).to_arrow())
            connection.execute(f"CREATE TABLE {table} AS FROM rows")
        for name in PROGRAMMES:
            api.extract(name, connection, made.AS_OF, codes=codes)


def _lists(store: Any, codes: Any, years: int = 1) -> dict[str, Any]:
    from bench.targets_parts import made

    from azukari.business.health.targets import api

    with store.connect() as connection, api.opened(connection, made.AS_OF, codes) as ready:
        return {name: api.extract(name, ready, made.AS_OF, parameters=_window(name, years)) for name in PROGRAMMES}


def _window(programme: str, years: int) -> dict[str, int]:
    """Everything that is there, as far as a definition may look back."""
    return {{"visits": "window", "drugs": "window"}.get(programme, "lookback"): min(12 * years, LONGEST)}


def _growth(folder: Path) -> dict[str, Any]:
    """What the second half of many years costs beside the first (a tenth as large): 1 is a straight line."""
    years = int(os.environ.get("AZUKARI_BENCH_YEARS", "4"))
    nothing = _spent(folder / "y0", 1, NOTHING)
    half, whole = (_spent(folder / f"y{count}", count, TENTH) for count in (years // 2, years))
    ratio = (whole - half) / (half - nothing)
    return {
        "what": f"{years} 年分 (十分の一の規模) のうち、後の半分にかかる時間を前の半分で割った比", "ours": round(ratio, 2),
        "unit": "倍", "peers": {}, "ratio": None, "goal": f"≤ {LINEAR:g}", "met": ratio <= LINEAR,
    }  # fmt: skip


def _spent(folder: Path, years: int, monthly: int) -> float:
    from bench.targets_parts import made

    store, codes = made.write(folder, years=years, monthly=monthly, persons=TENTH), made.codes()
    return _cpu(lambda: _lists(store, codes, years))[0]


def _spark(folder: Path) -> dict[str, Any]:
    """The same people on two workers, or why that was not tried."""
    from bench.targets_parts import made, spark

    from azukari.business.health.columns import TABLES
    from azukari.business.health.targets import api

    what = f"PySpark (local-cluster、二つの作業者) で、レセプト {12 * FEW:,} 件から同じ人が同じ理由で出た抽出"
    if why := spark.missing():
        return _counted(f"{what}: 試していません。{why}", 0, None)
    store, codes = made.write(folder, monthly=FEW, persons=FEW), made.codes()
    ours = _lists(store, codes)
    with (
        spark.backend({table: store.read(table) for table in TABLES}) as cluster,
        api.opened(cluster, made.AS_OF, codes) as ready,
    ):
        there = {name: api.extract(name, ready, made.AS_OF) for name in PROGRAMMES}
    same = sum(
        (there[name].targets, there[name].counts) == (ours[name].targets, ours[name].counts) for name in PROGRAMMES
    )
    return _counted(what, same, same == len(PROGRAMMES))


def _cpu(work: Callable[[], Any]) -> tuple[float, Any]:
    began = time.process_time()
    found = work()
    return time.process_time() - began, found


def _counted(what: str, same: int, met: bool | None) -> dict[str, Any]:
    goal = str(len(PROGRAMMES))
    return {"what": what, "ours": same, "unit": "件", "peers": {}, "ratio": None, "goal": goal, "met": met}


def _row(what: str, ours: float, peers: dict[str, float], goal: str, met: bool) -> dict[str, Any]:
    rounded = {name: round(value, 2) for name, value in peers.items()}
    return {
        "what": what, "ours": round(ours, 2), "unit": "CPU秒", "peers": rounded,
        "ratio": round(ours / min(peers.values()), 2), "goal": goal, "met": met,
    }  # fmt: skip
