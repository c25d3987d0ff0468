"""An expression of a definition as an Ibis expression: the same text runs on DuckDB here and on Spark there.

SQL's `and`, `or`, `not` and comparisons are Kleene's, null being what is not known; the rest is written so that it is.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import reduce
from typing import Any

import ibis
from ibis.expr import types as ir

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
)

Columns = Callable[[str], ir.Value]
Belongs = Callable[[str], ir.BooleanValue]
UNKNOWN = ibis.null("boolean")
NOTHING: Mapping[Node, Any] = {}


def compiled(node: Node, columns: Columns, belongs: Belongs, known: Mapping[Node, Any] = NOTHING) -> Any:  # noqa: C901, PLR0911 (one case a node)
    """The Ibis value of an expression.

    `columns` gives names, `belongs` the membership of the row's code in a list, `known` what has been worked out already.
    """
    if node in known:
        return known[node]

    def of(part: Node) -> Any:
        return compiled(part, columns, belongs, known)

    match node:
        case Constant():
            return ibis.literal(node.value)
        case Name():
            return columns(node.name)
        case And():
            return reduce(operator.and_, map(of, node.parts))
        case Or():
            return reduce(operator.or_, map(of, node.parts))
        case Not():
            return ~of(node.part)
        case Member():
            return belongs(node.within)
        case OneOf():
            return of(node.of).isin(node.values)
        case Compare() | Arithmetic():
            return HOWS[node.how](of(node.left), of(node.right))
        case Call(function="either"):
            return _either([of(part) for part in _alternatives(node)])
        case Call():
            return CALLS[node.function](*map(of, node.arguments))


def _alternatives(node: Node) -> Iterator[Node]:
    """Either of either is one choice: written out, nothing is said twice."""
    if isinstance(node, Call) and node.function == "either":
        for part in node.arguments:
            yield from _alternatives(part)
    else:
        yield node


def _either(flags: Sequence[Any]) -> Any:
    nothing = reduce(operator.and_, [flag.isnull() for flag in flags])
    return ibis.ifelse(nothing, UNKNOWN, reduce(operator.or_, [flag.fill_null(False) for flag in flags]))


def _egfr(creatinine: Any, age: Any, sex: Any) -> Any:
    possible = (creatinine > 0) & (age > 0) & sex.isin([1, 2])
    base = 194.0 * creatinine.pow(-1.094) * age.cast("float64").pow(-0.287)
    return ibis.ifelse(possible, (base * ibis.ifelse(sex == 2, 0.739, 1.0)).round(1), ibis.null("float64"))


CALLS: Mapping[str, Callable[..., Any]] = {
    "known": lambda value: value.notnull(),
    "first_known": ibis.coalesce,
    "unless": lambda value, unwanted: value.nullif(unwanted),
    "egfr": _egfr,
}


def kleene_any(sure: ir.BooleanValue, maybe: ir.BooleanValue) -> ir.BooleanValue:
    """True where `sure` holds, else unknown where `maybe` does, else false; neither of them is ever unknown."""
    return ibis.ifelse(sure, True, ibis.ifelse(maybe, UNKNOWN, False))
