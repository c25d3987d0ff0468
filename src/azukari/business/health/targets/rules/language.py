"""The expressions of a definition: read from text into a typed tree, or refused with the place.

`c.hba1c >= 6.5 or code in diabetes and not suspected`: names, numbers, 'texts', comparisons, `in`, `and`, `or`, `not`,
`+ - *`, and the functions of FUNCTIONS. Every expression has a type (flag, number, text, day); days are days since
1970-01-01, and two of them differ by a number. Truth has three values (Kleene 1952 §64): what is not known is neither
true nor false, and a comparison with it is not known either.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from typing import Literal as OneOfThese

Type = OneOfThese["flag", "number", "text", "day", "list"]
Value = bool | int | float | str | None
Names = Mapping[str, Type]


class Unreadable(ValueError):
    """An expression that has no meaning here; the words say why."""


@dataclass(frozen=True, slots=True)
class Constant:
    """A number, a text, True or False as written."""

    value: bool | int | float | str


@dataclass(frozen=True, slots=True)
class Name:
    """A column, a fact, a parameter or a condition."""

    name: str


@dataclass(frozen=True, slots=True)
class Member:
    """A code that stands in a list of codes, or does not, or (a name without a code) may."""

    of: Node
    within: str


@dataclass(frozen=True, slots=True)
class OneOf:
    """A value among those written."""

    of: Node
    values: tuple[bool | int | float | str, ...]


@dataclass(frozen=True, slots=True)
class Compare:
    """Two values of one type."""

    how: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """A sum, difference or product."""

    how: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Call:
    """One of FUNCTIONS."""

    function: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class And:
    """All of them."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """At least one of them."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite; what is not known stays so."""

    part: Node


Node = Constant | Name | Member | OneOf | Compare | Arithmetic | Call | And | Or | Not

# What a function takes and gives. `known` is never unknown; `unless(x, y)` is unknown where x is y; `first_known`
# and `either` pass over what is not known, so that one test that was not done does not hide the other; `egfr(creatinine mg/dL, age, sex)` is ml/min/1.73m² to one decimal place.
FUNCTIONS: Mapping[str, tuple[tuple[Type | None, ...], Type]] = {
    "known": ((None,), "flag"),
    "first_known": (("number", "number"), "number"),
    "either": (("flag", "flag"), "flag"),
    "unless": (("number", "number"), "number"),
    "egfr": (("number", "number", "number"), "number"),
}
COMPARISONS: Mapping[type[ast.cmpop], str] = {
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "==",
    ast.NotEq: "!=",
}
SIGNS: Mapping[type[ast.operator], str] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*"}
# What `how` does: the same on numbers and on the columns of Ibis.
HOWS: Mapping[str, Callable[[Any, Any], Any]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "==": operator.eq, "!=": operator.ne,
    "+": operator.add, "-": operator.sub, "*": operator.mul,
}  # fmt: skip


def read(text: str, names: Names) -> tuple[Node, Type]:
    """The tree of a text and its type, with `names` known. Raises Unreadable."""
    if len(text) > 4_000:
        raise Unreadable("式が長すぎます")
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise Unreadable(f"式「{text}」が読めません: {getattr(error, 'msg', None) or error}") from error
    return _Reader(text, names).read(tree.body)


def flag(text: str, names: Names) -> Node:
    """As `read`, of an expression that is true, false or unknown. Raises Unreadable."""
    node, found = read(text, names)
    if found != "flag":
        raise Unreadable(f"式「{text}」は、当てはまるかどうかを表していません ({found})")
    return node


@dataclass(frozen=True, slots=True)
class _Reader:
    text: str
    names: Names
    depth: list[int] = field(default_factory=lambda: [0])

    def read(self, node: ast.expr) -> tuple[Node, Type]:
        self.depth[0] += 1
        if self.depth[0] > 500:
            raise Unreadable("式が込み入りすぎています")
        if isinstance(node, ast.BoolOp):
            parts = tuple(self.want(each, "flag") for each in node.values)
            return (And(parts) if isinstance(node.op, ast.And) else Or(parts)), "flag"
        if isinstance(node, ast.UnaryOp):
            return self.unary(node)
        if isinstance(node, ast.Compare):
            return self.compare(node), "flag"
        if isinstance(node, ast.BinOp):
            return self.arithmetic(node)
        if isinstance(node, ast.Call):
            return self.call(node)
        return self.leaf(node)

    def want(self, node: ast.expr, kind: Type) -> Node:
        read, found = self.read(node)
        if found != kind:
            raise self.bad(f"「{ast.unparse(node)}」は {kind} ではなく {found} です")
        return read

    def unary(self, node: ast.UnaryOp) -> tuple[Node, Type]:
        if isinstance(node.op, ast.Not):
            return Not(self.want(node.operand, "flag")), "flag"
        inner = self.leaf(node.operand)[0]
        if isinstance(node.op, ast.USub) and isinstance(inner, Constant) and not isinstance(inner.value, bool | str):
            return Constant(-inner.value), "number"
        raise self.bad("この符号は使えません")

    def leaf(self, node: ast.expr) -> tuple[Node, Type]:
        if isinstance(node, ast.Constant) and isinstance(node.value, bool | int | float | str):
            return Constant(node.value), type_of(node.value)
        name = _dotted(node)
        if name is None:
            raise self.bad(f"「{ast.unparse(node)}」は使えません")
        if name not in self.names:
            raise self.bad(f"「{name}」という名前はありません")
        return Name(name), self.names[name]

    def compare(self, node: ast.Compare) -> Node:
        if len(node.ops) != 1:
            raise self.bad("比べるのは二つずつにしてください")
        operator, (right,) = node.ops[0], node.comparators
        left, kind = self.read(node.left)
        if isinstance(operator, ast.In):
            return self.member(left, kind, right)
        if type(operator) not in COMPARISONS:
            raise self.bad("この比べ方はできません")
        how = COMPARISONS[type(operator)]
        if kind in {"flag", "list"} or (kind == "text" and how not in {"==", "!="}):
            raise self.bad(f"{kind} は「{how}」で比べられません")
        return Compare(how, left, self.want(right, kind))

    def member(self, left: Node, kind: Type, right: ast.expr) -> Node:
        if isinstance(right, ast.List | ast.Tuple):
            values = tuple(each.value for each in right.elts if isinstance(each, ast.Constant))
            known = tuple(each for each in values if isinstance(each, bool | int | float | str))
            if len(known) != len(right.elts) or not known or {type_of(each) for each in known} != {kind}:
                raise self.bad("並べるのは、同じ種類の値だけです")
            return OneOf(left, known)
        name = _dotted(right)
        if name is None or self.names.get(name) != "list" or kind != "text" or not isinstance(left, Name):
            raise self.bad(f"「{ast.unparse(right)}」というコード表はありません")
        return Member(left, name)

    def arithmetic(self, node: ast.BinOp) -> tuple[Node, Type]:
        how = SIGNS.get(type(node.op))
        (left, one), (right, other) = self.read(node.left), self.read(node.right)
        kinds: dict[tuple[str | None, Type, Type], Type] = {
            ("-", "day", "day"): "number",
            ("+", "day", "number"): "day",
            ("-", "day", "number"): "day",
            **{(sign, "number", "number"): "number" for sign in SIGNS.values()},
        }
        if how is None or (how, one, other) not in kinds:
            raise self.bad(f"「{ast.unparse(node)}」は計算できません")
        return Arithmetic(how, left, right), kinds[how, one, other]

    def call(self, node: ast.Call) -> tuple[Node, Type]:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name not in FUNCTIONS or node.keywords or len(node.args) != len(FUNCTIONS[name][0]):
            raise self.bad(f"「{ast.unparse(node)}」という計算はありません")
        wanted, gives = FUNCTIONS[name]
        pairs = zip(node.args, wanted, strict=True)
        arguments = tuple(self.want(each, kind) if kind else self.read(each)[0] for each, kind in pairs)
        return Call(name, arguments), gives

    def bad(self, why: str) -> Unreadable:
        return Unreadable(f"式「{self.text}」: {why}")


def _dotted(node: ast.expr) -> str | None:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return f"{node.value.id}.{node.attr}"
    return None


def type_of(value: object) -> Type:
    """The type of a value as written."""
    if isinstance(value, bool):
        return "flag"
    return "text" if isinstance(value, str) else "number"


def parts_of(node: Node) -> tuple[Node, ...]:
    """The nodes right below one."""
    match node:
        case Compare() | Arithmetic():
            return (node.left, node.right)
        case Call():
            return node.arguments
        case And() | Or():
            return node.parts
        case Not():
            return (node.part,)
        case Member() | OneOf():
            return (node.of,)
        case _:
            return ()


def names_in(node: Node) -> Iterator[str]:
    """Every name an expression reads, lists of codes not among them."""
    if isinstance(node, Name):
        yield node.name
    for part in parts_of(node):
        yield from names_in(part)


def lists_in(node: Node) -> Iterator[str]:
    """Every list of codes an expression asks."""
    if isinstance(node, Member):
        yield node.within
    for part in parts_of(node):
        yield from lists_in(part)


def conjuncts(node: Node) -> tuple[Node, ...]:
    """What must all hold for a node to hold."""
    return tuple(each for part in node.parts for each in conjuncts(part)) if isinstance(node, And) else (node,)


def folded(node: Node, flags: Mapping[str, bool]) -> Node:
    """The same with flags that are settled put in, so that nothing is read for what cannot change the outcome."""
    match node:
        case Name() if node.name in flags:
            return Constant(flags[node.name])
        case Not():
            part = folded(node.part, flags)
            return Constant(not part.value) if isinstance(part, Constant) else Not(part)
        case And() | Or():
            return _together(type(node), [folded(part, flags) for part in node.parts])
        case _:
            return node


def _together(kind: type[And | Or], parts: list[Node]) -> Node:
    deciding = Constant(kind is Or)
    if deciding in parts:
        return deciding
    rest = tuple(part for part in parts if not isinstance(part, Constant))
    return Constant(kind is And) if not rest else rest[0] if len(rest) == 1 else kind(rest)
