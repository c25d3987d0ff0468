"""The SQL functions of the guard, called from Python: the only way to a booking, for families, stations and commands.

Each asks in the database who is asking (`hotstay_may`), so what is not theirs simply is not there.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, OperationalError, connections, transaction

from azukari.business.hotstay.rules.counting import Counts, Staff
from azukari.business.hotstay.rules.deciding import DayState
from azukari.business.hotstay.types import (
    BookingCard,
    Channel,
    ChildCard,
    Deadline,
    Desk,
    Span,
    State,
    StationTerms,
    Waiting,
    WaitingCard,
    Wish,
)
from azukari.kernel.errors import Busy, NotFound

LOCK_WAIT = "10s"
# PostgreSQL's words for: waited too long for a lock, two who waited for each other, two snapshots that contradict.
TAKE_TURNS = {"55P03", "40P01", "40001"}
BOOKING = 'id, child_id, station_id, day, lower(slots), upper(slots), channel, state, submit, arrived, "left"'
TAKEN = (
    "(taken).id, (taken).child_id, (taken).station_id, (taken).day, lower((taken).slots), upper((taken).slots),"
    ' (taken).channel, (taken).state, (taken).submit, (taken).arrived, (taken)."left"'
)


@dataclass(frozen=True, slots=True)
class Frame:
    """A station's days as they are known now: its parameters, and each day's children, staff and closing."""

    terms: tuple[tuple[date, date | None, StationTerms], ...]
    states: dict[date, DayState]

    def on(self, day: date) -> StationTerms:
        """The parameters of that day. Raises NotFound where the station has none."""
        found = next((one for since, until, one in self.terms if since <= day and (until is None or day < until)), None)
        if found is None:
            raise NotFound(
                f"{day:%Y-%m-%d} の設定がありません。",
                "この日の受入れの条件が登録されていません。",
                "別の日を選んでください。",
            )
        return found

    def has(self, day: date) -> bool:
        """Whether the station has parameters on that day."""
        return any(since <= day and (until is None or day < until) for since, until, _ in self.terms)

    def state(self, day: date) -> DayState:
        """What is known of the day; an empty day where nothing is."""
        return self.states.get(day, DayState())


def document(value: str | None) -> Any:
    """A jsonb value as Django's connections hand it out."""
    return None if value is None else json.loads(value)


def fetch(using: str, query: str, *values: Any) -> list[tuple[Any, ...]]:
    """All rows of one statement."""
    with connections[using].cursor() as cursor:
        cursor.execute(query, values)
        return list(cursor.fetchall())


@contextmanager
def turn(desk: Desk) -> Iterator[None]:
    """One transaction of the desk. Raises Busy, in a parent's words, when others hold the day for too long."""
    try:
        with transaction.atomic(using=desk.using, savepoint=not desk.whole):
            yield
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", None) not in TAKE_TURNS:
            raise
        raise busy() from error


def busy() -> Busy:
    """Told to whoever has to try again."""
    return Busy(
        "いま予約が混み合っています。",
        "同じ日の予約を、ほかの方が手続きしています。予約はまだ入っていません。",
        "少し待って、もう一度お試しください。",
    )


@dataclass(frozen=True, slots=True)
class Asked:
    """What a submit has to know: was it answered before, its children, their other stays, and the days it speaks of."""

    answered: bool
    cards: dict[int, ChildCard]
    others: dict[int, list[Span]]
    frame: Frame


def ask(desk: Desk, wishes: Sequence[Wish], submit: UUID) -> Asked:
    """In one statement; the same submit under way elsewhere is waited for. Raises NotFound for a child not theirs."""
    children = list(dict.fromkeys(wish.child for wish in wishes))
    query = "SELECT public.hotstay_ask(%s, %s, %s, %s)"
    [(text,)] = fetch(desk.using, query, children, [wish.span.day for wish in wishes], submit, desk.now)
    found = document(text)
    known = _cards(found["cards"], children)
    others: dict[int, list[Span]] = {key: [] for key in children}
    for child, day, start, end in found["others"] or ():
        others[child].append(Span(date.fromisoformat(day), start, end))
    return Asked(found["answered"], known, others, _frame(found["frame"]))


def lock(desk: Desk, station: int, days: Iterable[date]) -> None:
    """Take the turn of these days, in their order; a statement of its own, so that the next sees what others did."""
    fetch(desk.using, "SELECT public.hotstay_lock(%s, %s, %s)", station, sorted(set(days)), LOCK_WAIT)


def frame(desk: Desk, station: int, since: date, until: date) -> Frame:
    """The station's days of `since <= day < until` as this transaction sees them now. Raises NotFound."""
    [(text,)] = fetch(desk.using, "SELECT public.hotstay_frame(%s, %s, %s, %s)", station, since, until, desk.now) or [
        (None,)
    ]
    found = document(text)
    if found is None:
        raise NotFound("この施設はありません。", "施設の番号が違います。", "施設を選び直してください。")
    return _frame(found)


def _frame(found: dict[str, Any]) -> Frame:
    staff: dict[date, dict[int, Staff]] = {}
    for day, first, end, carers, qualified in found["roster"]:
        staff.setdefault(date.fromisoformat(day), {}).update(dict.fromkeys(range(first, end), Staff(carers, qualified)))
    counts: dict[date, dict[int, Counts]] = {}
    for day, slot, n in found["present"]:
        counts.setdefault(date.fromisoformat(day), {})[slot] = (n[0], n[1], n[2], n[3], n[4])
    closed = {date.fromisoformat(day): words for day, words in found["closures"].items()}
    states = {
        day: DayState(counts.get(day, {}), staff.get(day, {}), closed.get(day, ""))
        for day in {*staff, *counts, *closed}
    }
    return Frame(tuple(_dated(found["station"], row) for row in found["settings"]), states)


def _dated(station: dict[str, Any], row: dict[str, Any]) -> tuple[date, date | None, StationTerms]:
    until = date.fromisoformat(row["until"]) if row["until"] else None
    return date.fromisoformat(row["since"] or "0001-01-01"), until, _terms(station, row)


def _terms(station: dict[str, Any], row: dict[str, Any]) -> StationTerms:
    plain = (
        *("opens", "closes", "youngest_months", "capacity", "room", "rounding", "min_staff", "half_rule"),
        *("transitional", "age_basis", "shortest", "book_days", "book_minute"),
    )
    return StationTerms(
        station=station["id"],
        name=station["name"],
        contractor=station["contractor"],
        opened=date.fromisoformat(station["opened"]),
        closed_weekdays=frozenset(row["closed_weekdays"]),
        deadlines={Channel(name): Deadline(*value) for name, value in row["deadlines"].items()},
        cancel=Deadline(*row["cancel"]),
        unconfirmed=frozenset(row["unconfirmed"]),
        by_weekday={
            int(weekday): {what: Deadline(*value) for what, value in found.items()}
            for weekday, found in row["by_weekday"].items()
        },
        **{name: row[name] for name in plain},
    )


def cards(desk: Desk, keys: Iterable[int]) -> dict[int, ChildCard]:
    """The children's cards. Raises NotFound when one of them is not there, or not theirs."""
    wanted = list(dict.fromkeys(keys))
    return _cards([document(text) for (text,) in fetch(desk.using, "SELECT public.hotstay_cards(%s)", wanted)], wanted)


def family(desk: Desk, child: int) -> tuple[ChildCard, ...]:
    """The child and the brothers and sisters at its station, the eldest first. Raises NotFound as `cards` does."""
    rows = [document(text) for (text,) in fetch(desk.using, "SELECT public.hotstay_family(%s)", child)]
    return tuple(_cards(rows, [child]).values())


def _cards(rows: Iterable[dict[str, Any]], wanted: Iterable[int]) -> dict[int, ChildCard]:
    found = {
        row["id"]: ChildCard(**row | {"born": date.fromisoformat(row["born"]), "family": tuple(row["family"])})
        for row in rows
    }
    if not found.keys() >= set(wanted):
        raise NotFound(
            "このお子さまの登録はありません。", "この施設に登録がありません。", "施設へお問い合わせください。"
        )
    return found


def child(desk: Desk, key: int) -> ChildCard:
    """One child's card. Raises NotFound as `cards` does."""
    return cards(desk, [key])[key]


def put(desk: Desk, station: int, wishes: Sequence[Wish], submit: UUID) -> tuple[BookingCard, ...] | str:
    """Take the turn of the days, then book; the guard counts at once. A refusal of the database is its constraint's name.

    Two statements in one message: the second sees what those before it in the turn have committed.
    """
    spans = [wish.span for wish in wishes]
    values = (
        [wish.child for wish in wishes],
        *([span.day for span in spans], [span.start for span in spans], [span.end for span in spans]),
    )
    query = f"SELECT public.hotstay_lock(%s, %s, %s); SELECT refused, {TAKEN} FROM public.hotstay_take(%s, %s, %s, %s, %s, %s, %s)"
    turn_of = (station, sorted({span.day for span in spans}), LOCK_WAIT)
    with connections[desk.using].cursor() as cursor:
        cursor.execute(query, [*turn_of, *values, desk.channel, submit, desk.now])
        cursor.nextset()
        rows = cursor.fetchall()
    refused = next((row[0] for row in rows if row[0] is not None), None)
    return tuple(card(row[1:]) for row in rows) if refused is None else str(refused)


@contextmanager
def counted(desk: Desk) -> Iterator[None]:
    """What is written inside is counted by the guard when the block ends, not only at the commit."""
    with transaction.atomic(using=desk.using), connections[desk.using].cursor() as cursor:
        yield
        cursor.execute("SET CONSTRAINTS public.hotstay_booking_fits IMMEDIATE")
        cursor.execute("SET CONSTRAINTS public.hotstay_booking_fits DEFERRED")


def constraint(error: IntegrityError) -> str:
    """The name of the constraint that refused."""
    diagnosis = getattr(error.__cause__, "diag", None)
    return str(getattr(diagnosis, "constraint_name", "") or "")


def card(row: Sequence[Any]) -> BookingCard:
    """From the columns of BOOKING."""
    key, owner, station, day, start, end, channel, state, submit, arrived, left = row
    span = Span(day, start, end)
    return BookingCard(key, owner, station, span, Channel(channel), State(state), str(submit), arrived, left)


def bookings(desk: Desk, children: Iterable[int], since: date) -> tuple[BookingCard, ...]:
    """The children's bookings from that day on, all states."""
    rows = fetch(desk.using, f"SELECT {BOOKING} FROM public.hotstay_bookings(%s, %s)", list(children), since)
    return tuple(map(card, rows))


def submitted(desk: Desk, submit: UUID) -> tuple[BookingCard, ...]:
    """What this submit made before; the same submit under way elsewhere is waited for."""
    rows = fetch(desk.using, f"SELECT {BOOKING} FROM public.hotstay_submitted(%s)", submit)
    return tuple(map(card, rows))


def booking(desk: Desk, key: int) -> BookingCard:
    """One booking. Raises NotFound for one that is not there, or not theirs."""
    rows = fetch(desk.using, f"SELECT {BOOKING} FROM public.hotstay_booking_of(%s)", key)
    if not rows:
        raise NotFound("この予約はありません。", "取り消されたか、番号が違います。", "予約の一覧を確かめてください。")
    return card(rows[0])


def changed(desk: Desk, function: str, *values: Any) -> bool:
    """Call one of the functions that change one row; False when there was nothing it could change."""
    marks = ", ".join(["%s"] * len(values))
    return fetch(desk.using, f"SELECT public.{function}({marks})", *values) not in ([], [(None,)])


def queue(desk: Desk, station: int, days: Iterable[date]) -> list[tuple[int, list[date]]]:
    """Groups waiting for one of these days, first come first, each with all its days."""
    rows = fetch(desk.using, "SELECT waiting, all_days FROM public.hotstay_queue(%s, %s)", station, list(days))
    return [(key, list(all_days)) for key, all_days in rows]


def groups(desk: Desk, children: Iterable[int]) -> tuple[WaitingCard, ...]:
    """The children's groups on the waiting list, all states."""
    query = "SELECT id, state, since, turn, wishes FROM public.hotstay_groups(%s)"
    return tuple(
        WaitingCard(key, tuple(_wish(*wish) for wish in document(wishes)), Waiting(state), place, since)
        for key, state, since, place, wishes in fetch(desk.using, query, list(children))
    )


def _wish(owner: int, day: str, start: int, end: int) -> Wish:
    return Wish(owner, Span(date.fromisoformat(day), start, end))


def promote(desk: Desk, group: int, at: datetime) -> list[int] | None:
    """All of the group booked, or None and nothing. The children, for the ledger."""
    [(placed,)] = fetch(desk.using, "SELECT public.hotstay_promote(%s, %s)", group, at)
    return placed or None
