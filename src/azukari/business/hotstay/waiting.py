"""The waiting list: groups of stays (siblings, several days) that are booked together, or not at all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db import IntegrityError

from azukari.business.hotstay import desk as at
from azukari.business.hotstay import service
from azukari.business.hotstay.changing import OF_PLACES, promote
from azukari.business.hotstay.types import Desk, Refusal, Rule, WaitingCard, Wish

WAITED = OF_PLACES - {Rule.CLOSED}


def wait(desk: Desk, wishes: Sequence[Wish], submit: UUID) -> WaitingCard | Refusal:
    """Begin to wait for all of these stays together. The same `submit` given again finds the same group.

    A Refusal where waiting would not help: another rule than one of places binds. If all fits already, the group is
    booked at once (its state says so). Raises BadInput, Busy and NotFound as `service.book` does.
    """
    with at.turn(desk):
        cards = service.look(desk, wishes, submit).cards
        station = next(iter(cards.values())).station
        at.lock(desk, station, [wish.span.day for wish in wishes])
        refusal = service.refusal_of(desk, wishes, service.look(desk, wishes, submit), but=WAITED)
        if refusal:
            return refusal
        group = _put(desk, wishes, submit)
        if group is None:
            return Refusal(Rule.OWN, "同じお子さまの希望の時間が重なっています。")
        service.record(desk, "hotstay.waits", cards)
        promote(desk, [group])
        return next(one for one in at.groups(desk, cards) if one.id == group)


def _put(desk: Desk, wishes: Sequence[Wish], submit: UUID) -> int | None:
    spans = [wish.span for wish in wishes]
    values = ([one.child for one in wishes], [s.day for s in spans], [s.start for s in spans], [s.end for s in spans])
    query = "SELECT public.hotstay_wait(%s, %s, %s, %s, %s, %s, %s)"
    try:
        with at.counted(desk):
            [(group,)] = at.fetch(desk.using, query, *values, desk.channel, submit, desk.now)
    except IntegrityError:
        return None
    return int(group)


def leave(desk: Desk, group: int) -> bool:
    """Wait no longer. False when the group was booked or had left before, or is not theirs."""
    with at.turn(desk):
        return at.changed(desk, "hotstay_leave", group)


def of(desk: Desk, children: Iterable[int]) -> tuple[WaitingCard, ...]:
    """The children's groups, oldest first, all states."""
    return at.groups(desk, children)
