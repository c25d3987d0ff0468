"""What a demonstration begins with: the five stations, their people and places, some families each, a few days of bookings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from random import Random

from django.db import connections
from django.utils import timezone

from azukari.business.hotstay import api
from azukari.business.hotstay.types import CHILD_FLOW, GUARDIAN_FLOW, WARD_ENTRY, Channel, Desk, StationCard
from azukari.core.accounts import api as accounts
from azukari.core.accounts.api import DEMONSTRATION_PASSWORD, Kind, NewAccount
from azukari.core.policy import api as policy
from azukari.core.policy.api import Place
from azukari.demo.accounts import sign_up
from azukari.demo.hotstay import demand, families

OWNER, BY = "owner", "demo"
SINCE = date(2019, 4, 1)
FACILITY = "委託先事業者の施設"
SECTION = "子ども・若者部子ども家庭課"
FAMILIES, LED = 12, "karasuyama"
# Below this many persons a station has a third of its families and bookings.
SMALL_WARD, FEWER = 1_000, 3
ROSTER_BEFORE, ROSTER_AFTER = 62, 62
BEFORE, AFTER = 1, 3
Progress = Callable[[int, int], None]


def make(size: int, seed: int, progress: Progress = lambda _done, _total: None) -> int:
    """Stations, operators, families, rosters and a few days of bookings, as the owner. Returns how many families.

    The stations are five in a ward of any `size`; a small ward has fewer families and bookings at each. Days are counted from today, so that a demonstration begun today has children of the right age and bookings to come.
    """
    now, random = timezone.now(), Random(seed)  # noqa: S311 (made up)
    share = FEWER if size < SMALL_WARD else 1
    api.put_stations(using=OWNER)
    stations, made = api.known(using=OWNER), 0
    for done, station in enumerate(stations):
        progress(done, len(stations))
        _sign_up(station, done)
        made += len(settle(station, now, random, FAMILIES // share))
    _sign_up_officer()
    _sign_up_lead(next(one for one in stations if one.code == LED))
    days = [timezone.localdate(now) + timedelta(days=one) for one in range(-BEFORE, AFTER)]
    demand.fill(days, now, seed, using=OWNER, asked=demand.ASKED_A_DAY // share)
    return made


def settle(station: StationCard, now: datetime, random: Random, count: int) -> list[families.Made]:
    """Rosters from two months ago to two months ahead, and so many registered families."""
    today = timezone.localdate(now)
    desk = Desk(Channel.COUNTER, now, BY, using=OWNER)
    put_rosters(station, [today + timedelta(days=one) for one in range(-ROSTER_BEFORE, ROSTER_AFTER)], random)
    youngest = api.terms(desk, station.id, today).youngest_months
    return [families.register(desk, station, today, random, youngest=youngest) for _ in range(count)]


def put_rosters(station: StationCard, days: Sequence[date], random: Random) -> None:
    """In one statement: a station would key them day by day."""
    rows = [(day, *row) for day in days for row in roster(random)]
    query = (
        "INSERT INTO hotstay_roster (station_id, day, slots, carers, qualified)"
        " SELECT %s, d, int4range(f, e), c, q FROM unnest(%s::date[], %s::int[], %s::int[], %s::int[], %s::int[])"
        " AS t (d, f, e, c, q)"
    )
    with connections[OWNER].cursor() as cursor:
        cursor.execute(query, [station.id, *(list(column) for column in zip(*rows, strict=True))])


def roster(random: Random) -> list[tuple[int, int, int, int]]:
    """A day's carers: two early and late, three or four in the middle."""
    middle = random.choice((3, 3, 4))
    return [(18, 20, 2, 1), (20, 32, middle, 2), (32, 34, 2, 2)]


def _sign_up(station: StationCard, number: int) -> None:
    place = Place(
        f"hotstay-{station.code}", f"{station.name}（見本）", FACILITY, station.contractor, ward_terminal=False
    )
    policy.save_place(place, using=OWNER)
    accounts.save_network(f"10.32.{number}.0/24", place.code, using=OWNER)
    person = f"hotstay-{station.code}"
    _account(person, f"{station.name}の職員", "operator", contractor=station.contractor)
    for flow in (CHILD_FLOW, GUARDIAN_FLOW):
        policy.enrol(person, flow, since=SINCE, contractor=station.contractor, using=OWNER)


def _sign_up_officer() -> None:
    _account("officer-hotstay", "豪徳寺 あき", "officer", section=SECTION)
    policy.enrol("officer-hotstay", WARD_ENTRY, since=SINCE, using=OWNER)


def _sign_up_lead(station: StationCard) -> None:
    """The contractor's responsible person, who changes the station's parameters."""
    _account("hotstay-lead", "千歳 みのり", "responsible", contractor=station.contractor)
    for flow in (CHILD_FLOW, GUARDIAN_FLOW):
        policy.enrol("hotstay-lead", flow, since=SINCE, contractor=station.contractor, using=OWNER)


def _account(login: str, name: str, kind: Kind, *, section: str | None = None, contractor: str | None = None) -> None:
    new = NewAccount(login, name, kind, DEMONSTRATION_PASSWORD, SINCE, section=section, contractor=contractor)
    sign_up(new)
