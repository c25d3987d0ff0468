"""From when and until when a booking is taken or given back: opening minute, deadlines by channel. Times are Japan's.

Japan keeps one time all the year (UTC+9), so a local time names one moment and a change of clocks elsewhere none.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

from azukari.business.hotstay.types import Channel, Deadline, StationTerms

CANCEL = "取消"
JAPAN = timezone(timedelta(hours=9), "Asia/Tokyo")


def moment(day: date, minute: int) -> datetime:
    """That minute of the day in Japan. ValueError beyond 1,439."""
    return datetime(day.year, day.month, day.day, minute // 60, minute % 60, tzinfo=JAPAN)


def before(day: date, deadline: Deadline) -> datetime:
    """The deadline's moment for that day."""
    return moment(day - timedelta(days=deadline.days), deadline.minute)


def opening(day: date, terms: StationTerms) -> datetime:
    """When bookings for that day begin to be taken."""
    return moment(day - timedelta(days=terms.book_days), terms.book_minute)


def deadline(terms: StationTerms, what: str, day: date) -> Deadline:
    """The deadline of a channel, or of 取消, for that day: the weekday's own where it has one."""
    usual = terms.cancel if what == CANCEL else terms.deadlines[Channel(what)]
    return terms.by_weekday.get(day.weekday(), {}).get(what, usual)


def closing(day: date, start: int, channel: Channel, terms: StationTerms) -> datetime:
    """Until when (not including) the channel takes a booking that starts at this half-hour: never after its start."""
    return min(before(day, deadline(terms, channel, day)), moment(day, start * 30))


def cancel_until(day: date, start: int, terms: StationTerms) -> datetime:
    """Until when a family gives a booking back by itself."""
    return min(before(day, deadline(terms, CANCEL, day)), moment(day, start * 30))


def slot_at(now: datetime, day: date) -> int:
    """The half-hours of the day that have begun by now: 0 before it, 48 after it."""
    passed = now.astimezone(JAPAN) - moment(day, 0)
    return max(0, min(48, -(-int(passed.total_seconds()) // 1800)))


def words(at: datetime) -> str:
    """5月7日 17:00."""
    local = at.astimezone(JAPAN)
    return f"{local.month}月{local.day}日 {local.hour}:{local.minute:02d}"
