"""The layouts of the four kinds of receipt files, as data (data/layouts.toml, data/burdens.toml). No field is a constant."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

MEDICAL, DENTAL, PHARMACY, DPC = "医科", "歯科", "調剤", "DPC"
CONFIRMED = "S"


@dataclass(frozen=True, slots=True)
class Layout:
    """One kind: record → name of a value → its field. `confirmed` is False where the layout was not seen whole."""

    kind: str
    confirmed: bool
    records: Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class Codes:
    """`burdens`: 負担区分 (one byte) → positions of payers; `meals` and `internal` are 診療識別, `most` lines of a unit."""

    burdens: Mapping[str, tuple[int, ...]]
    meals: tuple[int, ...]
    internal: tuple[int, ...]
    most: int
    suspected: str


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath("data", name).read_text(encoding="utf-8"))


@cache
def layouts() -> Mapping[str, Layout]:
    """By kind: 医科 (DPC uses it too), 歯科, 調剤."""
    found = {}
    for kind, table in _read("layouts.toml").items():
        records = {record: fields for record, fields in table.items() if isinstance(fields, dict)}
        found[kind] = Layout(kind, table["mark"] == CONFIRMED, MappingProxyType(records))
    return MappingProxyType(found)


@cache
def codes() -> Codes:
    """負担区分 and the few codes that the reading itself depends on."""
    table = _read("burdens.toml")
    burdens = {code: tuple(who) for part in table["burden"] for code, who in part["codes"].items()}
    return Codes(
        MappingProxyType(burdens),
        tuple(table["meals"]["categories"]),
        tuple(table["internal"]["categories"]),
        int(table["unit"]["most"]),
        str(table["suspected"]["code"]),
    )
