"""An opening rush: many families ask for one station-day at one moment; what came of it, and whether that was right.

SAFETY: afterwards no half-hour holds more children than roster, room and law allow, counted in SQL.
MAXIMALITY: no refusal was for a place that is free afterwards: what was refused still does not fit, by the rules in Python.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from multiprocessing import get_context
from random import Random
from uuid import UUID, uuid4

from django.db import connections

from azukari.business.hotstay import api
from azukari.business.hotstay.types import Channel, Desk, Refusal, Rule, Span, StationCard, Wish
from azukari.demo.hotstay import families
from azukari.kernel.errors import Busy

BY = "demo"
# As many at a time as the two workers of the web server serve.
HANDS, THREADS = 2, 4
OF_PLACES = {Rule.CAPACITY, Rule.CARERS, Rule.QUALIFIED, Rule.ROOM}


@dataclass(frozen=True, slots=True)
class Ask:
    """One client's submit: what it wants together, under one key."""

    wishes: tuple[Wish, ...]
    submit: UUID


@dataclass(frozen=True, slots=True)
class Answer:
    """What a client heard: how many of its stays are booked, the rule that refused ("" for none), how long it took (s)."""

    ask: Ask
    booked: int
    rule: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Rushed:
    """A rush in numbers. `oversold` half-hours and `wrong` refusals ought to be 0, as `partial` groups and `failed`."""

    clients: int
    decided: int
    booked: int
    refused: int
    failed: int
    partial: int
    oversold: int
    wrong: int
    seconds: float
    p95: float

    @property
    def per_second(self) -> float:
        """Decisions a second."""
        return self.decided / self.seconds


def asks(children: Sequence[tuple[int, ...]], days: Sequence[date], count: int, seed: int) -> list[Ask]:
    """Made-up submits: each for all children of one family on one of the days."""
    random = Random(seed)  # noqa: S311 (made up)
    found = []
    for number in range(count):
        start, day = random.randrange(18, 31), days[number % len(days)]
        span = Span(day, start, min(34, start + random.choice((2, 4, 6))))
        wishes = tuple(Wish(child, span) for child in children[number % len(children)])
        found.append(Ask(wishes, uuid4()))
    return found


def run(station: StationCard, submits: Sequence[Ask], now: datetime, *, using: str) -> Rushed:
    """Let them all go at once through the service, and look at what came of it."""
    began = time.perf_counter()
    answers = _all(submits, now, using)
    return judge(station, answers, time.perf_counter() - began, now, using=using)


def judge(station: StationCard, answers: Sequence[Answer], seconds: float, now: datetime, *, using: str) -> Rushed:
    """What came of it, in numbers."""
    took = sorted(answer.seconds for answer in answers)
    refused = [answer for answer in answers if answer.rule and answer.rule != "BUSY"]
    return Rushed(
        clients=len(answers),
        decided=sum(answer.rule != "BUSY" for answer in answers),
        booked=sum(answer.booked for answer in answers),
        refused=len(refused),
        failed=sum(answer.rule == "BUSY" for answer in answers),
        partial=sum(answer.booked not in {0, len(answer.ask.wishes)} for answer in answers),
        oversold=oversold(station, {wish.span.day for one in answers for wish in one.ask.wishes}, using),
        wrong=wrong(refused, now, using),
        seconds=seconds,
        p95=took[int(len(took) * 0.95)],
    )


def _all(submits: Sequence[Ask], now: datetime, using: str) -> list[Answer]:
    """In processes, each with several threads and connections of its own, as the web server has them."""
    name = connections[using].settings_dict["NAME"]
    connections.close_all()
    with ProcessPoolExecutor(HANDS, mp_context=get_context("fork")) as pool:
        parts = [list(submits[hand::HANDS]) for hand in range(HANDS)]
        found = pool.map(_hand, parts, [now] * HANDS, [using] * HANDS, [name] * HANDS)
        return [answer for part in found for answer in part]


def _hand(part: Sequence[Ask], now: datetime, using: str, name: str) -> list[Answer]:
    connections[using].settings_dict["NAME"] = name
    shares = [part[thread::THREADS] for thread in range(THREADS)]

    def one_after_another(share: Sequence[Ask]) -> list[Answer]:
        try:
            return [_ask(one, now, using) for one in share]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(THREADS) as pool:
        return [answer for found in pool.map(one_after_another, shares) for answer in found]


def _ask(one: Ask, now: datetime, using: str) -> Answer:
    began, booked, rule = time.perf_counter(), 0, ""
    try:
        outcome = api.book(Desk(Channel.WEB, now, BY, using=using), one.wishes, one.submit)
        booked, rule = len(outcome.bookings), str(outcome.refusal.rule) if outcome.refusal else ""
    except Busy:
        rule = "BUSY"
    return Answer(one, booked, rule, time.perf_counter() - began)


def oversold(station: StationCard, days: set[date], using: str) -> int:
    """Half-hours of these days that hold more children than they may, counted in SQL."""
    with connections[using].cursor() as cursor:
        query = "SELECT count(*) FROM unnest(%s::date[]) d, hotstay_over(%s, d, 0, 48, now())"
        cursor.execute(query, [list(days), station.id])
        return int(cursor.fetchone()[0])


def wrong(refused: Sequence[Answer], now: datetime, using: str) -> int:
    """Refusals for want of a place, of stays that would still fit now."""
    return sum(_fits(answer.ask, now, using) for answer in refused if Rule(answer.rule) in OF_PLACES)


def _fits(one: Ask, now: datetime, using: str) -> bool:
    found = api.would_refuse(Desk(Channel.WEB, now, BY, using=using), one.wishes)
    return not isinstance(found, Refusal)


def settle(
    station: StationCard, today: date, count: int, children: int, now: datetime, *, using: str
) -> list[tuple[int, ...]]:
    """So many made-up families with so many children each, of one to three years; their children's keys."""
    random, desk = Random(count), Desk(Channel.COUNTER, now, BY, using=using)  # noqa: S311 (made up)
    births = [today - timedelta(days=365 * years + 40) for years in (1, 2, 3)]
    return [
        families.register_plain(desk, station, today, [random.choice(births) for _ in range(children)])
        for _ in range(count)
    ]


def timed(call: Callable[[], object], rounds: int) -> float:
    """The median of so many calls, in milliseconds."""
    took = []
    for _ in range(rounds):
        began = time.perf_counter()
        call()
        took.append(time.perf_counter() - began)
    return sorted(took)[rounds // 2] * 1_000
