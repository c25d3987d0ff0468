"""The order of a ceremony: who may take which step when and where (諮問809 §6, 補足資料 2(2)). Plain Python.

PostgreSQL works the same out a second time (`guards`), from the accounts and the roll; a property test compares them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from azukari.core.handover.ceremony.types import Side, Step, Taken, Who

ATTENDING = (Step.WARD_PRESENT, Step.THEIRS_PRESENT)
BACK = (Step.WARD_BACK, Step.THEIRS_BACK)
# What must have been taken before.
NEEDS: Mapping[Step, tuple[Step, ...]] = {
    Step.KEYED: ATTENDING,
    Step.MADE: (Step.KEYED,),
    Step.ACCEPTED: (Step.MADE,),
    Step.WRITTEN: (Step.ACCEPTED,),
    Step.WARD_SIGNED: (Step.WRITTEN,),
    Step.THEIRS_SIGNED: (Step.WRITTEN,),
    Step.DELIVERED: (Step.WARD_SIGNED, Step.THEIRS_SIGNED),
    Step.WARD_BACK: (Step.DELIVERED,),
    Step.THEIRS_BACK: (Step.DELIVERED,),
    Step.RESTORED: BACK,
    Step.DESTROYED: (Step.RESTORED,),
    Step.CLOSED: (Step.DESTROYED,),
}
# After which step nobody attends any more.
OVER: Mapping[Step, Step] = dict.fromkeys(ATTENDING, Step.WRITTEN) | dict.fromkeys(BACK, Step.RESTORED)
THEIRS = frozenset({Step.THEIRS_PRESENT, Step.THEIRS_SIGNED, Step.THEIRS_BACK, Step.DESTROYED})
BY_ANY_OFFICER = frozenset({Step.DELIVERED, Step.CANCELLED})
ANYWHERE = frozenset({Step.DELIVERED, Step.CANCELLED, Step.CLOSED})
# Both have to be there on the day itself.
TOGETHER: Mapping[Step, tuple[Step, ...]] = {
    **dict.fromkeys((Step.KEYED, Step.MADE, Step.ACCEPTED, Step.WRITTEN), ATTENDING),
    Step.RESTORED: BACK,
}
# The step is for the very person who attended.
SAME: Mapping[Step, Step] = {
    **dict.fromkeys((Step.KEYED, Step.MADE, Step.ACCEPTED, Step.WRITTEN, Step.WARD_SIGNED), Step.WARD_PRESENT),
    Step.THEIRS_SIGNED: Step.THEIRS_PRESENT,
    Step.RESTORED: Step.WARD_BACK,
    Step.DESTROYED: Step.THEIRS_BACK,
}


class Why(StrEnum):
    """Why a step is refused; PostgreSQL says the same words."""

    ENDED = "ended"
    ALREADY = "already"
    LEFT = "left"
    NOT_YET = "not-yet"
    SIDE = "side"
    RESPONSIBLE = "responsible"
    PROPOSER = "proposer"
    PLACE = "place"
    ABSENT = "absent"
    OTHER = "other"
    NOT_HANDED = "not-handed"
    NOT_BACK = "not-back"


@dataclass(frozen=True, slots=True)
class State:
    """All that a step is judged by: what was taken, who proposed, the place agreed on, and how the medium fares."""

    taken: Sequence[Taken]
    proposer: str
    place: str
    handed: bool = False
    back: bool = False


def refusal(step: Step, who: Who, place: str, on: date, state: State) -> Why | None:
    """Why the step cannot be taken by them there on that day, or None. The first reason in the order below."""
    last = {one.step: one for one in state.taken}
    checks = (
        (Why.ENDED, Step.CLOSED in last or Step.CANCELLED in last),
        (Why.ALREADY, _again(step, last, on)),
        (Why.LEFT, step is Step.CANCELLED and Step.WRITTEN in last),
        (Why.NOT_YET, any(need not in last for need in NEEDS.get(step, ()))),
        (Why.SIDE, who.side is not (Side.THEIRS if step in THEIRS else Side.WARD)),
        (Why.RESPONSIBLE, step not in BY_ANY_OFFICER and not who.responsible),
        (Why.PROPOSER, step is Step.WARD_PRESENT and who.login == state.proposer),
        (Why.PLACE, step not in ANYWHERE and place != state.place),
        (Why.ABSENT, any(one not in last or last[one].on != on for one in TOGETHER.get(step, ()))),
        (Why.OTHER, step in SAME and (SAME[step] not in last or last[SAME[step]].by != who.login)),
        (Why.NOT_HANDED, step is Step.WRITTEN and not state.handed),
        (Why.NOT_BACK, step is Step.CLOSED and not state.back),
    )
    return next((why for why, so in checks if so), None)


def _again(step: Step, last: Mapping[Step, Taken], on: date) -> bool:
    """Taken before; who attends does so once a day, until what they came for is done."""
    if step in OVER:
        return OVER[step] in last or (step in last and last[step].on >= on)
    return step in last


def next_steps(state: State, who: Who, place: str, on: date) -> tuple[Step, ...]:
    """The steps that this person may take here and now."""
    return tuple(step for step in Step if refusal(step, who, place, on, state) is None)
