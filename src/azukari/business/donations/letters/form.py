"""第55号の5様式 as data: its boxes in millimetres, and which of its three layouts a donation gets. Plain Python."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final

from azukari.core.documents.types import Box
from azukari.kernel.errors import BadInput

_FILE: Final = Path(__file__).parent / "data" / "form-55-5.toml"


@dataclass(frozen=True, slots=True)
class Variant:
    """A layout: whether it asks for a seal (印) and for the sex (性別)."""

    seal: bool
    sex: bool


@dataclass(frozen=True, slots=True)
class Form:
    """The form. The ward prints into `printed` boxes; `blank` ones are the donor's, and nothing has words for them."""

    printed: Mapping[str, Box]
    blank: Mapping[str, Box]
    variants: tuple[tuple[date, Variant], ...]
    unconfirmed: tuple[str, ...]

    def variant(self, donated_on: date) -> Variant:
        """The layout for a donation of that day. Raises BadInput for one before the 申告特例."""
        found = [variant for since, variant in self.variants if since <= donated_on]
        if not found:
            raise BadInput(
                f"寄附日 {donated_on} の申告特例申請書はありません。",
                "この日の寄附に使う様式が登録されていません。",
                "寄附日を確かめてください。",
            )
        return found[-1]


@cache
def form() -> Form:
    """The form of this installation, from `data/form-55-5.toml`."""
    row: dict[str, Any] = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    printed, blank = ({name: _box(*edges) for name, edges in row[part].items()} for part in ("printed", "blank"))
    variants = tuple((one["from"], Variant(one["seal"], one["sex"])) for one in row["variant"])
    unconfirmed = () if row["confirmed"] else (f"ワンストップ特例申請書の様式（{row['source']}）",)
    return Form(printed, blank, variants, unconfirmed)


def _box(left: float, top: float, right: float, bottom: float) -> Box:
    return Box(left, top, right - left, bottom - top)
