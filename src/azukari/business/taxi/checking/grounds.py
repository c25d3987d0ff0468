"""What a ground means and does, from `data/grounds.toml`: titles, words, held or refused, and the dated numbers."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from azukari.business.taxi.checking.types import ALWAYS, EPOCH, Dated, Parameters
from azukari.business.taxi.types import Ground, Outcome

UNCONFIRMED = "M"
_FILE = Path(__file__).parents[1] / "data" / "grounds.toml"


@dataclass(frozen=True, slots=True)
class Rule:
    """A ground in words. `told` may be shown to the company and the holder, `next_step` is what they can do."""

    ground: Ground
    title: str
    told: str
    next_step: str
    outcome: Outcome
    source: str
    mark: str

    @property
    def confirmed(self) -> bool:
        """False for what is shown as 未確認."""
        return self.mark != UNCONFIRMED


@dataclass(frozen=True, slots=True)
class Parameter:
    """A dated number: its value from `valid_from` on (None: as far back as anybody knows)."""

    name: str
    title: str
    value: int
    unit: str
    source: str
    mark: str
    valid_from: date | None = None

    @property
    def confirmed(self) -> bool:
        """False for what is shown as 未確認."""
        return self.mark != UNCONFIRMED


@cache
def rules() -> Mapping[Ground, Rule]:
    """Every ground, in order of precedence."""
    found = {Ground(row["code"]): row for row in _read()["ground"]}
    return MappingProxyType({ground: _rule(ground, found[ground]) for ground in Ground})


@cache
def parameter_rows() -> tuple[Parameter, ...]:
    """Every dated number with its source, as the file has them."""
    return tuple(Parameter(**row) for row in _read()["parameter"])


def dated(name: str, rows: tuple[Parameter, ...] | None = None) -> Dated:
    """The steps of one number. Raises KeyError for a name the file does not have."""
    found = [row for row in (parameter_rows() if rows is None else rows) if row.name == name]
    if not found:
        raise KeyError(name)
    return Dated(tuple(sorted((_day(row.valid_from), row.value) for row in found)))


@cache
def parameters() -> Parameters:
    """The numbers that `check` and `judge` need."""
    return Parameters(dated("late_months"), dated("pickup_per_ride"), dated("stretcher_per_ride"))


def first_of(mask: int) -> Ground | None:
    """The ground that decides: the first by precedence. None when the voucher is paid."""
    return next((ground for ground in Ground if mask & ground.bit), None)


def outcome_of(mask: int) -> Outcome:
    """What becomes of a voucher with these grounds."""
    ground = first_of(mask)
    return Outcome.ACCEPTED if ground is None else rules()[ground].outcome


def _rule(ground: Ground, row: Mapping[str, str]) -> Rule:
    outcome = Outcome(row["outcome"])
    return Rule(ground, row["title"], row["told"], row["next"], outcome, row["source"], row["mark"])


def _day(day: date | None) -> int:
    return ALWAYS if day is None else day.toordinal() - EPOCH


@cache
def _read() -> dict[str, list[dict[str, Any]]]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))
