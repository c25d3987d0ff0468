"""The one door by which a page reaches personal items: decide, enter the flow's role, read, write the ledger.

    with under(request, "815-1") as door:
        rows = list(Voucher.objects.filter(…))
        door.saw("taxi_voucher", [row.pk for row in rows], door.items)

All of it happens in the request's transaction. A page that leaves the door without saying what it showed, or that
reads on after saying so, fails: better an error page than a view nobody knows of.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection
from django.utils import timezone

from azukari.core.access.types import Unrecorded
from azukari.core.accounts.api import NotAllowed, Request, actor_of
from azukari.core.audit.api import record
from azukari.core.policy import api as policy
from azukari.core.policy.api import Actor, Decision, Place

__all__ = ["Denied", "Door", "Unrecorded", "under"]

STRANGER = Decision(False, "サインイン", "サインインした人だけが使える画面です。")


class Denied(NotAllowed):
    """The policy refuses. The accounts' middleware records it and the page shows its ground, reason and next step."""


@dataclass(slots=True)
class Door:
    """An open door: who looks, under which flow, from where, by which medium, on which day, and at which items."""

    actor: Actor
    flow: str
    items: tuple[str, ...]
    place: Place
    medium: str
    on: date
    _unsaid: bool = field(default=True, repr=False)

    def saw(self, table: str, ids: Sequence[int], items: Sequence[str] | None = None) -> None:
        """Record that the page shows these rows' `items` (all allowed ones when not said)."""
        self._say("view", table, ids, self.items if items is None else tuple(items))

    def changed(self, table: str, ids: Sequence[int], items: Sequence[str]) -> None:
        """Record that the page changed these `items` of the rows."""
        self._say("change", table, ids, tuple(items))

    def nothing_seen(self) -> None:
        """Say that what was read holds nothing about anybody (a number of rows, an empty list), or is not shown."""
        self._unsaid = False

    def _say(self, action: str, table: str, ids: Sequence[int], items: tuple[str, ...]) -> None:
        if strangers := sorted(set(items) - set(self.items)):
            raise Unrecorded(f"{self.flow} では扱えない項目を示そうとしました: {'、'.join(strangers)}")
        if ids:
            subjects = policy.subjects_of(table, ids)
            record(
                action,
                actor=self.actor,
                place=self.place,
                flow=self.flow,
                items=items,
                subjects=tuple(sorted(set(subjects))),
                medium=self.medium,
                detail={"table": table, "rows": len(ids)},
            )
        self._unsaid = False

    @contextmanager
    def watched(self) -> Iterator[None]:
        """For `under`: what the page reads inside must have been said when it leaves. Raises Unrecorded."""
        with connection.execute_wrapper(self._watch):
            yield
        if self._unsaid:
            raise Unrecorded(
                f"{self.flow} で読んだものが台帳に書かれていません。"
                "saw、changed、nothing_seen のどれかで締めくくってください。"
            )

    def _watch(self, execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        """Every statement of the page has to be answered for after it; the door's own end with an answer."""
        self._unsaid |= not sql.startswith(("SAVEPOINT", "RELEASE SAVEPOINT"))
        return execute(sql, *rest)


@contextmanager
def under(request: Request, flow: str, *, medium: str = policy.SCREEN) -> Iterator[Door]:
    """Open the door of a flow or register entry for the signed-in person, today, from where they are.

    Inside, the database connection is the flow's role: it reads that flow's views and nothing else.
    Raises Denied when not one item is allowed, and Unrecorded when the page did not say what it showed.
    """
    door = _decide(request, flow, medium, timezone.localdate())
    with policy.enter(flow, actor=door.actor, place=door.place, medium=medium, on=door.on), door.watched():
        yield door


def _decide(request: Request, flow: str, medium: str, on: date) -> Door:
    if request.account is None:
        raise Denied(STRANGER, flow=flow)
    actor, place = actor_of(request.account, on), request.place
    lines = policy.explain(actor, flow, place, medium, on)
    allowed = tuple(line.item for line in lines if line.decision.allowed)
    if not allowed or place is None:
        raise Denied(policy.admit(actor, flow, place, medium, on), flow=flow)
    return Door(actor, flow, allowed, place, medium, on)
