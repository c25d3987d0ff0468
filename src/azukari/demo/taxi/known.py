"""What a register holds for one month, in columns: who has which vouchers, and who may take them.

Days are counted from 1970-01-01; a kind is its place in `list(Kind)`; holders and companies are places in the lists
here. A sort is a kind with a face value; `sorts` are in order of kind, then from the largest face value down.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray
from psycopg import Connection

from azukari.business.taxi.types import EventKind, Kind

KINDS = tuple(Kind)
TAXI, PICKUP, STRETCHER = range(3)
PLACE = {kind.value: place for place, kind in enumerate(KINDS)}
EPOCH = date(1970, 1, 1).toordinal()
NEVER = 2**31 - 1
ALWAYS = -(2**31)
PREFIX = 10_000_000
Ints = NDArray[np.int64]
HOLDERS = """
SELECT c.number, n.name, n.kana FROM taxi_certificate c JOIN people_name n ON n.person_id = c.person_id
 WHERE n.valid @> %s::date GROUP BY 1, 2, 3 ORDER BY 1"""
STOPS = "SELECT number, kind, stopped_on FROM taxi_certificate WHERE stopped_on IS NOT NULL"
LOTS = """
SELECT number, kind, face, first, last, valid_from, valid_until FROM taxi_booklet
 WHERE valid_from <= %s AND valid_until >= %s ORDER BY number, kind, face, first"""
OLD = """
SELECT number, kind, face, first, last FROM taxi_booklet
 WHERE valid_until <= %s AND fiscal_year = (SELECT min(fiscal_year) FROM taxi_booklet) ORDER BY first"""
EVENTS = 'SELECT payload, kind, "on" FROM taxi_voucherevent ORDER BY payload, kind'
COMPANIES = "SELECT code FROM taxi_company ORDER BY code"
AGREEMENTS = """
SELECT c.code, a.kind, a.since, a.until FROM taxi_agreement a JOIN taxi_company c ON c.id = a.company_id
 ORDER BY c.code, a.kind, a.since"""
ISSUED = f"SELECT last / {PREFIX}, max(last) FROM taxi_booklet GROUP BY 1 ORDER BY 1 DESC"


@dataclass(frozen=True, slots=True)
class Span:
    """The month claimed as days: its first, the first of the next, of the one before, and of the one before that."""

    month: date
    first: int
    after: int
    before: int
    long_before: int

    @classmethod
    def of(cls, month: date) -> Span:
        """From the first day of a month."""
        earlier = shifted(month, -1)
        return cls(month, day(month), day(shifted(month, 1)), day(earlier), day(shifted(earlier, -1)))

    @property
    def days(self) -> int:
        """Days of the month."""
        return self.after - self.first


@dataclass(frozen=True, slots=True)
class Lots:
    """A holder's vouchers of the month, [holders, sorts]: first payload, how many (枚), and when the booklet is good.

    `booklet` is the first payload of the whole booklet and `last` its last, whichever month they are meant for.
    """

    start: Ints
    size: Ints
    booklet: Ints
    last: Ints
    valid_from: Ints
    valid_until: Ints


@dataclass(frozen=True, slots=True)
class OldLot:
    """Vouchers of an earlier fiscal year that a holder still has: payloads, both inclusive."""

    holder: int
    sort: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Known:
    """The register as one month sees it. `stopped` [holders, kinds] is NEVER for who is not stopped.

    `events` is the day from which a reported voucher is no longer good, ALWAYS for voided and returned ones; `issued`
    the last payload by year and kind (their three digits), latest first.
    """

    span: Span
    companies: Sequence[str]
    agreements: Mapping[tuple[int, int], Sequence[tuple[int, int]]]
    numbers: Sequence[str]
    names: Sequence[tuple[str, str]]
    stopped: Ints
    sorts: Sequence[tuple[int, int]]
    lots: Lots
    old: Sequence[OldLot]
    events: Mapping[int, int]
    issued: Mapping[int, int]

    def agreed(self, company: int, kind: int, on: int) -> bool:
        """Whether the company takes the kind on that day."""
        return any(since <= on < until for since, until in self.agreements.get((company, kind), ()))

    def agreed_all_month(self, kind: int) -> list[int]:
        """The companies that take the kind on every day of the month."""
        span = self.span
        return [
            company
            for company in range(len(self.companies))
            if any(s <= span.first and span.after <= u for s, u in self.agreements.get((company, kind), ()))
        ]


def day(value: date) -> int:
    """Days since 1970-01-01."""
    return value.toordinal() - EPOCH


def shifted(month: date, months: int) -> date:
    """The first day of a month so many months later, or earlier when negative."""
    years, place = divmod(month.month - 1 + months, 12)
    return date(month.year + years, place + 1, 1)


def read(connection: Connection, month: date) -> Known:
    """What is known for the month that begins on that day."""

    def rows(query: str, *values: object) -> list[tuple[Any, ...]]:
        return connection.execute(query.encode(), values).fetchall()

    span = Span.of(month)
    lots = rows(LOTS, month, shifted(month, 1))
    with_lots = {row[0] for row in lots}
    people = {number: (name, kana) for number, name, kana in rows(HOLDERS, month) if number in with_lots}
    place = {number: holder for holder, number in enumerate(people)}
    lots = [row for row in lots if row[0] in place]
    sorts = sorted({(PLACE[kind], face) for _, kind, face, *_ in lots}, key=lambda sort: (sort[0], -sort[1]))
    codes = [code for (code,) in rows(COMPANIES)]
    return Known(
        span,
        codes,
        _agreements(codes, rows(AGREEMENTS)),
        list(people),
        list(people.values()),
        _stopped(place, rows(STOPS)),
        sorts,
        _lots(place, sorts, lots, month),
        _old(place, sorts, rows(OLD, month)),
        {payload: _gone(kind, on) for payload, kind, on in rows(EVENTS)},
        {int(prefix): int(last) for prefix, last in rows(ISSUED)},
    )


def _agreements(codes: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> dict[tuple[int, int], list[tuple[int, int]]]:
    place = {code: company for company, code in enumerate(codes)}
    found: defaultdict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
    for code, kind, since, until in rows:
        found[place[code], PLACE[kind]].append((day(since), NEVER if until is None else day(until)))
    return dict(found)


def _stopped(place: Mapping[str, int], rows: Sequence[tuple[Any, ...]]) -> Ints:
    found = np.full((len(place), len(KINDS)), NEVER, np.int64)
    for number, kind, on in rows:
        if number in place:
            found[place[number], PLACE[kind]] = day(on)
    return found


def _lots(
    place: Mapping[str, int], sorts: Sequence[tuple[int, int]], rows: Sequence[tuple[Any, ...]], month: date
) -> Lots:
    """Of several booklets of one sort the first counts."""
    columns = np.zeros((6, len(place), len(sorts)), np.int64)
    sort_of = {sort: number for number, sort in enumerate(sorts)}
    for number, kind, face, first, last, since, until in reversed(rows):
        nth, months = _month(since, month), max(_month(since, until), 1)
        size = last - first + 1
        start, end = first + size * nth // months, first + size * (nth + 1) // months
        columns[:, place[number], sort_of[PLACE[kind], face]] = start, end - start, first, last, day(since), day(until)
    return Lots(*columns)


def _month(since: date, on: date) -> int:
    return (on.year - since.year) * 12 + on.month - since.month


def _old(place: Mapping[str, int], sorts: Sequence[tuple[int, int]], rows: Sequence[tuple[Any, ...]]) -> list[OldLot]:
    sort_of = {sort: number for number, sort in enumerate(sorts)}
    return [
        OldLot(place[number], sort_of[PLACE[kind], face], first, last)
        for number, kind, face, first, last in rows
        if number in place and (PLACE[kind], face) in sort_of
    ]


def _gone(kind: str, on: date) -> int:
    return day(on) if kind == EventKind.LOST else ALWAYS
