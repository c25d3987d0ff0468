"""The differences of two consultations, flow by flow, with a sign for what each means."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from azukari.core.policy.api import Change
from azukari.web.types import Tone

EFFECTS: dict[str, tuple[Tone, str]] = {
    "permits": ("warn", "新たに許す"),
    "withdraws": ("plain", "許さなくなる"),
    "changes": ("info", "変わる"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One difference in words."""

    tone: Tone
    effect: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Group:
    """All differences of one flow."""

    flow: str
    lines: tuple[Line, ...]


def grouped(changes: Iterable[Change]) -> list[Group]:
    """The differences in the given order, those of one flow together."""
    return [
        Group(flow, tuple(Line(*EFFECTS[one.effect], one.sentence) for one in ones))
        for flow, ones in groupby(changes, key=lambda one: one.flow)
    ]
