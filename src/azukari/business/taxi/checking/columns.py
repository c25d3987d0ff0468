"""All grounds of all vouchers at once, in columns. `scalar` says the same one voucher at a time, in words.

What a voucher shows by itself is found in blocks that stay in the processor's cache, so that time and working memory
grow with the number of vouchers and no faster. What it shows beside others (the same number again, one ride) needs the
whole: `index` gives each issued voucher a place in a dense table, and `rides` sorts only what can go beyond a fare.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from azukari.business.taxi import serials
from azukari.business.taxi.checking import rides
from azukari.business.taxi.checking.blocks import blocks
from azukari.business.taxi.checking.index import LOST, TAKEN, Index
from azukari.business.taxi.checking.types import (
    BLANK,
    BLANK_DAY,
    GROUNDS,
    NO_RULE,
    Bools,
    Checked,
    Int32,
    Int64,
    Parameters,
    Presented,
    Query,
    Register,
)
from azukari.business.taxi.types import Ground, Outcome

BITS = {ground: np.int32(ground.bit) for ground in Ground}
Rows = NDArray[np.intp]


class _Months(NamedTuple):
    """For every day from the first to the last month claimed: its month's end, and the first day not too late."""

    base: int
    end: Int32
    earliest: Int32


def check(presented: Presented, register: Register, parameters: Parameters) -> Int32:
    """The mask of grounds of every voucher (see `examine`)."""
    return examine(presented, register, parameters).mask


def examine(presented: Presented, register: Register, parameters: Parameters) -> Checked:
    """Every ground but OVER_INVOICE, for vouchers in order of receipt.

    A voucher whose number cannot be read is not looked up: only UNREADABLE, MISSING_ENTRY, LATE_CLAIM, QUERIED and a
    use after the month claimed (EARLY) can apply. One that was never issued has no booklet to differ from. A blank day
    of use applies to nothing that depends on the day.
    """
    mask, place = np.zeros(len(presented), np.int32), np.zeros(len(presented), np.int32)
    if not len(presented):
        none = np.zeros(0, np.intp)
        return Checked(mask, none, none, none)
    index, months = Index.of(register), _months(presented.month, parameters)
    for block in blocks(len(presented)):
        mask[block], place[block] = _alone(presented.part(block), index, months)
    again, first = _again(presented.serial, place, mask, index)
    mask[again] |= BITS[Ground.DUPLICATE]
    shared = rides.beyond(presented, mask, parameters)
    mask[shared.over] |= BITS[Ground.OVER_FARE]
    mask[shared.too_many] |= BITS[Ground.TYPE_LIMIT]
    return Checked(mask, again, first, shared.rows)


def deciding(mask: Int32) -> NDArray[np.int8]:
    """For each mask the place in `list(Ground)` of the ground that decides; BLANK where none applies."""
    lowest = np.bitwise_count((mask & -mask) - 1).astype(np.int8)
    return np.where(mask == 0, np.int8(BLANK), lowest)


def kept(presented: Presented, mask: Int32, outcomes: Mapping[Ground, Outcome]) -> Int64:
    """The sorted serials that a checked claim holds from now on, accepted or held: what the next check calls taken.

    `outcomes` says which grounds hold a voucher and which refuse it.
    """
    held = np.array([outcomes[ground] is Outcome.HELD for ground in GROUNDS] + [True])
    stays = held[deciding(mask)] & serials.are_right(presented.serial)
    return np.unique(presented.serial[stays])


def _alone(p: Presented, index: Index, months: _Months) -> tuple[Int32, Int32]:
    """What each voucher of a block shows by itself, and its place among the issued ones."""
    readable = serials.are_right(p.serial)
    payload = serials.payload(p.serial)
    place = index.places(payload, readable)
    found = _by_paper(p, readable, months) | _by_register(p, index, place, payload)
    found[Ground.NOT_ISSUED] = readable & (place == index.nowhere)
    found[Ground.NO_AGREEMENT] = readable & (p.used != BLANK_DAY) & ~index.agreements.cover(p)
    found[Ground.EARLY] |= p.used >= np.take(months.end, p.month - months.base)
    mask = np.zeros(len(p), np.int32)
    for ground, rows in found.items():
        mask |= rows * BITS[ground]
    return mask, place


def _by_paper(p: Presented, readable: Bools, months: _Months) -> dict[Ground, Bools]:
    blank = p.used == BLANK_DAY
    missing = ~p.named | blank | (p.fare == BLANK) | (p.queried == Query.MISSING_ENTRY)
    return {
        Ground.UNREADABLE: ~readable | (p.queried == Query.UNREADABLE),
        Ground.MISSING_ENTRY: missing,
        Ground.LATE_CLAIM: ~blank & (p.used < np.take(months.earliest, p.month - months.base)),
        Ground.QUERIED: p.queried == Query.OTHER,
    }


def _by_register(p: Presented, index: Index, place: Int32, payload: Int64) -> dict[Ground, Bools]:
    booklet = np.take(index.booklet, place)
    issued = place != index.nowhere
    noted = np.take(index.noted, place)
    of = index.columns
    return {
        Ground.DUPLICATE: (noted & TAKEN) != 0,
        Ground.DENOM: issued & ((np.take(of.kind, booklet) != p.kind) | (np.take(of.face, booklet) != p.face)),
        Ground.LOST: _lost(p, index, payload, np.flatnonzero(noted & LOST)),
        Ground.EARLY: (p.used < np.take(of.valid_from, booklet)) & (p.used != BLANK_DAY),
        Ground.EXPIRED: p.used >= np.take(of.valid_until, booklet),
        Ground.STOPPED: p.used >= np.take(of.stopped_on, booklet),
    }


def _lost(p: Presented, index: Index, payload: Int64, reported: Rows) -> Bools:
    """BLANK_DAY is ALWAYS: a blank day is not before a loss that always holds, and before any other."""
    lost = np.zeros(len(p), np.bool_)
    since = index.losses.since[np.searchsorted(index.losses.payload, payload[reported])]
    lost[reported] = p.used[reported] >= since
    return lost


def _again(serial: Int64, place: Int32, mask: Int32, index: Index) -> tuple[Rows, Rows]:
    """Rows whose number was there before, ascending, and the row that was first; BLANK where an earlier claim has it."""
    unknown = np.flatnonzero(mask & BITS[Ground.NOT_ISSUED])
    taken = np.flatnonzero(mask & BITS[Ground.DUPLICATE])
    taken = np.concatenate([taken, unknown[_within(index.taken, serial[unknown])]])
    met = _met_again(place, index)
    pairs = [_later(place[met], met), _later(serial[unknown], unknown)]
    later, first = (np.concatenate(side) for side in zip(*pairs, strict=True))
    again = np.union1d(later, taken)
    before = np.full(len(again), BLANK, np.intp)
    before[np.searchsorted(again, later)] = first
    before[np.searchsorted(again, taken)] = BLANK
    return again, before


def _met_again(place: Int32, index: Index) -> Rows:
    """All rows whose place another row has too, ascending.

    Each place keeps the number of one of its rows, no matter which: the rows that do not find themselves there share it.
    """
    keeper = np.zeros(index.nowhere + 1, np.int32)
    for block in blocks(len(place)):
        keeper[place[block].astype(np.intp)] = np.arange(block.start, block.stop)
    found = [block.start + _strangers(place[block], keeper, block.start, index.nowhere) for block in blocks(len(place))]
    sharing = np.concatenate(found)
    return np.union1d(sharing, keeper[place[sharing]]).astype(np.intp)


def _strangers(place: Int32, keeper: Int32, start: int, nowhere: int) -> Rows:
    """Rows of a block, which begins at `start`, whose place keeps the number of another row."""
    mine = np.take(keeper, place) == np.arange(start, start + len(place))
    return np.flatnonzero(~mine & (place != nowhere))


def _later(keys: Int32 | Int64, rows: Rows) -> tuple[Rows, Rows]:
    """Of ascending rows with keys: those whose key an earlier one has, and the first one with that key."""
    order = np.argsort(keys, kind="stable")
    ordered, rows = keys[order], rows[order]
    begins = np.ones(len(rows), np.bool_)
    begins[1:] = ordered[1:] != ordered[:-1]
    first = np.maximum.accumulate(np.where(begins, np.arange(len(rows)), 0))
    return rows[~begins], rows[first[~begins]]


def _within(values: Int64, wanted: Int64) -> Bools:
    """Which of `wanted` are among the sorted `values`."""
    at = np.searchsorted(values, wanted)
    padded = np.append(values, BLANK)
    return np.asarray(padded[at] == wanted)


def _months(claimed: Int32, parameters: Parameters) -> _Months:
    days = np.arange(int(claimed.min()), int(claimed.max()) + 1, dtype=np.int32)
    month = days.astype("datetime64[D]").astype("datetime64[M]")
    late = parameters.late_months.on(days)
    ruled = late != NO_RULE
    earliest = (month - np.where(ruled, late, 0)).astype("datetime64[D]").astype(np.int64)
    end = (month + 1).astype("datetime64[D]").astype(np.int32)
    return _Months(int(days[0]), end, np.where(ruled, earliest, BLANK_DAY).astype(np.int32))
