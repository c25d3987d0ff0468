"""Who issues the papers, from `data/issuer.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final

_FILE: Final = Path(__file__).parent / "data" / "issuer.toml"


@dataclass(frozen=True, slots=True)
class Issuer:
    """The ward as its papers name it. `company` is its code for 料金等代理収納; up to `limit` 円 can be paid in a shop.

    `statements` are the words of a 受領証明書 with the first day of donation they hold for, in order; `unconfirmed` is
    what nobody has looked up yet.
    """

    ward: str
    section: str
    mayor_title: str
    mayor: str
    address: str
    company: str
    limit: int
    statements: tuple[tuple[date, str], ...]
    unconfirmed: tuple[str, ...]

    def statement(self, donated_on: date) -> str:
        """What is certified of a donation of that day."""
        return next(text for since, text in reversed(self.statements) if since <= donated_on)


@cache
def issuer() -> Issuer:
    """The issuer of this installation."""
    row: dict[str, Any] = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    names = ("ward", "section", "mayor_title", "mayor", "address")
    statements = tuple((one["valid_from"], one["text"]) for one in row["statement"])
    collection = row["collection"]
    return Issuer(
        **{name: row[name] for name in names},
        company=collection["company"],
        limit=collection["limit"],
        statements=statements,
        unconfirmed=tuple(_unconfirmed(row)),
    )


def _unconfirmed(row: dict[str, Any]) -> Iterator[str]:
    parts = {"書類を出す区の名前と連絡先": row, "コンビニエンスストアで納める番号と限度": row["collection"]}
    for what, part in parts.items():
        if not part["confirmed"]:
            yield f"{what}（{part['source']}）"
    for one in row["statement"]:
        if not one["confirmed"]:
            yield f"{one['valid_from']} からの寄附の受領証明書の文（{one['source']}）"
