"""`./azukari health deemed`: whose care of the year may count as a checkup, and what is missing (諮問809 2(2))."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from azukari.cli.desk import AsJson
from azukari.cli.manage import recorded

if TYPE_CHECKING:
    from azukari.business.health.checkups.types import Candidate


def deemed(
    fiscal_year: Annotated[int, typer.Option("--fiscal-year", help="年度 (西暦)", metavar="YYYY", min=2008, max=2100)],
    as_json: AsJson = False,
) -> None:
    """みなし健診の候補: 健診を受けていない人の診療で、健診の項目がどこまでそろうか、何が足りないかを示します。

    氏名は出しません。番号 (person) と、もとのレセプトの行だけを示します。
    """
    with recorded():
        from azukari.business.health.api import open_store
        from azukari.business.health.checkups import api as checkups
        from azukari.kernel.fiscal import FiscalYear

        with open_store().connect() as connection:
            found = checkups.candidates(connection, FiscalYear(fiscal_year))
        unconfirmed = checkups.unconfirmed_terms()
    if as_json:
        told = {"fiscal_year": fiscal_year, "unconfirmed": unconfirmed, "candidates": [asdict(one) for one in found]}
        typer.echo(json.dumps(told, ensure_ascii=False, indent=2, default=str))
        return
    _tell(found, unconfirmed)


def _tell(found: Sequence[Candidate], unconfirmed: Sequence[str]) -> None:
    """How many, and of which item how many show it: nobody by name or number."""
    typer.echo(f"みなし健診の候補: {len(found):,} 人")
    words = {"present": "行われた", "absent": "ない", "unknown": "分からない"}
    counts = Counter((need.label, need.state) for one in found for need in one.needs)
    for label in dict.fromkeys(need.label for one in found for need in one.needs):
        told = "、".join(f"{word} {counts[label, state]:,} 人" for state, word in words.items() if counts[label, state])
        typer.echo(f"  {label}: {told}")
    for one in unconfirmed:
        typer.echo(f"  未確認: {one}")
