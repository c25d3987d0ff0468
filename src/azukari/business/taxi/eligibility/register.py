"""A whole register at once: the same tree as for one applicant, as polars expressions.

A register is a frame with a column `person` (anything that tells persons apart) and these, null where not established:

grade_lower_limb … grade_other   whole numbers: the grade of each impairment, 1–7; 0 when the certificate does not list it
ai_degree care_level facility departure   text: a value of AiDegree, CareLevel, Facility, Departure
wheelchair resident fuel_aid inpatient    boolean
resident_since departed_on applied_on     date

`COLUMNS` has all of them with their types. Only the columns that the rule asks for must be there; others are left alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum

import polars as pl

from azukari.business.taxi.eligibility.facts import CHOICES, DAYS, FLAGS, GRADES, LOWEST_GRADE, Applicant, facts_of
from azukari.business.taxi.eligibility.outcome import Result
from azukari.business.taxi.eligibility.rulebook import Rulebook, own_rules
from azukari.business.taxi.eligibility.tree import Atom, Leaf, Node, NotAfter, Within, fold, leaves
from azukari.business.taxi.types import Kind
from azukari.kernel.errors import BadInput


def _enum(values: type[StrEnum]) -> pl.Enum:
    return pl.Enum([value.value for value in values])


COLUMNS: Mapping[str, pl.DataType] = {
    **{name: pl.UInt8() for name in GRADES},
    **{name: _enum(values) for name, values in CHOICES.items()},
    **{name: pl.Boolean() for name in FLAGS},
    **{name: pl.Date() for name in DAYS},
}
RESULT = _enum(Result)


def decide_all(frame: pl.DataFrame, kind: Kind, on: date, rules: Rulebook | None = None) -> pl.DataFrame:
    """Decide for every row, in its order (諮問815 §4). Agrees with `decide` row by row.

    Returns `person`; `result` (該当, 非該当, 確認待ち); `unmet` and `unknown`, masks (UInt64) of the conditions that are
    not met or not known, to be read with `ids_of`. Raises BadInput when a column is missing or holds what cannot be.
    """
    tree = (rules or own_rules()).tree(kind, on)
    facts = _typed(frame, tree)
    met = {leaf.id: _any([_atom(atom) for atom in leaf.atoms]) for leaf in leaves(tree)}
    return facts.select(
        "person",
        _result(fold(tree, lambda leaf: met[leaf.id], _all, _any)),
        _mask([~each for each in met.values()], "unmet"),
        _mask([each.is_null() for each in met.values()], "unknown"),
    )


def ids_of(mask: int, kind: Kind, on: date, rules: Rulebook | None = None) -> tuple[str, ...]:
    """The ids of the conditions in a mask, which must be of the same kind, day and rules."""
    names = [leaf.id for leaf in leaves((rules or own_rules()).tree(kind, on))]
    return tuple(name for bit, name in enumerate(names) if mask >> bit & 1)


def frame_of(applicants: Mapping[str, Applicant]) -> pl.DataFrame:
    """A register of applicants by person, with all columns."""
    rows = [{"person": person, **facts_of(applicant)} for person, applicant in applicants.items()]
    return pl.DataFrame(rows, schema={"person": pl.String(), **COLUMNS})


def _atom(atom: Atom) -> pl.Expr:
    column = pl.col(atom.fact)
    if isinstance(atom, Within):
        return _any([column == value for value in atom.values])
    return column <= atom.day if isinstance(atom, NotAfter) else column > atom.day


def _all(parts: Iterable[pl.Expr]) -> pl.Expr:
    return pl.all_horizontal(*parts)


def _any(parts: Iterable[pl.Expr]) -> pl.Expr:
    return pl.any_horizontal(*parts)


def _result(met: pl.Expr) -> pl.Expr:
    words = pl.when(met).then(pl.lit(Result.ELIGIBLE.value)).when(met.is_null()).then(pl.lit(Result.PENDING.value))
    return words.otherwise(pl.lit(Result.INELIGIBLE.value)).cast(RESULT).alias("result")


def _mask(flags: list[pl.Expr], name: str) -> pl.Expr:
    bits = [flag.fill_null(value=False).cast(pl.UInt64) * (1 << bit) for bit, flag in enumerate(flags)]
    return pl.sum_horizontal(*bits).cast(pl.UInt64).alias(name)


def _typed(frame: pl.DataFrame, tree: Node) -> pl.DataFrame:
    """The columns the tree asks for, each checked: a value nobody knows must not pass for unknown."""
    wanted = dict.fromkeys(fact for leaf in leaves(tree) for fact in _facts(leaf))
    if absent := [name for name in ("person", *wanted) if name not in frame.columns]:
        raise BadInput(
            f"名簿に欄「{'」「'.join(absent)}」がありません。",
            "欄がないと、分からないのか、当たらないのかを区別できません。",
            "欄を加えてください。分からない値は空にします。",
        )
    return frame.select("person", *(_cast(frame[name]) for name in wanted))


def _facts(leaf: Leaf) -> list[str]:
    return [atom.fact for atom in leaf.atoms]


def _cast(values: pl.Series) -> pl.Series:
    wanted = COLUMNS[values.name]
    if not _alike(values.dtype, wanted):
        raise BadInput(
            f"名簿の欄 {values.name} の型（{values.dtype}）が違います。",
            f"{wanted} でないと、値を取り違えるおそれがあります。",
            "欄の型を直してください。分からない値は空にします。",
        )
    typed = values.cast(wanted, strict=False)
    odd = (typed.is_null() & values.is_not_null()) | _beyond(typed)
    if odd.any():
        row = odd.arg_max() or 0
        raise BadInput(
            f"名簿の{row + 1}行目の {values.name}「{values[row]}」は使えません。",
            "基準にない値なので、当たるかどうかを決められません。",
            "値を直してください。分からないときは空にします。",
        )
    return typed


def _alike(given: pl.DataType, wanted: pl.DataType) -> bool:
    """No cast may change what a value says: 2.7 is no grade, and 1 is no yes."""
    if isinstance(wanted, pl.UInt8):
        return given.is_integer() or given == pl.Null
    if isinstance(wanted, pl.Enum):
        return given in {pl.String, pl.Null} or isinstance(given, pl.Enum | pl.Categorical)
    return given in {wanted, pl.Null}


def _beyond(typed: pl.Series) -> pl.Series:
    if typed.name not in GRADES:
        return pl.repeat(value=False, n=len(typed), eager=True)
    return (typed > LOWEST_GRADE).fill_null(value=False)
