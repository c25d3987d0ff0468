"""Columns that go into a check and what comes out of it. Days are counted from 1970-01-01; periods are half-open.

Numbers in columns stand for what they count or name; a kind is its place in `list(Kind)`. Sources: 諮問815 §2 and §5 for
what a claim is made of; which grounds follow is in `data/grounds.toml`, each with its own source.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date
from enum import IntEnum
from typing import TYPE_CHECKING, Any, TypeAlias

from azukari.business.taxi.types import Ground, Kind, StopReason

if TYPE_CHECKING:
    # Only named here: a server that starts has no need to load it.
    import numpy as np
    from numpy.typing import NDArray

Bools: TypeAlias = "NDArray[np.bool_]"
Int8: TypeAlias = "NDArray[np.int8]"
Int32: TypeAlias = "NDArray[np.int32]"
Int64: TypeAlias = "NDArray[np.int64]"

BLANK_DAY = -(2**31)
ALWAYS = BLANK_DAY
NEVER = 2**31 - 1
BLANK = -1
NO_RULE = NEVER
KINDS = tuple(Kind)
GROUNDS = tuple(Ground)
STOPS = tuple(StopReason)
EPOCH = date(1970, 1, 1).toordinal()


class Query(IntEnum):
    """What the contractor asked about a voucher."""

    NONE = 0
    UNREADABLE = 1
    MISSING_ENTRY = 2
    OTHER = 3


@dataclass(frozen=True, slots=True)
class Table:
    """Columns of one length. Raises ValueError when they are not."""

    def __post_init__(self) -> None:
        if len({len(column) for column in self._columns()}) > 1:
            raise ValueError(f"{type(self).__name__} の列の長さが揃っていません")

    def __len__(self) -> int:
        return len(next(self._columns()))

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """Row by row in plain Python, for small tables and for tests."""
        return zip(*(column.tolist() for column in self._columns()), strict=True)

    def _columns(self) -> Iterator[NDArray[np.generic]]:
        return (getattr(self, field.name) for field in fields(self))


@dataclass(frozen=True, slots=True)
class Presented(Table):
    """Vouchers in order of receipt, one a row.

    `serial` with check digits, 0 where nothing could be read; `operator` the company's key; `face` in yen, not negative;
    `used` a day or BLANK_DAY; `fare` in yen or BLANK; `number` the certificate number as written, or BLANK; `named`
    whether a name was written; `queried` a Query; `batch` the claim's key; `month` the first day of the month claimed.
    """

    serial: Int64
    operator: Int32
    kind: Int8
    face: Int32
    used: Int32
    fare: Int32
    number: Int64
    named: Bools
    queried: Int8
    batch: Int32
    month: Int32

    def part(self, rows: slice | NDArray[np.intp] | Bools) -> Presented:
        """Some of the rows, in the order given."""
        return Presented(*(getattr(self, field.name)[rows] for field in fields(self)))


@dataclass(frozen=True, slots=True)
class Booklets(Table):
    """Runs of issued vouchers, sorted and apart: `first` to `last` are `serials.payload`s, both inclusive.

    Good for `valid_from <= day < valid_until` and before `stopped_on` (NEVER when not stopped; `stop_reason` is a place
    in `list(StopReason)` or BLANK). `holder` is the person's key, `number` the certificate number.
    """

    first: Int64
    last: Int64
    kind: Int8
    face: Int32
    holder: Int64
    number: Int64
    valid_from: Int32
    valid_until: Int32
    stopped_on: Int32
    stop_reason: Int8

    def __post_init__(self) -> None:
        # Without arguments `super()` would be that of the class before `slots` made another of it.
        Table.__post_init__(self)
        if (self.first > self.last).any() or (self.last[:-1] >= self.first[1:]).any():
            raise ValueError("冊の券番号が昇順でないか、重なっています")


@dataclass(frozen=True, slots=True)
class Losses(Table):
    """Vouchers reported lost from a day on, or voided or returned (ALWAYS). Sorted by `payload`, then `since`."""

    payload: Int64
    since: Int32


@dataclass(frozen=True, slots=True)
class Agreements(Table):
    """協定 of a company for a kind of voucher, `since <= day < until` (NEVER when it has no end), in any order."""

    operator: Int32
    kind: Int8
    since: Int32
    until: Int32


@dataclass(frozen=True, slots=True)
class Register:
    """What the ward knows. `taken` are sorted serials that a claim checked earlier holds: accepted, or held and open."""

    booklets: Booklets
    losses: Losses
    agreements: Agreements
    taken: Int64


@dataclass(frozen=True, slots=True)
class Dated:
    """A number that changes on given days: (first day, number), oldest first. No rule before the first of them."""

    steps: tuple[tuple[int, int], ...]

    def at(self, day: int) -> int | None:
        """The number on a day; None when there was no rule."""
        return next((value for since, value in reversed(self.steps) if since <= day), None)

    def on(self, days: Int32) -> Int32:
        """`at` for a column; NO_RULE, which nothing exceeds, when there was none."""
        import numpy as np

        since = np.array([since for since, _ in self.steps], np.int64)
        values = np.array([NO_RULE, *(value for _, value in self.steps)], np.int32)
        return np.take(values, np.searchsorted(since, days, side="right"))


@dataclass(frozen=True, slots=True)
class Parameters:
    """Numbers of the rules that are not settled for ever.

    `late_months`: how many months before the month claimed a voucher may have been used, by month claimed.
    `pickup_per_ride` and `stretcher_per_ride`: vouchers (枚) of one ride, by day of use.
    """

    late_months: Dated
    pickup_per_ride: Dated
    stretcher_per_ride: Dated


@dataclass(frozen=True, slots=True)
class Checked:
    """`mask` [n] int32: the bits of every ground that applies; 0 is paid.

    `again` are the rows that are DUPLICATE, ascending, and `first` the row that was there before each, BLANK where an
    earlier claim has it. `rides` are all rows of the rides in which a voucher went beyond: what explains OVER_FARE.
    """

    mask: Int32
    again: NDArray[np.intp]
    first: NDArray[np.intp]
    rides: NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Invoice(Table):
    """Lines of the companies' invoices; `count` in 枚, claimed is `face` × `count` yen. Lines of one key are added up."""

    operator: Int32
    month: Int32
    kind: Int8
    face: Int32
    count: Int64


@dataclass(frozen=True, slots=True)
class Lines(Table):
    """The three-way match, one row an operator, month, kind and face value, in that order. Counts are 枚.

    `counted` presented, `claimed` on the invoice, `valid` without any ground before the invoice was looked at, and
    `withheld` [lines, grounds] by the ground that decides. `claimed = paid + Σ withheld + variance`, in 枚 and in yen.
    """

    operator: Int32
    month: Int32
    kind: Int8
    face: Int32
    counted: Int64
    claimed: Int64
    valid: Int64
    withheld: Int64

    @property
    def paid(self) -> Int64:
        """枚 to be paid: never more than claimed."""
        import numpy as np

        return self.counted - np.asarray(self.withheld.sum(axis=1), np.int64)

    @property
    def variance(self) -> Int64:
        """枚 on the invoice that were not among the vouchers; negative when more came than were claimed."""
        return self.claimed - self.counted

    def yen(self, count: Int64) -> Int64:
        """A column of 枚 of these lines in yen."""
        return count * self.face
