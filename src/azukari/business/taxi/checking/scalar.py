"""One voucher at a time, in plain Python and in words: why it is not paid, with the facts.

This is written apart from `columns`, on calendar days and without its tables, so that each checks the other. It answers
for the few vouchers that somebody looks at, and for whole months in the tests.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from azukari.business.taxi import serials
from azukari.business.taxi.checking.types import Query
from azukari.business.taxi.types import Ground, Kind, StopReason
from azukari.kernel.errors import Broken
from azukari.kernel.money import yen
from azukari.kernel.period import Period


class Line(NamedTuple):
    """One voucher as presented; None for what is blank, `row` its place in order of receipt. See `types.Presented`."""

    row: int
    serial: int
    operator: int
    kind: Kind
    face: int
    used: date | None
    fare: int | None
    number: int | None
    named: bool
    query: Query
    batch: int
    month: date


class Booklet(NamedTuple):
    """A booklet as `types.Booklets` has it; `stopped_on` None when it was not stopped."""

    kind: Kind
    face: int
    number: int | None
    valid_from: date
    valid_until: date
    stopped_on: date | None
    stop_reason: StopReason | None


class Finding(NamedTuple):
    """A ground that applies. `words` may be told to the company; `detail` is for the ward only (why, and who else)."""

    ground: Ground
    words: str
    detail: str = ""

    @property
    def in_full(self) -> str:
        """For the ward: 6月12日の利用ですが、6月1日に停止されています（転出）"""
        return f"{self.words}（{self.detail}）" if self.detail else self.words


Key = tuple[int, date, Kind, int]
Ride = tuple[int, int, date, int, Kind]


@dataclass(frozen=True)
class Books:
    """The register in plain Python.

    `firsts` and `lasts` are payloads of the sorted booklets, `booklet` gives the one in a place; a loss since None always
    holds; `taken` are the serials that a claim checked earlier holds.
    """

    firsts: list[int]
    lasts: list[int]
    booklet: Callable[[int], Booklet]
    losses: Mapping[int, date | None]
    agreements: Mapping[tuple[int, Kind], list[Period]]
    taken: Container[int] = frozenset()

    def find(self, serial: int) -> Booklet | None:
        """The booklet a serial is in."""
        wanted = serials.payload(serial)
        at = bisect_right(self.firsts, wanted) - 1
        return self.booklet(at) if at >= 0 and wanted <= self.lasts[at] else None


@dataclass(frozen=True)
class Terms:
    """The dated numbers: months a claim may be late by month claimed, and 枚 of one ride by day. None: no rule then."""

    late_months: Callable[[date], int | None]
    per_ride: Callable[[Kind, date], int | None]


class Case(NamedTuple):
    """A voucher and what it is judged by.

    `booklet` is None for what cannot be read or was never issued; `first` the line that showed the number before. `total`
    is what its `ride` has used up with it, in yen or 枚: a voucher that cannot be read, was never issued or was there
    before is in no ride.
    """

    line: Line
    readable: bool
    booklet: Booklet | None
    taken: bool
    first: Line | None
    ride: Ride | None
    total: int
    books: Books
    terms: Terms


@dataclass
class History:
    """What was received before: who showed each serial first, and what each ride has used up, in yen or 枚."""

    first: dict[int, Line] = field(default_factory=dict)
    used_up: dict[Ride, int] = field(default_factory=dict)

    def look(self, line: Line, books: Books, terms: Terms) -> Case:
        """The line beside the register and what was received before it."""
        readable = serials.is_right(line.serial)
        booklet = books.find(line.serial) if readable else None
        taken = readable and line.serial in books.taken
        first = self.first.get(line.serial) if readable else None
        apart = booklet is None or taken or first is not None or line.query is Query.UNREADABLE
        ride = None if apart else _ride(line)
        total = self.used_up.get(ride, 0) + _weight(line) if ride else 0
        return Case(line, readable, booklet, taken, first, ride, total, books, terms)

    def add(self, case: Case) -> None:
        """The voucher was received. To be called once for each, in order of receipt."""
        if case.ride:
            self.used_up[case.ride] = case.total
        if case.readable and case.first is None:
            self.first[case.line.serial] = case.line


def judge(line: Line, books: Books, history: History, terms: Terms) -> tuple[Finding, ...]:
    """Every ground but OVER_INVOICE that applies, in order of precedence; none when the voucher is good."""
    return _findings(history.look(line, books, terms))


def judge_all(lines: Iterable[Line], books: Books, terms: Terms) -> Iterator[tuple[Line, tuple[Finding, ...]]]:
    """Judge lines in order of receipt, each beside those before it."""
    history = History()
    for line in lines:
        case = history.look(line, books, terms)
        history.add(case)
        yield line, _findings(case)


def confirm(case: Case, mask: int) -> tuple[Finding, ...]:
    """The findings of the grounds in a mask, each judged again. Raises Broken when one does not apply."""
    found = []
    while mask:
        bit = mask & -mask
        mask ^= bit
        finding = _BY_BIT[bit](case)
        if finding is None:
            raise _disagreement(case.line, bit)
        found.append(finding)
    return tuple(found)


def _findings(case: Case) -> tuple[Finding, ...]:
    return tuple([finding for test in _TESTS.values() if (finding := test(case))])


def _disagreement(line: Line, bit: int) -> Broken:
    ground = next(ground for ground in Ground if ground.bit == bit)
    return Broken(
        f"{line.row + 1:,}行目の券に「{ground}」が当てはまるか、二つの検査が食い違いました。",
        "どちらかの検査に誤りがあり、支払えるかどうかが決まりません。",
        "この月の支払いを止め、システムの担当者に行番号を知らせてください。",
    )


@dataclass
class Tally:
    """One line of the three-way match, in 枚; `withheld` by the ground that decides."""

    counted: int = 0
    valid: int = 0
    withheld: Counter[Ground] = field(default_factory=Counter)


def three_way(
    judged: Iterable[tuple[Line, tuple[Finding, ...]]], claimed: Mapping[Key, int]
) -> tuple[dict[Key, Tally], dict[int, tuple[Finding, ...]]]:
    """Tallies by operator, month, kind and face, and the findings of each row, with OVER_INVOICE among them.

    A voucher without a ground is beyond the invoice when as many good ones as it claims came before.
    """
    tallies: dict[Key, Tally] = {}
    findings: dict[int, tuple[Finding, ...]] = {}
    for line, alone in judged:
        key = (line.operator, line.month, line.kind, line.face)
        tally = tallies.setdefault(key, Tally())
        tally.counted += 1
        tally.valid += not alone
        found = alone or over_invoice(tally.valid, claimed.get(key, 0))
        findings[line.row] = found
        tally.withheld.update(finding.ground for finding in found[:1])
    return tallies, findings


def over_invoice(place: int, claimed: int) -> tuple[Finding, ...]:
    """For the `place`-th good voucher of a line whose invoice claims so many."""
    if place <= claimed:
        return ()
    return (Finding(Ground.OVER_INVOICE, f"請求書は{claimed:,}枚ですが、支払える券の{place:,}枚目です"),)


def day(on: date) -> str:
    """6月12日; years are told where they matter."""
    return f"{on.month}月{on.day}日"


def _far(on: date) -> str:
    return f"{on.year}年{day(on)}"


def _pair(one: date, other: date) -> tuple[str, str]:
    """Two days in words, with their years when these differ."""
    told = day if one.year == other.year else _far
    return told(one), told(other)


def _not_issued(case: Case) -> Finding | None:
    if not case.readable or case.booklet:
        return None
    return Finding(Ground.NOT_ISSUED, f"番号 {serials.written(case.line.serial)} の券は交付していません")


def _duplicate(case: Case) -> Finding | None:
    if case.taken:
        return Finding(Ground.DUPLICATE, "同じ番号の券が、前の請求で提出されています", "前の請求")
    if (first := case.first) is None:
        return None
    where = f"{_where(case.line, first)}、{first.row + 1:,}行目"
    return Finding(Ground.DUPLICATE, "同じ番号の券が、先に提出されています", where)


def _where(line: Line, first: Line) -> str:
    if first.month < line.month:
        return f"前の月（{first.month.year}年{first.month.month}月分）"
    if first.batch == line.batch:
        return "同じ束"
    return "同じ事業者の別の束" if first.operator == line.operator else "ほかの事業者"


def _denom(case: Case) -> Finding | None:
    line, booklet = case.line, case.booklet
    if booklet is None or (line.kind, line.face) == (booklet.kind, booklet.face):
        return None
    given = f"{booklet.kind} {yen(booklet.face)}"
    return Finding(Ground.DENOM, f"{line.kind} {yen(line.face)}として出ていますが、交付は{given}です")


def _lost(case: Case) -> Finding | None:
    if case.booklet is None:
        return None
    payload, used = serials.payload(case.line.serial), case.line.used
    if payload not in case.books.losses:
        return None
    since = case.books.losses[payload]
    if since is None:
        return Finding(Ground.LOST, "破棄または返還された券です")
    if used is None or used < since:
        return None
    return Finding(Ground.LOST, "{}の利用ですが、{}からの紛失の届けがあります".format(*_pair(used, since)))


def _early(case: Case) -> Finding | None:
    used, month, booklet = case.line.used, case.line.month, case.booklet
    if used is None:
        return None
    if booklet and used < booklet.valid_from:
        return Finding(Ground.EARLY, "{}の利用ですが、使えるのは{}からです".format(*_pair(used, booklet.valid_from)))
    if (used.year, used.month) > (month.year, month.month):
        return Finding(Ground.EARLY, f"{_far(used)}の利用ですが、{month.year}年{month.month}月分の請求です")
    return None


def _expired(case: Case) -> Finding | None:
    used, booklet = case.line.used, case.booklet
    if used is None or booklet is None or used < booklet.valid_until:
        return None
    last = Period(None, booklet.valid_until).last or booklet.valid_until
    return Finding(Ground.EXPIRED, "{}の利用ですが、有効期限は{}までです".format(*_pair(used, last)))


def _stopped(case: Case) -> Finding | None:
    used, booklet = case.line.used, case.booklet
    if used is None or booklet is None or booklet.stopped_on is None or used < booklet.stopped_on:
        return None
    words = "{}の利用ですが、{}に停止されています".format(*_pair(used, booklet.stopped_on))
    return Finding(Ground.STOPPED, words, booklet.stop_reason or "")


def _no_agreement(case: Case) -> Finding | None:
    used, kind = case.line.used, case.line.kind
    if not case.readable or used is None:
        return None
    if any(used in period for period in case.books.agreements.get((case.line.operator, kind), ())):
        return None
    return Finding(Ground.NO_AGREEMENT, f"{_far(used)}の利用ですが、その日に{kind}の協定がありません")


def _over_fare(case: Case) -> Finding | None:
    line, total = case.line, case.total
    if case.ride is None or line.kind is not Kind.TAXI or line.fare is None or total <= line.fare:
        return None
    return Finding(Ground.OVER_FARE, f"この券までの合計が{yen(total)}で、代金{yen(line.fare)}を超えています")


def _type_limit(case: Case) -> Finding | None:
    line, total = case.line, case.total
    if case.ride is None or line.kind is Kind.TAXI or line.used is None:
        return None
    limit = case.terms.per_ride(line.kind, line.used)
    if limit is None or total <= limit:
        return None
    return Finding(Ground.TYPE_LIMIT, f"一回の乗車に使える{line.kind}は{limit}枚ですが、{total}枚目です")


def _ride(line: Line) -> Ride | None:
    if line.number is None or line.used is None or line.fare is None:
        return None
    return line.operator, line.number, line.used, line.fare, line.kind


def _weight(line: Line) -> int:
    return line.face if line.kind is Kind.TAXI else 1


def _unreadable(case: Case) -> Finding | None:
    if not case.readable:
        return Finding(
            Ground.UNREADABLE, "券の番号が読めません" if case.line.serial == 0 else "券の番号の検査数字が合いません"
        )
    if case.line.query is Query.UNREADABLE:
        return Finding(Ground.UNREADABLE, "書かれた字が読めません")
    return None


def _missing_entry(case: Case) -> Finding | None:
    line = case.line
    if not line.named or line.used is None or line.fare is None:
        entries = (("氏名", line.named), ("利用日", line.used is not None), ("代金", line.fare is not None))
        missing = [name for name, there in entries if not there]
        return Finding(Ground.MISSING_ENTRY, f"{'・'.join(missing)}が書かれていません")
    if line.query is Query.MISSING_ENTRY:
        return Finding(Ground.MISSING_ENTRY, "書かれていない欄があります")
    return None


def _late_claim(case: Case) -> Finding | None:
    used, month = case.line.used, case.line.month
    allowed = case.terms.late_months(month)
    if used is None or allowed is None:
        return None
    late = (month.year - used.year) * 12 + month.month - used.month
    if late <= allowed:
        return None
    return Finding(
        Ground.LATE_CLAIM, f"{late}か月前（{used.year}年{used.month}月）の利用です。{allowed}か月前までの決まりです"
    )


def _queried(case: Case) -> Finding | None:
    return Finding(Ground.QUERIED, "委託先が区へ照会した券です") if case.line.query is Query.OTHER else None


_TESTS: dict[Ground, Callable[[Case], Finding | None]] = {
    Ground.NOT_ISSUED: _not_issued,
    Ground.DUPLICATE: _duplicate,
    Ground.DENOM: _denom,
    Ground.LOST: _lost,
    Ground.EARLY: _early,
    Ground.EXPIRED: _expired,
    Ground.STOPPED: _stopped,
    Ground.NO_AGREEMENT: _no_agreement,
    Ground.OVER_FARE: _over_fare,
    Ground.TYPE_LIMIT: _type_limit,
    Ground.UNREADABLE: _unreadable,
    Ground.MISSING_ENTRY: _missing_entry,
    Ground.LATE_CLAIM: _late_claim,
    Ground.QUERIED: _queried,
}
_BY_BIT = {ground.bit: test for ground, test in _TESTS.items()}
