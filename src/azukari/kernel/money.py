"""Yen. Amounts are whole numbers everywhere; nothing here takes or gives a float."""

from __future__ import annotations

import re
import unicodedata

from azukari.kernel.errors import BadInput

_AMOUNT = re.compile(r"(?P<sign>[▲△-]?)[¥\\]?(?P<digits>[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)円?")


def yen(amount: int) -> str:
    """1,234円; a negative amount as the ward's accounts write it, ▲1,234円."""
    return f"{'▲' if amount < 0 else ''}{abs(amount):,}円"


def parse_yen(text: str) -> int:
    """Read an amount, also full-width and with ¥ or 円. Raises BadInput for fractions and misplaced commas."""
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", text))
    found = _AMOUNT.fullmatch(plain)
    if found is None:
        raise BadInput(
            f"金額「{text}」が読めません。", "円の整数ではありません。", "「1,234円」のように書いてください。"
        )
    amount = int(found["digits"].replace(",", ""))
    return -amount if found["sign"] else amount
