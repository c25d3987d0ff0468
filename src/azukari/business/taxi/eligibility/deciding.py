"""One applicant: the decision, why, and which papers would still change it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from azukari.business.taxi.eligibility.facts import GRADES, Applicant, Facts, facts_of
from azukari.business.taxi.eligibility.outcome import RESULTS, STANDINGS, Eligibility, Missing, Reason, Result
from azukari.business.taxi.eligibility.rulebook import Condition, Paper, Rulebook, Some, own_rules
from azukari.business.taxi.eligibility.tree import (
    AllOf,
    Atom,
    Leaf,
    Node,
    NotAfter,
    States,
    Within,
    kleene_any,
    leaves,
    open_leaves,
    truth,
)
from azukari.business.taxi.types import Kind

_EFFECTS = {
    (Result.ELIGIBLE, Result.INELIGIBLE): "これだけで、対象になるかどうかが決まります。",
    (Result.ELIGIBLE, Result.PENDING): "基準に当たることが分かれば、対象になります。",
    (Result.PENDING, Result.INELIGIBLE): "基準に当たらなければ、対象になりません。当たるときも、ほかの確認が要ります。",
    (Result.PENDING, Result.PENDING): "ほかの書類と合わせて判定します。",
}
_ASKS = {"本人": "「{}」をお出しください。", "区": "「{}」は区が確かめます。お出しいただくものはありません。"}


def decide(applicant: Applicant, kind: Kind, on: date, rules: Rulebook | None = None) -> Eligibility:
    """Whether the applicant may have vouchers of a kind on a day (諮問815 §4), in the rules of that day.

    Pure: the same arguments give the same answer. Raises BadInput when no rule is in force on that day.
    """
    book = rules or own_rules()
    tree, facts = book.tree(kind, on), facts_of(applicant)
    states = {leaf.id: holds(leaf, facts) for leaf in leaves(tree)}
    reasons = tuple(_Words(book, applicant, on, states).of(tree))
    return Eligibility(kind, on, RESULTS[truth(tree, states)], reasons, tuple(_missing(book, tree, states, on)))


def holds(leaf: Leaf, facts: Facts) -> bool | None:
    """Whether a requirement is met; None when the facts leave it open."""
    return kleene_any([_atom(atom, facts) for atom in leaf.atoms])


def _atom(atom: Atom, facts: Facts) -> bool | None:
    value = facts[atom.fact]
    if value is None:
        return None
    if isinstance(atom, Within):
        return value in atom.values
    if not isinstance(value, date):
        raise TypeError(f"{atom.fact} は日付ではありません: {value!r}")
    return value <= atom.day if isinstance(atom, NotAfter) else value > atom.day


class _Words:
    """The requirements as reasons. An impairment or a degree is named only where the applicant has declared it."""

    def __init__(self, book: Rulebook, applicant: Applicant, on: date, states: States) -> None:
        self.book, self.on, self.states, self.declared = book, on, states, applicant.declared

    def of(self, node: Node) -> Iterator[Reason]:
        """All requirements of an `all_of`; of an `any_of` those that carry it, or else what it asks and what was said."""
        if isinstance(node, Leaf):
            yield self._reason(node)
        elif isinstance(node, AllOf):
            for child in node.nodes:
                yield from self.of(child)
        elif truth(node, self.states):
            for child in node.nodes:
                if truth(child, self.states):
                    yield from self.of(child)
        else:
            yield self._reason(node)
            yield from (self._reason(leaf) for leaf in leaves(node) if self._said(leaf))

    def _said(self, leaf: Leaf) -> bool:
        return any(atom.fact in self.declared for atom in leaf.atoms)

    def _reason(self, node: Node) -> Reason:
        rule = self.book.rule(node.id, self.on)
        if not isinstance(rule, Condition | Some):
            raise TypeError(f"「{node.id}」には言葉がありません")
        words = rule.words.replace("{障害}", self._impairments(node))
        return Reason(rule.id, words, STANDINGS[truth(node, self.states)], rule.ground, rule.mark)

    def _impairments(self, node: Node) -> str:
        facts = [atom.fact for leaf in leaves(node) for atom in leaf.atoms]
        return "・".join(GRADES[fact] for fact in facts if fact in GRADES and fact in self.declared) or "障害"


def _missing(book: Rulebook, tree: Node, states: States, on: date) -> Iterator[Missing]:
    open_ids = {leaf.id for leaf in open_leaves(tree, states)}
    proves = {name: book.papers_of(name, on) for name, state in states.items() if state is None}
    for paper in book.paper:
        shown = {name for name, papers in proves.items() if paper.id in papers}
        if shown & open_ids:
            yield _paper(paper, tree, states, shown)


def _paper(paper: Paper, tree: Node, states: States, shown: set[str]) -> Missing:
    met, unmet = (RESULTS[truth(tree, {**states, **dict.fromkeys(shown, way)})] for way in (True, False))
    return Missing(paper, met, unmet, _ASKS[paper.giver].format(paper.name) + _EFFECTS[met, unmet])
