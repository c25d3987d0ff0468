"""Vouchers of one ride that together go beyond its fare, or beyond what one ride allows.

A ride is one company, certificate number as written, day of use and fare. Almost no ride goes beyond, so most vouchers
are set aside before anything is sorted: they are added up in a table by a hash of their ride. What shares a cell with
another ride only makes the sum larger, so a sum within the limit clears every voucher in the cell.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from azukari.business.taxi.checking.blocks import blocks
from azukari.business.taxi.checking.types import BLANK, BLANK_DAY, KINDS, Bools, Int32, Int64, Parameters, Presented
from azukari.business.taxi.types import Ground, Kind

# Two sieves, so that what shared a cell by chance in the first is set aside in the second.
SALTS = (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F)
_TAXI = KINDS.index(Kind.TAXI)
_APART = np.int32(Ground.NOT_ISSUED.bit | Ground.DUPLICATE.bit | Ground.UNREADABLE.bit)
_CELLS_A_ROW = 2
# A region of 256 KB, which stays in the cache while a month is added up.
_LOCAL_BITS = 15
_DAYS_TOGETHER = 5
Rows = NDArray[np.intp]


class Beyond(NamedTuple):
    """Rows that go beyond the fare, rows that are too many of their kind, and all rows of rides with such."""

    over: Rows
    too_many: Rows
    rows: Rows


def beyond(presented: Presented, mask: Int32, parameters: Parameters) -> Beyond:
    """Judge every ride in order of receipt. What is not issued, there before, or unreadable is in no ride.

    In each ride the faces of the taxi vouchers are added up, and every voucher with which the sum is above the fare
    goes beyond. Of the other kinds, each on its own, those after the permitted number are too many.
    """
    counted = (mask & _APART) == 0
    counted &= (presented.used != BLANK_DAY) & (presented.fare != BLANK) & (presented.number != BLANK)
    rows = _suspects(presented, counted, parameters, SALTS[0])
    for salt in SALTS[1:]:
        rows = rows[_suspects(presented.part(rows), np.ones(len(rows), np.bool_), parameters, salt)]
    part = presented.part(rows)
    return _exact(part, rows, parameters)


def _suspects(p: Presented, counted: Bools, parameters: Parameters, salt: int) -> Rows:
    """The rows whose cell goes beyond their own limit. All rows of a ride have one cell and one limit."""
    bits = max(int(len(p) * _CELLS_A_ROW).bit_length(), 1)
    sums, cells = np.zeros(1 << bits, np.int64), np.zeros(len(p), np.int32)
    for block in blocks(len(p)):
        part = p.part(block)
        cells[block] = _cells(part, bits, salt)
        np.add.at(sums, cells[block], _weights(part) * counted[block])
    found = [np.take(sums, cells[block]) > _limits(p.part(block), parameters) for block in blocks(len(p))]
    return np.flatnonzero(np.concatenate([*found, np.zeros(0, np.bool_)]) & counted)


def _cells(p: Presented, bits: int, salt: int) -> NDArray[np.uint64]:
    """A cell for each ride and kind. Days near each other lie near each other, as they do in order of receipt."""
    hashed = p.number.astype(np.uint64)
    for column in (p.operator, p.used, p.fare, p.kind):
        hashed = hashed * np.uint64(salt) + column.astype(np.uint64)
    hashed *= np.uint64(salt)
    local = min(bits, _LOCAL_BITS)
    near = hashed >> np.uint64(64 - local)
    far = (p.used.astype(np.uint64) >> np.uint64(_DAYS_TOGETHER)) << np.uint64(local)
    return (near + far) & np.uint64((1 << bits) - 1)


def _weights(p: Presented) -> Int64:
    """Yen for taxi vouchers, one for the others."""
    return np.where(p.kind == _TAXI, p.face, 1).astype(np.int64)


def _limits(p: Presented, parameters: Parameters) -> Int32:
    """The fare for taxi vouchers, the permitted number for the others."""
    limits = p.fare.copy()
    allowed = {Kind.PICKUP: parameters.pickup_per_ride, Kind.STRETCHER: parameters.stretcher_per_ride}
    for kind, number in allowed.items():
        rows = np.flatnonzero(p.kind == KINDS.index(kind))
        limits[rows] = number.on(p.used[rows])
    return limits


def _exact(p: Presented, rows: Rows, parameters: Parameters) -> Beyond:
    order = np.lexsort((p.kind, p.fare, p.used, p.number, p.operator))
    p, rows = p.part(order), rows[order]
    ride = _ride_numbers(p)
    before = np.cumsum(_weights(p)) - _weights(p)
    begins = np.searchsorted(ride, ride)
    excess = before - before[begins] + _weights(p) > _limits(p, parameters)
    affected = np.zeros(len(rows) + 1, np.bool_)
    affected[ride[excess]] = True
    taxi = p.kind == _TAXI
    return Beyond(rows[excess & taxi], rows[excess & ~taxi], np.sort(rows[affected[ride]]))


def _ride_numbers(p: Presented) -> NDArray[np.intp]:
    """0, 0, 1, … for sorted rows: one number a ride and kind."""
    changes = np.zeros(len(p), np.bool_)
    for column in (p.operator, p.number, p.used, p.fare, p.kind):
        changes[1:] |= column[1:] != column[:-1]
    return np.cumsum(changes)
