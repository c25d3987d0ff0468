"""Why a group is true, false or not known for a person: the conditions that make it so, and the sources they read.

An `and` is true because of all its parts and false because of those that are false; an `or` the other way round.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

from azukari.business.health.targets.rules.definitions import HOLE, Definition
from azukari.business.health.targets.rules.kleene import all_of, any_known, any_of, negated
from azukari.business.health.targets.rules.language import (
    And,
    Call,
    Name,
    Node,
    Not,
    Or,
    Type,
    Value,
    names_in,
    parts_of,
)
from azukari.business.health.targets.rules.records import EPOCH
from azukari.business.health.targets.types import Truth
from azukari.kernel import era

Truths = Callable[[Node], Truth]


@dataclass(frozen=True, slots=True)
class Cause:
    """A condition (`sentence` may be empty) or a source (lines, repeat, newest checkup) that decides, and how."""

    name: str
    truth: Truth
    sentence: str = ""
    source: bool = False


def atoms(definition: Definition) -> tuple[Node, ...]:
    """The flags everything else is put together from, each once: comparisons, facts, functions."""
    found: dict[Node, None] = {}
    for node in definition.nodes():
        found |= dict.fromkeys(_atoms(definition, node))
    return tuple(found)


def _atoms(definition: Definition, node: Node) -> Iterator[Node]:
    if isinstance(node, And | Or | Not) or _either(node):
        for part in parts_of(node):
            yield from _atoms(definition, part)
    elif not (isinstance(node, Name) and node.name in definition.conditions):
        yield node


def _either(node: Node) -> bool:
    return isinstance(node, Call) and node.function == "either"


def truths_of(definition: Definition, known: Mapping[Node, Truth]) -> Truths:
    """The truth of any flag of a definition, from that of its atoms."""

    def found(node: Node) -> Truth:
        match node:
            case And():
                return all_of(found(part) for part in node.parts)
            case Or():
                return any_of(found(part) for part in node.parts)
            case Not():
                return negated(found(node.part))
            case Call(function="either"):
                return any_known(found(part) for part in node.arguments)
            case Name() if node.name in definition.conditions:
                return found(definition.conditions[node.name].when)
            case _:
                return known[node]

    return found


def causes(definition: Definition, node: Node, truths: Truths) -> tuple[Cause, ...]:
    """What decides a flag, the outermost first, each once."""
    return tuple(dict.fromkeys(_causes(definition, node, truths)))


def _causes(definition: Definition, node: Node, truths: Truths) -> Iterator[Cause]:
    found = truths(node)
    match node:
        case And() | Or() | Call(function="either"):
            for part in parts_of(node):
                if truths(part) is found:
                    yield from _causes(definition, part, truths)
        case Not():
            yield from _causes(definition, node.part, truths)
        case Name() if node.name in definition.conditions:
            condition = definition.conditions[node.name]
            sentence = condition.yes if found else condition.unknown if found is None else condition.no
            yield Cause(condition.id, found, sentence)
            yield from _causes(definition, condition.when, truths)
        case _:
            for name in names_in(node):
                yield Cause(name.partition(".")[0], found, source=True)


def told(sentence: str, values: Mapping[str, Value], types: Mapping[str, Type]) -> str:
    """A sentence with its holes ({c.hba1c}) filled; what is not known is said to be."""
    return HOLE.sub(lambda hole: said(values.get(hole[1]), types.get(hole[1], "text")), sentence)


def said(value: Value, kind: Type) -> str:
    """One value as people write it."""
    if value is None:
        return "不明"
    if kind == "day" and isinstance(value, int):
        return era.long(EPOCH + timedelta(days=value))
    if isinstance(value, float):
        return f"{value:g}"
    return str(value)
