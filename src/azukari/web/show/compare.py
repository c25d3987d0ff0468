"""What a later consultation would newly permit beside an earlier one: flows, items, places, media."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from azukari.core.policy.types import Consultation, Flow, Form
from azukari.web import words

Items = Callable[[str], Iterable[str]]


@dataclass(frozen=True, slots=True)
class Change:
    """One point of difference. `added`: newly permitted; `removed`: no longer there."""

    term: str
    added: tuple[str, ...]
    removed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FlowChange:
    """One flow of the later paper beside the earlier paper's flow of the same business; None when that has no such."""

    id: str
    business: str
    before: str | None
    changes: tuple[Change, ...]


def changes(before: Consultation, after: Consultation, items: Items) -> tuple[FlowChange, ...]:
    """Flow by flow of the later paper: what it would add to, or drop from, the earlier one."""
    return tuple(_flow_change(flow, _same_business(flow, before), items) for flow in after.flows)


def _same_business(flow: Flow, before: Consultation) -> Flow | None:
    same = (old for old in before.flows if (old.business, old.direction) == (flow.business, flow.direction))
    return next(same, None)


def _flow_change(flow: Flow, old: Flow | None, items: Items) -> FlowChange:
    found = (
        _change(term, now, (was if old else ()))
        for term, now, was in zip(_TERMS, _values(flow, items), _values(old or flow, items), strict=True)
    )
    return FlowChange(flow.id, flow.business, old.id if old else None, tuple(one for one in found if one))


_TERMS = ("個人情報の項目", "向き", "取り扱う場所", "授受の方法", "委託先", "項目の渡し方", "件数")


def _values(flow: Flow, items: Items) -> tuple[tuple[str, ...], ...]:
    return (
        tuple(items(flow.id)),
        (words.DIRECTIONS[flow.direction],),
        flow.places,
        flow.media,
        flow.contractors,
        (words.FORMS[Form(flow.form)],),
        (words.amount_of(flow),),
    )


def _change(term: str, now: Iterable[str], was: Iterable[str]) -> Change | None:
    added = tuple(value for value in now if value not in set(was))
    removed = tuple(value for value in was if value not in set(now))
    return Change(term, added, removed) if added or removed else None
