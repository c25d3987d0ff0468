"""明細 of a counting machine, column by column: a million vouchers in bounded memory.

A blank, and a number that cannot be read, are no errors of the file: the check later holds those vouchers. A value that
is there and cannot be meant (a day that is not in the calendar, a negative fare) is an error of its line.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from azukari.business.taxi import serials
from azukari.business.taxi.intake import values
from azukari.business.taxi.intake.types import BLANK_DAY, BLANK_YEN, UNKNOWN_KIND, UNREAD_SERIAL, VoucherColumns
from azukari.core.intake.api import Chunk, Table
from azukari.kernel.errors import BadInput

SERIAL, KIND, FACE, NAME = "券番号", "券種", "券面額", "氏名"
USED, FARE, NUMBER = "タクシー利用日", "タクシー代金", "認定番号"
TITLES = (SERIAL, KIND, FACE, NAME, USED, FARE, NUMBER)
_MOST_REMEMBERED = 200_000
Value = TypeVar("Value")


class _Column(dict[str, Value], Generic[Value]):
    """Reads each different text of a column once; few of a month's 100,000 differ."""

    def __init__(self, read: Callable[[str], Value], blank: Value) -> None:
        super().__init__()
        self._read, self._blank = read, blank
        self.faults: dict[str, BadInput] = {}

    def __missing__(self, text: str) -> Value:
        try:
            value = self._read(text) if text.strip() else self._blank
        except BadInput as error:
            self.faults[text] = error
            value = self._blank
        self[text] = value
        return value

    def forget(self) -> None:
        """Let go of what was read when it has become too much, as with a million different names."""
        if len(self) > _MOST_REMEMBERED:
            self.clear()
            self.faults.clear()

    def of(self, texts: Sequence[str]) -> list[Value]:
        """The values of some rows."""
        return list(map(self.__getitem__, texts))


class _Reader:
    """The columns of one file, and the parts read so far."""

    def __init__(self, table: Table) -> None:
        limits = table.limits
        self.table = table
        self.kinds = _Column(values.kind, UNKNOWN_KIND)
        self.faces = _Column(lambda text: values.amount(text, limits.voucher), BLANK_YEN)
        self.days = _Column(lambda text: _days(text, table.excel), BLANK_DAY)
        self.fares = _Column(lambda text: values.amount(text, limits.voucher), BLANK_YEN)
        self.names = _Column(lambda text: values.name(text, limits.name), "")
        self.numbers = _Column(lambda text: values.number(text, limits.number), "")
        self.serials = _Column(values.serial, UNREAD_SERIAL)
        self.columns: dict[str, _Column[int] | _Column[str]] = {
            SERIAL: self.serials,
            KIND: self.kinds,
            FACE: self.faces,
            NAME: self.names,
            USED: self.days,
            FARE: self.fares,
            NUMBER: self.numbers,
        }

    def part(self, chunk: Chunk) -> VoucherColumns:
        """The vouchers of one chunk; what is wrong in it goes to the table."""
        columns = chunk.columns
        part = VoucherColumns(
            np.array(chunk.lines, dtype=np.int64),
            self._serials(columns[SERIAL]),
            np.array(self.kinds.of(columns[KIND]), dtype=np.int8),
            np.array(self.faces.of(columns[FACE]), dtype=np.int32),
            np.array(self.days.of(columns[USED]), dtype=np.int32),
            np.array(self.fares.of(columns[FARE]), dtype=np.int32),
            self.names.of(columns[NAME]),
            self.numbers.of(columns[NUMBER]),
            list(columns[SERIAL]),
        )
        self._tell(chunk)
        return part

    def _serials(self, texts: Sequence[str]) -> NDArray[np.int64]:
        """Numbers as twelve digits go through at once, and only what is written otherwise is looked at by itself."""
        digits = serials.DIGITS
        odd = self.serials
        numbers = np.array(
            [int(text) if len(text) == digits and text.isdecimal() else odd[text] for text in texts], dtype=np.int64
        )
        numbers[~serials.are_right(numbers)] = UNREAD_SERIAL
        return numbers

    def _tell(self, chunk: Chunk) -> None:
        for title, column in self.columns.items():
            found = column.faults
            if found:
                for line, text in zip(chunk.lines, chunk.columns[title], strict=True):
                    if text in found:
                        self.table.problem(found[text], line, title, text)
            column.forget()


def read(table: Table, data: bytes) -> VoucherColumns | None:
    """The vouchers; None when something in the file is wrong, which is then among the problems of the table."""
    reader = _Reader(table)
    parts = [_without_blank_rows(table, chunk, reader.part(chunk)) for chunk in table.chunks(data)]
    if not table.problems and not any(map(len, parts)):
        why = "見出しだけです。途中で切れているかもしれません。"
        table.problem(BadInput("券の行がありません。", why, "もう一度書き出して、送り直してもらってください。"), None)
    return None if table.problems else _joined(parts)


def _days(text: str, excel: date) -> int:
    return (values.day(text, excel) - values.EPOCH).days


def _without_blank_rows(table: Table, chunk: Chunk, part: VoucherColumns) -> VoucherColumns:
    """Leave out rows in which every column is blank, as Excel writes below a table, and say so."""
    maybe = np.flatnonzero((part.kind == UNKNOWN_KIND) & (part.serial == UNREAD_SERIAL)).tolist()
    blank = [row for row in maybe if not any(column[row].strip() for column in chunk.columns.values())]
    if not blank:
        return part
    for row in blank:
        error = BadInput(
            "空の行です。", "どの欄にも何もないので、券として数えません。", "券があった行か、紙で確かめてください。"
        )
        table.warn(error, chunk.lines[row])
    return _taken(part, np.setdiff1d(np.arange(len(part)), np.array(blank)))


def _taken(part: VoucherColumns, rows: NDArray[np.int64]) -> VoucherColumns:
    places = rows.tolist()
    return VoucherColumns(
        part.row[rows],
        part.serial[rows],
        part.kind[rows],
        part.face[rows],
        part.used[rows],
        part.fare[rows],
        [part.names[place] for place in places],
        [part.numbers[place] for place in places],
        [part.as_written[place] for place in places],
    )


def _joined(parts: list[VoucherColumns]) -> VoucherColumns:
    return VoucherColumns(
        np.concatenate([part.row for part in parts]),
        np.concatenate([part.serial for part in parts]),
        np.concatenate([part.kind for part in parts]),
        np.concatenate([part.face for part in parts]),
        np.concatenate([part.used for part in parts]),
        np.concatenate([part.fare for part in parts]),
        [name for part in parts for name in part.names],
        [number for part in parts for number in part.numbers],
        [text for part in parts for text in part.as_written],
    )
