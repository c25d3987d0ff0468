"""The rides of one month: who rode when, with whom, for how much, and which vouchers they gave.

No change is given, so the vouchers of a ride are never above its fare. All holders take their next ride at once, so a
month is a few steps over columns, however many holders there are.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from typing import NamedTuple

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from azukari.demo.taxi.known import EPOCH, NEVER, PICKUP, STRETCHER, TAXI, Ints, Known

FULL_USE_SHARE, USUAL_COMPANY_SHARE, RETURN_SHARE = 0.94, 0.75, 0.5
KANA_SHARE, EVERYDAY_SHARE = 0.03, 0.25
PICKUP_SHARE, STRETCHER_SHARE = 0.9, 0.2
BASE_FARE, STEP_FARE, MEAN_STEPS, DEAR_STEPS = 410, 80, 14, 6
WEEKEND_WEIGHT, SATURDAY = 0.5, 5
# The companies' shares of the rides fall slowly; the last few, of one person each, have hardly any.
SHARE_OFFSET, SMALLEST, SMALL_WEIGHT = 8, 6, 0.0025
# A row's place in its bundle: by day, then by ride, then in the ride; every other place is left for a row put between.
DAY_PLACES, RIDE_PLACES = 1 << 40, 1 << 12
Draws = NDArray[np.float64]


@dataclass(slots=True)
class Rows:
    """Vouchers as they lie in the bundles, a column an entry.

    `sort` is that of the voucher itself, `kind` and `face` what is presented; `payload` its number without check
    digits; `written` how the name is written (`REGISTERED`…), `blank` which entry is (`NAME`…), `digits` what is wrong
    with the number (`NO_NUMBER`…); `bundle` 1, or 2 for a company's second claim; `grounds` what must be found.
    """

    company: Ints
    bundle: Ints
    ride: Ints
    order: Ints
    holder: Ints
    sort: Ints
    kind: Ints
    face: Ints
    payload: Ints
    day: Ints
    fare: Ints
    written: Ints
    blank: Ints
    digits: Ints
    grounds: Ints

    def __len__(self) -> int:
        return len(self.ride)

    def part(self, rows: Ints | NDArray[np.bool_] | NDArray[np.intp] | slice) -> Rows:
        """Some rows, in the order given, as columns of their own."""
        return Rows(*(np.array(getattr(self, field.name)[rows]) for field in fields(self)))

    def with_more(self, *more: Rows) -> Rows:
        """These rows and then others."""
        return Rows(*(np.concatenate([getattr(one, field.name) for one in (self, *more)]) for field in fields(self)))


REGISTERED, EVERYDAY, KANA = range(3)
NOTHING, NAME, DAY, FARE = range(4)
RIGHT_NUMBER, NO_NUMBER, WRONG_DIGIT = range(3)


class Market(NamedTuple):
    """The companies that take rides all month, with their weights: `open` for everybody, `all_kinds` for wheelchairs."""

    open: Ints
    all_kinds: Ints
    weights: Draws

    def draw(self, rng: Generator, wheelchair: NDArray[np.bool_]) -> Ints:
        """A company for each ride."""
        found = _weighted(rng, self.open, self.weights, len(wheelchair))
        apart = np.flatnonzero(wheelchair)
        found[apart] = _weighted(rng, self.all_kinds, self.weights, len(apart))
        return found


class Rides(NamedTuple):
    """Rides in order of holder and time: `given` and `offset` [rides, sorts] are vouchers given, and given before."""

    holder: Ints
    nth: Ints
    company: Ints
    fare: Ints
    given: Ints
    offset: Ints

    def part(self, rows: Ints | NDArray[np.bool_] | NDArray[np.intp]) -> Rides:
        """Some of them."""
        return Rides(*(column[rows] for column in self))


def _weighted(rng: Generator, among: Ints, weights: Draws, count: int) -> Ints:
    if not count:
        return np.zeros(0, np.int64)
    shares = weights[among]
    return np.asarray(rng.choice(among, count, p=shares / shares.sum()), np.int64)


def market(known: Known) -> Market:
    """Whoever has an agreement on every day of the month."""
    places = np.arange(len(known.companies))
    weights = 1 / (places + SHARE_OFFSET)
    weights[-SMALLEST:] = SMALL_WEIGHT
    taxi, *others = (set(known.agreed_all_month(kind)) for kind in (TAXI, PICKUP, STRETCHER))
    every = taxi.intersection(*others)
    return Market(np.array(sorted(taxi), np.int64), np.array(sorted(every), np.int64), weights)


def ride(rng: Generator, known: Known, companies: Market) -> Rows:
    """A month's vouchers in order of holder and ride, as if nobody were ever stopped; none given that was reported."""
    rides = _simulate(rng, known, companies) if len(companies.open) else _none(len(known.sorts))
    days, outing = _days(rng, known, rides)
    kept = outing < known.span.days
    rides, days = rides.part(kept), days[kept]
    rows = _rows(rng, known, rides, days)
    return rows.part(~np.isin(rows.payload, np.fromiter(known.events, np.int64, len(known.events))))


def _none(sorts: int) -> Rides:
    empty, none = np.zeros(0, np.int64), np.zeros((0, sorts), np.int64)
    return Rides(empty, empty, empty, empty, none, none)


def _simulate(rng: Generator, known: Known, companies: Market) -> Rides:
    kinds = np.array([kind for kind, _ in known.sorts])
    taxi = kinds == TAXI
    wheelchair = np.asarray((known.lots.size[:, ~taxi] > 0).any(axis=1) & bool(len(companies.all_kinds)))
    usual = companies.draw(rng, wheelchair)
    left = _portion(rng, known.lots.size)
    left[:, ~taxi] *= wheelchair[:, None]
    given_before = np.zeros_like(left)
    taken: list[Rides] = []
    while len(active := np.flatnonzero(left[:, taxi].any(axis=1))):
        fare = _fares(rng, known, left[active])
        given = _given(rng, known, left[active], fare)
        other = companies.draw(rng, wheelchair[active])
        company = np.where(rng.random(len(active)) < USUAL_COMPANY_SHARE, usual[active], other)
        nth = np.full(len(active), len(taken))
        taken.append(Rides(active, nth, company, fare, given, given_before[active]))
        left[active] -= given
        given_before[active] += given
    rides = Rides(*(np.concatenate(columns) for columns in zip(_none(len(kinds)), *taken, strict=True)))
    return rides.part(np.lexsort((rides.nth, rides.holder)))


def _portion(rng: Generator, size: Ints) -> Ints:
    """Most use all vouchers of the month, some only part."""
    most = np.where(rng.random(len(size)) < FULL_USE_SHARE, 1.0, rng.uniform(0.3, 1.0, len(size)))
    return np.asarray(np.rint(size * most[:, None]), np.int64)


def _fares(rng: Generator, known: Known, left: Ints) -> Ints:
    """Fares in yen: enough for the smallest voucher still there, and dearer once the smallest ones are used up."""
    faces = np.array([face for _, face in known.sorts])
    taxi = [sort for sort, (kind, _) in enumerate(known.sorts) if kind == TAXI]
    smallest = np.where(left[:, taxi] > 0, faces[taxi], NEVER).min(axis=1)
    steps = rng.exponential(MEAN_STEPS, len(left)).astype(np.int64) + np.where(left[:, taxi[-1]] > 0, 0, DEAR_STEPS)
    least = -(-(smallest - BASE_FARE) // STEP_FARE)
    return np.asarray(BASE_FARE + STEP_FARE * np.maximum(steps, least))


def _given(rng: Generator, known: Known, left: Ints, fare: Ints) -> Ints:
    given = np.zeros_like(left)
    rest = fare.copy()
    for sort, (kind, face) in enumerate(known.sorts):
        if kind == TAXI:
            given[:, sort] = np.minimum(left[:, sort], rest // face)
            rest -= given[:, sort] * face
        else:
            share = PICKUP_SHARE if kind == PICKUP else STRETCHER_SHARE
            alike = [other for other in range(sort) if known.sorts[other][0] == kind]
            wanted = (rng.random(len(left)) < share) & ~given[:, alike].any(axis=1)
            given[:, sort] = (left[:, sort] > 0) & wanted
    return given


def _days(rng: Generator, known: Known, rides: Rides) -> tuple[Ints, Ints]:
    """The day of each ride, and which outing of its holder it is; later than the days of the month: no day was left.

    An outing is a day of its own, sometimes with the way back, whose fare then differs by a step at least. So a holder
    never has two rides with the same company, day and fare. Weekends are half as likely: people ride to the doctor.
    """
    back = (rides.nth % 2 == 1) & (rng.random(len(rides.nth)) < RETURN_SHARE)
    same = back & (rides.fare == np.roll(rides.fare, 1))
    rides.fare[same] += STEP_FARE
    outings = np.cumsum(~back)
    first = outings[np.searchsorted(rides.holder, rides.holder)] if len(outings) else outings
    outing = outings - first
    drawn = _shuffled_days(rng, known)
    return known.span.first + drawn[rides.holder, np.minimum(outing, known.span.days - 1)], outing


def _shuffled_days(rng: Generator, known: Known) -> Ints:
    """[holders, days] the days of the month in a drawn order, by Gumbel's trick: larger weights tend to the front."""
    weekday = np.array([date.fromordinal(EPOCH + known.span.first + n).weekday() for n in range(known.span.days)])
    weight = np.where(weekday >= SATURDAY, WEEKEND_WEIGHT, 1.0)
    keys = np.log(weight) + rng.gumbel(size=(len(known.numbers), known.span.days))
    return np.asarray(np.argsort(-keys, axis=1), np.int64)


def _rows(rng: Generator, known: Known, rides: Rides, days: Ints) -> Rows:
    sorts = len(known.sorts)
    flat = rides.given.ravel()
    of = np.repeat(np.arange(len(flat)), flat)
    nth = np.arange(len(of)) - np.repeat(np.cumsum(flat) - flat, flat)
    number, sort = (of // sorts, of % sorts) if sorts else (of, of)
    holder = rides.holder[number]
    kinds, faces = np.array(known.sorts, np.int64).reshape(-1, 2).T
    place = np.arange(len(of)) - np.searchsorted(number, number)
    blank = np.zeros((4, len(of)), np.int64)
    return Rows(
        company=rides.company[number],
        bundle=np.ones(len(of), np.int64),
        ride=number,
        order=places(days[number], number, place),
        holder=holder,
        sort=sort,
        kind=kinds[sort],
        face=faces[sort],
        payload=known.lots.start[holder, sort] + rides.offset[number, sort] + nth,
        day=days[number],
        fare=rides.fare[number],
        written=_written(rng, len(days))[number],
        blank=blank[0],
        digits=blank[1],
        grounds=blank[2],
    )


def places(days: Ints, rides: Ints, nth: Ints) -> Ints:
    """The place in its bundle of the nth voucher of a ride."""
    return days * DAY_PLACES + rides * RIDE_PLACES + nth * 2


def _written(rng: Generator, rides: int) -> Ints:
    """How the name is written: mostly as registered, some in the everyday form of the kanji, some in kana."""
    chance = rng.random(rides)
    return np.where(chance < KANA_SHARE, KANA, np.where(chance < KANA_SHARE + EVERYDAY_SHARE, EVERYDAY, REGISTERED))
