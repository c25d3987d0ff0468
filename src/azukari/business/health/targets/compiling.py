"""An expression of a definition as an Ibis expression: the same text runs on DuckDB here and on Spark there.

SQL's `and`, `or`, `not` and comparisons are Kleene's, null being what is not known; the rest is written so that it is.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from functools import reduce
from typing import Any

import ibis
from ibis.expr import types as ir

from azukari.business.health.targets.rules.language import (
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
HOWS: Mapping[str, Callable[[Any, Any], Any]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "==": operator.eq, "!=": operator.ne,
    "+": operator.add, "-": operator.sub, "*": operator.mul,
}  # fmt: skip
UNKNOWN = ibis.null("boolean")


def compiled(node: Node, columns: Columns, belongs: Belongs) -> Any:
    """The Ibis value of an expression; `columns` gives names, `belongs` the membership of the row's code in a list."""
    match node:
        case Constant():
            return ibis.literal(node.value)
        case Name():
            return columns(node.name)
        case And():
            return reduce(operator.and_, [compiled(part, columns, belongs) for part in node.parts])
        case Or():
            return reduce(operator.or_, [compiled(part, columns, belongs) for part in node.parts])
        case Not():
            return ~compiled(node.part, columns, belongs)
        case Member():
            return belongs(node.within)
        case OneOf():
            return compiled(node.of, columns, belongs).isin(node.values)
        case Compare() | Arithmetic():
            return HOWS[node.how](compiled(node.left, columns, belongs), compiled(node.right, columns, belongs))
        case Call():
            return _called(node.function, [compiled(each, columns, belongs) for each in node.arguments])


def _called(function: str, given: list[Any]) -> Any:
    if function == "known":
        return given[0].notnull()
    if function == "later":
        return ibis.coalesce(ibis.greatest(*given), *given)
    if function == "first_known":
        return ibis.coalesce(*given)
    if function == "either":
        return ibis.coalesce(given[0] | given[1], *given)
    if function == "unless":
        return given[0].nullif(given[1])
    return _egfr(*given)


def _egfr(creatinine: Any, age: Any, sex: Any) -> Any:
    possible = (creatinine > 0) & (age > 0) & sex.isin([1, 2])
    base = 194.0 * creatinine.pow(-1.094) * age.cast("float64").pow(-0.287)
    return ibis.ifelse(possible, (base * ibis.ifelse(sex == 2, 0.739, 1.0)).round(1), ibis.null("float64"))


def kleene_any(sure: ir.BooleanValue, maybe: ir.BooleanValue) -> ir.BooleanValue:
    """True where `sure` holds, else unknown where `maybe` does, else false; neither of them is ever unknown."""
    return ibis.ifelse(sure, True, ibis.ifelse(maybe, UNKNOWN, False))
