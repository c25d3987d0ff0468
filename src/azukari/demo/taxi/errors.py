"""A month's vouchers while some of them are broken, and what must follow from each break.

A break marks its rows with the grounds that follow from it, also those that follow by accident: a ride moved into the
next month may fall after a stop. Nothing here looks for errors; that is the check's business, and this is its answer
key. One ride is broken once at most, and no break makes two rides of one holder look like one (company, day, fare).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from azukari.business.taxi.types import Ground
from azukari.demo.taxi.known import Known
from azukari.demo.taxi.rides import Rows

Mask = NDArray[np.bool_]
Places = NDArray[np.intp]


@dataclass(slots=True)
class Breaker:
    """A month's rows, in order of ride, while they are being broken.

    `open` are the rows that may be: not in a claim held as a whole, not a picture alone; `listed` those whose number may
    be spoilt too. `companies` are those a row may be moved to. `more` are rows to be put in besides, and `again` those of
    them that show a number a second time, with the row that shows it too.
    """

    rng: Generator
    known: Known
    rows: Rows
    open: Mask
    listed: Mask
    companies: Sequence[int]
    broken: Mask
    taken: set[tuple[int, int, int, int]]
    more: list[Rows] = field(default_factory=list)
    again: list[tuple[int, int]] = field(default_factory=list)

    def candidates(self, mask: Mask | bool = True) -> Iterator[int]:
        """Rows that may still be broken, in a drawn order. Breaking a ride puts its other rows out of reach."""
        drawn = np.flatnonzero(self.open & ~self.broken[self.rows.ride] & mask)
        self.rng.shuffle(drawn)
        for row in drawn.tolist():
            if not self.broken[self.rows.ride[row]]:
                yield row

    def of_ride(self, row: int) -> Places:
        """All rows of the row's ride, in order."""
        ride = self.rows.ride[row]
        first, end = np.searchsorted(self.rows.ride, [ride, ride + 1])
        return np.arange(first, end)

    def mark(self, row: int, *grounds: Ground) -> None:
        """The row must be found to have these grounds, and its ride is broken."""
        for ground in grounds:
            self.rows.grounds[row] |= ground.bit
        self.broken[self.rows.ride[row]] = True

    def put(self, row: int, *, ride: int | None = None, order: int, **changed: int) -> Rows:
        """A row besides, like `row` but for what is changed."""
        copy = self.rows.part(np.array([row]))
        copy.order[0], copy.grounds[0] = order, 0
        copy.ride[0] = self.rows.ride[row] if ride is None else ride
        for name, value in changed.items():
            getattr(copy, name)[0] = value
        self.more.append(copy)
        return copy

    def free(self, company: int, holder: int, day: int, fare: int) -> bool:
        """Take a ride for oneself; False when the holder has such a ride already."""
        key = (int(company), int(holder), int(day), int(fare))
        if key in self.taken:
            return False
        self.taken.add(key)
        return True

    def on_day(self, row: int, day: int) -> list[Ground]:
        """What follows from using the row's voucher, with the row's company, on that day."""
        rows, lots, span = self.rows, self.known.lots, self.known.span
        holder, sort, kind = int(rows.holder[row]), int(rows.sort[row]), int(rows.kind[row])
        found = {
            Ground.EARLY: day < lots.valid_from[holder, sort] or day >= span.after,
            Ground.EXPIRED: day >= lots.valid_until[holder, sort],
            Ground.STOPPED: day >= self.known.stopped[holder, self.known.sorts[sort][0]],
            Ground.NO_AGREEMENT: not self.known.agreed(int(rows.company[row]), kind, day),
            Ground.LATE_CLAIM: day < span.before,
        }
        return [ground for ground, follows in found.items() if follows]

    def move_day(self, row: int, day: int) -> bool:
        """Write another day of use on one voucher, and mark what follows."""
        rows = self.rows
        if not self.free(rows.company[row], rows.holder[row], day, rows.fare[row]):
            return False
        rows.day[row] = day
        self.mark(row, *self.on_day(row, day))
        return True
