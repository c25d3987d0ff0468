"""The chapters of ICD-10 (data/chapters.toml), and which one a 傷病名コード of the 支払基金's master belongs to."""

from __future__ import annotations

import csv
import io
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

CODE_COLUMN, ICD_COLUMN = 2, 15
_CHAPTERS: Final = Path(__file__).parent / "data" / "chapters.toml"


@dataclass(frozen=True, slots=True)
class _Chapter:
    """One chapter of ICD-10: its number and title, and its first and last category."""

    title: str
    first: str
    last: str


@cache
def _chapters() -> tuple[_Chapter, ...]:
    rows = tomllib.loads(_CHAPTERS.read_text(encoding="utf-8"))["chapter"]
    return tuple(_Chapter(row["title"], row["first"], row["last"]) for row in rows)


@cache
def chapter(icd: str) -> str | None:
    """The chapter of an ICD-10 (2013) code such as E112; None for one of no chapter."""
    category = icd.strip().upper()[:3]
    if len(category) != 3:
        return None
    return next((one.title for one in _chapters() if one.first <= category <= one.last), None)


def chapters_by_code(master: bytes) -> dict[str, str]:
    """Chapter by 傷病名コード from the 支払基金's master b (cp932 CSV: code in column 3, ICD-10 2013 in column 16)."""
    rows = csv.reader(io.StringIO(master.decode("cp932"), newline=""))
    named = ((row[CODE_COLUMN], chapter(row[ICD_COLUMN])) for row in rows if len(row) > ICD_COLUMN)
    return {code: title for code, title in named if title}


def source() -> str:
    """Where the chapters come from; shown as 未確認 while nobody has seen it."""
    return str(tomllib.loads(_CHAPTERS.read_text(encoding="utf-8"))["source"])
