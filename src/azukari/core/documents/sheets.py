"""Sheets laid out in Python and set by templates of ours: words and codes at their places in millimetres. Plain Python.

A template of a paper stands between `PARTS` and `PAGES` and defines `still(common)`, the part that many sheets share.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from azukari.core.documents.addressing import PITCH, SMALLEST, Placed, Word, fitted
from azukari.core.documents.codes import Mark
from azukari.core.documents.envelopes import Box
from azukari.core.documents.glyphs import width
from azukari.core.documents.postal import split
from azukari.kernel.errors import BadInput

_TEMPLATES: Final = Path(__file__).with_name("templates")
PARTS, PAGES = _TEMPLATES / "parts.typ", _TEMPLATES / "pages.typ"
A4: Final = (210.0, 297.0)
SHEET_CODE: Final = Box(182, 275, 15, 15)  # the same place on every sheet
BESIDE: Final = 150.0  # mm, room for what is said beside it
AIR: Final = 0.94  # of the height of a box
MIDDLE: Final = 0.37  # how far a baseline lies below the middle of its line, in sizes


@dataclass(frozen=True, slots=True)
class Page:
    """One sheet: what it shares with others, and what is its own. `note` says why it has no カスタマバーコード.

    A label (`size` in mm) lies with others on a larger `sheet`, at `places`.
    """

    still: Mapping[str, Any]
    words: tuple[Word, ...]
    codes: tuple[Placed, ...]
    note: str = ""
    size: tuple[float, float] = A4
    sheet: tuple[float, float] = A4
    places: Sequence[tuple[float, float]] = ((0.0, 0.0),)


def coded(
    code: str,
    beside: str,
    still: Mapping[str, Any],
    words: Sequence[Word],
    codes: Sequence[Placed] = (),
    note: str = "",
) -> Page:
    """A page of A4 with its sheet's code, and what is said beside it, at the place that all sheets have in common."""
    size = min(2.3, BESIDE / max(width(beside), 1))
    said = Word(SHEET_CODE.left - 2 - BESIDE, SHEET_CODE.bottom, BESIDE, size, beside, align="right")
    mark = Placed(SHEET_CODE.left, SHEET_CODE.top, Mark("qr", code, SHEET_CODE.width))
    return Page(still, (*words, said), (*codes, mark), note)


def within(label: str, text: str, box: Box, size: float, *, bold: bool = False) -> list[Word]:
    """A text in a box from its left, in the middle of its height: smaller, then in lines, where it would not fit.

    Raises BadInput, naming the label, when it does not fit at the smallest size.
    """
    if found := fitted(text, size, box.width, AIR * box.height):
        size, lines = found
        pitch = PITCH * size
        first = box.top + box.height / 2 + MIDDLE * size - (len(lines) - 1) * pitch / 2
        return [Word(box.left, first + at * pitch, box.width, size, line, bold) for at, line in enumerate(lines)]
    raise BadInput(
        f"{label}「{text}」が欄に収まりません。",
        f"最も小さい文字（{SMALLEST} mm）でも、すべては見えません。",
        "書き方を本人に確かめるか、その一通を手書きにしてください。",
    )


def addressed(address: str) -> str:
    """An address with its postcode on a line of its own."""
    postcode, rest = split(address)
    return f"〒{postcode[:3]}-{postcode[3:]}\n{rest}"


def inside(box: Box) -> Box:
    """A box without the room of its lines."""
    return Box(box.left + 1.2, box.top + 0.2, box.width - 2.4, box.height - 0.4)


def item_of(title: str, page: Page) -> dict[str, Any]:
    """A page as plain values for `filled`, its codes not drawn yet."""
    return {
        "size": page.size,
        "sheet": page.sheet,
        "places": page.places,
        "title": title,
        "still": dict(page.still),
        "words": page.words,
        "codes": page.codes,
        "note": page.note,
    }


def filled(items: Sequence[dict[str, Any]], ward: str) -> dict[str, Any]:
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
    first = items[0]
    paper = {name: first[name] for name in ("size", "sheet", "places")}
    return {**paper, "title": f"{ward} {first['title']}", "ward": ward, "stills": stills, "pages": pages}


def _drawn(left: float, top: float, mark: Mark) -> tuple[float | str, ...]:
    code = Mark(*mark).draw()
    return (left, top, code.path, code.columns, code.rows, code.width, code.height)
