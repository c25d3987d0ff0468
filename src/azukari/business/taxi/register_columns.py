"""From the tables to the columns that a check takes: what the ward knows, and what was presented."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
from django.db import connections

from azukari.business.taxi.checking.types import (
    ALWAYS,
    BLANK,
    BLANK_DAY,
    EPOCH,
    KINDS,
    NEVER,
    STOPS,
    Agreements,
    Booklets,
    Int64,
    Losses,
    Presented,
    Query,
    Register,
)
from azukari.business.taxi.types import EventKind, Reason

OWNER = "owner"
KIND = {kind.value: place for place, kind in enumerate(KINDS)}
STOP = {reason.value: place for place, reason in enumerate(STOPS)} | {"": BLANK}
QUERY = {"": Query.NONE, Reason.UNREADABLE: Query.UNREADABLE, Reason.MISSING_ENTRY: Query.MISSING_ENTRY}
BOOKLETS = """
SELECT b.first, b.last, b.kind, b.face, b.person_id, b.number, b.valid_from, b.valid_until, c.stopped_on,
       coalesce(c.stop_reason, '')
  FROM taxi_booklet b LEFT JOIN taxi_certificate c ON c.number = b.number AND c.kind = b.kind ORDER BY b.first"""
LOSSES = 'SELECT payload, kind, "on" FROM taxi_voucherevent ORDER BY payload'
AGREEMENTS = "SELECT company_id, kind, since, until FROM taxi_agreement"
# What was keyed from the picture stands in for what was presented.
PRESENTED = """
SELECT v.id, coalesce(v.serial, 0), b.company_id, v.kind, v.denomination, coalesce(k.used_on, v.used_on),
       coalesce(k.fare, v.fare), coalesce(nullif(k.certificate_number, ''), v.certificate_number),
       coalesce(nullif(k.name, ''), v.name) <> '', v.reason, v.batch_id, b.month, v.person_id
  FROM taxi_presentedvoucher v JOIN taxi_batch b ON b.id = v.batch_id JOIN taxi_company c ON c.id = b.company_id
  LEFT JOIN taxi_keyed k ON k.voucher_id = v.id
 WHERE b.id = ANY (%s) ORDER BY b.received_on, c.code, b.number, v.sequence"""
# What an earlier claim holds: paid or to be paid, or held and still open.
TAKEN = """
SELECT serial, min(id) FROM taxi_presentedvoucher
 WHERE serial = ANY (%s) AND NOT batch_id = ANY (%s) AND outcome IN ('支払', '保留') GROUP BY serial ORDER BY serial"""


def day(value: date | None, missing: int) -> int:
    """A day counted from 1970-01-01."""
    return missing if value is None else value.toordinal() - EPOCH


def presented(batches: Sequence[int]) -> tuple[Int64, Presented, Sequence[int | None]]:
    """The vouchers of the batches in order of receipt: their keys, their columns, and whose certificate number it is."""
    rows = _rows(PRESENTED, list(batches))
    keys, serial, company, kind, face, used, fare, number, named, reason, batch, month, person = _columns(rows, 13)
    columns = Presented(
        np.array(serial, np.int64),
        np.array(company, np.int32),
        np.array([KIND[one] for one in kind], np.int8),
        np.array(face, np.int32),
        np.array([day(one, BLANK_DAY) for one in used], np.int32),
        np.array([BLANK if one is None else one for one in fare], np.int32),
        np.array([int(one) if one.isdigit() else BLANK for one in number], np.int64),
        np.array(named, np.bool_),
        np.array([QUERY.get(one, Query.OTHER) for one in reason], np.int8),
        np.array(batch, np.int32),
        np.array([day(one, BLANK_DAY) for one in month], np.int32),
    )
    return np.array(keys, np.int64), columns, person


def register(taken: Int64) -> Register:
    """Everything issued, lost and agreed, with the numbers that earlier claims hold."""
    return Register(_booklets(), _losses(), _agreements(), taken)


def taken(serials: Int64, batches: Sequence[int]) -> tuple[Int64, Int64]:
    """Of these numbers those that other batches hold, ascending, and the key of the voucher that has each."""
    rows = _rows(TAKEN, np.unique(serials[serials > 0]).tolist(), list(batches))
    found, holders = _columns(rows, 2)
    return np.array(found, np.int64), np.array(holders, np.int64)


def _booklets() -> Booklets:
    rows = _rows(BOOKLETS)
    first, last, kind, face, holder, number, since, until, stopped, reason = _columns(rows, 10)
    return Booklets(
        np.array(first, np.int64),
        np.array(last, np.int64),
        np.array([KIND[one] for one in kind], np.int8),
        np.array(face, np.int32),
        np.array(holder, np.int64),
        np.array([int(one) for one in number], np.int64),
        np.array([day(one, ALWAYS) for one in since], np.int32),
        np.array([day(one, NEVER) for one in until], np.int32),
        np.array([day(one, NEVER) for one in stopped], np.int32),
        np.array([STOP[one] for one in reason], np.int8),
    )


def _losses() -> Losses:
    """Lost from a day on; voided and returned ones were never good."""
    rows = [(payload, day(on, ALWAYS) if kind == EventKind.LOST else ALWAYS) for payload, kind, on in _rows(LOSSES)]
    payload, since = _columns(sorted(rows), 2)
    return Losses(np.array(payload, np.int64), np.array(since, np.int32))


def _agreements() -> Agreements:
    company, kind, since, until = _columns(_rows(AGREEMENTS), 4)
    return Agreements(
        np.array(company, np.int32),
        np.array([KIND[one] for one in kind], np.int8),
        np.array([day(one, ALWAYS) for one in since], np.int32),
        np.array([day(one, NEVER) for one in until], np.int32),
    )


def _rows(query: str, *values: Any) -> list[tuple[Any, ...]]:
    with connections[OWNER].cursor() as cursor:
        cursor.execute(query, values or None)
        return list(cursor.fetchall())


def _columns(rows: Sequence[tuple[Any, ...]], width: int) -> Sequence[Sequence[Any]]:
    return list(zip(*rows, strict=True)) or [()] * width
