"""What an action on the register will do, worked out before anything is written, and again when it is. Plain Python."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from azukari.business.taxi import serials
from azukari.business.taxi.eligibility import entitlement
from azukari.business.taxi.types import EventKind, Kind, StopReason
from azukari.kernel import era
from azukari.kernel.errors import BadInput, Refused
from azukari.kernel.fiscal import FiscalYear

# Whoever has moved away or died holds nothing more; the aid for fuel excludes one kind only (諮問815 §4(1)(2) ただし書).
STOPS_ALL = frozenset({StopReason.MOVED, StopReason.DIED})
STOPS_TAXI = frozenset({StopReason.FUEL_AID})


@dataclass(frozen=True, slots=True)
class Cert:
    """A certificate of one kind that is in force."""

    id: int
    kind: Kind
    since: date


@dataclass(frozen=True, slots=True)
class Book:
    """A booklet: `first` to `last`, payloads, both inclusive, good for `valid_from <= day < valid_until`."""

    id: int
    fiscal_year: int
    kind: Kind
    face: int
    first: int
    last: int
    valid_from: date
    valid_until: date

    def __contains__(self, payload: int) -> bool:
        return self.first <= payload <= self.last

    @property
    def sheets(self) -> int:
        """How many vouchers (枚)."""
        return self.last - self.first + 1

    @property
    def ends(self) -> tuple[str, ...]:
        """Its first and last number as they stand on the vouchers; only one when there is no other."""
        return ends(self.first, self.last)


@dataclass(frozen=True, slots=True)
class Use:
    """A voucher a company has presented, by payload; `day` None where the company gave none."""

    payload: int
    day: date | None


class Event(NamedTuple):
    """A voucher that was reported, by payload: what, and from which day."""

    payload: int
    kind: EventKind
    on: date


@dataclass(frozen=True, slots=True)
class NewBook:
    """A booklet to be made; its numbers are given when it is written."""

    fiscal_year: int
    kind: Kind
    face: int
    sheets: int
    valid_from: date
    valid_until: date


@dataclass(frozen=True, slots=True)
class Plan:
    """What will be written, and `sentences` that say so before it is."""

    sentences: tuple[str, ...]
    stops: tuple[int, ...] = ()
    events: tuple[int, ...] = ()
    books: tuple[NewBook, ...] = ()


def number(payload: int) -> str:
    """A voucher's number as people read it."""
    return serials.written(serials.checked(payload))


def ends(first: int, last: int) -> tuple[str, ...]:
    """One number, or the first and the last."""
    return tuple(number(one) for one in dict.fromkeys((first, last)))


def span(first: int, last: int) -> str:
    """The same in a sentence."""
    return " から ".join(ends(first, last)) + " まで" * (first != last)


def stop(certs: Sequence[Cert], kinds: Collection[Kind], reason: StopReason, on: date, uses: Iterable[date]) -> Plan:
    """Stop certificates from a day on. `uses` are the days of vouchers already presented.

    Raises Refused when nothing is left to stop, and BadInput for a day before the certificate and for a reason that
    does not concern the kind.
    """
    chosen = [cert for cert in certs if reason in STOPS_ALL or cert.kind in kinds]
    if not chosen:
        raise Refused(
            "停止する認定がありません。",
            "有効な認定がないか、先に停止されています。",
            "下の「認定」を確かめてください。",
        )
    if reason in STOPS_TAXI and any(cert.kind is not Kind.TAXI for cert in chosen):
        raise BadInput(
            f"「{reason}」で停止できるのは、{Kind.TAXI}だけです。",
            "ほかの券は、この助成を受けていても交付できます（諮問第815号 4(2)）。",
            f"{Kind.TAXI}だけを選んでください。",
        )
    if early := [cert for cert in chosen if on < cert.since]:
        raise BadInput(
            f"停止の日が、{early[0].kind}の認定の日（{era.long(early[0].since)}）より前です。",
            "認定の前には停止できません。",
            "日付を確かめてください。",
        )
    names, after = "、".join(cert.kind for cert in chosen), sum(day >= on for day in uses)
    told = [
        f"{names}の認定を、{era.long(on)}から停止します（{reason}）。",
        "この日から後に使われた券は、支払いません。",
    ]
    told += [
        f"この日から後の利用で、すでに出されている券が{after}枚あります。突合のときに理由とともに示します。"
    ] * bool(after)
    return Plan(
        (*told, "停止は取り消せません。戻すときは、もう一度申請を受け付けます。"), stops=tuple(c.id for c in chosen)
    )


def report(
    book: Book,
    chosen: range,
    kind: EventKind,
    on: date,
    *,
    events: Iterable[Event],
    uses: Iterable[Use],
    again: bool,
) -> Plan:
    """Report vouchers of a booklet as lost, void or returned; `again` gives a new booklet in their place.

    Left out are those reported before (`events`; a lost one that was found may be returned) and those used: before the
    day when they are lost, ever when the holder still has the paper. Raises Refused when none is left, and BadInput when the booklet had run out by then.
    """
    if on >= book.valid_until:
        raise BadInput(
            f"届け出の日には、この券の有効期限（{era.long(book.valid_until)}の前日まで）が過ぎています。",
            "期限の過ぎた券は、届けがなくても使えません。",
            "日付と券の番号を確かめてください。",
        )
    used = {use.payload for use in uses if kind is not EventKind.LOST or (use.day is not None and use.day < on)}
    closed = {event.payload for event in events if kind is not EventKind.RETURNED or event.kind is not EventKind.LOST}
    new = tuple(payload for payload in chosen if payload not in used and payload not in closed)
    if not new:
        raise Refused(
            "新しく届けを書く券がありません。",
            "すでに届けがあるか、事業者から出されています。",
            "下の「届け」と「出された券」を確かめてください。",
        )
    told = [f"{book.kind}（{book.face:,}円）の{_which(chosen, new)}を、{era.long(on)}の{kind}として書きます。"]
    told.append(_consequence(kind))
    skipped = len(chosen) - len(new)
    told += [f"すでに使われたか、届けのある{skipped}枚は、そのままにします。"] * bool(skipped)
    books = (_again(book, len(new), on),) if again else ()
    told += [f"代わりに{one.sheets}枚（{one.sheets * one.face:,}円）の券を、新しい番号で交付します。" for one in books]
    return Plan(tuple(told), events=new, books=books)


def _which(chosen: range, new: Sequence[int]) -> str:
    if len(new) == 1:
        return f"券 {number(new[0])}"
    most = "" if len(new) == len(chosen) else "のうち"
    return f"券 {span(chosen[0], chosen[-1])}{most}{len(new)}枚"


def _consequence(kind: EventKind) -> str:
    if kind is EventKind.LOST:
        return "この日から後に使われた券は、だれが使っても支払いません。"
    return "この券は、いつ使われても支払いません。"


def _again(book: Book, lost: int, on: date) -> NewBook:
    """As many as were lost, and never more than the months that are left would have brought."""
    year = FiscalYear(book.fiscal_year)
    lines = entitlement(book.kind, max(on, book.valid_from), year).lines
    left = sum(line.sheets for line in lines if line.denomination == book.face)
    if not left:
        raise Refused(
            "代わりの券は交付できません。",
            f"{year.label}の残りの月に、{book.face:,}円の券はありません。",
            "再交付を選ばずに、届けだけを書いてください。",
        )
    return NewBook(book.fiscal_year, book.kind, book.face, min(lost, left), max(on, book.valid_from), book.valid_until)


def issue(certs: Sequence[Cert], books: Sequence[Book], on: date) -> Plan:
    """Give the vouchers of the fiscal year of a day to every kind that has none yet, from the month of application.

    Raises Refused when every kind has its booklets.
    """
    year = FiscalYear.of(on)
    have = {book.kind for book in books if book.fiscal_year == year.year}
    new = [book for cert in certs if cert.kind not in have for book in _year(cert, year)]
    if not new:
        raise Refused(
            f"{year.label}の券は、すでに交付されています。",
            "一つの認定に、同じ年度の券を二度は交付しません。",
            "失くしたときは「券の届け」から再交付してください。",
        )
    lines = [f"{book.kind}　{book.face:,}円を{book.sheets}枚（{book.face * book.sheets:,}円）" for book in new]
    return Plan((f"{year.label}の券を交付します。", *lines), books=tuple(new))


def _year(cert: Cert, year: FiscalYear) -> Iterable[NewBook]:
    begins = max(cert.since.replace(day=1), year.start)
    for line in entitlement(cert.kind, cert.since, year).lines:
        yield NewBook(year.year, cert.kind, line.denomination, line.sheets, begins, year.end)


@dataclass(frozen=True, slots=True)
class Run:
    """Vouchers of consecutive numbers with the same report."""

    first: int
    last: int
    kind: str
    on: date

    @property
    def ends(self) -> tuple[str, ...]:
        """Their first and last number as they stand on the vouchers; only one when there is no other."""
        return ends(self.first, self.last)

    @property
    def sheets(self) -> int:
        """How many (枚)."""
        return self.last - self.first + 1


def runs(events: Iterable[Event]) -> list[Run]:
    """Reports with neighbours of the same kind and day joined, the latest day first."""
    found: list[Run] = []
    for payload, kind, on in sorted(events, key=lambda one: (one.kind, one.on, one.payload)):
        last = found[-1] if found else None
        if last and (last.kind, last.on, last.last) == (kind, on, payload - 1):
            found[-1] = Run(last.first, payload, kind, on)
        else:
            found.append(Run(payload, payload, kind, on))
    return sorted(found, key=lambda run: (run.on, run.first), reverse=True)
