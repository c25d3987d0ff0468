"""The three-way match: counted vouchers, claimed on the invoice, valid in the register (諮問815 §2: 枚数と請求内容の一致).

Of each operator, month, kind and face value, no more is paid than the invoice claims: of the vouchers that have no
ground, the last ones beyond its count get OVER_INVOICE. So every line balances: claimed = paid + Σ withheld + variance.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from azukari.business.taxi.checking.blocks import blocks
from azukari.business.taxi.checking.columns import deciding
from azukari.business.taxi.checking.types import GROUNDS, Int8, Int32, Int64, Invoice, Lines, Presented
from azukari.business.taxi.types import Ground

_OVER = Ground.OVER_INVOICE
_KEY = ("operator", "month", "kind", "face")
_WIDEST = 1 << 24
Whole: TypeAlias = "Int8 | Int32 | Int64"


class _Numbered(NamedTuple):
    """Distinct values in order, and the place of each by its distance from `low`; no `places` where that is too far."""

    values: Int64
    low: int
    places: Int64

    @classmethod
    def of(cls, columns: list[Whole]) -> _Numbered:
        filled = [column for column in columns if len(column)]
        low = min((int(column.min()) for column in filled), default=0)
        high = max((int(column.max()) for column in filled), default=0)
        if high - low >= _WIDEST:
            return cls(np.unique(np.concatenate(filled)).astype(np.int64), 0, np.zeros(0, np.int64))
        seen = np.zeros(high - low + 1, np.bool_)
        for block in _views(filled):
            seen[block.astype(np.intp) - low] = True
        return cls(np.flatnonzero(seen) + low, low, np.cumsum(seen) - 1)

    def place(self, column: Whole) -> NDArray[np.intp]:
        """Where each value stands among the distinct ones."""
        if not len(self.places):
            return np.searchsorted(self.values, column)
        return np.take(self.places, column.astype(np.intp) - self.low)


def match(presented: Presented, mask: Int32, invoice: Invoice) -> tuple[Int32, Lines]:
    """A new mask with OVER_INVOICE set where it applies and nowhere else, and the lines. Again gives the same again."""
    mask = mask & ~np.int32(_OVER.bit)
    lines, of_voucher, of_bill = _lines(presented, invoice)
    counted = np.bincount(of_voucher, minlength=len(lines[0]))
    claimed = np.zeros(len(counted), np.int64)
    np.add.at(claimed, of_bill, invoice.count)
    withheld = _withheld(mask, of_voucher, len(counted))
    valid = counted - withheld.sum(axis=1)
    surplus = np.maximum(valid - claimed, 0)
    mask[_last(of_voucher, mask, surplus)] |= np.int32(_OVER.bit)
    withheld[:, GROUNDS.index(_OVER)] = surplus
    return mask, Lines(*lines, counted, claimed, valid, withheld)


def _lines(presented: Presented, invoice: Invoice) -> tuple[tuple[Int32, Int32, Int8, Int32], Int64, Int64]:
    """Operator, month, kind and face of the lines, in order, and the line of each voucher and of each row billed."""
    numbered = [_Numbered.of([getattr(presented, name), getattr(invoice, name)]) for name in _KEY]
    keys = [_keys(numbered, table) for table in (presented, invoice)]
    lines = _Numbered.of([*keys])
    for column in keys:
        for block in _views([column]):
            block[:] = lines.place(block)
    face, kind, month, operator = _parted(lines.values, numbered)
    of_lines = operator.astype(np.int32), month.astype(np.int32), kind.astype(np.int8), face.astype(np.int32)
    return of_lines, keys[0], keys[1]


def _keys(numbered: list[_Numbered], table: Presented | Invoice) -> Int64:
    """One number for each row that sorts as its four columns do."""
    keys = np.zeros(len(table), np.int64)
    for known, name in zip(numbered, _KEY, strict=True):
        for block, column in zip(_views([keys]), _views([getattr(table, name)]), strict=True):
            block[:] = block * len(known.values) + known.place(column)
    return keys


def _parted(keys: Int64, numbered: list[_Numbered]) -> Iterator[Int64]:
    """The columns that `_keys` put together, the last first."""
    for known in reversed(numbered):
        size = max(len(known.values), 1)
        yield known.values[keys % size]
        keys = keys // size


def _views(columns: Iterable[Whole]) -> Iterator[Whole]:
    """The columns one after another, in blocks that can be written to."""
    return (column[block] for column in columns for block in blocks(len(column)))


def _withheld(mask: Int32, line: Int64, lines: int) -> Int64:
    """[lines, grounds]: vouchers by the ground that decides."""
    rows = np.flatnonzero(mask)
    cell = line[rows] * len(GROUNDS) + deciding(mask[rows])
    return np.bincount(cell, minlength=lines * len(GROUNDS)).reshape(lines, len(GROUNDS))


def _last(line: Int64, mask: Int32, surplus: Int64) -> NDArray[np.intp]:
    """The last `surplus` rows without a ground of each line."""
    beyond = surplus > 0
    found = [
        block.start + np.flatnonzero((mask[block] == 0) & np.take(beyond, line[block])) for block in blocks(len(mask))
    ]
    rows = np.concatenate([*found, np.zeros(0, np.intp)])
    order = np.argsort(line[rows], kind="stable")
    rows, line = rows[order], line[rows][order]
    from_end = np.searchsorted(line, line, side="right") - np.arange(len(rows))
    return rows[from_end <= surplus[line]]
