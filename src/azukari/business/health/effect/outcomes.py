"""What is taken as the outcome of a programme, as data (data/outcomes.toml)."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Annotated, Literal

from pydantic import Field, ValidationError, model_validator

from azukari.business.health.columns import CHECKUPS
from azukari.core.policy.types import Strict, Text
from azukari.kernel.errors import BadInput


class Outcome(Strict):
    """`months` before and after the day are looked at; `column` is a value of the checkups, of kind "value" only."""

    name: Text
    kind: Literal["checkup", "value", "days", "points"]
    column: str
    months: Annotated[int, Field(ge=1, le=60)]
    source: Text
    mark: Literal["S", "M", "NOT FOUND"]

    @model_validator(mode="after")
    def _known(self) -> Outcome:
        if (self.kind == "value") != (self.column in CHECKUPS):
            raise ValueError(f"「{self.column}」は健診の列ではありません")
        return self


class _File(Strict):
    outcomes: dict[str, Outcome]


def outcome(programme: str) -> Outcome:
    """The outcome of a programme. Raises BadInput for a file that does not hang together."""
    return _read().outcomes[programme]


@cache
def _read() -> _File:
    text = files("azukari.business.health.effect").joinpath("data/outcomes.toml").read_text(encoding="utf-8")
    try:
        return _File.model_validate(tomllib.loads(text))
    except (ValidationError, tomllib.TOMLDecodeError) as error:
        raise BadInput(
            "結果の定め (outcomes.toml) が読めません。", str(error), "元のファイルに戻してください。"
        ) from error
