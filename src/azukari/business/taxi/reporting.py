"""The month in numbers, for a report and for the pages that look at a month. Nothing personal."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connections

from azukari.business.taxi.checking import grounds
from azukari.business.taxi.checking.types import GROUNDS
from azukari.kernel.errors import NotFound

OWNER = "owner"
COMPANIES = """
SELECT c.code, c.name, count(DISTINCT b.id), count(v.id),
       coalesce((SELECT sum(i.amount) FROM taxi_invoiceline i JOIN taxi_batch ib ON ib.id = i.batch_id
                  WHERE ib.company_id = c.id AND ib.month = %s), 0),
       count(v.id) FILTER (WHERE v.outcome = '支払'), count(v.id) FILTER (WHERE v.outcome = '保留'),
       count(v.id) FILTER (WHERE v.outcome = '不支給'), count(v.id) FILTER (WHERE v.outcome = '未判定'),
       coalesce((SELECT sum(p.paid) FROM taxi_payment p JOIN taxi_run r ON r.id = p.run_id
                  WHERE p.company_id = c.id AND r.month = %s), 0)
  FROM taxi_batch b JOIN taxi_company c ON c.id = b.company_id LEFT JOIN taxi_presentedvoucher v ON v.batch_id = b.id
 WHERE b.month = %s GROUP BY c.id, c.code, c.name ORDER BY c.code"""
BY_GROUND = """
SELECT v.grounds & -v.grounds, count(*), sum(v.denomination)
  FROM taxi_presentedvoucher v JOIN taxi_batch b ON b.id = v.batch_id WHERE b.month = %s AND v.grounds > 0
 GROUP BY 1 ORDER BY 1"""
HELD_CLAIMS = """
SELECT c.code, c.name, b.hold, (SELECT count(*) FROM taxi_presentedvoucher v WHERE v.batch_id = b.id)
  FROM taxi_batch b JOIN taxi_company c ON c.id = b.company_id WHERE b.month = %s AND b.hold <> '' ORDER BY c.code"""
RUNS = """
SELECT number, settled_on, pay_on, claimed, unpaid, corrected, paid, transfers FROM taxi_run WHERE month = %s
 ORDER BY number"""


@dataclass(frozen=True, slots=True)
class CompanyLine:
    """One company's month: claims, 枚 by outcome, yen claimed and settled."""

    code: str
    name: str
    claims: int
    vouchers: int
    claimed: int
    accepted: int
    held: int
    refused: int
    waiting: int
    paid: int


@dataclass(frozen=True, slots=True)
class Reason:
    """One deciding ground of the month: 枚 and yen."""

    ground: str
    title: str
    outcome: str
    count: int
    amount: int


@dataclass(frozen=True, slots=True)
class HeldClaim:
    """A claim that waits for an officer, with its vouchers in 枚."""

    code: str
    name: str
    hold: str
    vouchers: int


@dataclass(frozen=True, slots=True)
class RunLine:
    """One settlement in yen."""

    number: int
    settled_on: date
    pay_on: date
    claimed: int
    unpaid: int
    corrected: int
    paid: int
    transfers: int


@dataclass(frozen=True, slots=True)
class Report:
    """A month in numbers; `vouchers` are `accepted`, `held`, `refused` and `waiting` together."""

    month: date
    claims: int
    vouchers: int
    claimed: int
    accepted: int
    held: int
    refused: int
    waiting: int
    paid: int
    grounds: tuple[Reason, ...]
    held_claims: tuple[HeldClaim, ...]
    runs: tuple[RunLine, ...]
    companies: tuple[CompanyLine, ...]


def report(month: date) -> Report:
    """The month as it stands. Raises NotFound when nothing was received for it."""
    companies = tuple(CompanyLine(*row) for row in _rows(COMPANIES, month, month, month))
    if not companies:
        raise NotFound(
            f"{month:%Y-%m} の請求はありません。",
            "まだ受領していません。",
            "./azukari taxi receive で受領してください。",
        )

    def total(name: str) -> int:
        return sum(int(getattr(line, name)) for line in companies)

    names = ("claims", "vouchers", "claimed", "accepted", "held", "refused", "waiting", "paid")
    return Report(
        month=month,
        **{name: total(name) for name in names},
        grounds=tuple(_reasons(_rows(BY_GROUND, month))),
        held_claims=tuple(HeldClaim(*row) for row in _rows(HELD_CLAIMS, month)),
        runs=tuple(RunLine(*row) for row in _rows(RUNS, month)),
        companies=companies,
    )


def _reasons(rows: Iterable[tuple[Any, ...]]) -> Iterable[Reason]:
    for first, count, amount in rows:
        rule = grounds.rules()[GROUNDS[first.bit_length() - 1]]
        yield Reason(rule.ground.value, rule.title, rule.outcome.value, count, int(amount))


def _rows(query: str, *values: Any) -> list[tuple[Any, ...]]:
    with connections[OWNER].cursor() as cursor:
        cursor.execute(query, values)
        return [
            tuple(int(value) if hasattr(value, "is_signed") else value for value in row) for row in cursor.fetchall()
        ]
