"""The five districts of the ward by town (data/districts.toml), for pictures that show no address."""

from __future__ import annotations

import tomllib
from collections.abc import Collection
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final

from azukari.core.people import api as people
from azukari.core.people.api import Address, Purpose

_FILE: Final = Path(__file__).parent / "data" / "districts.toml"


@cache
def _file() -> dict[str, Any]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))


@cache
def district(town: str, chome: int | None) -> str | None:
    """The district of a town of the ward; None for a town of none."""
    for part in _file()["chome"]:
        if part["town"] == town and chome in part["chome"]:
            return str(part["district"])
    return next((name for name, towns in _file()["districts"].items() if town in towns), None)


def source() -> str:
    """Where the districts come from; shown as 未確認 while nobody has seen it."""
    return str(_file()["source"])


def districts(persons: Collection[int], on: date) -> dict[int, str]:
    """The district of each person's registered address that day, as the entered flow may see it."""
    addresses = people.addresses_for(persons, on=on, purpose=Purpose.RECORD)
    found = {
        person: district(address.town, address.chome)
        for person, address in addresses.items()
        if isinstance(address, Address)
    }
    return {person: name for person, name in found.items() if name}
