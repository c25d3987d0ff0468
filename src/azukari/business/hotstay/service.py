"""Availability and booking: one transaction a submit, under the lock of its days (see `desk`).

Everything that changes a booking is written into the ledger here, for whoever asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

from django.db import IntegrityError

from azukari.business.hotstay import desk as at
from azukari.business.hotstay.rules import ages, deciding, windows
from azukari.business.hotstay.rules.deciding import Case, DayState
from azukari.business.hotstay.types import (
    CHILD_FLOW,
    SCREEN,
    BookingCard,
    ChildCard,
    DayCard,
    Desk,
    Outcome,
    Refusal,
    Rule,
    Span,
    State,
    Wish,
)
from azukari.core.audit import api as audit
from azukari.kernel.errors import BadInput

MOST_WISHES = 30
ONE_DAY = timedelta(days=1)


def month(desk: Desk, child: int, first: date) -> tuple[DayCard, ...]:
    """Each day of the month for this child. Two statements, whatever the number of bookings."""
    card = at.child(desk, child)
    after = (first.replace(day=1) + timedelta(days=32)).replace(day=1)
    found = at.frame(desk, card.station, first.replace(day=1), after)
    case = Case(card.born, desk.channel, desk.now)
    days = [first.replace(day=1) + timedelta(days=one) for one in range((after - first.replace(day=1)).days)]
    return tuple(deciding.day_card(found.on(day), case, day, found.state(day)) for day in days)


def book(desk: Desk, wishes: Sequence[Wish], submit: UUID) -> Outcome:
    """Book all of the wishes, or none. The same `submit` given again finds what it made before.

    What does not fit by what is committed is refused without waiting for anybody. What fits takes the turn of its days,
    and is counted again there. All children are of one station. Raises BadInput for no wish, too many, or children of
    two stations; Busy when others hold the days; NotFound for a child that is not theirs.
    """
    with at.turn(desk):
        cards = cards_of(desk, wishes)
        before = at.submitted(desk, submit)
        if before:
            return Outcome(before, repeated=True)
        answer = refusal_of(desk, wishes, cards) or _in_turn(desk, wishes, cards, submit)
        if isinstance(answer, Refusal):
            return Outcome(refusal=answer)
        record(desk, "hotstay.booked", [wish.child for wish in wishes])
        return Outcome(answer)


def _in_turn(
    desk: Desk, wishes: Sequence[Wish], cards: dict[int, ChildCard], submit: UUID
) -> tuple[BookingCard, ...] | Refusal:
    """Write under the lock of the days; where others came first, the rules say which one binds now."""
    at.lock(desk, next(iter(cards.values())).station, [wish.span.day for wish in wishes])
    answer = _put(desk, wishes, submit)
    if isinstance(answer, Refusal):
        return refusal_of(desk, wishes, cards) or answer
    return answer


def would_refuse(desk: Desk, wishes: Sequence[Wish]) -> Refusal | None:
    """What `book` would answer now, without booking or looking for another time; None when all would fit."""
    with at.turn(desk):
        return refusal_of(desk, wishes, cards_of(desk, wishes), near=False)


def cards_of(desk: Desk, wishes: Sequence[Wish]) -> dict[int, ChildCard]:
    """The children asked for, all of one station. Raises BadInput and NotFound."""
    if not 1 <= len(wishes) <= MOST_WISHES:
        raise BadInput(
            f"{len(wishes)} 件の予約は一度にできません。",
            f"一度にできるのは 1 件から {MOST_WISHES} 件までです。",
            "分けて予約してください。",
        )
    cards = at.cards(desk, (wish.child for wish in wishes))
    if len({card.station for card in cards.values()}) > 1:
        raise BadInput(
            "二つの施設を一度には予約できません。", "登録は施設ごとです。", "施設ごとに分けて予約してください。"
        )
    return cards


def refusal_of(
    desk: Desk,
    wishes: Sequence[Wish],
    cards: dict[int, ChildCard],
    *,
    but: frozenset[Rule] | set[Rule] = frozenset(),
    near: bool = True,
) -> Refusal | None:
    """The first wish that does not fit beside those before it, with the nearest time that does; None when all fit.

    Rules in `but` do not count. Without `near` no other time is looked for.
    """
    for card in cards.values():
        if not card.may_book:
            return Refusal(Rule.REGISTRATION, "面接を終えて登録されたお子さまだけが予約できます。", child=card.id)
    days = [wish.span.day for wish in wishes]
    found = at.frame(desk, next(iter(cards.values())).station, min(days), max(days) + ONE_DAY)
    others = others_of(desk, cards)
    states: dict[date, DayState] = {}
    for wish in wishes:
        born, span = cards[wish.child].born, wish.span
        state, terms = states.get(span.day) or found.state(span.day), found.on(span.day)
        case = Case(born, desk.channel, desk.now, tuple(others[wish.child]))
        refusal = deciding.decide(terms, case, span, state)
        if refusal and refusal.rule not in but:
            other = nearest(desk, cards[wish.child], case, span) if near else None
            return replace(refusal, child=wish.child, nearest=other)
        states[span.day] = state.with_stay(span, ages.band(born, span.day, terms.age_basis))
        others[wish.child].append(span)
    return None


def others_of(desk: Desk, cards: Iterable[int]) -> dict[int, list[Span]]:
    """The children's other stays from today on, by child."""
    others: dict[int, list[Span]] = {key: [] for key in cards}
    for one in at.bookings(desk, cards, desk.now.astimezone(windows.JAPAN).date()):
        if one.state is State.BOOKED:
            others[one.child].append(one.span)
    return others


def nearest(desk: Desk, card: ChildCard, case: Case, span: Span) -> Span | None:
    """The nearest time of the same length that fits this child now."""
    since, until = deciding.around(span.day)
    found = at.frame(desk, card.station, since, until)
    days = {day: found.state(day) for day in (since + timedelta(days=one) for one in range((until - since).days))}
    return deciding.nearest(found.on(span.day), case, span, days)


def _put(desk: Desk, wishes: Sequence[Wish], submit: UUID) -> tuple[BookingCard, ...] | Refusal:
    """Write; what the database refuses although the rules allowed it is told as a refusal too."""
    try:
        return at.put(desk, wishes, submit)
    except IntegrityError as error:
        return refused_by(at.constraint(error))


def refused_by(constraint: str) -> Refusal:
    """What the database's own refusal means. Raises BadInput for one that is no matter of places."""
    if constraint == "hotstay_booking_child_once":
        return Refusal(Rule.OWN, "同じお子さまの予約と時間が重なります。")
    if constraint == "hotstay_booking_registered":
        return Refusal(Rule.REGISTRATION, "面接を終えて登録されたお子さまだけが予約できます。")
    if constraint == "hotstay_booking_fits":
        return Refusal(Rule.CARERS, "ほかの方の予約が先に入りました。")
    raise BadInput(
        "この申込みは受け付けられません。",
        "前の画面の申込みが、別の内容でもう一度送られました。",
        "予約の画面を開き直してください。",
    )


def record(desk: Desk, action: str, children: Iterable[int]) -> None:
    """A line in the ledger for these children."""
    audit.record(
        action,
        actor=desk.by,
        place=desk.place,
        flow=CHILD_FLOW,
        subjects=sorted(set(children)),
        medium=SCREEN if desk.channel is desk.channel.WEB else str(desk.channel),
        using=desk.using,
    )
