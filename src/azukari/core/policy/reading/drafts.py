"""Folds the tokens of an items section into drafts of flows: who, which way, old and new items, form, row scope."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from azukari.core.policy.reading import counts, lexicon
from azukari.core.policy.reading.counts import Count
from azukari.core.policy.reading.items import ItemList, is_person, split_items
from azukari.core.policy.reading.text import tidy
from azukari.core.policy.reading.tokens import Token
from azukari.core.policy.reading.units import bare_name, same_name
from azukari.core.policy.types import Direction, Form


@dataclass
class Draft:
    """One flow in the making. `label` is the kind of person or the task; `whole` are items with 従来 and 新たな together."""

    business: str
    direction: Direction
    label: str = ""
    whole: ItemList = field(default_factory=ItemList)
    new: list[str] = field(default_factory=list)
    notes: list[tuple[str, tuple[int, ...]]] = field(default_factory=list)
    references: list[tuple[str, tuple[int, ...]]] = field(default_factory=list)
    counts: list[Count] = field(default_factory=list)
    cite: dict[str, list[int]] = field(default_factory=dict)

    def cited(self, name: str, lines: Sequence[int]) -> None:
        """Note the lines a field was read from."""
        known = self.cite.setdefault(name, [])
        known.extend(line for line in lines if line not in known)

    @property
    def label_is_person(self) -> bool:
        """Whether the label names a kind of person rather than a task."""
        return bool(self.label) and is_person(self.label)


@dataclass
class Folded:
    """What an items section says. `totals` are lines such as 「合計 約740件/年」."""

    drafts: list[Draft] = field(default_factory=list)
    businesses: list[str] = field(default_factory=list)
    totals: list[Count] = field(default_factory=list)
    doubts: list[tuple[str, int]] = field(default_factory=list)


class _Fold:
    """Walks the tokens once, keeping where it is: business, direction, label, 従来 or 新たな."""

    def __init__(self, direction: Direction | None) -> None:
        self.out = Folded()
        self.given = direction
        self.business, self.direction, self.label, self.group = "", direction, "", ""
        self.where: dict[str, tuple[int, ...]] = {}
        self.turned: set[tuple[str, Direction | None]] = set()

    def token(self, token: Token, following: Token | None) -> None:
        """Take one token."""
        if token.kind in ("business", "label"):
            self._name(token, following)
        elif token.kind == "row_business":
            self._business(token)
        elif token.kind == "direction":
            self._direction(token)
        elif token.kind == "group":
            self.group = token.text
        elif token.kind == "total":
            self.out.totals.extend(counts.find(token.text, token.lines[0]))
        elif token.kind != "none":
            self._content(token)

    def _name(self, token: Token, following: Token | None) -> None:
        """A name before a direction is a business; after one it is a kind of person or a task."""
        starts_business = token.kind == "business" or (
            following is not None and following.kind in ("direction", "business")
        )
        if starts_business or (self.given is not None and not is_person(bare_name(token.text))):
            self.where = {}
            self.direction = self.given
            self._business(token)
        else:
            self.label = bare_name(token.text)
            self.where["label"] = token.lines

    def _direction(self, token: Token) -> None:
        """Turn to a direction. The same one twice under one business means that the name of the next business was missed."""
        self.direction, self.label, self.group = token.direction, "", ""
        self.where["direction"] = token.lines
        if (self.business, token.direction) in self.turned:
            reason = (
                f"「{tidy(token.text)}」が同じ業務の中に二度あります。業務の名前の行を読み落としているかもしれません"
            )
            self.out.doubts.append((reason, token.lines[0]))
        self.turned.add((self.business, token.direction))

    def _business(self, token: Token) -> None:
        self.business, self.label, self.group = bare_name(token.text), "", ""
        self.where["business"] = token.lines
        if self.business not in self.out.businesses:
            self.out.businesses.append(self.business)

    def _content(self, token: Token) -> None:
        if self.direction is None:
            if token.kind == "text":
                self.out.doubts.append(
                    (
                        f"「{tidy(token.text)[:40]}」がどの方向（区から・本人から・それ以外から）の項目か読み取れません",
                        token.lines[0],
                    )
                )
            return
        draft = self._draft(self.direction)
        if token.kind == "text":
            self._items(draft, token)
        elif token.kind == "ref":
            draft.references.append((token.text, token.lines))
            draft.cited("items", token.lines)
        elif token.kind == "count":
            draft.counts.extend(counts.find(token.text, token.lines[0]))
        else:
            draft.notes.append((token.text, token.lines))

    def _draft(self, direction: Direction) -> Draft:
        """Return the draft of where we are. A sentence above the list (以下の情報を取り扱う) already belongs to it."""
        for draft in self.out.drafts:
            if (draft.business, draft.direction, draft.label) == (self.business, direction, self.label):
                return draft
        draft = Draft(self.business, direction, self.label)
        for name in ("business", "direction", "label"):
            if name in self.where:
                draft.cited(
                    "subject" if name == "label" and draft.label_is_person else name.replace("label", "business"),
                    self.where[name],
                )
        self.out.drafts.append(draft)
        return draft

    def _items(self, draft: Draft, token: Token) -> None:
        found = split_items(token.text)
        for item in found.items:
            draft.whole.add(item)
            if self.group == "new" and item not in draft.new:
                draft.new.append(item)
        draft.whole.doubts.extend(found.doubts)
        draft.whole.repeated.extend(found.repeated)
        draft.whole.open_ended |= found.open_ended
        draft.cited("items", token.lines)
        if self.group == "new":
            draft.cited("items_new", token.lines)


def fold(tokens: Sequence[Token], direction: Direction | None = None) -> Folded:
    """Fold tokens into drafts. With `direction` (an annex, a record) labels are names of businesses."""
    state = _Fold(direction)
    for at, token in enumerate(tokens):
        state.token(token, tokens[at + 1] if at + 1 < len(tokens) else None)
    state.out.drafts = [draft for draft in state.out.drafts if draft.whole.items or draft.references]
    return state.out


def form_of(draft: Draft) -> tuple[Form, tuple[int, ...]]:
    """Return the form, and the lines of the sentence that says so (匿名化処理する)."""
    for text, lines in draft.notes:
        for word in lexicon.listed("forms", "pseudonymised"):
            after = text[text.index(word) + len(word) :] if word in text else None
            if after is not None and not re.match(r"(?:を|は|が)?(?:行わ|し|せ|実施し)(?:ない|ず)", after):
                return Form.PSEUDONYMISED, lines
    return Form.PLAIN, ()


def row_scope_of(draft: Draft) -> tuple[str | None, tuple[int, ...]]:
    """Return the rows a flow is limited to (当該事業対象者に限定して → 当該事業対象者), and the lines that say so."""
    for text, lines in draft.notes:
        match = lexicon.pattern("forms", "row_scopes").search(text)
        if match:
            return tidy(next(group for group in match.groups() if group)), lines
    return None, ()


def open_conditions(draft: Draft) -> list[tuple[str, tuple[int, ...]]]:
    """Return sentences that limit a flow in a way no field holds (必要に応じて以下の情報を取り扱う)."""
    scoped = row_scope_of(draft)[1]
    formed = form_of(draft)[1]
    words = lexicon.listed("forms", "conditions")
    return [
        (tidy(text), lines)
        for text, lines in draft.notes
        if any(word in text for word in words) and lines not in (scoped, formed)
    ]


def same_business(draft: Draft, name: str) -> bool:
    """Whether a draft belongs to a business of that name."""
    return same_name(draft.business, name)
