"""Each sheet of a letter: its fixed part, its words and its codes, all places in millimetres. Plain Python.

What a sheet may say of a person is `Letter`, which has the items of 諮問809(2) 受診勧奨通知発送 and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any, Final

from azukari.business.health.programmes.letters.issuer import issuer
from azukari.core.dispatch.types import SheetCode
from azukari.core.documents import api as documents
from azukari.core.documents.types import Box, Page
from azukari.kernel import era
from azukari.kernel.errors import BadInput

ENVELOPE: Final = "naga3"
RECOMMENDATION, GUIDE, RECORD_FORM = "受診勧奨通知", "情報提供票のご案内", "情報提供票"
ROW: Final = 9.0


@dataclass(frozen=True, slots=True)
class Letter:
    """One person's letter: `address` begins with its postcode; `sheets` has a code for every sheet, in their order."""

    reference: str
    name: str
    address: str
    ticket: str
    born: date
    sex: str
    symbol: str
    sheets: tuple[SheetCode, ...]


def recommendation(one: Letter, code: SheetCode, on: date) -> Page:
    """受診勧奨通知, its address in the window."""
    return _front(one, code, on)


def guide(one: Letter, code: SheetCode, on: date) -> Page:
    """What goes before a 情報提供票, its address in the window."""
    return _front(one, code, on)


def _front(one: Letter, code: SheetCode, on: date) -> Page:
    block = documents.address_block(one.address, one.name, code.text, documents.envelope(ENVELOPE))
    words = [
        word
        for row, (label, text) in enumerate((("受診券整理番号", _ticket(one)), ("お名前", f"{one.name}　様")))
        for word in documents.within(label, text, Box(76, 176 + 11 * row, 104, 11), 4)
    ]
    return documents.coded(code.text, code.words, _sender(on), (*block.words, *words), block.codes, block.note)


def record_form(one: Letter, code: SheetCode, on: date) -> Page:
    """情報提供票 with the person's own part printed, so that nobody has to write it (諮問809 §2(2))."""
    told = (
        ("氏名", one.name, 11.0),
        ("住所", documents.addressed(one.address), 16.0),
        ("生年月日・性別", f"{era.long(one.born)}生　{one.sex}", 11.0),
        ("被保険者証記号番号", _needed(one.symbol, "被保険者証記号番号"), 11.0),
        ("受診券整理番号", _ticket(one), 11.0),
    )
    top, words = 46.0, []
    for label, text, high in told:
        words += documents.within(label, text, Box(71, top + 0.5, 112, high - 1), 4)
        top += high
    still = {**_sender(on), "blanks": issuer().blanks, "row": ROW}
    return documents.coded(code.text, code.words, still, words)


def _ticket(one: Letter) -> str:
    return _needed(one.ticket, "受診券整理番号")


def _needed(text: str, what: str) -> str:
    if not text:
        raise BadInput(
            f"{what}がありません。", "この通知には必ず書くものです。", "受診券の交付の記録を確かめてください。"
        )
    return text


def _sender(on: date) -> dict[str, Any]:
    by = issuer()
    return {
        "issued": era.long(on),
        "ward": by.ward,
        "section": by.section,
        "mayor": by.mayor,
        "address": by.address,
    }


PAGES: Final[Mapping[str, Callable[[Letter, SheetCode, date], Page]]] = MappingProxyType(
    {RECOMMENDATION: recommendation, GUIDE: guide, RECORD_FORM: record_form}
)
