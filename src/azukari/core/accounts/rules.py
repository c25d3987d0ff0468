"""When a session ends, how long an account rests, whether it is in its term. Time comes in as an argument."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from azukari.core.accounts.types import End

IDLE = timedelta(minutes=30)
TERM = timedelta(hours=10)
FAILURES_BEFORE_LOCK = 5
FIRST_LOCK = timedelta(minutes=1)
LONGEST_LOCK = timedelta(hours=1)


def lock_after(failed: int) -> timedelta | None:
    """How long an account rests after `failed` wrong attempts in a row: a minute at the fifth, then twice that."""
    if failed < FAILURES_BEFORE_LOCK:
        return None
    doublings = min(failed - FAILURES_BEFORE_LOCK, 16)
    return min(FIRST_LOCK * (1 << doublings), LONGEST_LOCK)


def in_term(since: date, until: date | None, on: date) -> bool:
    """Whether an account may be used on a day; `until` is exclusive."""
    return since <= on and (until is None or on < until)


def end_of(
    *, signed_in: datetime, seen: datetime, now: datetime, place_then: str | None, place_now: str | None
) -> End | None:
    """Why a session must end now, or None. The place counts first: a moved session says so even when it is also old."""
    if place_then != place_now:
        return End.PLACE
    if now - signed_in >= TERM:
        return End.TERM
    if now - seen >= IDLE:
        return End.IDLE
    return None
