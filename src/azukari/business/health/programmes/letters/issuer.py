"""Who writes the letters, from `data/issuer.toml`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

_FILE: Final = Path(__file__).parent / "data" / "issuer.toml"


@dataclass(frozen=True, slots=True)
class Issuer:
    """The ward as its letters name it, the blanks of a 情報提供票, and what nobody has looked up yet."""

    ward: str
    section: str
    mayor: str
    address: str
    blanks: tuple[str, ...]
    unconfirmed: tuple[str, ...]


@cache
def issuer() -> Issuer:
    """The issuer of this installation."""
    row: dict[str, Any] = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    form = row["record_form"]
    parts = {"通知を出す区の名前と文": row, "情報提供票の欄": form}
    open_ = tuple(f"{what}（{part['source']}）" for what, part in parts.items() if not part["confirmed"])
    names = ("ward", "section", "mayor", "address")
    return Issuer(**{name: row[name] for name in names}, blanks=tuple(form["blanks"]), unconfirmed=open_)
