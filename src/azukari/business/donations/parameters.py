"""Dated data of the business, read once: 使途 and 指定対象期間. What nobody has confirmed says so."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from azukari.business.donations.rules import same_text
from azukari.kernel.period import Period


@dataclass(frozen=True, slots=True)
class Use:
    """One 使途 while donors may choose it."""

    name: str
    period: Period


@cache
def uses() -> tuple[Use, ...]:
    """Every 使途 there ever was."""
    return tuple(Use(one["name"], Period(one["since"], one.get("until"))) for one in _read("uses.toml")["uses"])


def uses_on(day: date) -> list[str]:
    """The 使途 that may be chosen on a day, in the ward's order."""
    return [use.name for use in uses() if day in use.period]


def use_named(text: str, day: date) -> str | None:
    """The 使途 meant by a text on a day; None when there is none of that name."""
    wanted = same_text(text)
    return next((name for name in uses_on(day) if same_text(name) == wanted), None)


def gifts_allowed(day: date) -> bool:
    """The day lies in a period for which gifts may be offered."""
    return any(one["since"] <= day < one["until"] for one in _read("gifts.toml")["periods"])


def days_to_pay() -> int:
    """How many days after its batch a 納付書 is to be paid by."""
    days: int = _read("slips.toml")["days_to_pay"]
    return days


def unconfirmed() -> list[str]:
    """Sources of what nobody has checked against the paper."""
    return [data["source"] for data in map(_read, ("uses.toml", "gifts.toml", "slips.toml")) if not data["confirmed"]]


@cache
def _read(name: str) -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath("data", name).read_text(encoding="utf-8"))
