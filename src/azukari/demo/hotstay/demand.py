"""Days as families and stations live them: bookings through the guard, some given back, some missed, some late."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from random import Random
from uuid import UUID

from django.db import connections

from azukari.business.hotstay import api
from azukari.business.hotstay.types import BookingCard, Channel, Desk, Rule, Span, StationCard, Wish
from azukari.kernel.errors import NotFound

BY = "demo"
# 諮問814: about 15,000 uses a year at five stations are 8.9 a station and day; some more are asked for than fit.
ASKED_A_DAY = 12
STARTS = (18, 18, 19, 20, 20, 20, 22, 24, 26, 26, 28)
LENGTHS = (2, 4, 4, 6, 6, 8, 8)
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Filled:
    """How many stays were asked for, booked, and refused by which rule."""

    asked: int
    booked: int
    refused: dict[Rule, int]


@dataclass(frozen=True, slots=True)
class Child:
    """A child that may book."""

    id: int
    born: date


def fill(
    days: Sequence[date],
    now: datetime,
    seed: int,
    *,
    using: str,
    asked: int = ASKED_A_DAY,
    progress: Progress = lambda _done, _total: None,
) -> Filled:
    """Ask for stays on these days at every station, each at a time when bookings are taken; live the days that passed.

    About `asked` stays a station and day.

    The same seed asks for the same stays; what is there already stays.
    """
    stations = api.known(using=using)
    registered = {station.id: children(station, using) for station in stations}
    asked, booked, refused = 0, 0, dict[Rule, int]()
    for done, day in enumerate(days):
        progress(done, len(days))
        for station in stations:
            random = Random(f"{seed}-{station.code}-{day}")  # noqa: S311 (made up)
            for _ in range(random.randrange(ASKED_A_DAY - 4, ASKED_A_DAY + 5)):
                outcome = _ask(station, random.choice(registered[station.id]), day, now, random, using)
                asked += 1
                if isinstance(outcome, Rule):
                    refused[outcome] = refused.get(outcome, 0) + 1
                else:
                    booked += 1
                    _live(outcome, now, random, using)
    progress(len(days), len(days))
    return Filled(asked, booked, refused)


def children(station: StationCard, using: str) -> list[Child]:
    """The station's registered children, as the owner."""
    query = "SELECT id, born FROM hotstay_child WHERE station_id = %s AND registered_on IS NOT NULL ORDER BY id"
    with connections[using].cursor() as cursor:
        cursor.execute(query, [station.id])
        return [Child(*row) for row in cursor.fetchall()]


def _ask(
    station: StationCard, child: Child, day: date, now: datetime, random: Random, using: str
) -> BookingCard | Rule:
    start = random.choice(STARTS)
    end = min(start + min(random.choice(LENGTHS), api.longest(child.born, day)), 34)
    channel = random.choices(list(Channel), (7, 2, 1))[0]
    desk = Desk(channel, now, BY, using=using)
    try:
        at = min(now, api.opening(desk, station.id, day) + timedelta(days=random.randrange(28), minutes=5))
    except NotFound:
        return Rule.CLOSED
    at = max(at, api.opening(desk, station.id, day))
    wish = Wish(child.id, Span(day, start, end))
    outcome = api.book(replace(desk, now=at), [wish], UUID(int=random.getrandbits(128), version=4))
    return outcome.refusal.rule if outcome.refusal else outcome.bookings[0]


def _live(card: BookingCard, now: datetime, random: Random, using: str) -> None:
    """What became of a stay: given back now and then; of a day that passed also missed, or come and gone, at times late."""
    begins = api.moment(card.span.day, card.span.start * 30)
    ends = api.moment(card.span.day, 0) + timedelta(minutes=30 * card.span.end)
    chance, desk = random.random(), Desk(Channel.PHONE, begins - timedelta(days=2), BY, using=using)
    if chance < 0.05:
        api.cancel(desk, card.id)
    elif ends < now and chance < 0.08:
        api.no_show(replace(desk, now=begins + timedelta(minutes=30)), card.id)
    elif ends < now:
        late = random.randrange(5, 35) if random.random() < 0.05 else -random.randrange(0, 12)
        api.arrive(replace(desk, now=begins + timedelta(minutes=random.randrange(0, 9))), card.id)
        api.depart(replace(desk, now=ends + timedelta(minutes=late)), card.id)
