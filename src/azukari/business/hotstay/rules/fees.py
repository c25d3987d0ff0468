"""The fee of a stay in yen: a table of steps for one year and older, so much an hour below (`data/law.toml`)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from math import ceil

from azukari.business.hotstay.rules import ages
from azukari.business.hotstay.rules.law import FeeRow, in_force, law
from azukari.business.hotstay.types import Fee, Span


def longest(born: date, on: date) -> int:
    """The longest stay of one visit, in half-hours: 4 hours before the first birthday, then 6."""
    row = in_force(law().fees, on)
    return 2 * (row.most if ages.years(born, on) else row.infant_most)


def at_age(years: int, span: Span) -> Fee:
    """The full fee of a stay of a child of that legal age on the day."""
    row = in_force(law().fees, span.day)
    hours = ceil(span.hours)
    steps = _older(row, hours) if years else _infant(row, hours)
    total = sum(yen for _, yen in steps)
    return Fee(total, steps, total, row.source, row.confirmed)


def fee(born: date, span: Span, *, reduced: bool = False, used_that_day: int = 0) -> Fee:
    """The fee, with its steps. A begun hour counts whole.

    `reduced`: the family showed its entitlement to the 軽減 at the counter (nothing of it is stored: no item of 諮問814);
    `used_that_day` is the reduction already given on that day, in yen.
    """
    full = at_age(ages.years(born, span.day), span)
    cut = min(full.total, _limit(span.day) - used_that_day) if reduced else 0
    return replace(full, due=full.total - max(cut, 0))


def _infant(row: FeeRow, hours: int) -> tuple[tuple[str, int], ...]:
    return ((f"0歳 {row.infant_hour:,}円×{hours}時間", row.infant_hour * hours),)


def _older(row: FeeRow, hours: int) -> tuple[tuple[str, int], ...]:
    last, at_last = row.steps[-1]
    if hours <= last:
        limit, yen = next((limit, yen) for limit, yen in row.steps if hours <= limit)
        return ((f"{limit}時間まで", yen),)
    beyond = hours - last
    return (
        (f"{last}時間まで", at_last),
        (f"超えた{beyond}時間 {row.beyond_hour:,}円×{beyond}", row.beyond_hour * beyond),
    )


def _limit(on: date) -> int:
    rows = [row for row in law().reductions if row.since <= on]
    return max(rows, key=lambda row: row.since).day_limit if rows else 0
