"""What is found at a path, what an operator claims, and what is wrong with a file. Plain values.

The columns of a claim are those of the voucher and no others: 氏名, タクシー利用日, タクシー代金 and 福祉タクシー券等認定番号
are the four items of 諮問815 §5; kind, face value and number say which voucher it is. Whatever else a file holds is
named by its title and is not kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from azukari.business.taxi.types import Kind
from azukari.core.intake.types import Entry, Original, Page, Problem

BLANK_DAY = -(2**31)
BLANK_YEN = -1
UNREAD_SERIAL = 0
UNKNOWN_KIND = -1
KINDS = tuple(Kind)


@dataclass(frozen=True, slots=True)
class Package:
    """One claim folder inside a zip ("" is the zip itself). With `problems`, nothing in it may be used."""

    archive: Path
    folder: str
    entries: tuple[Entry, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def name(self) -> str:
        """For people: 0012.zip, or june.zip/0012."""
        return f"{self.archive.name}/{self.folder}" if self.folder else self.archive.name


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    """So many vouchers (枚) of one kind and face value, and their amount (円). `row` is the line of the file."""

    kind: Kind
    face: int
    count: int
    amount: int
    row: int


@dataclass(frozen=True, slots=True, eq=False)
class VoucherColumns:
    """The vouchers of one claim, a column an entry, all equally long.

    `row` is the line of the file at which the voucher begins; `serial` its number, 0 where it is blank, unreadable or
    fails its check digits, with `as_written` as it stood there; `kind` an index into `KINDS`, -1 unknown or blank;
    `face` and `fare` yen, -1 blank; `used` days since 1970-01-01, -2**31 blank; `names` as written, "" blank;
    `numbers` (認定番号) its digits, or as written where it is no number, "" blank.
    """

    row: NDArray[np.int64]
    serial: NDArray[np.int64]
    kind: NDArray[np.int8]
    face: NDArray[np.int32]
    used: NDArray[np.int32]
    fare: NDArray[np.int32]
    names: list[str]
    numbers: list[str]
    as_written: list[str]

    def __len__(self) -> int:
        return len(self.names)


@dataclass(frozen=True, slots=True)
class Claim:
    """What one operator claims for one month (諮問815 §2), read whole and without an error.

    `company` is 事業者番号; `month` the first day of 利用年月; `originals` every file read, pages among them, in the order
    invoice, vouchers, pages. `vouchers` is None where the vouchers came as images alone. `warnings` change nothing.
    """

    name: str
    company: str
    month: date
    received_on: date
    invoice: tuple[InvoiceLine, ...]
    vouchers: VoucherColumns | None
    pages: tuple[Page, ...]
    originals: tuple[Original, ...]
    warnings: tuple[Problem, ...] = ()

    @property
    def amount(self) -> int:
        """Claimed in all, in yen."""
        return sum(line.amount for line in self.invoice)

    @property
    def count(self) -> int:
        """Claimed in all, in 枚."""
        return sum(line.count for line in self.invoice)


@dataclass(frozen=True, slots=True)
class Rejected:
    """A claim of which nothing may be used: the problems in order of file and line, and how many more there are.

    `originals` are the files that could be read through, for whoever keeps what was refused.
    """

    name: str
    problems: tuple[Problem, ...]
    rest: int = 0
    originals: tuple[Original, ...] = ()
