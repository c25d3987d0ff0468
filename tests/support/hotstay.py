"""What the ほっとステイ tests share: a station with a known roster and children, and desks that ask."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import uuid4

from django.db import connections

from azukari.business.hotstay import api
from azukari.business.hotstay.types import Channel, Desk, Outcome, Span, StationCard, Wish

OWNER = "owner"
# A Monday far from the demonstration's own days, and a moment at which bookings for it are taken.
DAY = date(2030, 5, 13)
NOW = api.moment(date(2030, 5, 1), 12 * 60)
ROSTER = [(18, 34, 2, 2)]
# Of one year and of three in May 2030.
ONE, THREE = date(2029, 3, 20), date(2027, 3, 20)


def desk(*, channel: Channel = Channel.COUNTER, now: datetime = NOW, using: str = OWNER) -> Desk:
    return Desk(channel, now, "test", using=using)


@dataclass(frozen=True, slots=True)
class Place:
    """One station on the days the test speaks of, and keys of registered children."""

    station: StationCard
    children: tuple[int, ...]

    def book(self, child: int, start: int, end: int, *, day: date = DAY, **changes: object) -> Outcome:
        return api.book(replace(desk(), **changes), [Wish(child, Span(day, start, end))], uuid4())  # type: ignore[arg-type]


def place(*births: date, roster: list[tuple[int, int, int, int]] = ROSTER, code: str = "karasuyama") -> Place:
    """The station with this roster on DAY and the day after, and a family of its own for each birth."""
    station = api.by_code(code, using=OWNER)
    for later in (0, 1):
        api.put_roster(desk(), station.id, DAY + timedelta(days=later), roster)
    return Place(station, tuple(key for born in births for key in family(station, born)))


def family(station: StationCard, *births: date) -> tuple[int, ...]:
    """A family with these children, all registered."""
    key = api.add_family(desk(), station, NOW.date())
    api.add_guardian(desk(), station, key, {"name": "見本　花子", "mobile_phone": "090-0000-0000", "calls_first": True})
    children = tuple(api.add_child(desk(), station, key, {"name": "見本　空", "born": born}) for born in births)
    rows("UPDATE hotstay_child SET registered_on = %s WHERE id = ANY(%s) RETURNING id", NOW.date(), list(children))
    return children


def rows(query: str, *values: object) -> list[tuple[object, ...]]:
    with connections[OWNER].cursor() as cursor:
        cursor.execute(query, values)  # type: ignore[arg-type]
        return list(cursor.fetchall())
