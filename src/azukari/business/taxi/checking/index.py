"""The register made ready for looking up millions of vouchers: a place for each issued one, without gaps.

Memory is five bytes an issued voucher, whatever numbers were given out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from azukari.business.taxi import serials
from azukari.business.taxi.checking.types import (
    BLANK_DAY,
    KINDS,
    NEVER,
    Agreements,
    Booklets,
    Bools,
    Int8,
    Int32,
    Int64,
    Losses,
    Presented,
    Register,
)

LOST, TAKEN = np.uint8(1), np.uint8(2)
_DAY_BITS = 32


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of booklets that grounds ask for, and behind the last booklet one that nothing differs from."""

    kind: Int8
    face: Int32
    valid_from: Int32
    valid_until: Int32
    stopped_on: Int32

    @classmethod
    def of(cls, booklets: Booklets) -> Columns:
        """With the row behind the last, for vouchers that were never issued: good on every day."""
        return cls(
            np.append(booklets.kind, np.int8(0)),
            np.append(booklets.face, np.int32(0)),
            np.append(booklets.valid_from, np.int32(BLANK_DAY)),
            np.append(booklets.valid_until, np.int32(NEVER)),
            np.append(booklets.stopped_on, np.int32(NEVER)),
        )


@dataclass(frozen=True, slots=True)
class Cover:
    """Agreements by slot, a company and kind: its longest agreement, and all of them for the days outside that.

    `starts` and `ends` hold slot and day in one number, sorted; an end is the latest so far, so that a day lies in an
    agreement exactly when the last one that began has an end after it, also where agreements overlap.
    """

    operators: Int32
    since: Int32
    until: Int32
    starts: Int64
    ends: Int64

    @classmethod
    def of(cls, agreements: Agreements) -> Cover:
        """From agreements in any order."""
        operators = np.unique(agreements.operator)
        slot = np.searchsorted(operators, agreements.operator) * len(KINDS) + agreements.kind.astype(np.intp)
        order = np.argsort(_packed(slot, agreements.since))
        slot, begin, end = slot[order], agreements.since[order], agreements.until[order]
        since = np.full((len(operators) + 1) * len(KINDS), NEVER, np.int32)
        until = np.full(len(since), BLANK_DAY, np.int32)
        by_length = np.argsort(end.astype(np.int64) - begin, kind="stable")
        longest = {int(slot[row]): row for row in by_length}
        for one, row in longest.items():
            since[one], until[one] = begin[row], end[row]
        return cls(operators, since, until, _packed(slot, begin), np.maximum.accumulate(_packed(slot, end)))

    def cover(self, p: Presented) -> Bools:
        """Whether an agreement of the company for the kind presented contains the day of use."""
        at = np.searchsorted(self.operators, p.operator)
        known = np.append(self.operators, NEVER)[at] == p.operator
        slot = np.where(known, at, len(self.operators)) * len(KINDS) + p.kind.astype(np.intp)
        within = (np.take(self.since, slot) <= p.used) & (p.used < np.take(self.until, slot))
        rest = np.flatnonzero(~within)
        within[rest] = self._any(_packed(slot[rest], p.used[rest]))
        return np.asarray(within & known)

    def _any(self, days: Int64) -> Bools:
        last = np.searchsorted(self.starts, days, side="right")
        return np.asarray(np.append(np.int64(-1), self.ends)[last] > days)


@dataclass(frozen=True, slots=True)
class Index:
    """Places 0 to `nowhere` − 1 for the issued vouchers in order of payload; `nowhere` for all others.

    Booklets without a gap between them are one run: `run_first`, `run_last`, and `shift` from payload to place, with a
    run behind which nothing lies at the front. `booklet` and `noted` (LOST, TAKEN) are by place.
    """

    run_first: Int64
    run_last: Int64
    shift: Int64
    booklet: Int32
    noted: NDArray[np.uint8]
    columns: Columns
    losses: Losses
    taken: Int64
    agreements: Cover

    @classmethod
    def of(cls, register: Register) -> Index:
        """Ready for one check; the register's columns are used as they are."""
        books = register.booklets
        sizes = books.last - books.first + 1
        starts = np.cumsum(sizes) - sizes
        breaks = np.flatnonzero(np.append(True, books.first[1:] != books.last[:-1] + 1)[: len(books)])
        ends = np.append(breaks[1:], len(books))[: len(breaks)] - 1
        booklet = np.append(np.repeat(np.arange(len(books), dtype=np.int32), sizes), np.int32(len(books)))
        index = cls(
            run_first=books.first[breaks],
            run_last=np.append(np.int64(-1), books.last[ends]),
            shift=np.append(np.int64(0), (books.first - starts)[breaks]),
            booklet=booklet,
            noted=np.zeros(len(booklet), np.uint8),
            columns=Columns.of(books),
            losses=register.losses,
            taken=register.taken,
            agreements=Cover.of(register.agreements),
        )
        index._note(register.losses.payload, LOST)
        index._note(serials.payload(register.taken), TAKEN)
        return index

    @property
    def nowhere(self) -> int:
        """The place of what was never issued."""
        return len(self.booklet) - 1

    def places(self, payload: Int64, readable: Bools) -> Int32:
        """The place of each voucher among the issued ones."""
        run = np.searchsorted(self.run_first, payload, side="right")
        issued = readable & (payload <= np.take(self.run_last, run))
        return np.where(issued, payload - np.take(self.shift, run), self.nowhere).astype(np.int32)

    def _note(self, payload: Int64, what: np.uint8) -> None:
        self.noted[self.places(payload, np.ones(len(payload), np.bool_))] |= what
        self.noted[-1] = 0


def locate(serial: Int64, booklets: Booklets) -> Int32:
    """The row of the booklet each serial is in; −1 for what cannot be read or was never issued. For small columns."""
    payload = serials.payload(serial)
    row = np.searchsorted(booklets.first, payload, side="right") - 1
    within = serials.are_right(serial) & (row >= 0) & (payload <= np.append(booklets.last, np.int64(-1))[row])
    return np.where(within, row, -1).astype(np.int32)


def _packed(slot: NDArray[np.intp], day: Int32) -> Int64:
    """A slot and a day in one number that sorts by both."""
    return (slot.astype(np.int64) << _DAY_BITS) + day - BLANK_DAY
