"""The items of 特定健診 as dated data, read once (data/items.toml): codes, titles, units, and the values there may be."""

from __future__ import annotations

import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class Item:
    """One item. `kind` is number, code or text; `most` the largest number that can be meant; `values` the codes.

    `codes` are JLAC10 (17 digits), the preferred one first; `titles` those of the CSV, each with its code.
    """

    field: str
    label: str
    kind: str
    codes: tuple[str, ...]
    titles: dict[str, str]
    unit: str = ""
    most: float = 0
    values: tuple[str, ...] = ()
    confirmed: bool = True


@cache
def items() -> tuple[Item, ...]:
    """Every item the package understands."""
    return tuple(_item(one) for one in read("items.toml")["items"])


@cache
def by_code() -> dict[str, tuple[Item, int]]:
    """JLAC10 code → its item and how far down the list of preferred codes it is."""
    return {code: (item, place) for item in items() for place, code in enumerate(item.codes)}


def unconfirmed() -> list[str]:
    """The codes and titles that nobody has checked against the paper."""
    told = [f"{item.label}の項目コード（{'、'.join(item.codes)}）" for item in items() if not item.confirmed]
    sheets, documents = read("fkac.toml")["files"], read("cda.toml")
    told += [f"{name}（{one['name']}）の見出し" for name, one in sheets.items() if one["mark"] != "S"]
    for table, word in (("reports", "報告区分"), ("programmes", "プログラム種別")):
        told += [
            f"{word} {one['code']}（{one['name']}）を受け取ること" for one in documents[table] if one["mark"] != "S"
        ]
    return told


def title(text: str) -> str:
    """A title as it is compared: one width, no blanks around it."""
    return unicodedata.normalize("NFKC", text).strip()


@cache
def read(name: str) -> dict[str, Any]:
    """One file of the package's dated data."""
    return tomllib.loads(files(__package__).joinpath("data", name).read_text(encoding="utf-8"))


def _item(one: dict[str, Any]) -> Item:
    places = one.get("title_codes", [0] * len(one["titles"]))
    return Item(
        field=one["field"],
        label=one["label"],
        kind=one["kind"],
        codes=tuple(one["codes"]),
        titles={title(text): one["codes"][place] for text, place in zip(one["titles"], places, strict=True)},
        unit=one.get("unit", ""),
        most=one.get("most", 0),
        values=tuple(one.get("values", ())),
        confirmed=one["mark"] == "S",
    )
