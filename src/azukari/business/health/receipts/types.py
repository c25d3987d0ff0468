"""What a receipt file was found to hold. Plain values."""

from __future__ import annotations

from dataclasses import dataclass, field

from azukari.core.intake.types import Problem


@dataclass(frozen=True, slots=True)
class Block:
    """The frame of one institution: IR or YK, and what its receipts came to until GO. points in 点."""

    line: int
    kind: str
    facility: str
    billed: int
    payers: int = 0
    points: int = 0
    receipts: int = 0


@dataclass(slots=True)
class Found:
    """Sums of one file, over all its blocks. `billed` is the latest 請求年月 (YYYYMM), `kinds` receipts by kind."""

    blocks: int = 0
    billed: int = 0
    receipts: int = 0
    points: int = 0
    records: int = 0
    kinds: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    """What became of one file. Nothing of it is in the store when there are `problems`; `known`: it had arrived before.

    counts: rows by table; receipts in 件, points in 点, records in lines. `rest` problems and `more` warnings are not listed.
    """

    name: str
    sha256: str
    size: int
    known: bool = False
    month: int = 0
    receipts: int = 0
    points: int = 0
    records: int = 0
    kinds: dict[str, int] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    rest: int = 0
    warnings: tuple[Problem, ...] = ()
    more: int = 0
