"""Availability and booking: one transaction a submit, under the lock of its days (see `desk`).

Everything that changes a booking is written into the ledger here, for whoever asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID, uuid4

from azukari.business.hotstay import desk as at
from azukari.business.hotstay.desk import Asked, Frame
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
        asked = look(desk, wishes, submit)
        if asked.answered:
            return Outcome(at.submitted(desk, submit), repeated=True)
        answer = refusal_of(desk, wishes, asked) or _in_turn(desk, wishes, asked, submit)
        if isinstance(answer, Refusal):
            return Outcome(refusal=answer)
        record(desk, "hotstay.booked", [wish.child for wish in wishes])
        return Outcome(answer)


def _in_turn(desk: Desk, wishes: Sequence[Wish], asked: Asked, submit: UUID) -> tuple[BookingCard, ...] | Refusal:
    """Write in the turn of the days; where others came first, the rules say which one binds now."""
    answer = at.put(desk, next(iter(asked.cards.values())).station, wishes, submit)
    if isinstance(answer, str):
        return refusal_of(desk, wishes, look(desk, wishes, submit)) or refused_by(answer)
    return answer


def would_refuse(desk: Desk, wishes: Sequence[Wish]) -> Refusal | None:
    """What `book` would answer now, without booking or looking for another time; None when all would fit."""
    with at.turn(desk):
        return refusal_of(desk, wishes, look(desk, wishes, uuid4()), near=False)


def look(desk: Desk, wishes: Sequence[Wish], submit: UUID) -> Asked:
    """What the rules have to know of these wishes, which are of one station. Raises BadInput and NotFound."""
    if not 1 <= len(wishes) <= MOST_WISHES:
        raise BadInput(
            f"{len(wishes)} 件の予約は一度にできません。",
            f"一度にできるのは 1 件から {MOST_WISHES} 件までです。",
            "分けて予約してください。",
        )
    asked = at.ask(desk, wishes, submit)
    if len({card.station for card in asked.cards.values()}) > 1:
        raise BadInput(
            "二つの施設を一度には予約できません。", "登録は施設ごとです。", "施設ごとに分けて予約してください。"
        )
    return asked


def refusal_of(
    desk: Desk,
    wishes: Sequence[Wish],
    asked: Asked,
    *,
    but: frozenset[Rule] | set[Rule] = frozenset(),
    near: bool = True,
) -> Refusal | None:
    """The first wish that does not fit beside those before it, with the nearest time that does; None when all fit.

    Rules in `but` do not count. Without `near` no other time is looked for.
    """
    for card in asked.cards.values():
        if not card.may_book:
            return Refusal(Rule.REGISTRATION, "面接を終えて登録されたお子さまだけが予約できます。", child=card.id)
    others = {key: list(spans) for key, spans in asked.others.items()}
    states: dict[date, DayState] = {}
    for wish in wishes:
        card, span = asked.cards[wish.child], wish.span
        state, terms = states.get(span.day) or asked.frame.state(span.day), asked.frame.on(span.day)
        case = Case(card.born, desk.channel, desk.now, tuple(others[wish.child]))
        refusal = deciding.decide(terms, case, span, state)
        if refusal and refusal.rule not in but:
            other = nearest(desk, card, case, span, asked.frame) if near else None
            return replace(refusal, child=wish.child, nearest=other)
        states[span.day] = state.with_stay(span, ages.band(card.born, span.day, terms.age_basis))
        others[wish.child].append(span)
    return None


def others_of(desk: Desk, cards: Iterable[int]) -> dict[int, list[Span]]:
    """The children's other stays from today on, by child."""
    others: dict[int, list[Span]] = {key: [] for key in cards}
    for one in at.bookings(desk, cards, desk.now.astimezone(windows.JAPAN).date()):
        if one.state is State.BOOKED:
            others[one.child].append(one.span)
    return others


def nearest(desk: Desk, card: ChildCard, case: Case, span: Span, found: Frame) -> Span | None:
    """The nearest time of the same length that fits this child now: on the day itself as `found` has it, then around it.

    Further days are read only where no nearer one fits.
    """
    other = deciding.nearest(case, span, {span.day: (found.on(span.day), found.state(span.day))})
    last = 0
    for reach in deciding.REACHES:
        if other is None:
            around = at.frame(desk, card.station, *deciding.around(span.day, reach))
            days = deciding.ring(span.day, last, reach)
            other = deciding.nearest(
                case, span, {day: (around.on(day), around.state(day)) for day in days if around.has(day)}
            )
        last = reach
    return other


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
