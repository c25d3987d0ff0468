"""A month and a year of receipt files: read, every record kept, reconciled, and into the encrypted store.

The month is made up (200,000 receipts of the four kinds, one seed). The year is that month twelve times over, each time read
from its bytes and written as parts of its own: twelve distinct months would only make the same work take longer to prepare.
Ours counts the CPU seconds of all threads from the first byte on, its memory is of that process alone. The peers read the
same files: csv.reader splits decoded lines, Polars splits each line in one expression; neither reconciles or keeps anything.
"""

from __future__ import annotations

import csv
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl

from azukari.business.health.receipts.known import Known
from azukari.business.health.receipts.reading import Reader
from azukari.business.health.store import Store
from azukari.core.intake.api import blocks

RECEIPTS, SEED = 200_000, 809
MONTH_GOAL, YEAR_GOAL, MEMORY_GOAL, GROWTH_GOAL = 3.0, 35.0, 1_000, 11.0
KEY = bytes(32)


def run() -> dict[str, Any]:
    return {"rows": rows()}


def rows(receipts: int = RECEIPTS) -> list[dict[str, Any]]:
    """Month, year, memory, growth."""
    from azukari.demo.health.population import population
    from azukari.demo.health.receipts import write_year

    with tempfile.TemporaryDirectory(prefix="azukari-bench-") as name:
        folder = Path(name)
        made = write_year(folder, population(receipts, SEED), receipts=receipts, months=1, seed=SEED)
        month = _measured(folder, 1, store=False)
        year = _measured(folder, 12, store=True)
        peers = {"csv.reader": _timed(_by_csv, made.files), "Polars の一行": _timed(_by_polars, made.files)}
    what = f"レセプト {receipts:,} 件、{month['records']:,} レコード"
    return [
        _row(f"{what}: 読み、すべて残し、照合する", month["cpu"][0], "CPU 秒", peers, MONTH_GOAL),
        _row(f"{what} × 12か月: 暗号化した Parquet まで", year["cpu"][11], "CPU 秒", {}, YEAR_GOAL),
        _row("同じ一年の最大メモリ", year["memory"], "MB", {}, MEMORY_GOAL),
        _row("10か月 ÷ 1か月の CPU 秒", year["cpu"][9] / year["cpu"][0], "倍", {}, GROWTH_GOAL),
    ]


def _measured(folder: Path, months: int, *, store: bool) -> dict[str, Any]:
    """What a process of its own needs: CPU seconds after each month, its most memory (MB), records of a month."""
    command = [sys.executable, __file__, str(folder), str(months), "store" if store else ""]
    source = str(Path(__file__).resolve().parents[1] / "src")
    done = subprocess.run(command, check=True, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": source})
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _work(folder: Path, months: int, *, store: bool) -> dict[str, Any]:
    files = sorted((folder / "uke").glob("*.uke"))
    kept = Store(folder / "store", KEY) if store else None
    known, cpu, records = Known(), [], 0
    began = time.process_time()
    for month in range(months):
        records = sum(_one(file, month, known, kept) for file in files)
        cpu.append(time.process_time() - began)
    return {"cpu": cpu, "records": records, "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10}


def _one(file: Path, month: int, known: Known, store: Store | None) -> int:
    reader = Reader(file.name, f"{month:02x}" * 16, known)
    if store is None:
        for _ in reader.read(blocks(file)):
            pass
    else:
        with store.staged() as part:
            for tables in reader.read(blocks(file)):
                for table, frame in tables.items():
                    part.add(table, frame)
            part.publish(f"{month:02d}-{file.stem}")
    if reader.findings.refused:
        raise RuntimeError(f"{file.name} does not balance")
    return reader.found.records


def _timed(work: Callable[[Path], int], files: tuple[Path, ...]) -> float:
    began = time.process_time()
    for file in files:
        work(file)
    return time.process_time() - began


def _by_csv(file: Path) -> int:
    with file.open(encoding="cp932", errors="replace", newline="") as lines:
        return sum(1 for _ in csv.reader(lines))


def _by_polars(file: Path) -> int:
    lines = pl.read_csv(
        file, separator="\x01", has_header=False, quote_char=None, encoding="utf8-lossy", new_columns=["line"]
    )
    return lines.select(pl.col("line").str.splitn(",", 45)).height


def _row(what: str, ours: float, unit: str, peers: dict[str, float], most: float) -> dict[str, Any]:
    return {
        "what": what,
        "ours": round(ours, 2),
        "unit": unit,
        "peers": {name: round(value, 2) for name, value in peers.items()},
        "ratio": round(ours / next(iter(peers.values())), 2) if peers else None,
        "goal": f"≤ {most:g} {unit}",
        "met": ours <= most,
    }


if __name__ == "__main__":
    print(json.dumps(_work(Path(sys.argv[1]), int(sys.argv[2]), store=sys.argv[3] == "store")))
