"""What an expression says of one row or person: plain three-valued evaluation, one value at a time.

The columnar evaluation (`compiling`) is written apart; both are compared on invented people.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from azukari.business.health.checkups.rules import kidney
from azukari.business.health.targets.rules.language import (
    HOWS,
    And,
    Arithmetic,
    Call,
    Compare,
    Constant,
    Member,
    Name,
    Node,
    Not,
    OneOf,
    Or,
    Value,
)

Truth = bool | None  # None is not known
Belongs = Callable[[str, Mapping[str, Value], str], Truth]


def all_of(truths: Iterable[Truth]) -> Truth:
    """False where one is false; else unknown where one is unknown."""
    known = list(truths)
    return False if False in known else None if None in known else True


def any_of(truths: Iterable[Truth]) -> Truth:
    """True where one is true; else unknown where one is unknown."""
    known = list(truths)
    return True if True in known else None if None in known else False


def any_known(truths: Iterable[Truth]) -> Truth:
    """True where one is true, else false where one is false: what is not known hides nothing. Unknown where all are."""
    known = [each for each in truths if each is not None]
    return any(known) if known else None


def negated(truth: Truth) -> Truth:
    """The opposite; unknown stays unknown."""
    return None if truth is None else not truth


def nowhere(_list: str, _row: Mapping[str, Value], _name: str) -> Truth:
    """Membership where no list of codes is at hand."""
    return None


def evaluate(node: Node, values: Mapping[str, Value], belongs: Belongs = nowhere) -> Value:  # noqa: PLR0911 (one case a node)
    """The value of an expression; None is not known. `belongs(list, row, column)` answers for lists of codes."""
    match node:
        case Constant():
            return node.value
        case Name():
            return values[node.name]
        case And():
            return all_of(truth(part, values, belongs) for part in node.parts)
        case Or():
            return any_of(truth(part, values, belongs) for part in node.parts)
        case Not():
            return negated(truth(node.part, values, belongs))
        case Member():
            return belongs(node.within, values, node.of.name if isinstance(node.of, Name) else "")
        case OneOf():
            found = evaluate(node.of, values, belongs)
            return None if found is None else found in node.values
        case Compare() | Arithmetic():
            return _two(node.how, evaluate(node.left, values, belongs), evaluate(node.right, values, belongs))
        case Call():
            return CALLS[node.function](*(evaluate(each, values, belongs) for each in node.arguments))


def truth(node: Node, values: Mapping[str, Value], belongs: Belongs = nowhere) -> Truth:
    """As `evaluate`, of a flag."""
    found = evaluate(node, values, belongs)
    if found is not None and not isinstance(found, bool):
        raise TypeError(f"{node} is no flag")
    return found


def _two(how: str, left: Value, right: Value) -> Value:
    if left is None or right is None:
        return None
    result: Value = HOWS[how](left, right)
    return result


def egfr(creatinine: float | None, age: float | None, sex: float | None) -> float | None:
    """推算糸球体濾過量 as `kidney` says it, to one decimal place; sex 1 男 2 女. A value that cannot be is unknown."""
    if creatinine is None or age is None or sex not in {1, 2} or creatinine <= 0 or age <= 0:
        return None
    return round(kidney.egfr(creatinine, int(age), int(sex)), 1)


CALLS: Mapping[str, Callable[..., Value]] = {
    "known": lambda value: value is not None,
    "first_known": lambda one, other: other if one is None else one,
    "either": lambda one, other: any_known((one, other)),
    "unless": lambda value, unwanted: None if value == unwanted else value,
    "egfr": egfr,
}
