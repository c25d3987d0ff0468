"""CSV that people open in Excel."""

from __future__ import annotations

import unicodedata

_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def safe_cell(text: str) -> str:
    """A text as a CSV export for people writes it: one that Excel would run as a formula has an apostrophe before it.

    What was received is kept and shown as it is (`=cmd|…` in a name is a name), and a file for a machine is never
    changed: this belongs at the writing of CSV for people, for texts, and nowhere else.
    """
    first = unicodedata.normalize("NFKC", text[:1])
    return f"'{text}" if first.startswith(_STARTS_A_FORMULA) or text.lstrip(" ").startswith(_STARTS_A_FORMULA) else text
