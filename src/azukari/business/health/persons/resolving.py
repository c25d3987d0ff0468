"""From identities to persons: who is one person, by exact keys, the model and the decisions of officers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from azukari.business.health.columns import IDENTITIES, LINKS
from azukari.core.people.matching.api import group
from azukari.core.people.matching.types import Decision
from azukari.kernel.errors import BadInput

DOUBTS = {"left": pl.Int64(), "right": pl.Int64(), "probability": pl.Float64(), "reasons": pl.List(pl.String())}


@dataclass(frozen=True, slots=True)
class Resolved:
    """`links`: columns LINKS, one row an identity. `doubts`: pairs for an officer (DOUBTS, left < right)."""

    links: pl.DataFrame
    doubts: pl.DataFrame


def resolve(identities: pl.DataFrame, decisions: Sequence[Decision] = ()) -> Resolved:
    """Who is one person among identities (columns IDENTITIES; of one that stands twice the first row counts, by kana).

    `decisions` name two identities each.

    `person` is the smallest identity of the person, so that the same identities and decisions give the same persons on
    every machine, and a decision taken back gives the former ones. Two days of birth or two sexes are one person's only
    by a decision. Decisions about identities that are not here wait for them. Raises BadInput for another frame.
    """
    known = _checked(identities)
    keys = known["identity"]
    place = {identity: row for row, identity in enumerate(keys)}
    here = [
        Decision(place[one.left], place[one.right], one.same)
        for one in decisions
        if one.left in place and one.right in place and one.left != one.right
    ]
    found = group(known.drop("identity"), here, strict=True)
    links = found.groups.select(
        _identity(keys, "row", "identity"), _identity(keys, "group", "person"), "how", "probability"
    )
    doubts = found.doubtful.select(
        _identity(keys, "left", "left"), _identity(keys, "right", "right"), "probability", "reasons"
    )
    return Resolved(links.select(LINKS.keys()), doubts)


def _checked(identities: pl.DataFrame) -> pl.DataFrame:
    """Each identity once, sorted, so that a smaller row is a smaller identity."""
    if missing := [name for name in IDENTITIES if name not in identities.columns]:
        raise BadInput(
            f"被保険者の表に列「{'」「'.join(missing)}」がありません。",
            "名寄せは、保険者番号、記号番号、氏名、生年月日、性別を比べます。",
            "columns.IDENTITIES の列をそろえてください。",
        )
    known = identities.select(IDENTITIES.keys()).cast(IDENTITIES)  # type: ignore[arg-type]
    if known["identity"].null_count():
        raise BadInput(
            "被保険者の表に、identity のない行があります。",
            "誰の記録にもつながりません。",
            "persons.keys.identity_key で identity を付けてください。",
        )
    return known.sort("identity", "kana", nulls_last=True).unique("identity", keep="first", maintain_order=True)


def _identity(keys: pl.Series, row: str, name: str) -> pl.Expr:
    return pl.lit(keys).gather(pl.col(row)).alias(name)
