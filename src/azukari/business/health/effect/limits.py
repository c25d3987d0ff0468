"""What has to hold before an effect is said, as dated data with its sources (data/limits.toml)."""

from __future__ import annotations

import tomllib
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from azukari.core.policy.types import Strict, Text
from azukari.kernel.errors import BadInput

Share = Annotated[float, Field(ge=0, le=1)]
People = Annotated[int, Field(ge=1)]


class Limits(Strict):
    """One version, in force from `since` on. Shares are of 1, numbers are of people, differences standardised."""

    since: date
    smallest_cell: People
    smallest_arm: People
    smallest_events: People
    caliper: Annotated[float, Field(gt=0)]
    balanced: Annotated[float, Field(gt=0)]
    unbalanced: Annotated[float, Field(gt=0)]
    least_inside: Share
    least_effective: Annotated[float, Field(ge=1)]
    highest_propensity: Annotated[float, Field(gt=0.5, lt=1)]
    missing_quantile: Annotated[float, Field(ge=0, lt=0.5)]


class Source(Strict):
    """Where some of the numbers come from; a mark other than S is shown as 未確認."""

    names: tuple[Text, ...]
    source: Text
    mark: Literal["S", "M", "NOT FOUND"]


class _File(Strict):
    limits: Annotated[tuple[Limits, ...], Field(min_length=1)]
    sources: tuple[Source, ...]


def limits(on: date | None = None) -> Limits:
    """The version in force on a day; the newest when no day is given. Raises BadInput before the first."""
    versions = sorted(_read().limits, key=lambda one: one.since)
    known = [one for one in versions if on is None or one.since <= on]
    if not known:
        raise BadInput(
            f"{on} に使える、効果を言うための条件がありません。",
            f"一番古い条件は {versions[0].since} からです。",
            "それより後の日を指定してください。",
        )
    return known[-1]


def sources() -> tuple[Source, ...]:
    """Where the numbers come from."""
    return _read().sources


@cache
def _read() -> _File:
    text = files("azukari.business.health.effect").joinpath("data/limits.toml").read_text(encoding="utf-8")
    try:
        return _File.model_validate(tomllib.loads(text))
    except (ValidationError, tomllib.TOMLDecodeError) as error:
        raise BadInput(
            "効果を言うための条件 (limits.toml) が読めません。", str(error), "元のファイルに戻してください。"
        ) from error
