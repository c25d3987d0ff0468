"""Checking a month: every voucher that is not settled yet against the register, in one transaction.

Doing it again gives the same result. What may be paid is written into `taxi_acceptance`, whose key lets a number stand
there once, ever: whatever this program believes, PostgreSQL pays no voucher twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeAlias

import numpy as np
from django.db import connections, transaction

from azukari.business.taxi import register_columns
from azukari.business.taxi.checking import columns as checker
from azukari.business.taxi.checking import explaining, grounds, matching, questions, scalar
from azukari.business.taxi.checking.scalar import Finding, Key
from azukari.business.taxi.checking.types import GROUNDS, Int32, Int64, Invoice, Lines, Presented
from azukari.business.taxi.checking.types import Checked as Examined
from azukari.business.taxi.models import InvoiceLine, Question
from azukari.business.taxi.receiving import Progress, silent
from azukari.business.taxi.register_columns import KIND, day
from azukari.business.taxi.rows import OWNER, alone, copy
from azukari.business.taxi.types import WARD_ENTRY, Ground, Outcome
from azukari.core.audit import api as audit

Words: TypeAlias = Mapping[int, Sequence[Finding]]
STEPS = 5
STATE_ITEM = "券の状態"
UNSETTLED = """
SELECT b.id FROM taxi_batch b
 WHERE b.month = %s AND b.hold = '' AND NOT EXISTS (SELECT FROM taxi_paymentline p WHERE p.batch_id = b.id)
 ORDER BY b.id"""
WRITE = """
UPDATE taxi_presentedvoucher v SET grounds = r.grounds, outcome = r.outcome, first = r.first
  FROM taxi_result r WHERE r.id = v.id
   AND (v.grounds, v.outcome, v.first) IS DISTINCT FROM (r.grounds, r.outcome, r.first)"""
GIVE_BACK = """
DELETE FROM taxi_acceptance a USING taxi_presentedvoucher v
 WHERE v.id = a.voucher_id AND v.batch_id = ANY (%s) AND v.outcome <> '支払'"""
ACCEPT = """
INSERT INTO taxi_acceptance (serial, voucher_id)
SELECT v.serial, v.id FROM taxi_presentedvoucher v WHERE v.batch_id = ANY (%s) AND v.outcome = '支払'
    ON CONFLICT DO NOTHING"""
LATE_COMERS = f"""
UPDATE taxi_presentedvoucher v SET grounds = v.grounds | {Ground.DUPLICATE.bit}, outcome = '不支給', first = a.voucher_id
  FROM taxi_acceptance a
 WHERE v.batch_id = ANY (%s) AND v.outcome = '支払' AND a.serial = v.serial AND a.voucher_id <> v.id"""


@dataclass(frozen=True, slots=True)
class GroundLine:
    """What one deciding ground takes: 枚 and yen."""

    ground: str
    title: str
    outcome: str
    count: int
    amount: int


@dataclass(frozen=True, slots=True)
class Checked:
    """A month after its check, in 枚. `questions` are patterns to ask about; they refuse nothing."""

    month: date
    vouchers: int
    accepted: int
    held: int
    refused: int
    grounds: tuple[GroundLine, ...]
    questions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """A check that a settlement goes on from: what to tell, and the three-way match, a claim by itself as `operator`."""

    told: Checked
    lines: Lines


def check(month: date, *, by: str, progress: Progress = silent) -> Checked:
    """Check every voucher of the month's claims that are neither held nor settled."""
    with transaction.atomic(using=OWNER):
        alone()
        return check_open(month, open_batches(month), by=by, progress=progress).told


def open_batches(month: date) -> list[int]:
    """The month's claims that may be checked: not held, not settled."""
    with connections[OWNER].cursor() as cursor:
        cursor.execute(UNSETTLED, [month])
        return [row[0] for row in cursor.fetchall()]


def check_open(month: date, batches: Sequence[int], *, by: str, progress: Progress) -> Judged:
    """`check` inside a transaction that already works alone."""
    progress("券を確認", 0, STEPS)
    keys, columns, persons = register_columns.presented(batches)
    taken, holders = register_columns.taken(columns.serial, batches)
    register, claimed = register_columns.register(taken), invoice(batches)
    progress("券を確認", 1, STEPS)
    checked = checker.examine(columns, register, grounds.parameters())
    by_claim = replace(columns, operator=columns.batch)
    mask, lines = matching.match(by_claim, checked.mask, claimed)
    progress("券を確認", 2, STEPS)
    _write(keys, mask, _first(keys, columns, checked, taken, holders))
    _accept(batches)
    progress("券を確認", 3, STEPS)
    words = explaining.explain(columns, register, grounds.parameters(), checked)
    _tell(keys, mask, words, _beyond(by_claim, mask, explaining.claimed_of(claimed)))
    progress("券を確認", 4, STEPS)
    asked = questions.questions(columns, mask, register.booklets, questions.thresholds(day(month, 0)))
    _ask(month, keys, asked)
    audit.record(
        "taxi.checked",
        actor=by,
        flow=WARD_ENTRY,
        items=(STATE_ITEM,),
        subjects=sorted({person for person in persons if person is not None}),
        detail={"month": f"{month:%Y-%m}", "rows": len(keys)},
        using=OWNER,
    )
    progress("券を確認", STEPS, STEPS)
    return Judged(_summary(month, columns, batches, tuple(one.words for one in asked)), lines)


def invoice(batches: Sequence[int]) -> Invoice:
    """The invoice lines of the batches. Each batch is matched by itself, so it stands for the operator."""
    rows = list(
        InvoiceLine.objects.using(OWNER)
        .filter(batch_id__in=list(batches))
        .order_by("batch_id", "kind", "face")
        .values_list("batch_id", "batch__month", "kind", "face", "count")
    )
    return Invoice(
        np.array([row[0] for row in rows], np.int32),
        np.array([day(row[1], 0) for row in rows], np.int32),
        np.array([KIND[row[2]] for row in rows], np.int8),
        np.array([row[3] for row in rows], np.int32),
        np.array([row[4] for row in rows], np.int64),
    )


def _first(keys: Int64, columns: Presented, checked: Examined, taken: Int64, holders: Int64) -> Mapping[int, int]:
    """The key of the voucher that was there before each duplicate, by the duplicate's key."""
    found: dict[int, int] = {}
    for row, before in zip(checked.again.tolist(), checked.first.tolist(), strict=True):
        if before >= 0:
            found[int(keys[row])] = int(keys[before])
        else:
            place = int(np.searchsorted(taken, columns.serial[row]))
            found[int(keys[row])] = int(holders[place])
    return found


def _write(keys: Int64, mask: Int32, first: Mapping[int, int]) -> None:
    outcomes = {int(one): grounds.outcome_of(int(one)).value for one in np.unique(mask)}
    with connections[OWNER].cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE taxi_result (id bigint, grounds integer, outcome text, first bigint) ON COMMIT DROP"
        )
        copy(
            "taxi_result",
            ("id", "grounds", "outcome", "first"),
            ((key, one, outcomes[one], first.get(key)) for key, one in zip(keys.tolist(), mask.tolist(), strict=True)),
        )
        cursor.execute("ANALYZE taxi_result")
        cursor.execute(WRITE)
        cursor.execute("DROP TABLE taxi_result")


def _accept(batches: Sequence[int]) -> None:
    """Take the numbers. One that another transaction took since this one looked is told as a duplicate, not paid."""
    with connections[OWNER].cursor() as cursor:
        for statement in (GIVE_BACK, ACCEPT, LATE_COMERS):
            cursor.execute(statement, [list(batches)])


def _tell(keys: Int64, mask: Int32, found: Words, beyond: Words) -> None:
    """Keep the words for every voucher that is not paid, in place of those of an earlier check."""
    with connections[OWNER].cursor() as cursor:
        cursor.execute("DELETE FROM taxi_told WHERE voucher_id = ANY (%s)", [keys.tolist()])
    copy(
        "taxi_told",
        ("voucher_id", "ground", "words", "detail"),
        (
            (int(keys[row]), one.ground.value, one.words, one.detail)
            for row in np.flatnonzero(mask).tolist()
            for one in (*found.get(row, ()), *beyond.get(row, ()))
        ),
    )


def _ask(month: date, keys: Int64, asked: Sequence[questions.Question]) -> None:
    """Keep what is to be asked about the month, in place of what an earlier check asked."""
    Question.objects.using(OWNER).filter(month=month).delete()
    Question.objects.using(OWNER).bulk_create(
        Question(
            month=month,
            company_id=one.operator,
            pattern=one.pattern.value,
            words=one.words,
            vouchers=keys[one.rows].tolist(),
        )
        for one in asked
    )


def _beyond(columns: Presented, mask: Int32, claimed: Mapping[Key, int]) -> Words:
    """The words for the vouchers beyond their invoice, which follow one another behind the last one it claims."""
    places: Counter[Key] = Counter()
    found = {}
    for line in explaining.lines(columns, np.flatnonzero(mask & Ground.OVER_INVOICE.bit)):
        key = (line.operator, line.month, line.kind, line.face)
        places[key] += 1
        found[line.row] = scalar.over_invoice(claimed.get(key, 0) + places[key], claimed.get(key, 0))
    return found


def _summary(month: date, columns: Presented, batches: Sequence[int], asked: tuple[str, ...]) -> Checked:
    """Counted from what was written, not from what was meant to be."""
    with connections[OWNER].cursor() as cursor:
        cursor.execute(
            "SELECT outcome, grounds & -grounds, count(*), sum(denomination) FROM taxi_presentedvoucher"
            " WHERE batch_id = ANY (%s) GROUP BY 1, 2 ORDER BY 2",
            [list(batches)],
        )
        rows = cursor.fetchall()
    counts = {outcome: sum(row[2] for row in rows if row[0] == outcome.value) for outcome in Outcome}
    lines = tuple(_line(first, count, amount) for _, first, count, amount in rows if first)
    return Checked(
        month, len(columns), counts[Outcome.ACCEPTED], counts[Outcome.HELD], counts[Outcome.REFUSED], lines, asked
    )


def _line(first: int, count: int, amount: int) -> GroundLine:
    rule = grounds.rules()[GROUNDS[first.bit_length() - 1]]
    return GroundLine(rule.ground.value, rule.title, rule.outcome.value, count, int(amount))
