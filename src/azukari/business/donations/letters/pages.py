"""Each paper page by page: its fixed part, its words and its codes, all places in millimetres. Plain Python.

A page function takes what `papers.narrowed` left of a letter as a namespace, so that a field the paper was not granted
is not there to be printed. It raises BadInput for what does not fit.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType, SimpleNamespace
from typing import Any, Final

from azukari.business.donations.letters.issuer import issuer
from azukari.business.donations.letters.types import Kind
from azukari.core.documents import api as documents
from azukari.core.documents.types import Block, Box, Mark, Placed, Word
from azukari.kernel import era
from azukari.kernel.errors import BadInput
from azukari.kernel.money import yen

A4: Final = (210.0, 297.0)
SHEET_CODE: Final = Box(182, 275, 15, 15)  # the same place on every sheet
SMALLEST: Final = 2.4  # mm
MIDDLE: Final = 0.37  # how far a baseline lies below the middle of its line, in sizes


@dataclass(frozen=True, slots=True)
class Page:
    """One sheet: what it shares with others, and what is its own. `note` says why it has no カスタマバーコード."""

    still: Mapping[str, Any]
    words: tuple[Word, ...]
    codes: tuple[Placed, ...]
    note: str = ""
    size: tuple[float, float] = A4


def within(label: str, text: str, box: Box, size: float, *, bold: bool = False) -> list[Word]:
    """A text in a box from its left, in the middle of its height: smaller, then in lines, where it would not fit.

    Raises BadInput, naming the label, when it does not fit at the smallest size.
    """
    documents.require_visible(text, lines=True)
    sizes = [one for one in (size - step / 5 for step in range(40)) if one >= SMALLEST]
    for lines_allowed in (1, 2, 10):
        for one in sizes:
            lines = [line for given in text.splitlines() for line in documents.parted(given, one, box.width)]
            fits = len(lines) * 1.3 * one <= box.height and all(
                documents.width(line) * one <= box.width for line in lines
            )
            if fits and len(lines) <= lines_allowed:
                first = box.top + box.height / 2 + MIDDLE * one - (len(lines) - 1) * 0.65 * one
                return [
                    Word(box.left, first + at * 1.3 * one, box.width, one, line, bold) for at, line in enumerate(lines)
                ]
    raise BadInput(
        f"{label}「{text}」が欄に収まりません。",
        f"最も小さい文字（{SMALLEST} mm）でも、すべては見えません。",
        "書き方を本人に確かめるか、その一通を手書きにしてください。",
    )


def needed(one: SimpleNamespace, field: str, what: str) -> Any:
    """A field that the paper cannot do without. Raises BadInput when it is missing."""
    value = getattr(one, field)
    if value is None:
        raise BadInput(
            f"{what}がありません。", "この書類には必ず書くものです。", "元の資料を確かめて、入れてください。"
        )
    return value


def thanks(one: SimpleNamespace) -> Page:
    """礼状, its address in the window."""
    block = _window(one)
    told = (
        era.long(needed(one, "donated_on", "寄附日")),
        yen(one.amount),
        one.use,
        one.method,
        one.gift or "なし",
        "希望する" if one.onestop else "希望しない",
    )
    labels = ("寄附年月日", "寄附金額", "使途", "納付方法", "お礼の品", "ワンストップ特例")
    words = [
        word
        for row, (label, text) in enumerate(zip(labels, told, strict=True))
        for word in within(label, text, Box(74, 174 + 10 * row, 106, 10), 3.7)
    ]
    return _page(one, _sender(one), (*block.words, *words), block.codes, block.note)


def _window(one: SimpleNamespace) -> Block:
    envelope = documents.envelope(one.envelope)
    return documents.address_block(one.address, one.name, one.sheets[0].text, envelope)


def _sender(one: SimpleNamespace) -> dict[str, Any]:
    by = issuer()
    return {
        "issued": era.long(one.issued),
        "ward": by.ward,
        "section": by.section,
        "mayor": f"{by.mayor_title}　{by.mayor}",
        "address": by.address,
    }


def _page(
    one: SimpleNamespace,
    still: Mapping[str, Any],
    words: tuple[Word, ...],
    codes: tuple[Placed, ...] = (),
    note: str = "",
) -> Page:
    """A page with its sheet's code and words at the place that all sheets have in common."""
    sheet = one.sheets[0]
    place = SHEET_CODE
    said = Word(place.left - 92, place.bottom, 90, 2.3, sheet.words, align="right")
    code = Placed(place.left, place.top, Mark("qr", sheet.text, place.width))
    return Page(still, (*words, said), (*codes, code), note)


PAGES: Final[Mapping[Kind, Callable[[SimpleNamespace], Page]]] = MappingProxyType({Kind.THANKS: thanks})
