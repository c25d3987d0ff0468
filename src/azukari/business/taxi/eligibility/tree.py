"""The rule of one kind on one day, as a small tree, and the three-valued logic over it (Kleene).

Every interpretation goes through `fold`: over booleans for one applicant, over polars expressions for a register.
There is no negation: a requirement is written as what must hold, so to know more good of somebody never hurts them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Within:
    """The fact is one of these values."""

    fact: str
    values: tuple[int | str | bool, ...]


@dataclass(frozen=True, slots=True)
class NotAfter:
    """The fact is this day or an earlier one."""

    fact: str
    day: date


@dataclass(frozen=True, slots=True)
class After:
    """The fact is a later day than this."""

    fact: str
    day: date


Atom = Within | NotAfter | After


@dataclass(frozen=True, slots=True)
class Leaf:
    """One requirement: it holds when one of its atoms does."""

    id: str
    atoms: tuple[Atom, ...]


@dataclass(frozen=True, slots=True)
class AllOf:
    """All of these must hold."""

    id: str
    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """One of these must hold."""

    id: str
    nodes: tuple[Node, ...]


Node = Leaf | AllOf | AnyOf
States = Mapping[str, "bool | None"]


def fold(
    node: Node, leaf: Callable[[Leaf], T], every: Callable[[Sequence[T]], T], some: Callable[[Sequence[T]], T]
) -> T:
    """The tree's value, given what a requirement is worth and how to join values."""
    if isinstance(node, Leaf):
        return leaf(node)
    parts = [fold(child, leaf, every, some) for child in node.nodes]
    return every(parts) if isinstance(node, AllOf) else some(parts)


def leaves(node: Node) -> Iterator[Leaf]:
    """Its requirements, in order."""
    if isinstance(node, Leaf):
        yield node
    else:
        for child in node.nodes:
            yield from leaves(child)


def truth(node: Node, states: States) -> bool | None:
    """True, False or, when the known requirements leave it open, None. `states` has every leaf by id."""
    return fold(node, lambda leaf: states[leaf.id], kleene_all, kleene_any)


def open_leaves(node: Node, states: States) -> Iterator[Leaf]:
    """The unknown requirements on which the result still depends.

    No fact is asked twice in a tree (`rulebook` sees to that), so an unknown leaf below unknown nodes only can always
    turn the result, and one below a settled node never can.
    """
    if truth(node, states) is not None:
        return
    if isinstance(node, Leaf):
        yield node
    else:
        for child in node.nodes:
            yield from open_leaves(child, states)


def kleene_all(parts: Sequence[bool | None]) -> bool | None:
    """False beats unknown, unknown beats true."""
    if False in parts:
        return False
    return None if None in parts else True


def kleene_any(parts: Sequence[bool | None]) -> bool | None:
    """True beats unknown, unknown beats false."""
    if True in parts:
        return True
    return None if None in parts else False
