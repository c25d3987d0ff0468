"""The report as PDF/A: the same pictures and words as the page."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from azukari.business.health.effect.limits import Limits, limits, sources
from azukari.business.health.effect.pictures import people, pictures
from azukari.business.health.effect.types import PROGRAMMES, Report
from azukari.core.documents import api as documents
from azukari.kernel import era

TEMPLATE = Path(__file__).parent / "templates" / "typst" / "effect.typ"
WARD, SECTION = "世田谷区", "保健福祉部国保・年金課"


def paper(report: Report, made: datetime) -> bytes:
    """The report as PDF/A-2b. `made` (with its zone) stands in it; the same input gives the same bytes.

    Raises BadInput for a column name with a character the fonts do not have.
    """
    shown = pictures(report)
    filled = {
        "ward": WARD,
        "section": SECTION,
        "made_on": era.long(made.date()),
        "title": PROGRAMMES[report.programme],
        "outcome": report.outcome,
        "verdict": {
            "title": report.verdict.title,
            "reasons": list(report.verdict.reasons),
            "cautions": list(report.verdict.cautions),
        },
        "pictures": [
            {"title": one.title, "words": one.words, "file": f"{one.key}.svg", "table": one.table} for one in shown
        ],
        "groups": [(name, people(ours), people(theirs)) for name, ours, theirs in report.groups],
        "rules": rules(report, limits(made.date())),
    }
    files = {f"{one.key}.svg": one.svg.encode() for one in shown}
    return documents.render(TEMPLATE, filled, files=files, created=made)


def rules(report: Report, held: Limits) -> list[str]:
    """What the report keeps to, in words, with what nobody has confirmed marked 未確認."""
    unsure = "、".join(one.source for one in sources() if one.mark != "S")
    return [
        "効果は、届いた人について見積もります（届いた人の結果と、届かなかったらこうだったはずという値の差）。",
        f"{held.smallest_cell}人に満たない人数は公表しません。引き算で分かる人数も公表しません。",
        f"届いた人・届かなかった人のどちらかが{held.smallest_arm}人に満たないときは、効果を言いません。",
        "似た人が足りないとき、重みづけをしてももともとの違いがそろわないときも、効果を言いません。",
        f"これらの数の出典は次のとおりで、原典と照らしていません（未確認）：{unsure}。",
        *report.notes,
    ]
