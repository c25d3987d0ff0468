"""The frame of a piece: which line belongs to which institution and receipt, and what kind of receipt it is."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from azukari.business.health.receipts.layouts import DENTAL, MEDICAL, PHARMACY
from azukari.business.health.receipts.lines import Lines, Numbers, name_of, one_of
from azukari.business.health.receipts.types import Block

KINDS = (MEDICAL, DENTAL, PHARMACY)
_TABLES = {"1": MEDICAL, "3": DENTAL, "4": PHARMACY}
_HEADS = ("IR", "YK")
_EDGES = ("IR", "YK", "UK", "GO", "HI", "HG")


@dataclass(frozen=True, slots=True)
class Frame:
    """role: name_of the record, 0 for what goes to the raw table whole (returned receipts, prefixed lines, no record).

    block: index into `blocks` (0 is the one that was open before this piece, perhaps None). receipt: index into `heads`,
    the lines of the RE records, or -1 outside receipts. kind: index into KINDS. returned: still inside HI..HG at the end.
    """

    role: Numbers
    blocks: list[Block | None]
    block: Numbers
    heads: Numbers
    receipt: Numbers
    kind: Numbers
    returned: bool

    def where(self, kind: int, *records: str) -> Numbers:
        """The lines of these records in receipts of a kind, in order."""
        return np.flatnonzero(one_of(self.role, *records) & (self.kind == kind) & (self.receipt >= 0))


def framed(lines: Lines, open_block: Block | None, returned: bool) -> Frame:
    """Find the frame. `open_block` and `returned` are the state at the end of the piece before."""
    role = lines.record.copy()
    level = int(returned) + np.cumsum(role == name_of("HI")) - np.cumsum(role == name_of("HG"))
    inside = (level > 0) & (role != name_of("HI"))
    role[inside] = 0
    heads_of_blocks = np.flatnonzero(one_of(role, *_HEADS))
    blocks: list[Block | None] = [open_block, *(_block(lines, int(line)) for line in heads_of_blocks)]
    block = np.zeros(len(lines), np.int64)
    block[heads_of_blocks] = 1
    block = np.cumsum(block)
    heads = np.flatnonzero(role == name_of("RE"))
    kinds = np.array([KINDS.index(one.kind) if one else 0 for one in blocks])
    return Frame(
        role,
        blocks,
        block,
        heads,
        _receipts(role),
        kinds[block],
        bool(level[-1] > 0) if len(level) else returned,
    )


def _receipts(role: Numbers) -> Numbers:
    places = np.arange(len(role))
    begun = np.maximum.accumulate(np.where(role == name_of("RE"), places, -1))
    edges = one_of(role, *_EDGES)
    ended = np.maximum.accumulate(np.where(edges, places, -1))
    receipt = np.cumsum(role == name_of("RE")) - 1
    return np.where(begun > ended, receipt, -1)


def _block(lines: Lines, line: int) -> Block:
    fields = [part.strip() for part in lines.text(line).split(",")]
    fields += [""] * (8 - len(fields))
    pharmacy = fields[0] == "YK"
    kind = PHARMACY if pharmacy else _TABLES.get(fields[3], MEDICAL)
    facility = fields[2] + (fields[3] or ("4" if pharmacy else "1")) + fields[4]
    return Block(lines.number(line), kind, facility, _month(fields[6] if pharmacy else fields[7]))


def _month(text: str) -> int:
    """YYYYMM of a 西暦 or 元号 month, 0 for none. Only the frame's own, one a block."""
    if not text.isascii() or not text.isdigit() or len(text) not in {5, 6}:
        return 0
    if len(text) == 6:
        return int(text) if 1 <= int(text[4:]) <= 12 else 0
    base = {"1": 1867, "2": 1911, "3": 1925, "4": 1988, "5": 2018}.get(text[0], 0)
    return (base + int(text[1:3])) * 100 + int(text[3:]) if base and 1 <= int(text[3:]) <= 12 else 0


def added(block: Block, payers: int, points: int, receipts: int) -> Block:
    """The block with what a piece adds to it."""
    return replace(
        block, payers=block.payers + payers, points=block.points + points, receipts=block.receipts + receipts
    )
