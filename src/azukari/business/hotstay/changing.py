"""Giving back, changing, extending, coming and going.

A place that becomes free goes to the waiting list in the same transaction: first come, and a group only as a whole. So
that nobody waits in a circle, the days of the groups that may follow are locked together with the booking's own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, datetime

from django.db import IntegrityError

from azukari.business.hotstay import desk as at
from azukari.business.hotstay import service
from azukari.business.hotstay.rules import ages, deciding, windows
from azukari.business.hotstay.rules.deciding import Case
from azukari.business.hotstay.service import ONE_DAY, record
from azukari.business.hotstay.types import (
    BookingCard,
    Channel,
    Desk,
    Outcome,
    Refusal,
    Rule,
    Span,
    State,
    StationTerms,
)

# Rules that speak of others' places: a stay that only becomes shorter cannot break them.
OF_PLACES = {Rule.CAPACITY, Rule.CARERS, Rule.QUALIFIED, Rule.ROOM, Rule.CLOSED}
CAME = Refusal(Rule.WINDOW, "来所の記録があるため、変更できません。")


def cancel(desk: Desk, booking: int) -> Outcome:
    """Give a booking back; who waits for the day is then booked, first come first, groups only whole.

    A family does so until the station's deadline, its station until the child has come. Given twice it changes nothing
    more. Raises NotFound for a booking that is not theirs, and Busy.
    """
    return _give_back(desk, booking, State.CANCELLED)


def no_show(desk: Desk, booking: int) -> Outcome:
    """The child did not come: the place is free again. The station's to say, once the stay has begun."""
    return _give_back(desk, booking, State.NO_SHOW)


def _give_back(desk: Desk, booking: int, state: State) -> Outcome:
    with at.turn(desk):
        card = at.booking(desk, booking)
        waiting = lock_with_queue(desk, card.station, [card.span.day])
        card = at.booking(desk, booking)
        if card.state is not State.BOOKED:
            return Outcome((card,), repeated=True)
        refusal = _may_give_back(desk, card, state)
        if refusal or not at.changed(desk, "hotstay_give_back", booking, state, desk.now):
            return Outcome((card,), refusal or CAME)
        record(desk, "hotstay.given_back", [card.child])
        return Outcome((at.booking(desk, booking),), promoted=promote(desk, waiting))


def _may_give_back(desk: Desk, card: BookingCard, state: State) -> Refusal | None:
    if state is State.NO_SHOW and desk.now < windows.moment(card.span.day, card.span.start * 30):
        return Refusal(Rule.WINDOW, "利用の時刻になってから記録してください。")
    return _too_late(desk, card, _terms(desk, card))


def _terms(desk: Desk, card: BookingCard) -> StationTerms:
    day = card.span.day
    return at.frame(desk, card.station, day, day + ONE_DAY).on(day)


def _too_late(desk: Desk, card: BookingCard, terms: StationTerms) -> Refusal | None:
    """A family changes or gives back by itself until the deadline; the station whenever it is told."""
    until = windows.cancel_until(card.span.day, card.span.start, terms)
    if desk.channel is not Channel.WEB or desk.now < until:
        return None
    words = f"画面からの変更と取消は {windows.words(until)} に締め切りました。施設へお電話ください。"
    return Refusal(Rule.WINDOW, words, confirmed="cancel" not in terms.unconfirmed)


def cancel_until(desk: Desk, card: BookingCard) -> datetime:
    """Until when the family may change or give back this booking by itself."""
    return windows.cancel_until(card.span.day, card.span.start, _terms(desk, card))


def lock_with_queue(desk: Desk, station: int, days: Iterable[date]) -> list[int]:
    """Lock the days and those of every group that waits for one of them; the groups, first come first.

    A group that begins to wait after this look is served by the next place that becomes free, or by `promote_day`.
    """
    days = set(days)
    waiting = at.queue(desk, station, days)
    at.lock(desk, station, days.union(*(all_days for _, all_days in waiting)))
    return [key for key, _ in waiting]


def promote(desk: Desk, waiting: Iterable[int]) -> int:
    """Book each group that fits now, in this order; how many groups. The caller holds their days."""
    done = 0
    for group in waiting:
        placed = at.promote(desk, group, desk.now)
        if placed:
            done += 1
            record(desk, "hotstay.promoted", placed)
    return done


def promote_days(desk: Desk, station: int, days: Iterable[date]) -> int:
    """Look whether groups that wait for these days fit now (more carers, a day opened); how many groups."""
    with at.turn(desk):
        return promote(desk, lock_with_queue(desk, station, days))


def change(desk: Desk, booking: int, span: Span) -> Outcome:
    """Move a booking to another time of its station, or make it shorter or longer. What is refused changes nothing.

    The old place is given up only when the new one is had; then the waiting list is asked. Given twice it is done once.
    """
    with at.turn(desk):
        card = at.booking(desk, booking)
        waiting = lock_with_queue(desk, card.station, [card.span.day, span.day])
        card = at.booking(desk, booking)
        if card.span == span and card.state is State.BOOKED:
            return Outcome((card,), repeated=True)
        refusal = _may_change(desk, card, span) or _write(
            desk, lambda: at.changed(desk, "hotstay_move", booking, span.day, span.start, span.end, desk.now)
        )
        if refusal:
            return Outcome((card,), refusal)
        record(desk, "hotstay.changed", [card.child])
        return Outcome((at.booking(desk, booking),), promoted=promote(desk, waiting))


def extend(desk: Desk, booking: int, end: int) -> Outcome:
    """A child that has come stays longer, by its station; before it came this is a `change`."""
    with at.turn(desk):
        card = at.booking(desk, booking)
        at.lock(desk, card.station, [card.span.day])
        card = at.booking(desk, booking)
        span = replace(card.span, end=end)
        refusal = _rules_of_change(desk, card, span, windows_too=False) or _write(
            desk, lambda: at.changed(desk, "hotstay_lengthen", booking, end, desk.now)
        )
        if refusal:
            return Outcome((card,), refusal)
        record(desk, "hotstay.changed", [card.child])
        return Outcome((at.booking(desk, booking),))


def _may_change(desk: Desk, card: BookingCard, span: Span) -> Refusal | None:
    if card.state is not State.BOOKED:
        return Refusal(Rule.WINDOW, f"この予約は{card.state}になっています。")
    if card.arrived:
        return CAME
    return _too_late(desk, card, _terms(desk, card)) or _rules_of_change(desk, card, span, windows_too=True)


def _rules_of_change(desk: Desk, card: BookingCard, span: Span, *, windows_too: bool) -> Refusal | None:
    """The rules for the new time, as if the old one were already given up."""
    owner = at.child(desk, card.child)
    found = at.frame(desk, card.station, min(card.span.day, span.day), max(card.span.day, span.day) + ONE_DAY)
    terms, state = found.on(span.day), found.state(span.day)
    if card.span.day == span.day:
        state = state.without_stay(_taken(card, desk.now), ages.band(owner.born, span.day, terms.age_basis))
    others = [one for one in service.others_of(desk, [card.child])[card.child] if one != card.span]
    case = Case(owner.born, desk.channel, desk.now, tuple(others))
    refusal = deciding.decide(terms, case, span, state, windows_too=windows_too)
    within = card.span.day == span.day and card.span.start <= span.start < span.end <= card.span.end
    if refusal is None or (within and refusal.rule in OF_PLACES):
        return None
    return replace(refusal, child=card.child, nearest=service.nearest(desk, owner, case, span, found))


def _taken(card: BookingCard, now: datetime) -> Span:
    """The half-hours in which the child is counted: while it is there late, longer than booked."""
    there = card.arrived is not None and card.left is None
    return replace(card.span, end=max(card.span.end, windows.slot_at(now, card.span.day))) if there else card.span


def _write(desk: Desk, write: Callable[[], bool]) -> Refusal | None:
    try:
        with at.counted(desk):
            done = write()
    except IntegrityError as error:
        return service.refused_by(at.constraint(error))
    return None if done else CAME


def arrive(desk: Desk, booking: int, code: str = "") -> bool:
    """The child has come, today. False when it had come before, or the booking is not of today.

    A family says so by the `code` displayed at the station (`stations.arrival_code`); without it False.
    """
    return _went(desk, booking, code, "hotstay_arrive", "hotstay.arrived")


def depart(desk: Desk, booking: int, code: str = "") -> bool:
    """The child was handed back. False when it was before, or had not come. What is left of its time is free again."""
    return _went(desk, booking, code, "hotstay_depart", "hotstay.left")


def at_door(desk: Desk, station: int, child: int, code: str) -> bool:
    """Whether the family of the child reads the code that the station displays now (or did in the last five minutes)."""
    query = "SELECT public.hotstay_at_door(%s, '', %s, %s, %s)"
    [(here,)] = at.fetch(desk.using, query, station, child, code, desk.now)
    return bool(here)


def _went(desk: Desk, booking: int, code: str, function: str, action: str) -> bool:
    with at.turn(desk):
        card = at.booking(desk, booking)
        waiting = lock_with_queue(desk, card.station, [card.span.day])
        done = at.changed(desk, function, booking, desk.now, code)
        if done:
            record(desk, action, [card.child])
            if function == "hotstay_depart":
                promote(desk, waiting)
        return done
