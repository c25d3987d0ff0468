"""Tokens a CPU second: ten million numbers of persons, beside a keyed hash a row, AES-SIV a row and Polars' own hash.

Ours is what a ceremony does with a column: an AES-256 block a number, written as 32 hexadecimal digits, and the way back.
The HMAC loop is as safe and cannot turn back; AES-SIV turns back too; Polars' hash is neither safe nor reversible and only says how fast a column
can be walked at all. The same column for all; ten times as many rows must take ten times as long.
"""

from __future__ import annotations

import hmac
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from azukari.kernel.pseudonyms import pseudonyms

ROWS = 10_000_000
FEW = 300_000
SEED = 809
GOAL = 5.0
LINEAR = 12.0
KEY = bytes(range(32))


def run() -> dict[str, Any]:
    """Rows of the table: making, restoring, and ten times as many."""
    permutation = pseudonyms(KEY, "委託先", "bench").persons
    column = _column(ROWS)
    small = column.head(ROWS // 10)
    tokens = permutation.tokens(column)
    if not permutation.numbers(tokens).equals(column):
        raise AssertionError("what comes back is not what went in")
    made, back = _rate(lambda: permutation.tokens(column)), _rate(lambda: permutation.numbers(tokens))
    peers = {
        "hashlib の HMAC-SHA256 を1行ずつ": _rate(lambda: _hmac(column.head(FEW)), FEW),
        "cryptography の AES-SIV を1行ずつ": _rate(lambda: _siv(column.head(FEW)), FEW),
        "Polars の hash（鍵も復元もない）": _rate(lambda: column.hash(SEED)),
    }
    growth = _cpu(lambda: permutation.tokens(column)) / _cpu(lambda: permutation.tokens(small))
    return {
        "rows": [
            _row(f"仮名を作る {ROWS:,} 行", made, peers, f"≥ {GOAL:.0f}", made >= GOAL),
            _row("同、復元", back, {}, f"≥ {GOAL:.0f}", back >= GOAL),
            _row("十倍の行にかかる時間の比", growth, {}, f"≤ {LINEAR:.0f}", growth <= LINEAR, "倍"),
        ]
    }


def _column(rows: int) -> pl.Series:
    """Numbers as the linkage gives them: positive, of 63 bits."""
    return pl.Series("person", np.random.default_rng(SEED).integers(1, 2**63 - 1, rows, dtype=np.int64))


def _hmac(column: pl.Series) -> list[str]:
    return [hmac.digest(KEY, number.to_bytes(8, "big"), "sha256")[:16].hex() for number in column]


def _siv(column: pl.Series) -> list[str]:
    cipher = AESSIV(KEY + KEY[::-1])
    return [cipher.encrypt(number.to_bytes(8, "big"), None).hex() for number in column]


def _rate(work: Callable[[], object], rows: int = ROWS) -> float:
    """Million rows a CPU second."""
    return rows / _cpu(work) / 1e6


def _cpu(work: Callable[[], object], runs: int = 3) -> float:
    """The least CPU seconds of a few runs, of all threads together."""
    taken = []
    for _ in range(runs):
        started = time.process_time()
        work()
        taken.append(time.process_time() - started)
    return min(taken)


def _row(
    what: str, ours: float, peers: dict[str, float], goal: str, met: bool, unit: str = "百万行/CPU秒"
) -> dict[str, Any]:
    return {
        "what": what,
        "ours": round(ours, 2),
        "unit": unit,
        "peers": {name: round(value, 2) for name, value in peers.items()},
        "ratio": round(ours / next(iter(peers.values())), 1) if peers else None,
        "goal": goal,
        "met": met,
    }
