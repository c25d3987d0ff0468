"""Law and fees as dated rows: `data/law.toml`, each with its source and whether somebody confirmed it."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Literal, TypeVar

from azukari.core.policy.types import Strict, Text


class Dated(Strict):
    """In force from `since` until the next row's."""

    since: date
    source: Text
    mark: Literal["S", "V", "M", "NOT FOUND"]
    confirmed: bool


class Ratio(Dated):
    """Children a carer may look after: of 0, of 1 and 2, of 3, of 4 years and more."""

    heads: tuple[int, int, int, int]


class Room(Dated):
    """Floor a child needs, in 0.01 m²: below two years, and from two."""

    infant: int
    child: int


class FeeRow(Dated):
    """Yen. `steps` are (up to so many hours, in all); beyond the last, `beyond_hour` for each begun hour."""

    infant_hour: int
    infant_most: int
    steps: tuple[tuple[int, int], ...]
    beyond_hour: int
    most: int


class Reduction(Dated):
    """一時預かり利用者負担軽減: at most so many yen a day."""

    day_limit: int


class Law(Strict):
    """The whole file."""

    ratios: tuple[Ratio, ...]
    rooms: tuple[Room, ...]
    fees: tuple[FeeRow, ...]
    reductions: tuple[Reduction, ...]


D = TypeVar("D", bound=Dated)


@cache
def law() -> Law:
    """The shipped file."""
    text = files("azukari.business.hotstay").joinpath("data/law.toml").read_text(encoding="utf-8")
    return Law.model_validate(tomllib.loads(text))


def in_force(rows: Sequence[D], on: date) -> D:
    """The row of that day. Raises LookupError before the first."""
    found = [row for row in rows if row.since <= on]
    if not found:
        raise LookupError(f"{on} に適用される定めがありません")
    return max(found, key=lambda row: row.since)


def ratio_on(on: date, *, transitional: bool) -> Ratio:
    """The ratio of that day; under the transitional rule (経過措置) the one before the latest."""
    rows = sorted((row for row in law().ratios if row.since <= on), key=lambda row: row.since)
    return rows[-2] if transitional and len(rows) > 1 else rows[-1]
