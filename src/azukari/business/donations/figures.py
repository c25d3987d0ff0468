"""Numbers of a fiscal year: how many wished to give and gave, month by month, against what the council was told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Sum

from azukari.business.donations.models import Entrusted
from azukari.business.donations.types import INTENTION_FLOW, PAYMENT_FLOW, State
from azukari.core.policy import api as policy
from azukari.kernel.fiscal import FiscalYear

# Everything is counted by the day of 申込み or 寄附 within the fiscal year; ended ones apart.
ENDED = "EXISTS (SELECT FROM donations_event e WHERE e.{of}_id = o.id AND e.kind = '{kind}')"
INTENTIONS = f"""
SELECT date_trunc('month', o.applied_on)::date, count(*),
       count(*) FILTER (WHERE {ENDED.format(of="intention", kind="取消")}),
       count(*) FILTER (WHERE EXISTS (SELECT FROM donations_donation d WHERE d.intention_id = o.id)),
       count(*) FILTER (WHERE o.hold <> ''),
       count(*) FILTER (WHERE EXISTS (
         SELECT FROM donations_slipline l WHERE l.intention_id = o.id AND l.withdrawn_on IS NULL))
  FROM donations_intention o WHERE o.applied_on >= %s AND o.applied_on < %s GROUP BY 1 ORDER BY 1"""
DONATIONS = f"""
SELECT date_trunc('month', o.donated_on)::date, count(*), sum(o.amount)::bigint,
       count(*) FILTER (WHERE {ENDED.format(of="donation", kind="取消")}),
       count(*) FILTER (WHERE {ENDED.format(of="donation", kind="還付")}),
       coalesce(sum(o.amount) FILTER (WHERE {ENDED.format(of="donation", kind="還付")}), 0)::bigint,
       count(*) FILTER (WHERE o.settled_on IS NULL),
       count(*) FILTER (WHERE o.one_stop),
       count(*) FILTER (WHERE EXISTS (SELECT FROM donations_form f WHERE f.donation_id = o.id)),
       count(*) FILTER (WHERE EXISTS (
         SELECT FROM donations_form f WHERE f.donation_id = o.id AND f.void_ground <> '')),
       count(*) FILTER (WHERE o.gift), count(*) FILTER (WHERE o.in_ward), count(*) FILTER (WHERE o.hold <> ''),
       count(*) FILTER (WHERE EXISTS (
         SELECT FROM donations_letterline l WHERE l.donation_id = o.id AND l.copy = 0 AND l.withdrawn_on IS NULL))
  FROM donations_donation o WHERE o.donated_on >= %s AND o.donated_on < %s GROUP BY 1 ORDER BY 1"""
YEARS = """
SELECT DISTINCT extract(year FROM (day - interval '3 months'))::int FROM (
  SELECT applied_on AS day FROM donations_intention UNION SELECT donated_on FROM donations_donation) AS days ORDER BY 1 DESC"""


@dataclass(frozen=True, slots=True)
class Intentions:
    """申込み in 件: all, 取消, paid, unprintable, and in a batch of slips."""

    all: int = 0
    cancelled: int = 0
    paid: int = 0
    held: int = 0
    batched: int = 0

    @property
    def unpaid(self) -> int:
        """Neither paid nor ended."""
        return self.all - self.paid - self.cancelled


@dataclass(frozen=True, slots=True)
class Donations:
    """寄附 in 件, `amount` and `refunded_amount` in yen; `batched` have their first letter in a batch."""

    all: int = 0
    amount: int = 0
    cancelled: int = 0
    refunded: int = 0
    refunded_amount: int = 0
    unsettled: int = 0
    one_stop: int = 0
    forms: int = 0
    void: int = 0
    gifts: int = 0
    in_ward: int = 0
    held: int = 0
    batched: int = 0

    @property
    def one_stop_share(self) -> int:
        """Of all, in percent, rounded."""
        return round(100 * self.one_stop / self.all) if self.all else 0


@dataclass(frozen=True, slots=True)
class Against:
    """What a flow was told to the council and what was really entrusted, in 件 a year; `warning` in words when it is over."""

    flow: str
    approved: int
    entrusted: int
    warning: str


@dataclass(frozen=True, slots=True)
class Month:
    """One month of the year."""

    month: date
    intentions: Intentions
    donations: Donations


@dataclass(frozen=True, slots=True)
class Year:
    """A fiscal year."""

    year: FiscalYear
    months: Sequence[Month]
    intentions: Intentions
    donations: Donations

    def as_json(self, entrusted: Sequence[Against], states: Mapping[str, Mapping[State, int]]) -> dict[str, Any]:
        """As plain values, for other programs."""
        return {
            "fiscal_year": self.year.year,
            "intentions": asdict(self.intentions) | {"unpaid": self.intentions.unpaid},
            "donations": asdict(self.donations) | {"one_stop_share_percent": self.donations.one_stop_share},
            "entrusted": {one.flow: asdict(one) for one in entrusted},
            "states": {"intentions": states["M"], "donations": states["K"]},
            "months": [
                {"month": f"{one.month:%Y-%m}", "intentions": one.intentions.all, "donations": one.donations.all}
                for one in self.months
            ],
        }


def years(*, using: str = DEFAULT_DB_ALIAS) -> list[FiscalYear]:
    """The fiscal years with anything in them, the latest first."""
    with connections[using].cursor() as cursor:
        cursor.execute(YEARS)
        return [FiscalYear(year) for (year,) in cursor.fetchall()]


def year(chosen: FiscalYear, *, using: str = DEFAULT_DB_ALIAS) -> Year:
    """The numbers of one fiscal year."""
    span = [chosen.start, chosen.end]
    with connections[using].cursor() as cursor:
        cursor.execute(INTENTIONS, span)
        wished = {month: Intentions(*rest) for month, *rest in cursor.fetchall()}
        cursor.execute(DONATIONS, span)
        gave = {month: Donations(*rest) for month, *rest in cursor.fetchall()}
    months = [Month(one, wished.get(one, Intentions()), gave.get(one, Donations())) for one in chosen.months]
    return Year(
        chosen,
        months,
        Intentions(*_sums([one.intentions for one in months])),
        Donations(*_sums([one.donations for one in months])),
    )


def _sums(parts: Sequence[Intentions] | Sequence[Donations]) -> list[int]:
    return [sum(column) for column in zip(*(asdict(part).values() for part in parts), strict=True)]


def against(chosen: FiscalYear, *, using: str = DEFAULT_DB_ALIAS) -> tuple[Against, Against]:
    """Both flows against what the council was told, 納付書 first. Enters no flow: it reads numbers only."""
    return _against(INTENTION_FLOW, chosen, using), _against(PAYMENT_FLOW, chosen, using)


def _against(flow: str, chosen: FiscalYear, using: str) -> Against:
    told = policy.library().flows[flow]
    rows = Entrusted.objects.using(using).filter(flow=flow, on__gte=chosen.start, on__lt=chosen.end)
    count = rows.aggregate(rows=Sum("rows"))["rows"] or 0
    warning = policy.warn_count(told, count)
    return Against(flow, told.count or 0, count, warning.reason if warning else "")
