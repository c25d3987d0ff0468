"""Made-up years of vouchers, seeded, with every kind of error in the shares a ward sees (0.1 to 2 percent)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from azukari.business.taxi import serials
from azukari.business.taxi.checking import grounds
from azukari.business.taxi.checking.types import (
    ALWAYS,
    BLANK,
    BLANK_DAY,
    EPOCH,
    KINDS,
    NEVER,
    Agreements,
    Booklets,
    Int32,
    Invoice,
    Losses,
    Parameters,
    Presented,
    Register,
)
from azukari.business.taxi.types import Kind

A_YEAR = 1_200_000
OPERATORS = 150
HOLDERS = 6_600
RIDES = 24
SEED = 2019
FIRST_YEAR = 2012
# Kind, face, size of a booklet, booklets a holder, holders, vouchers a ride.
BOOKS = (
    (Kind.TAXI, 500, 30, 2, HOLDERS, 2),
    (Kind.TAXI, 100, 42, 4, HOLDERS, 6),
    (Kind.PICKUP, 400, 24, 2, 1_900, 1),
    (Kind.STRETCHER, 1_000, 12, 1, 400, 1),
)
Column = NDArray[Any]


class World(NamedTuple):
    """What a check is given, and how many vouchers it knows to be issued."""

    presented: Presented
    register: Register
    invoice: Invoice
    parameters: Parameters

    @property
    def issued(self) -> int:
        """枚 in all booklets."""
        books = self.register.booklets
        return int((books.last - books.first + 1).sum())


def make(years: int) -> World:
    """Seeded: the same years every time, one after another, each with its own booklets and the same companies."""
    rng = np.random.default_rng(SEED)
    made = [_year(rng, FIRST_YEAR + year) for year in range(years)]
    presented = _joined(Presented, [presented for presented, _, _ in made])
    booklets = _joined(Booklets, [books for _, books, _ in made])
    losses = _joined(Losses, [losses for _, _, losses in made])
    del made
    register = Register(booklets, losses, _agreements(rng), _taken(rng, presented, booklets))
    return World(presented, register, _invoice(rng, presented), grounds.parameters())


def _joined(kind: Callable[..., Any], parts: list[Any]) -> Any:
    return kind(*(np.concatenate([getattr(part, name) for part in parts]) for name in parts[0].__slots__))


def _year(rng: np.random.Generator, fiscal_year: int) -> tuple[Presented, Booklets, Losses]:
    start = _day(date(fiscal_year, 4, 1))
    stopped = np.full(HOLDERS, NEVER, np.int32)
    leavers = _some(rng, HOLDERS, 0.02)
    stopped[leavers] = start + rng.integers(250, 365, len(leavers))
    booklets = _booklets(fiscal_year, stopped)
    presented = _in_order(rng, _with_errors(rng, _vouchers(rng, booklets, start), start))
    return presented, booklets, _losses(rng, presented, booklets)


def _booklets(fiscal_year: int, stopped: Int32) -> Booklets:
    parts, issued = [], dict.fromkeys(Kind, 0)
    for kind, face, size, each, holders, _ in BOOKS:
        count = each * holders
        holder = np.repeat(np.arange(holders), each)
        first = serials.payload(serials.serial(fiscal_year, kind, issued[kind] + 1)) + np.arange(count) * size
        issued[kind] += count * size
        days = [_full(count, _day(date(year, 4, 1)), np.int32) for year in (fiscal_year, fiscal_year + 1)]
        reason = np.where(stopped[holder] == NEVER, BLANK, holder % 4).astype(np.int8)
        kinds = _full(count, KINDS.index(kind), np.int8)
        number = holder * 7 + 10_000_000
        parts.append(
            Booklets(
                first,
                first + size - 1,
                kinds,
                _full(count, face, np.int32),
                holder,
                number,
                *days,
                stopped[holder],
                reason,
            )
        )
    return _joined(Booklets, parts)  # type: ignore[no-any-return]


def _vouchers(rng: np.random.Generator, booklets: Booklets, start: int) -> dict[str, Column]:
    """Three quarters of the vouchers, each used on a ride of its holder: a company, a day and a fare."""
    sizes = booklets.last - booklets.first + 1
    book = np.repeat(np.arange(len(booklets)), sizes)
    payload = booklets.first[book] + np.arange(len(book)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    ride = np.concatenate(
        [np.tile(np.arange(size * each), holders) // share for _, _, size, each, holders, share in BOOKS]
    )
    usable = np.flatnonzero((ride < RIDES) & (start + ride * 15 <= booklets.stopped_on.astype(np.int64)[book] + 40))
    rows = np.sort(rng.choice(usable, A_YEAR, replace=False))
    book, ride = book[rows], ride[rows]
    holder, kind = booklets.holder[book], booklets.kind[book]
    doubled = (kind != KINDS.index(Kind.TAXI)) & (rng.random(len(rows)) < 0.01)
    at = (holder, np.where(doubled, np.maximum(ride - 1, 0), ride))
    day = start + np.arange(RIDES) * 15 + rng.integers(0, 15, (HOLDERS, RIDES))
    fare = 1_600 + 10 * rng.integers(0, 400, (HOLDERS, RIDES))
    fare[rng.random(fare.shape) < 0.004] = 900
    often = np.repeat(rng.integers(0, OPERATORS, (HOLDERS, 1)), RIDES, axis=1)
    operator = np.where(rng.random(fare.shape) < 0.7, often, rng.integers(0, OPERATORS, fare.shape))
    return {
        "serial": serials.checked(payload[rows]),
        "operator": operator[at],
        "kind": kind,
        "face": booklets.face[book],
        "used": day[at],
        "fare": fare[at],
        "number": booklets.number[book],
        "month": _month(day[at]),
    }


def _with_errors(rng: np.random.Generator, made: dict[str, Column], start: int) -> dict[str, Column]:
    count = len(made["serial"])
    made |= {"named": np.ones(count, np.bool_), "queried": np.zeros(count, np.int8)}

    def put(share: float, name: str, values: Callable[[Column], Any] | int) -> None:
        rows = _some(rng, count, share)
        made[name][rows] = values(rows) if callable(values) else values

    late = _some(rng, count, 0.005)
    made["month"][late] = _month(made["used"][late], 3)
    put(0.003, "serial", lambda rows: made["serial"][rows - 1])
    put(0.005, "serial", 0)
    put(0.001, "serial", lambda rows: made["serial"][rows] + 1)
    put(0.001, "serial", lambda rows: serials.checked(serials.payload(made["serial"][rows]) + 5_000_000))
    put(0.002, "face", lambda rows: made["face"][rows] + 400)
    put(0.001, "used", lambda rows: start - 1 - rows % 20)
    put(0.001, "used", lambda rows: start + 365 + 1 + rows % 20)
    put(0.002, "used", BLANK_DAY)
    put(0.003, "fare", BLANK)
    put(0.003, "number", lambda rows: made["number"][rows] + 1)
    put(0.001, "number", BLANK)
    put(0.005, "named", False)
    put(0.003, "queried", lambda rows: 1 + rows % 3)
    return made


def _in_order(rng: np.random.Generator, made: dict[str, Column]) -> Presented:
    """By month, company and day, as bundles come in; slips of one day lie in any order."""
    order = np.lexsort((rng.random(len(made["serial"])), made["used"], made["operator"], made["month"]))
    made["batch"] = made["operator"] + (made["month"] // 28) * OPERATORS
    types = {"serial": np.int64, "number": np.int64, "kind": np.int8, "queried": np.int8, "named": np.bool_}
    return Presented(*(made[name][order].astype(types.get(name, np.int32)) for name in Presented.__slots__))


def _losses(rng: np.random.Generator, presented: Presented, booklets: Booklets) -> Losses:
    """Some reported before they were used, some after, and some that nobody presented."""
    rows = np.flatnonzero(serials.are_right(presented.serial) & (presented.used != BLANK_DAY))
    rows = rng.choice(rows, len(presented) // 250, replace=False)
    payload = np.append(serials.payload(presented.serial[rows]), booklets.last[_some(rng, len(booklets), 0.2)])
    since = np.append(
        presented.used[rows] + rng.integers(-20, 20, len(rows)), _full(len(payload) - len(rows), ALWAYS, np.int64)
    )
    payload, at = np.unique(payload, return_index=True)
    return Losses(payload, since[at].astype(np.int32))


def _agreements(rng: np.random.Generator) -> Agreements:
    """Nearly every company for every kind; one in ten paused for two weeks, and some never had one for a kind."""
    begin, pause = _day(date(FIRST_YEAR - 1, 4, 1)), _day(date(FIRST_YEAR, 10, 1))
    rows: list[tuple[int, int, int, int]] = []
    for operator in range(OPERATORS):
        for kind in range(len(KINDS)):
            if kind and rng.random() < 0.02:
                continue
            broken = rng.random() < 0.1
            rows += (
                [(operator, kind, begin, pause), (operator, kind, pause + 14, NEVER)]
                if broken
                else [(operator, kind, begin, NEVER)]
            )
    operator, kind, since, until = np.array(rows, np.int64).T
    return Agreements(operator.astype(np.int32), kind.astype(np.int8), since.astype(np.int32), until.astype(np.int32))


def _taken(rng: np.random.Generator, presented: Presented, booklets: Booklets) -> Column:
    """What earlier claims hold: few of those presented again, and one of nearly every booklet."""
    again = presented.serial[_some(rng, len(presented), 0.001)]
    others = serials.checked(booklets.last[_some(rng, len(booklets), 0.9)])
    others = others[_some(rng, len(others), 0.9)]
    fresh = others[~np.isin(others, presented.serial)]
    return np.union1d(again[serials.are_right(again)], fresh)


def _invoice(rng: np.random.Generator, presented: Presented) -> Invoice:
    """What was counted, but for a few lines that claim some more or fewer, and a few without a voucher."""
    names = ("operator", "month", "kind", "face")
    faces, months = np.unique(presented.face), np.unique(presented.month)
    key = (presented.operator * np.int64(len(months)) + np.searchsorted(months, presented.month)) * len(
        KINDS
    ) + presented.kind
    lines, first, count = np.unique(
        key * len(faces) + np.searchsorted(faces, presented.face), return_index=True, return_counts=True
    )
    wrong = _some(rng, len(lines), 0.03)
    count[wrong] = np.maximum(count[wrong] + rng.integers(-3, 4, len(wrong)), 0)
    return Invoice(*(getattr(presented, name)[first] for name in names), count)


def _some(rng: np.random.Generator, count: int, share: float) -> Column:
    return np.sort(rng.choice(count, int(count * share), replace=False))


def _full(count: int, value: int, dtype: Any) -> Column:
    return np.full(count, value, dtype)


def _day(on: date) -> int:
    return on.toordinal() - EPOCH


def _month(days: Column, later: int = 0) -> Column:
    """The first day of the month of each day, or of one so many months later."""
    month = days.astype("datetime64[D]").astype("datetime64[M]") + later
    return month.astype("datetime64[D]").astype(np.int64)
