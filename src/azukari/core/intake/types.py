"""What arrives in files, and what is wrong with it. Plain values."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TypeAlias

from azukari.kernel.errors import BadInput

# Serial days of Excel count from here (or from 1904-01-01 in old files of Macs): five digits are 1927-05-18 and later.
EXCEL_1900, EXCEL_1904 = date(1899, 12, 30), date(1904, 1, 1)
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
class Original:
    """A file as it arrived: its name, SHA-256 (hex), size (bytes), where it is, and what it was read as."""

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
        """Those of one file, to those of the whole."""
        for problem in others.listed:
            self.add(problem)
        self.rest += others.rest

    def __bool__(self) -> bool:
        return bool(self.listed or self.rest)

    def in_order(self) -> tuple[Problem, ...]:
        """Those kept, by file and line; what concerns a whole file comes first."""
        return tuple(sorted(self.listed, key=lambda problem: (problem.file, problem.line or 0)))
