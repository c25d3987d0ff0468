"""What the template is filled with. Apart from the rest, because other processes call it, and they have no Django."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from azukari.business.donations.letters.issuer import issuer
from azukari.core.documents.types import Mark


def fill(items: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The data of `pages.typ`: for each item of `item_of` its own words and codes, and what it shares with others once."""
    stills: list[dict[str, Any]] = []
    pages = []
    for item in items:
        if item["still"] not in stills:
            stills.append(item["still"])
        pages.append(
            {
                "still": stills.index(item["still"]),
                "words": item["words"],
                "codes": [_drawn(*placed) for placed in item["codes"]],
            }
        )
    first, ward = items[0], issuer().ward
    paper = {name: first[name] for name in ("size", "sheet", "places")}
    return {**paper, "title": f"{ward} {first['title']}", "ward": ward, "stills": stills, "pages": pages}


def _drawn(left: float, top: float, mark: Mark) -> tuple[float | str, ...]:
    code = Mark(*mark).draw()
    return (left, top, code.path, code.columns, code.rows, code.width, code.height)
