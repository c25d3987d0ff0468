"""Everything that is wrong with a 全銀 file, found in one walk: 総合振込, and 口座振替 (request and result)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from azukari.kernel.zengin.framing import Framing, Piece, frame
from azukari.kernel.zengin.records import (
    DATA,
    DEBIT,
    END,
    HEADER,
    KINDS,
    LAYOUTS,
    LENGTH,
    RECORDS,
    TRAILER,
    Field,
    byte_of,
    decoded,
    is_right,
    layout_name,
    shown,
)
from azukari.kernel.zengin.rules import complaints
from azukari.kernel.zengin.types import Finding, Level

FOLLOWS = {"": HEADER, HEADER: DATA, DATA: DATA + TRAILER, TRAILER: HEADER + END, END: ""}
_MISSING = {
    "": "ヘッダーレコードが",
    HEADER: "トレーラレコードとエンドレコードが",
    DATA: "トレーラレコードとエンドレコードが",
    TRAILER: "エンドレコードが",
}
_WHOLE = "レコード"
_PAID = "0"


@dataclass(slots=True)
class Section:
    """One header and what follows it up to its trailer.

    `kind` 種別コード; `header` its fields by key; `count` data records (件) and `amount` their yen; `paid_count` and
    `paid_amount` those of them with 振替結果コード 0. `is_whole` is False when an amount could not be read.
    """

    kind: str
    header: dict[str, str]
    count: int = 0
    amount: int = 0
    paid_count: int = 0
    paid_amount: int = 0
    is_whole: bool = True
    is_open: bool = True

    def add(self, row: dict[str, str]) -> None:
        """Add up one data record."""
        if not row["amount"].isdecimal():
            self.is_whole = False
            return
        self.amount += int(row["amount"])
        if row.get("result", _PAID) == _PAID:
            self.paid_count += 1
            self.paid_amount += int(row["amount"])

    def totals(self, given: dict[str, str]) -> dict[str, int]:
        """What its trailer ought to say, by key, of what can be said.

        A 口座振替 request says nothing yet of results: zeros, and so do its records.
        """
        right = {"count": self.count} | ({"total": self.amount} if self.is_whole else {})
        is_request = self.paid_count == self.count and not any(given.get(key, "0").strip("0") for key in _RESULTS)
        if self.kind != DEBIT or is_request or not self.is_whole:
            return right
        results = (self.paid_count, self.paid_amount, self.count - self.paid_count, self.amount - self.paid_amount)
        return right | dict(zip(_RESULTS, results, strict=True))


_RESULTS = ("paid_count", "paid_total", "unpaid_count", "unpaid_total")


@dataclass(frozen=True, slots=True)
class Survey:
    """What is in a file, as far as it can be read, and everything wrong with it."""

    findings: tuple[Finding, ...]
    sections: tuple[Section, ...]

    @property
    def ok(self) -> bool:
        """Nothing for which a bank has to refuse it."""
        return all(finding.level is not Level.ERROR for finding in self.findings)

    @property
    def kind(self) -> str | None:
        """種別コード of its first header; None without any."""
        return self.sections[0].kind if self.sections else None

    @property
    def count(self) -> int:
        """Data records, 件."""
        return sum(section.count for section in self.sections)

    @property
    def amount(self) -> int:
        """Their amounts, yen."""
        return sum(section.amount for section in self.sections)


def examine(data: bytes) -> list[Finding]:
    """Everything wrong with a file, in the order of its records; empty for whatever `transfer` makes."""
    return list(survey(data).findings)


def survey(data: bytes) -> Survey:
    """Walk once through a file. Never raises: what cannot be read is among the findings."""
    framing = frame(data)
    walk = _Walk(framing, list(framing.findings))
    for piece in framing.pieces:
        if not walk.is_lost:
            walk.take(piece)
    walk.finish(len(data))
    return Survey(tuple(walk.findings), tuple(walk.sections))


def values(fields: tuple[Field, ...], text: str) -> Iterator[tuple[str, str]]:
    """The fields of a 120-character record by key, names without their filling."""
    at = 0
    for one in fields:
        part = text[at : at + one.length]
        yield one.key, part.rstrip(" ")
        at += one.length


@dataclass
class _Walk:
    """Where in the file we are: the data record before, the section we are in, and what was found."""

    framing: Framing
    findings: list[Finding]
    sections: list[Section] = field(default_factory=list)
    last: str = ""
    kind: str = ""
    is_lost: bool = False

    def take(self, piece: Piece) -> None:
        """One record: its place, its length, its fields, its sums."""
        text = decoded(piece.data)
        code = text[:1]
        if code not in RECORDS:
            self._unknown(piece, code)
            return
        self._order(piece, code)
        if code == HEADER:
            self._begin(piece, text)
        if len(text) != LENGTH:
            self._length(piece)
        elif self.kind in LAYOUTS:
            self._fields(piece, text, layout_name(self.kind, text))

    def finish(self, size: int) -> None:
        """Say what is missing at the end of the file."""
        if self.framing.pieces and not self.is_lost and self.last != END:
            what = f"{_MISSING[self.last]}ありません。"
            self.findings.append(Finding(0, size, 0, _WHOLE, what, "ファイルが途中で切れたおそれがあります。"))

    def _found(self, piece: Piece, at: int, name: str, what: str, why: str, level: Level = Level.ERROR) -> None:
        self.findings.append(Finding(piece.number, piece.offset + at, at + 1, name, what, why, level))

    def _unknown(self, piece: Piece, code: str) -> None:
        self._distrust()
        self.is_lost = self.framing.is_uneven
        why = "前に長さの違うレコードがあり、この先の区切りが分かりません。ここから先は調べていません。"
        what = f"{byte_of(code)} で始まるレコードはありません。" if code else "空の行です。"
        self._found(piece, 0, "データ区分", what, why if self.is_lost else "1、2、8、9 のどれかで始まります。")

    def _order(self, piece: Piece, code: str) -> None:
        expected = FOLLOWS[self.last]
        if code not in expected:
            awaited = "か".join(RECORDS[one] for one in expected)
            why = f"ここには{awaited}レコードが来ます。" if awaited else "エンドレコードのあとには何も置けません。"
            self._found(piece, 0, _WHOLE, f"{RECORDS[code]}レコードが順序どおりではありません。", why)
        if code == DATA and self.sections and self.sections[-1].is_open:
            self.sections[-1].count += 1
        self.last = code

    def _length(self, piece: Piece) -> None:
        self._distrust()
        mixed = "片方だけの改行が混じっています。" if re.search(b"[\r\n]", piece.data) else ""
        what = f"長さが {len(piece.data)} バイトです。"
        self._found(piece, 0, _WHOLE, what, f"1レコードは {LENGTH} バイトです。{mixed}")

    def _distrust(self) -> None:
        if self.sections:
            self.sections[-1].is_whole = False

    def _begin(self, piece: Piece, text: str) -> None:
        first, self.kind = self.sections[0].kind if self.sections else "", text[1:3]
        if self.kind not in LAYOUTS:
            known = "、".join(f"{code} {name}" for code, name in KINDS.items())
            self._found(piece, 1, "種別コード", f"種別{shown(self.kind)}は調べられません。", f"{known}を扱います。")
        elif first not in {"", self.kind}:
            why = f"はじめのヘッダーは {first} です。1つのファイルは1つの種別にします。"
            self._found(piece, 1, "種別コード", f"種別が {self.kind} に変わっています。", why)
        fields = LAYOUTS[self.kind][HEADER] if self.kind in LAYOUTS else ()
        self.sections.append(Section(self.kind, dict(values(fields, text))))

    def _fields(self, piece: Piece, text: str, name: str) -> None:
        fields = LAYOUTS[self.kind][name]
        if not is_right(self.kind, name, text):
            self._complain(piece, text, fields)
        section = self.sections[-1] if self.sections else None
        if section and section.is_open and text[0] == DATA:
            section.add(dict(values(fields, text)))
        elif section and section.is_open and text[0] == TRAILER:
            self._sums(piece, text, fields, section)

    def _complain(self, piece: Piece, text: str, fields: tuple[Field, ...]) -> None:
        at = 0
        for one in fields:
            for wrong in complaints(one, text[at : at + one.length]):
                self._found(piece, at + wrong.at, one.name, wrong.what, wrong.why, wrong.level)
            at += one.length

    def _sums(self, piece: Piece, text: str, fields: tuple[Field, ...], section: Section) -> None:
        section.is_open = False
        given = dict(values(fields, text))
        right, at = section.totals(given), 0
        for one in fields:
            if one.key in right and given[one.key].isdecimal() and int(given[one.key]) != right[one.key]:
                what = f"{int(given[one.key]):,} と書かれていますが、データレコードからは {right[one.key]:,} です。"
                self._found(piece, at, one.name, what, "データレコードの合計と同じにします。")
            at += one.length
