"""The rules as data: reading them, refusing what does not hang together, and building the tree of a day.

`data/eligibility.toml` has papers, conditions (one test each), groups (`all_of`, `any_of`) and, for each kind of
voucher, the rule it follows. Conditions, groups and kinds are dated, half-open; of one id one version is in force a day.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Annotated, Literal, Self, TypeVar

from pydantic import Field, StrictBool, StrictInt, ValidationError, model_validator

from azukari.business.taxi.eligibility.facts import CHOICES, LOWEST_GRADE, Impairment
from azukari.business.taxi.eligibility.tree import After, AllOf, AnyOf, Atom, Leaf, Node, NotAfter, Within, leaves
from azukari.business.taxi.types import Kind
from azukari.core.policy.types import Strict, Text
from azukari.kernel.errors import BadInput
from azukari.kernel.period import Period

MASK_BITS = 64
Mark = Literal["S", "V", "M", "NOT FOUND"]


class Dated(Strict):
    """Something in force from `valid_from` to before `valid_until`; either is left out where nobody has looked it up."""

    valid_from: date | None = None
    valid_until: date | None = None

    @property
    def period(self) -> Period:
        """Its days. Raises ValueError when it ends before it begins."""
        return Period(self.valid_from, self.valid_until)


D = TypeVar("D", bound=Dated)


def in_force(rows: Iterable[D], on: date) -> D | None:
    """The version of that day, if there is one."""
    return next((row for row in rows if on in row.period), None)


def refuse_overlaps(name: str, rows: Iterable[Dated]) -> None:
    """Raises ValueError when two versions are in force on one day."""
    known = list(rows)
    for index, row in enumerate(known):
        if any(row.period.overlaps(other.period) for other in known[:index]):
            raise ValueError(f"「{name}」の期間が重なっています")


class GradeTest(Strict):
    """One of these impairments has this grade or a heavier one."""

    of: Literal["grade"]
    impairments: Annotated[tuple[Impairment, ...], Field(min_length=1)]
    at_most: Annotated[StrictInt, Field(ge=1, le=LOWEST_GRADE)]

    def atoms(self, _on: date) -> tuple[Atom, ...]:
        """One for each impairment."""
        return tuple(Within(each.fact, tuple(range(1, self.at_most + 1))) for each in self.impairments)


class ChoiceTest(Strict):
    """The fact is one of these values."""

    of: Literal["choice"]
    fact: Literal["ai_degree", "care_level", "facility", "departure"]
    one_of: Annotated[tuple[Text, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _known_values(self) -> Self:
        if unknown := [value for value in self.one_of if value not in list(CHOICES[self.fact])]:
            raise ValueError(f"{self.fact} に「{unknown[0]}」という値はありません")
        return self

    def atoms(self, _on: date) -> tuple[Atom, ...]:
        """A single one."""
        return (Within(self.fact, self.one_of),)


class FlagTest(Strict):
    """The fact is yes, or is no."""

    of: Literal["flag"]
    fact: Literal["wheelchair", "resident", "fuel_aid", "inpatient"]
    equals: StrictBool

    def atoms(self, _on: date) -> tuple[Atom, ...]:
        """A single one."""
        return (Within(self.fact, (self.equals,)),)


class DayTest(Strict):
    """The fact is a day that has come by the day of the decision (`begun`), or is still to come (`ahead`)."""

    of: Literal["day"]
    fact: Literal["resident_since", "departed_on", "applied_on"]
    when: Literal["begun", "ahead"]

    def atoms(self, on: date) -> tuple[Atom, ...]:
        """A single one, against the day of the decision."""
        return (NotAfter(self.fact, on) if self.when == "begun" else After(self.fact, on),)


class Paper(Strict):
    """What proves a fact. `giver` is who brings it: a paper of the ward's own is never asked of the resident."""

    id: Text
    name: Text
    giver: Literal["本人", "区"]
    mark: Mark


class Condition(Dated):
    """One requirement. In `words`, {障害} stands for the impairments the applicant declared."""

    id: Text
    words: Text
    ground: Text
    mark: Mark
    papers: Annotated[tuple[Text, ...], Field(min_length=1)]
    test: Annotated[GradeTest | ChoiceTest | FlagTest | DayTest, Field(discriminator="of")]


class Every(Dated):
    """All of the rules named must hold."""

    id: Text
    of: Annotated[tuple[Text, ...], Field(min_length=1)]


class Some(Dated):
    """One of the rules named must hold. `words` say it without naming anybody's impairment."""

    id: Text
    words: Text
    ground: Text
    mark: Mark
    of: Annotated[tuple[Text, ...], Field(min_length=1)]


class KindRule(Dated):
    """The rule that a kind of voucher follows."""

    kind: Kind
    rule: Text


Rule = Condition | Every | Some


class Rulebook(Strict):
    """All rules of all days. A book that is not whole cannot be made (ValidationError)."""

    paper: tuple[Paper, ...]
    condition: tuple[Condition, ...]
    all_of: tuple[Every, ...] = ()
    any_of: tuple[Some, ...] = ()
    kind: tuple[KindRule, ...]

    def tree(self, kind: Kind, on: date) -> Node:
        """The rule of a kind on a day. Raises BadInput when none is in force."""
        row = in_force((row for row in self.kind if row.kind is kind), on)
        if row is None:
            raise BadInput(
                f"{on} の「{kind}」の基準がありません。",
                "その日に有効な基準が登録されていません。",
                "判定する日を確かめるか、基準のファイルに加えてください。",
            )
        return self._node(row.rule, on, ())

    def rule(self, name: str, on: date) -> Rule:
        """A condition or group as of a day. Raises ValueError when there is none."""
        found = in_force((rule for rule in self._rules() if rule.id == name), on)
        if found is None:
            raise ValueError(f"{on} の「{name}」がありません")
        return found

    def papers_of(self, name: str, on: date) -> frozenset[str]:
        """The ids of the papers that prove a condition."""
        rule = self.rule(name, on)
        return frozenset(rule.papers) if isinstance(rule, Condition) else frozenset()

    def _rules(self) -> Iterator[Rule]:
        yield from self.condition
        yield from self.all_of
        yield from self.any_of

    def _node(self, name: str, on: date, above: tuple[str, ...]) -> Node:
        if name in above:
            raise ValueError(f"「{name}」が自分自身を含んでいます")
        rule = self.rule(name, on)
        if isinstance(rule, Condition):
            return Leaf(name, rule.test.atoms(on))
        nodes = tuple(self._node(part, on, (*above, name)) for part in rule.of)
        return AllOf(name, nodes) if isinstance(rule, Every) else AnyOf(name, nodes)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        for name in {rule.id for rule in self._rules()}:
            refuse_overlaps(name, (rule for rule in self._rules() if rule.id == name))
        for kind in Kind:
            refuse_overlaps(kind, (row for row in self.kind if row.kind is kind))
        known = {paper.id for paper in self.paper}
        for condition in self.condition:
            if unknown := set(condition.papers) - known:
                raise ValueError(f"「{condition.id}」の書類「{min(unknown)}」がありません")
        for row in self.kind:
            for day in self._turning_days(row):
                _refuse_twice_asked(self._node(row.rule, day, ()))
        return self

    def _turning_days(self, row: KindRule) -> set[date]:
        """Between two of these days nothing changes, so a tree that is whole on each is whole on every day."""
        ends = {end for rule in self._rules() for end in (rule.valid_from, rule.valid_until) if end is not None}
        return {day for day in ends | {row.valid_from or date.min} if day in row.period}


def _refuse_twice_asked(tree: Node) -> None:
    """What still matters is found on the tree alone (`tree.open_leaves`); that is exact while no fact is asked twice."""
    facts = Counter(atom.fact for leaf in leaves(tree) for atom in leaf.atoms)
    if twice := sorted(fact for fact, times in facts.items() if times > 1):
        raise ValueError(f"「{tree.id}」は {twice[0]} を二度尋ねています。一つの条件にまとめてください")
    if len(list(leaves(tree))) > MASK_BITS:
        raise ValueError(f"「{tree.id}」の条件が{MASK_BITS}を超えています")


def read_rules(text: str, name: str = "eligibility.toml") -> Rulebook:
    """The rules in a TOML text. Raises BadInput, naming the file, when it cannot be read or is not whole."""
    try:
        return Rulebook.model_validate(tomllib.loads(text))
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        raise unreadable(name, error) from error


def unreadable(name: str, error: ValueError) -> BadInput:
    """What to say of a data file that cannot be used."""
    said = "; ".join(_places(error)) if isinstance(error, ValidationError) else str(error)
    return BadInput(
        f"{name} が使えません（{said}）。",
        "基準が一つに決まらないままでは判定できません。",
        "ファイルのその箇所を直してから、もう一度読み込んでください。",
    )


def _places(error: ValidationError) -> Iterator[str]:
    for one in error.errors()[:3]:
        yield ": ".join(filter(None, (".".join(map(str, one["loc"])), one["msg"])))


def data_text(name: str) -> str:
    """A file of the business's own `data` folder."""
    return files("azukari.business.taxi").joinpath("data", name).read_text(encoding="utf-8")


@cache
def own_rules() -> Rulebook:
    """The rules that come with the business."""
    return read_rules(data_text("eligibility.toml"))
