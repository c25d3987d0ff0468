"""A year of vouchers checked beside a hand-written Polars script of the same result, and how it grows to ten years.

1.2 M vouchers of 150 companies against 1.6 M issued ones: all grounds of every voucher and the three-way match. Both give
the same masks and lines (`taxi_parts.peer`), or there is no result.
"""

from __future__ import annotations

import gc
import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from azukari.business.taxi.checking import explaining, scalar
from azukari.business.taxi.checking.columns import examine
from azukari.business.taxi.checking.matching import match
from azukari.business.taxi.checking.types import Checked, Int32, Lines
from azukari.config.home import ROOT

sys.path.append(str(Path(__file__).parent))
from taxi_parts.peer import frames_of, polars_check
from taxi_parts.years import OPERATORS, World, make

ROUNDS = 3
YEARS = 10
LINEAR = 1.25
MEMORY_MB = 2_000


def run() -> dict[str, Any]:
    return {"rows": [row for section in SECTIONS for row in section()]}


# --- check: ours and Polars in one run ---


def check_rows() -> list[dict[str, Any]]:
    world = make(1)
    frames = frames_of(world)
    ours, theirs = _ours(world), polars_check(frames)
    _same(ours, theirs)
    ours_wall, ours_cpu, told_wall, told_cpu, their_wall, their_cpu = _interleaved(
        lambda: _ours(world), lambda: _ours_told(world), lambda: polars_check(frames)
    )
    size = f"券 {len(world.presented):,} 枚 × 交付 {world.issued:,} 枚 × {OPERATORS} 事業者"
    withheld = int(np.count_nonzero(ours[0]))
    told = f"同、支払わない {withheld:,} 枚すべての理由を Python で確かめ直して文にするまで"
    silent = "polars (文なし)"
    return [
        _row(f"{size}: すべての理由と三者照合", ours_wall, "秒", {"polars": their_wall}, 1, "≤ polars"),
        _row("同、CPU", ours_cpu, "CPU 秒", {"polars": their_cpu}, 1, "≤ polars"),
        _row(told, told_wall, "秒", {silent: their_wall}, None, ""),
        _row("同、CPU", told_cpu, "CPU 秒", {silent: their_cpu}, None, ""),
    ]


def _ours(world: World) -> tuple[Int32, Lines, Checked]:
    checked = examine(world.presented, world.register, world.parameters)
    mask, lines = match(world.presented, checked.mask, world.invoice)
    return mask, lines, checked


def _ours_told(world: World) -> dict[int, tuple[scalar.Finding, ...]]:
    _, _, checked = _ours(world)
    return explaining.explain(world.presented, world.register, world.parameters, checked)


def _interleaved(*works: Callable[[], Any]) -> list[float]:
    """Median wall and CPU seconds of each piece of work, taken in turn so that all meet the same machine."""
    taken: list[list[tuple[float, float]]] = [[] for _ in works]
    # What the test bed itself holds is not walked through by the collector in anybody's time.
    gc.freeze()
    for _ in range(ROUNDS):
        for work, times in zip(works, taken, strict=True):
            wall, cpu = time.perf_counter(), time.process_time()
            work()
            times.append((time.perf_counter() - wall, time.process_time() - cpu))
    return [statistics.median(side) for times in taken for side in zip(*times, strict=True)]


def _same(ours: tuple[Int32, Lines, Checked], theirs: tuple[pl.Series, pl.DataFrame]) -> None:
    """Raises RuntimeError unless every mask and every line is the same."""
    mask, lines, _ = ours
    wrong = np.flatnonzero(mask != theirs[0].to_numpy())
    if len(wrong):
        raise RuntimeError(f"{len(wrong)} masks differ, the first in row {wrong[0]}")
    plain = [(*row[:-1], *row[-1]) for row in lines.rows()]
    if plain != theirs[1].rows():
        raise RuntimeError("the lines of the three-way match differ")


# --- growth: in a process of its own, so that its memory is seen ---


def growth_rows() -> list[dict[str, Any]]:
    source = os.environ | {"PYTHONPATH": str(ROOT / "src")}
    command = [sys.executable, __file__]
    grown = json.loads(subprocess.run(command, capture_output=True, text=True, check=True, env=source).stdout)
    what = f"{YEARS} 年分 {grown['rows']:,} 枚、100 万枚あたり"
    one, ten, peak = grown["one"], grown["ten"], grown["peak"]
    memory = _row("同、記憶域の最大 (1 年分と入力を含む)", peak, "MB", {}, None, f"≤ {MEMORY_MB:,} MB")
    return [
        _row(what, ten, "CPU 秒", {"1 年分": one}, LINEAR, f"≤ 1 年分の {LINEAR} 倍"),
        memory | {"met": peak <= MEMORY_MB},
    ]


def _growth() -> dict[str, float]:
    """CPU seconds a million vouchers of one year and of ten, in turn, and the most memory this process ever had, in MB.

    One year is checked ten times over, so that both meet the same noise of the machine.
    """
    ten, one = make(YEARS), make(1)

    def one_often() -> None:
        for _ in range(YEARS):
            _ours(one)

    _, one_cpu, _, ten_cpu = _interleaved(one_often, lambda: _ours(ten))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    millions = len(ten.presented) / 1e6
    return {"rows": len(ten.presented), "one": one_cpu / millions, "ten": ten_cpu / millions, "peak": peak}


def _row(what: str, ours: float, unit: str, peers: dict[str, float], most: float | None, goal: str) -> dict[str, Any]:
    """`most` is how many times the peer's figure ours may be; None where that is no goal."""
    ratio = ours / next(iter(peers.values())) if peers else None
    return {
        "what": what,
        "ours": round(ours, 3),
        "unit": unit,
        "peers": {name: round(value, 3) for name, value in peers.items()},
        "ratio": ratio and round(ratio, 2),
        "goal": goal,
        "met": None if most is None or ratio is None else ratio <= most,
    }


def month_rows() -> list[dict[str, Any]]:
    """`taxi_month`, which needs Django and a database: loaded when it is asked for."""
    import taxi_month

    return taxi_month.rows()


def qr_rows() -> list[dict[str, Any]]:
    """`taxi_qr`: the voucher's number from its picture."""
    import taxi_qr

    return taxi_qr.rows()


# What `run` measures, in order: each section gives its rows.
SECTIONS: tuple[Callable[[], list[dict[str, Any]]], ...] = (check_rows, growth_rows, month_rows, qr_rows)

if __name__ == "__main__":
    print(json.dumps(_growth()))
