"""From columns to words: the plain form of a register and of vouchers, and what was found about each unpaid one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from functools import cache

import numpy as np
from numpy.typing import NDArray

from azukari.business.taxi.checking import scalar
from azukari.business.taxi.checking.scalar import Books, Finding, Line, Terms
from azukari.business.taxi.checking.types import (
    ALWAYS,
    BLANK,
    BLANK_DAY,
    EPOCH,
    KINDS,
    NEVER,
    STOPS,
    Checked,
    Int64,
    Invoice,
    Parameters,
    Presented,
    Query,
    Register,
)
from azukari.business.taxi.types import Kind
from azukari.kernel.period import Period

_QUERIES = tuple(Query)


def explain(
    presented: Presented, register: Register, parameters: Parameters, checked: Checked
) -> dict[int, tuple[Finding, ...]]:
    """The findings of every row with a ground in `checked.mask`, in words.

    Each ground is judged again in plain Python beside the vouchers it was compared with. Raises Broken when one does not
    apply. OVER_INVOICE, which the invoice alone shows, is not in `checked`: see `scalar.over_invoice`.
    """
    needed = np.unique(np.concatenate([np.flatnonzero(checked.mask), checked.first[checked.first >= 0], checked.rides]))
    books, terms = books_of(register, presented.serial[needed]), terms_of(parameters)
    history, found = scalar.History(), {}
    for line, mask in zip(lines(presented, needed), checked.mask[needed].tolist(), strict=True):
        case = history.look(line, books, terms)
        history.add(case)
        if mask:
            found[line.row] = scalar.confirm(case, mask)
    return found


def lines(presented: Presented, rows: NDArray[np.intp] | None = None) -> Iterator[Line]:
    """Rows of columns as lines, all of them by default."""
    part = presented if rows is None else presented.part(rows)
    numbers = range(len(presented)) if rows is None else rows.tolist()
    for row, fields in zip(numbers, part.rows(), strict=True):
        serial, operator, kind, face, used, fare, number, named, queried, batch, month = fields
        yield Line(
            row,
            serial,
            operator,
            KINDS[kind],
            face,
            None if used == BLANK_DAY else calendar_day(used),
            None if fare == BLANK else fare,
            None if number == BLANK else number,
            named,
            _QUERIES[queried],
            batch,
            calendar_day(month),
        )


def books_of(register: Register, serials: Int64 | None = None) -> Books:
    """The register in plain Python; with `serials`, only these of the taken ones (there may be millions)."""
    taken = register.taken if serials is None else np.intersect1d(register.taken, serials)
    agreements: dict[tuple[int, Kind], list[Period]] = {}
    for operator, kind, since, until in register.agreements.rows():
        period = Period(calendar_day(since), None if until == NEVER else calendar_day(until))
        agreements.setdefault((operator, KINDS[kind]), []).append(period)
    return Books(
        register.booklets.first.tolist(),
        register.booklets.last.tolist(),
        _booklets(register),
        _losses(register),
        agreements,
        frozenset(taken.tolist()),
    )


def terms_of(parameters: Parameters) -> Terms:
    """The dated numbers by calendar day."""
    per_ride = {Kind.PICKUP: parameters.pickup_per_ride, Kind.STRETCHER: parameters.stretcher_per_ride}
    return Terms(
        cache(lambda month: parameters.late_months.at(month.toordinal() - EPOCH)),
        cache(lambda kind, on: per_ride[kind].at(on.toordinal() - EPOCH)),
    )


def claimed_of(invoice: Invoice) -> dict[scalar.Key, int]:
    """枚 claimed by operator, month, kind and face."""
    claimed: dict[scalar.Key, int] = {}
    for operator, month, kind, face, count in invoice.rows():
        key = (operator, calendar_day(month), KINDS[kind], face)
        claimed[key] = claimed.get(key, 0) + count
    return claimed


@cache
def calendar_day(number: int) -> date:
    """The day so many days after 1970-01-01."""
    return date.fromordinal(EPOCH + number)


def _booklets(register: Register) -> Callable[[int], scalar.Booklet]:
    """Made when they are asked for: few of them ever are."""
    of = register.booklets
    names = ("kind", "face", "number", "valid_from", "valid_until", "stopped_on", "stop_reason")
    columns = [getattr(of, name).tolist() for name in names]

    @cache
    def booklet(at: int) -> scalar.Booklet:
        kind, face, number, valid_from, valid_until, stopped, reason = [column[at] for column in columns]
        return scalar.Booklet(
            KINDS[kind],
            face,
            None if number == BLANK else number,
            calendar_day(valid_from),
            calendar_day(valid_until),
            None if stopped == NEVER else calendar_day(stopped),
            None if reason == BLANK else STOPS[reason],
        )

    return booklet


def _losses(register: Register) -> dict[int, date | None]:
    """Sorted by payload and day, so that read backwards the earliest is what stays."""
    backwards = reversed(list(register.losses.rows()))
    return {payload: None if since == ALWAYS else calendar_day(since) for payload, since in backwards}
