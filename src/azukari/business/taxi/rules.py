"""What makes sense in this business, whatever the database or the screen. Plain Python."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date

from azukari.business.taxi.types import Bundle, Mark, Progress, Reason, State

NUMBER_DIGITS = 12


def hangs_together(state: State, reason: Reason | None) -> bool:
    """A query to the ward says why, and nothing else does."""
    return (state is State.QUERIED) == (reason is not None)


def number_of(written: str) -> str | None:
    """The certificate number in what a person typed: any width of digits, spaces and hyphens left out. None if none."""
    digits = "".join(unicodedata.normalize("NFKC", written).replace("-", " ").split())
    return digits if digits.isascii() and digits.isdigit() and len(digits) <= NUMBER_DIGITS else None


def progress_of(counts: Mapping[str, int]) -> Progress:
    """From the number of vouchers by state."""
    return Progress(sum(counts.values()), counts.get(State.CHECKED, 0), counts.get(State.QUERIED, 0))


def total(bundles: Iterable[Bundle]) -> Progress:
    """All bundles together."""
    return sum((bundle.progress for bundle in bundles), Progress())


def next_to_check(bundles: Iterable[Bundle]) -> Bundle | None:
    """The bundle to go on with: the one begun before the untouched ones, then the one received first."""
    open_ones = [bundle for bundle in bundles if bundle.progress.left]
    return min(open_ones, key=_urgency, default=None)


def _urgency(bundle: Bundle) -> tuple[bool, date, int]:
    untouched = bundle.progress.left == bundle.progress.total
    return untouched, bundle.received_on, bundle.id


def by_day(bundles: Iterable[Bundle]) -> dict[date, Progress]:
    """Progress by the day on which the bundles were received, in order of days."""
    days: dict[date, Progress] = {}
    for bundle in sorted(bundles, key=lambda bundle: bundle.received_on):
        days[bundle.received_on] = days.get(bundle.received_on, Progress()) + bundle.progress
    return days


def in_lock_order(marks: Iterable[Mark]) -> list[Mark]:
    """Everyone locks rows in the same order, so that two people marking one page wait and never deadlock."""
    return sorted(marks, key=lambda mark: mark.voucher)
