"""Decisions a second, beside Cedar (cedarpy) on the same permissions and the same questions, in one run.

`cedar_policies` and `cedar_request` say in Cedar what `Terms` say here; the property tests use them as an outside check.
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable, Mapping
from datetime import date
from itertools import cycle, islice
from typing import Any, NamedTuple

import cedarpy

from azukari.config.home import ROOT
from azukari.core.policy.decide import Matrix
from azukari.core.policy.library import load
from azukari.core.policy.terms import SCREEN, Terms, is_own_facility, terms_of
from azukari.core.policy.types import Actor, Form, Place, Subject

OURS = 400_000
THEIRS = 2_000
ROUNDS = 7
GOAL_RATE = 1_000_000
GOAL_RATIO = 100
CONTRACTOR = "計測株式会社"
ON = date(2026, 11, 23)


class Question(NamedTuple):
    """The arguments of one decision."""

    actor: Actor
    flow: str
    item: str
    subject: Subject
    place: Place | None
    medium: str
    on: date
    direction: str | None
    form: Form


def run() -> dict[str, Any]:
    terms = terms_of(load(ROOT / "consultations", demonstration=True))
    questions = _questions(terms)
    places = {q.place.code: q.place for q in questions if q.place}
    matrix = Matrix(terms, places)
    allowed = [q for q in questions if _ask(matrix, q)]
    refused = [q for q in questions if not _ask(matrix, q)]
    policies = cedar_policies(terms)
    rows = [
        _row("許される問い", _rate(matrix, allowed), _cedar_rate(policies, terms, allowed)),
        _row("許されない問い(理由つき)", _rate(matrix, refused), _cedar_rate(policies, terms, refused)),
    ]
    return {"rows": rows}


def _questions(terms: Mapping[str, Terms]) -> list[Question]:
    """Every flow with each of its items and one it does not have, at its first place, on the screen."""
    made = []
    actor = Actor("計測", "operator", frozenset(terms), CONTRACTOR, person=1)
    for one in terms.values():
        subject = Subject(CONTRACTOR, frozenset({one.row_scope or ""}), 1)
        word = next(iter(one.places), "定めなし")
        place = Place(f"p-{one.id}", word, word, CONTRACTOR if is_own_facility(word) else None, ward_terminal=True)
        items = (*one.items, "諮問にない項目")
        made += [Question(actor, one.id, item, subject, place, SCREEN, ON, None, one.form) for item in items]
    return made


def _ask(matrix: Matrix, q: Question) -> bool:
    return matrix.decide(q.actor, q.flow, q.item, q.subject, q.place, q.medium, q.on, form=q.form).allowed


def _rate(matrix: Matrix, questions: list[Question]) -> float:
    decide = matrix.decide
    asked = list(islice(cycle(questions), OURS))

    def work() -> None:
        for actor, flow, item, subject, place, medium, on, _, form in asked:
            decide(actor, flow, item, subject, place, medium, on, form=form)

    return OURS / _seconds(work)


def _cedar_rate(policies: str, terms: Mapping[str, Terms], questions: list[Question]) -> float:
    """Cedar's best: one batch, so that the policies are parsed once; one actor, so that there is one entity."""
    asked = [cedar_request(q, terms) for q in islice(cycle(questions), THEIRS)]
    requests, entities = [request for request, _ in asked], asked[0][1]

    def work() -> None:
        cedarpy.is_authorized_batch(requests, policies, entities)

    return THEIRS / _seconds(work)


def _seconds(work: Callable[[], None]) -> float:
    """Median of several rounds of this process's own CPU seconds: what else the machine does is not counted."""
    taken = []
    for _ in range(ROUNDS):
        began = time.process_time()
        work()
        taken.append(time.process_time() - began)
    return statistics.median(taken)


def _row(what: str, ours: float, cedar: float) -> dict[str, Any]:
    ratio = ours / cedar
    return {
        "what": what,
        "ours": round(ours),
        "unit": "件/秒",
        "peers": {"cedarpy": round(cedar)},
        "ratio": round(ratio, 1),
        "goal": f"≥ {GOAL_RATE:,} かつ cedarpy の {GOAL_RATIO} 倍以上",
        "met": ours >= GOAL_RATE and ratio >= GOAL_RATIO,
    }


def cedar_policies(terms: Mapping[str, Terms]) -> str:
    """The same permissions in Cedar, one policy a flow."""
    return "\n".join(_cedar_policy(one) for one in terms.values() if one.gap is None)


def _cedar_policy(one: Terms) -> str:
    facilities = _set(tuple(place for place in one.places if is_own_facility(place)))
    ownerless = f"!({facilities}.contains(context.place.stands_for))"
    on_screen = f"context.medium == {_text(SCREEN)} && ({_bool(one.screen)} || context.place.ward_terminal)"
    conditions = [
        f"context.day >= {one.since.toordinal()} && context.day < {one.until.toordinal()}",
        f"principal.enrolled.contains({_text(one.id)})",
        f"{_set(one.items)}.contains(context.item)",
        f"context.direction == {_text(one.direction)}",
        f"{_set(one.places)}.contains(context.place.stands_for)",
        f'if context.place.contractor == "" then {ownerless} else context.place.contractor == principal.contractor',
        f"{_set(tuple(sorted(one.media)))}.contains(context.medium) || ({on_screen})",
    ]
    if one.form is Form.PSEUDONYMISED:
        conditions.append("context.tokens")
    if one.divided:
        own = 'context.row.contractor != "" && context.row.contractor == principal.contractor'
        conditions.append(f"(!context.row.divides || ({own}))")
    if one.row_scope:
        conditions.append(f"context.row.scopes.contains({_text(one.row_scope)})")
    if one.own_record:
        conditions.append("context.row.person != 0 && context.row.person == principal.person")
    return (
        f'permit(principal, action == Action::"handle", resource == Flow::{_text(one.id)}) when {{\n  '
        + " &&\n  ".join(f"({condition})" for condition in conditions)
        + "\n};"
    )


def cedar_request(q: Question, terms: Mapping[str, Terms]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """One question as Cedar wants it: the request and the entity of who asks."""
    known = terms.get(q.flow)
    place = q.place or Place("", "", "", None, ward_terminal=False)
    request = {
        "principal": 'Actor::"asker"',
        "action": 'Action::"handle"',
        "resource": f"Flow::{_text(q.flow)}",
        "context": {
            "day": q.on.toordinal(),
            "item": q.item,
            "direction": q.direction or (known.direction if known else ""),
            "medium": q.medium,
            "tokens": q.form is Form.PSEUDONYMISED,
            "place": {
                "stands_for": place.stands_for,
                "contractor": place.contractor or "",
                "ward_terminal": place.ward_terminal,
            },
            "row": {
                "divides": q.subject.contractor is not None,
                "contractor": q.subject.contractor or "",
                "scopes": sorted(q.subject.scopes),
                "person": q.subject.person or 0,
            },
        },
    }
    attributes = {
        "enrolled": sorted(q.actor.enrolled),
        "contractor": q.actor.contractor or "",
        "person": q.actor.person or 0,
    }
    return request, [{"uid": {"type": "Actor", "id": "asker"}, "attrs": attributes, "parents": []}]


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)


def _set(values: tuple[str, ...]) -> str:
    return "[" + ", ".join(map(_text, values)) + "]"


def _bool(value: bool) -> str:
    return "true" if value else "false"
