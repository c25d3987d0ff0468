"""Wall 1: may this actor, under this flow, handle this item of this person, here, by this medium, on this day?

Pure: the consultations and places are compiled once into a matrix, time comes in as an argument. What the matrix does
not list is refused. A permission is one look-up on a tuple and six comparisons; a refusal takes the slow road that
finds the first decisive cause in a fixed order and says what would be needed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from azukari.core.policy.terms import (
    DIRECTION_WORDS,
    SCREEN,
    Point,
    Terms,
    day,
    fits,
    media_at,
)
from azukari.core.policy.types import Actor, Decision, Direction, Flow, Form, Place, Subject

REMEMBERED_REFUSALS = 16_384
NO_GROUND = "根拠なし"
NO_CAUSE = "諮問に書かれていない取扱いです。"


class Cell(NamedTuple):
    """What is left to compare once (flow, item, place, medium) was found."""

    since: date
    until: date
    direction: Direction
    tokens_only: bool
    scope: str | None
    place_of: str | None
    divided: bool
    own_record: bool
    decision: Decision


class Question(NamedTuple):
    """One question as asked, for the slow road."""

    actor: Actor
    flow: str
    item: str | None
    subject: Subject | None
    place: Place | None
    medium: str
    on: date
    direction: Direction | None
    form: Form | None


@dataclass(frozen=True, slots=True)
class ItemLine:
    """One line of the page "why may this operator see this". `conditions` narrow the rows, in words."""

    item: str
    decision: Decision
    conditions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CountWarning:
    """More than the council was told. Never blocks: a benefit is paid, and a changed consultation is asked for."""

    flow: str
    approved: int
    actual: int
    unit: str
    reason: str


class Matrix:
    """The consultations and places, compiled. A change of either makes a new one; only refusals are remembered in it."""

    __slots__ = ("_refused", "cells", "places", "terms")

    def __init__(self, terms: Mapping[str, Terms], places: Mapping[str, Place]) -> None:
        self.terms = dict(terms)
        self.places = dict(places)
        self.cells: dict[tuple[str, str, str | None, str], Cell] = {
            (one.id, item, place.code, medium): _cell(one, item, place, medium)
            for one in terms.values()
            for place in places.values()
            if fits(one, place)
            for medium in media_at(one, place)
            for item in one.items
        }
        self._refused: dict[tuple[object, ...], Decision] = {}

    def decide(
        self,
        actor: Actor,
        flow: str,
        item: str,
        subject: Subject,
        place: Place | None,
        medium: str,
        on: date,
        *,
        direction: Direction | None = None,
        form: Form = Form.PLAIN,
    ) -> Decision:
        """Allowed or refused, with ground and reason. `form` is the form of the row that is asked for."""
        cell = self.cells.get((flow, item, place.code if place else None, medium))
        if cell is not None:
            since, until, way, tokens_only, scope, place_of, divided, own_record, decision = cell
            if (
                since <= on < until
                and flow in actor.enrolled
                and (direction is None or direction == way)
                and not (tokens_only and form is not Form.PSEUDONYMISED)
                and (place_of is None or place_of == actor.contractor)
                and (not divided or subject.contractor is None or subject.contractor == actor.contractor)
                and (scope is None or scope in subject.scopes)
                and (not own_record or (subject.person is not None and subject.person == actor.person))
            ):
                return decision
        # All that a refusal's words depend on, as plain values: hashing the objects themselves would cost twice as much.
        key = (
            actor.enrolled, actor.contractor, actor.person, flow, item, subject.contractor, subject.scopes, subject.person,
            place.code if place else None, medium, on, direction, form is Form.PSEUDONYMISED,
        )  # fmt: skip
        return self._refused.get(key) or self._remember(
            key, Question(actor, flow, item, subject, place, medium, on, direction, form)
        )

    def _remember(self, key: tuple[object, ...], question: Question) -> Decision:
        if len(self._refused) >= REMEMBERED_REFUSALS:
            self._refused.clear()
        decision = self._refused[key] = self._refuse(question)
        return decision

    def admit(self, actor: Actor, flow: str, place: Place | None, medium: str, on: date) -> Decision:
        """May the actor work under this flow here and now at all, before any item or row is named?"""
        question = Question(actor, flow, None, None, place, medium, on, None, None)
        terms = self.terms.get(flow)
        if terms is None or self._first_cause(question):
            return self._refuse(question)
        return Decision(True, terms.ground, f"{terms.title}に従事できます。")

    def explain(
        self, actor: Actor, flow: str, place: Place | None, medium: str, on: date, items: Iterable[str] = ()
    ) -> list[ItemLine]:
        """Item by item what the actor sees under the flow; `items` are further ones to show as refused."""
        terms = self.terms.get(flow)
        own = terms.items if terms else ()
        subject = _best_subject(terms, actor)
        form = terms.form if terms else Form.PLAIN
        return [
            ItemLine(item, self.decide(actor, flow, item, subject, place, medium, on, form=form), _conditions(terms))
            for item in dict.fromkeys((*own, *items))
        ]

    def _refuse(self, question: Question) -> Decision:
        terms = self.terms.get(question.flow)
        reason, point = self._first_cause(question) or (NO_CAUSE, Point.ITEMS)
        return Decision(False, terms.ground_of(point) if terms else NO_GROUND, reason)

    def _first_cause(self, question: Question) -> tuple[str, Point] | None:
        """Why not, and on which point of the paper it turns."""
        terms = self.terms.get(question.flow)
        if terms is None:
            return f"「{question.flow}」という諮問も業務の登録もありません。新たに諮問する必要があります。", Point.ITEMS
        registered = question._replace(place=self.places.get(question.place.code) if question.place else None)
        for cause, point in CAUSES:
            if reason := cause(terms, registered):
                on_screen = point is Point.MEDIUM and question.medium == SCREEN
                return reason, Point.COMPUTER if on_screen else point
        return None


def _cell(terms: Terms, item: str, place: Place, medium: str) -> Cell:
    reason = f"{terms.name}に書かれた項目「{item}」を、{place.stands_for}で{medium}により取り扱えます。"
    return Cell(
        terms.since,
        terms.until,
        terms.direction,
        terms.form is Form.PSEUDONYMISED,
        terms.row_scope,
        place.contractor,
        terms.divided,
        terms.own_record,
        Decision(True, terms.ground, reason),
    )


def _best_subject(terms: Terms | None, actor: Actor) -> Subject:
    scopes = frozenset({terms.row_scope}) if terms and terms.row_scope else frozenset[str]()
    return Subject(actor.contractor, scopes, actor.person)


def _conditions(terms: Terms | None) -> tuple[str, ...]:
    if terms is None:
        return ()
    words = {
        f"{terms.row_scope}に限ります。": terms.row_scope is not None,
        "氏名や番号を仮の符号に置き換えたものに限ります。": terms.form is Form.PSEUDONYMISED,
        "自らの委託先に預けられたものに限ります。": terms.divided,
        "ご本人の記録に限ります。": terms.own_record,
    }
    return tuple(word for word, holds in words.items() if holds)


def warn_count(flow: Flow, actual: int) -> CountWarning | None:
    """A warning when `actual` (in the flow's unit, within its period) is over the count told to the council."""
    if flow.count is None or actual <= flow.count:
        return None
    unit = f"{flow.unit or '件'}/{'月' if flow.per == 'month' else '年'}"
    about = "約" if flow.approximate else ""
    reason = (
        f"諮問では{about}{flow.count:,}{unit}ですが、実際は{actual:,}{unit}です。"
        "業務は止めません。件数を改める変更の諮問を検討してください。"
    )
    return CountWarning(flow.id, flow.count, actual, unit, reason)


# The causes of a refusal, in the order in which the first one is told.


def _not_in_force(terms: Terms, question: Question) -> str | None:
    if terms.gap:
        return terms.gap
    if question.on < terms.since:
        return f"{terms.name}による取扱いは{day(terms.since)}からです。その日までお待ちください。"
    if question.on >= terms.until:
        return f"{terms.name}による取扱いは{day(terms.until)}に終わりました。続けるには変更の諮問が必要です。"
    return None


def _not_an_item(terms: Terms, question: Question) -> str | None:
    if question.item is None or question.item in terms.items:
        return None
    return f"「{question.item}」は{terms.name}の項目にありません。取り扱うには項目を加える諮問が必要です。"


def _wrong_direction(terms: Terms, question: Question) -> str | None:
    if question.direction is None or question.direction == terms.direction:
        return None
    allowed = DIRECTION_WORDS[terms.direction]
    return f"{terms.name}が認めるのは「{allowed}」だけです。別の向きで取り扱うには別の諮問が必要です。"


def _too_plain(terms: Terms, question: Question) -> str | None:
    if question.form is None or terms.form is Form.PLAIN or question.form is Form.PSEUDONYMISED:
        return None
    return f"{terms.name}で渡せるのは、氏名や番号を仮の符号に置き換えたものだけです。先に区で置き換えてください。"


def _not_enrolled(terms: Terms, question: Question) -> str | None:
    if question.flow in question.actor.enrolled:
        return None
    return f"「{terms.business}」に従事する者として名簿に載っていません。責任者による届出が必要です。"


def _wrong_place(terms: Terms, question: Question) -> str | None:
    allowed = "、".join(terms.places) or "定めなし"
    if question.place is None:
        return f"登録された取扱場所ではありません。{terms.name}の取扱場所({allowed})で行ってください。"
    if not fits(terms, question.place):
        return f"「{question.place.name}」は{terms.name}の取扱場所ではありません。{allowed}で行ってください。"
    if question.place.contractor not in {None, question.actor.contractor}:
        return f"「{question.place.name}」は別の委託先の施設です。自らの委託先の施設で行ってください。"
    return None


def _wrong_medium(terms: Terms, question: Question) -> str | None:
    if question.place is None:
        return None
    media = media_at(terms, question.place)
    if question.medium in media:
        return None
    allowed = "、".join(sorted(media)) or "なし"
    return f"「{question.medium}」は{terms.name}の授受の方法にありません。使えるものは{allowed}です。"


def _wrong_row(terms: Terms, question: Question) -> str | None:
    subject, actor = question.subject, question.actor
    if subject is None:
        return None
    if terms.divided and subject.contractor not in {None, actor.contractor}:
        return "この記録は、所属する委託先に預けられたものではありません。預けられた委託先だけが取り扱えます。"
    if terms.row_scope and terms.row_scope not in subject.scopes:
        return f"{terms.name}は{terms.row_scope}に限られます。この方はそれに当たりません。"
    if terms.own_record and (subject.person is None or subject.person != actor.person):
        return "ご本人の記録ではありません。ご覧になれるのはご自身の記録だけです。"
    return None


Cause = Callable[[Terms, Question], str | None]
CAUSES: tuple[tuple[Cause, Point], ...] = (
    (_not_in_force, Point.START),
    (_not_an_item, Point.ITEMS),
    (_wrong_direction, Point.ITEMS),
    (_too_plain, Point.ITEMS),
    (_not_enrolled, Point.ITEMS),
    (_wrong_place, Point.PLACE),
    (_wrong_medium, Point.MEDIUM),
    (_wrong_row, Point.ITEMS),
)
