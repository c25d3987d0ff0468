"""The lines of a piece of a receipt file and the places of their fields, found on the bytes and without decoding.

In cp932 a second byte is 0x40–0x7E or 0x80–0xFC, so comma, CR and LF are always themselves and can be cut at, while
backslash and bar may be half a kanji (表 能 ソ 予) and cannot. (記録条件仕様: Shift-JIS, CRLF, コンマ区切り)
"""

from __future__ import annotations

from functools import cache
from typing import Any, SupportsInt, TypeAlias

import numpy as np
import polars as pl
import pyarrow as pa

Numbers: TypeAlias = "np.ndarray[Any, Any]"
LF, CR, COMMA, MINUS, DOT, EOF, BLANK = 10, 13, 44, 45, 46, 0x1A, 32
_ZERO, _NINE = 48, 57
_MOST_DIGITS = 18
_MANY = 1 << 30


def name_of(record: str) -> int:
    """The two bytes of a record's name as one number."""
    return int.from_bytes(record.encode("ascii"), "big")


def one_of(role: Numbers, *records: str) -> Numbers:
    """Which of these names (as numbers) are those of the records."""
    return role == name_of(records[0]) if len(records) == 1 else _among(records)[role]


@cache
def _among(records: tuple[str, ...]) -> Numbers:
    """By name as a number: whether it is one of the records."""
    found = np.zeros(1 << 16, bool)
    found[[name_of(record) for record in records]] = True
    return found


class Lines:
    """Whole lines. `first` is the number of the first one in its file, counting from 1.

    data: the bytes (uint8). seps: where fields end (comma, or line end without its CR). base: the place in `seps` of each
    line's first field. count: fields a line. record: name_of its first two bytes.
    """

    def __init__(self, data: bytes, first: int) -> None:
        self.bytes = data
        self.data = np.frombuffer(data, np.uint8)
        self.first = first
        seps = np.flatnonzero((self.data == LF) | (self.data == COMMA))
        # One more in front: the field before the first ends where its line begins.
        self.edges = np.empty(len(seps) + 1, np.int32)
        self.edges[0], self.edges[1:] = -1, seps
        last = np.flatnonzero(self.data[seps] == LF)
        stops = seps[last]
        self.base = np.concatenate([last[:0] if not len(last) else [0], last[:-1] + 1])
        self.base = self.base.astype(np.int32)
        self.count = (last - self.base + 1).astype(np.int32)
        self.begins = np.concatenate([stops[:0] if not len(stops) else [0], stops[:-1] + 1])
        before = self.data[np.maximum(stops - 1, 0)]
        stops = stops - ((before == CR) & (stops > self.begins))
        # A file end mark that stood before this line when files were joined is no part of it.
        self.begins = self.begins + ((self.data[self.begins] == EOF) & (stops > self.begins)) if len(last) else stops
        self.stops = stops
        self.edges[last + 1] = stops
        self.record = self._records()
        self._last: tuple[Numbers, Numbers, Numbers, int] | None = None

    def __len__(self) -> int:
        return len(self.base)

    def _records(self) -> Numbers:
        long = self.stops - self.begins >= 2
        at = np.where(long, self.begins, 0)
        found = self.data[at].astype(np.uint16) * 256 + self.data[np.minimum(at + 1, len(self.data) - 1)]
        # A name is just two bytes: what follows is a comma or the end.
        named = long & (np.minimum(self.edges[self.base + 1], self.stops) - self.begins == 2)
        return np.where(named, found, 0)

    def number(self, line: SupportsInt) -> int:
        """The line's number in its file."""
        return self.first + int(line)

    def field(self, lines: Numbers, place: int) -> tuple[Numbers, Numbers]:
        """Where a field begins and how long it is (0 where a line has no such field)."""
        base, count, fewest = self._asked(lines)
        at = base + place
        if fewest > place:
            begins = self.edges[at] + 1
            return begins, self.edges[at + 1] - begins
        there = count > place
        at *= there
        begins = self.edges[at] + 1
        return begins, (self.edges[at + 1] - begins) * there

    def _asked(self, lines: Numbers) -> tuple[Numbers, Numbers, int]:
        """`base` and `count` of lines, and the fewest fields of one: several fields of the same lines are asked in turn."""
        if self._last is None or self._last[0] is not lines:
            count = self.count[lines]
            self._last = lines, self.base[lines], count, int(count.min(initial=_MANY))
        return self._last[1:]

    def text(self, line: SupportsInt) -> str:
        """A whole line, for a message or the raw table."""
        return decoded(self.bytes[self.begins[int(line)] : self.stops[int(line)]])


def record_names(role: Numbers) -> pl.Series:
    """The records' names, from their two bytes as numbers."""
    texts = np.ascontiguousarray(role.astype(">u2")).view(np.uint8)
    offsets = np.arange(0, 2 * len(role) + 1, 2, dtype=np.int64)
    return pl.Series(pa.LargeStringArray.from_buffers(len(role), pa.py_buffer(offsets), pa.py_buffer(texts)))


def decoded(content: bytes) -> str:
    """cp932; what is no character of it becomes U+FFFD."""
    return content.decode("cp932", errors="replace")


def integers(lines: Lines, chosen: Numbers, place: int) -> tuple[Numbers, Numbers, Numbers]:
    """(values, which are there, which are no numbers). A leading minus is read; blanks around are not there."""
    begins, widths = lines.field(chosen, place)
    data = lines.data
    values = np.zeros(len(chosen), np.int64)
    wrong = widths > _MOST_DIGITS
    live = np.flatnonzero((widths > 0) & ~wrong)
    stops = (begins + widths)[live]
    lows = begins[live]
    power = np.int64(1)
    while len(live):
        # Of one byte each: what is less than "0" wraps round to more than 9.
        digits = data[stops - 1] - np.uint8(_ZERO)
        odd = digits > 9
        if odd.any():
            minus = odd & (data[stops - 1] == MINUS) & (stops - 1 == lows) & (power > 1)
            values[live[minus]] *= -1
            wrong[live[odd & ~minus]] = True
            digits = np.where(odd, 0, digits)
        values[live] += digits * power
        stops = stops - 1
        on = (stops > lows) & ~odd
        live, stops, lows = live[on], stops[on], lows[on]
        power = power * 10
    return values, widths > 0, wrong


def decimals(lines: Lines, chosen: Numbers, place: int) -> tuple[Numbers, Numbers, Numbers]:
    """Like `integers`, with one point allowed (使用量 5.5, 3.0)."""
    begins, widths = lines.field(chosen, place)
    values, scale = np.zeros(len(chosen)), np.zeros(len(chosen))
    wrong = widths > _MOST_DIGITS
    live = np.flatnonzero((widths > 0) & ~wrong)
    at, stops = begins[live], (begins + widths)[live]
    while len(live):
        found = lines.data[at]
        point = (found == DOT) & (scale[live] == 0)
        digit = (found >= _ZERO) & (found <= _NINE)
        wrong[live[~(point | digit)]] = True
        shift = np.where(digit, 10.0, 1.0)
        values[live] = values[live] * shift + np.where(digit, found.astype(float) - _ZERO, 0)
        scale[live] = np.where(point, 1.0, scale[live] * np.where(digit & (scale[live] > 0), 10.0, 1.0))
        at = at + 1
        on = at < stops
        live, at, stops = live[on], at[on], stops[on]
    return values / np.maximum(scale, 1.0), widths > 0, wrong


def gathered(lines: Lines, begins: Numbers, widths: Numbers) -> tuple[Numbers, Numbers]:
    """The bytes of many stretches one behind the other, and where each begins in them (one more at the end)."""
    offsets = np.zeros(len(widths) + 1, np.int64)
    np.cumsum(widths, out=offsets[1:])
    if not len(widths):
        return np.zeros(0, np.uint8), offsets
    width = int(widths[0])
    if width and int(offsets[-1]) == width * len(widths) and bool((widths == width).all()):
        rows = np.lib.stride_tricks.sliding_window_view(lines.data, width)[begins]
        return rows.reshape(-1), offsets
    places = np.repeat(begins - offsets[:-1], widths) + np.arange(offsets[-1])
    return lines.data[places], offsets


def ascii_texts(lines: Lines, chosen: Numbers, place: int) -> pl.Series:
    """A field that has no kanji (codes, 負担区分) as text; null where it is empty. Bytes above 0x7F become '?'."""
    begins, widths = lines.field(chosen, place)
    content, offsets = gathered(lines, begins, widths)
    if len(content) and int(content.max()) > 0x7F:
        content = np.where(content > 0x7F, 0x3F, content).astype(np.uint8)
    return _strings(content, offsets, widths > 0)


def kanji_texts(lines: Lines, begins: Numbers, widths: Numbers) -> tuple[pl.Series, Numbers]:
    """Decoded stretches (null where empty), and those that hold something that is no cp932 character."""
    content, offsets = gathered(lines, begins, widths + 1)
    content = content.copy()
    content[offsets[1:] - 1] = LF
    blob = content.tobytes()
    odd: list[int] = []
    try:
        text = blob.decode("cp932")
    except UnicodeDecodeError:
        words = [decoded(one) for one in blob.split(b"\n")]
        odd = [place for place, word in enumerate(words) if "\ufffd" in word]
        text = "\n".join(words)
    found = np.frombuffer(text.encode(), np.uint8)
    ends = np.flatnonzero(found == LF)
    stops = np.concatenate([[0], ends - np.arange(len(ends))])
    return _strings(found[found != LF], stops, widths > 0), np.array(odd, np.int64)


def series(values: Numbers, there: Numbers) -> pl.Series:
    """A column of numbers, null where there is none."""
    # pa.array of a numpy array would load the whole of pandas first, which takes longer than a month of receipts.
    kind, held = pa.from_numpy_dtype(values.dtype), pa.py_buffer(np.ascontiguousarray(values))
    return pl.Series(pa.Array.from_buffers(kind, len(values), [_valid(there), held]))


def _valid(there: Numbers) -> pa.Buffer | None:
    return None if bool(there.all()) else pa.py_buffer(np.packbits(there, bitorder="little"))


def _strings(content: Numbers, offsets: Numbers, there: Numbers) -> pl.Series:
    valid = _valid(there)
    texts = pa.py_buffer(np.ascontiguousarray(content))
    return pl.Series(pa.LargeStringArray.from_buffers(len(offsets) - 1, pa.py_buffer(offsets), texts, valid))
