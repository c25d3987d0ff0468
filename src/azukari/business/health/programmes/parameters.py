"""Numbers that no paper fixes, as data with their source (data/parameters.toml)."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Final

_FILE: Final = Path(__file__).parent / "data" / "parameters.toml"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One number: its unit, what it is for, and where it comes from; mark M is 未確認."""

    value: int
    unit: str
    words: str
    mark: str
    source: str

    @property
    def confirmed(self) -> bool:
        """Somebody has seen it in a paper."""
        return self.mark == "S"


@cache
def parameters() -> dict[str, Parameter]:
    """All of them by name."""
    rows = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return {name: Parameter(**row) for name, row in rows.items()}


def attempts() -> int:
    """The most calls to one person."""
    return parameters()["attempts"].value


def lease() -> timedelta:
    """How long somebody whom a caller has opened is theirs."""
    return timedelta(minutes=parameters()["lease_minutes"].value)


def rest() -> timedelta:
    """How long after a call the next one waits."""
    return timedelta(hours=parameters()["rest_hours"].value)


def smallest() -> int:
    """Fewer persons than this are not shown as a number."""
    return parameters()["smallest"].value


def unconfirmed() -> tuple[Parameter, ...]:
    """Those nobody has seen in a paper."""
    return tuple(one for one in parameters().values() if not one.confirmed)
