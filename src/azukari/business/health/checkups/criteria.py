"""The criteria of the 階層化 as dated data, read once (data/criteria.toml)."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

from azukari.business.health.checkups.items import read
from azukari.business.health.checkups.types import Criteria, Limits
from azukari.kernel.errors import BadInput
from azukari.kernel.period import Period


@cache
def periods() -> tuple[Criteria, ...]:
    """Every set of criteria there ever was, oldest first."""
    data = read("criteria.toml")
    return tuple(_criteria(one, data["common"]) for one in data["periods"])


@cache
def on(day: date) -> Criteria:
    """The criteria of a checkup of that day. Raises BadInput before 特定健診 began."""
    found = next((one for one in periods() if day in one.period), None)
    if found is None:
        raise BadInput(
            f"{day} の健診は判定できません。",
            f"特定健診は {periods()[0].period.start} に始まりました。",
            "健診の日を確かめてください。",
        )
    return found


def unconfirmed() -> list[str]:
    """What nobody has checked against the paper, in words."""
    data = read("criteria.toml")
    told = [f"{one['name']}: {one['source']}" for one in data["periods"] if one["mark"] != "S"]
    return told + [f"{one['what']}: {one['how']}" for one in data["readings"] if one["mark"] != "S"]


def _criteria(one: dict[str, Any], common: dict[str, Any]) -> Criteria:
    guidance = {**common["guidance"], **one["guidance"]}
    return Criteria(
        name=one["name"],
        period=Period(one["since"], one.get("until")),
        confirmed=one["mark"] == "S",
        hba1c_scale=one["hba1c_scale"],
        smoking_yes=tuple(one["smoking_yes"]),
        smoking_answers=tuple(one["smoking_answers"]),
        guidance=Limits(**guidance),
        metabolic=Limits(**{**guidance, **one["metabolic"]}),
        first_age=common["first_age"],
        last_age=common["last_age"],
        senior_age=common["senior_age"],
    )
