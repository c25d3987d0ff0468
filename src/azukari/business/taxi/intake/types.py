"""What is found at a path, what an operator claims, and what is wrong with a file. Plain values.

The columns of a claim are those of the voucher and no others: 氏名, タクシー利用日, タクシー代金 and 福祉タクシー券等認定番号
are the four items of 諮問815 §5; kind, face value and number say which voucher it is. Whatever else a file holds is
named by its title and is not kept.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from azukari.business.taxi.types import Kind
from azukari.kernel.errors import BadInput

BLANK_DAY = -(2**31)
BLANK_YEN = -1
UNREAD_SERIAL = 0
UNKNOWN_KIND = -1
KINDS = tuple(Kind)
_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of anything is accepted. Neither law nor 諮問815 sets these: they are ours, and a caller may give others.

    `entries`, `total` (bytes) and `ratio` are of one zip, `ratio` counting only above `small` bytes; `table` (bytes) of
    one CSV or Excel file and `unpacked` (bytes) of what an Excel file holds; `rows` and `cells` of one table; `voucher`
    and `line` in yen, of one voucher and of one line of an invoice (総合振込 has ten digits); `name`, `number` and
    `code` in characters; `problems` is how many are listed.
    """

    entries: int = 20_000
    total: int = 1 << 30
    ratio: int = 200
    small: int = 1 << 20
    table: int = 256 << 20
    unpacked: int = 512 << 20
    rows: int = 1_000_000
    cells: int = 16_000_000
    voucher: int = 9_999_999
    line: int = 9_999_999_999
    name: int = 60
    number: int = 12
    code: int = 8
    problems: int = 200


LIMITS = Limits()


def shown(text: str) -> str:
    """A value as it may be shown: at most 40 characters, none of which a screen would obey."""
    short = text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in short)


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong at one place. `line` counts from 1 as an editor or Excel does; None is the file as a whole."""

    file: str
    line: int | None
    column: str
    value: str
    what: str
    why: str
    next_step: str

    @classmethod
    def of(cls, error: BadInput, file: str, line: int | None = None, column: str = "", value: str = "") -> Problem:
        """An error, put where it happened."""
        return cls(file, line, column, shown(value), error.what, error.why, error.next_step)

    def __str__(self) -> str:
        line = "" if self.line is None else f" {self.line}行目"
        column = f"「{self.column}」" if self.column else ""
        return f"{self.file}{line}{column}: {self.what} {self.why} {self.next_step}"


@dataclass(frozen=True, slots=True)
class Entry:
    """A file inside a zip, where it lies and how long it is (bytes, packed and unpacked)."""

    archive: Path
    name: str
    offset: int
    packed: int
    size: int
    crc: int
    deflated: bool


Source: TypeAlias = Path | Entry


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
class Original:
    """A file as it arrived: its name in the claim, SHA-256 (hex), size (bytes), where it is, and what it was read as."""

    name: str
    sha256: str
    size: int
    path: Source
    read_as: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """The image of one voucher. Inside a zip it has a file of its own only once it is kept."""

    path: Source
    sha256: str
    size: int


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


@dataclass(slots=True)
class Problems:
    """Gathers problems: the first `most` are kept, the rest counted."""

    most: int
    listed: list[Problem] = field(default_factory=list)
    rest: int = 0

    def add(self, problem: Problem) -> None:
        """One more."""
        if len(self.listed) < self.most:
            self.listed.append(problem)
        else:
            self.rest += 1

    def extend(self, others: Problems) -> None:
        """Those of one file, to those of the claim."""
        for problem in others.listed:
            self.add(problem)
        self.rest += others.rest

    def __bool__(self) -> bool:
        return bool(self.listed or self.rest)

    def in_order(self) -> tuple[Problem, ...]:
        """Those kept, by file and line; what concerns a whole file comes first."""
        return tuple(sorted(self.listed, key=lambda problem: (problem.file, problem.line or 0)))
