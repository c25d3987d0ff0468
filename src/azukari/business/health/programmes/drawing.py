"""Shapes of the pictures, in the units of their SVG. Plain Python; words and a table stand beside each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from azukari.business.health.programmes.types import Funnel, Month

WIDTH = 1000
PLOT = 240
COLUMNS = 12
STEP, GAP = WIDTH / COLUMNS, 3.0
SERIES = ("notified", "connected", "joined", "finished")


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage of a funnel: 人 (None when hidden), per cent of the targets, and its shape: `x`, `width`, `link` from above."""

    name: str
    count: int | None
    per_cent: float
    x: float
    width: float
    link: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of a picture, in the units of its viewBox."""

    series: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Column:
    """A month of a timeline: its bars, and the same as numbers in the order of the series."""

    month: date
    x: float
    bars: tuple[Bar, ...]
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Timeline:
    """Twelve months. `series` are (code, name); `most` is the number at the top of the picture."""

    series: tuple[tuple[str, str], ...]
    columns: tuple[Column, ...]
    most: int


@dataclass(frozen=True, slots=True)
class Level:
    """A value beside a limit on one scale of 1000: what it is, where the limit stands, and whether it is passed."""

    value: float
    limit: float
    over: bool


def stages(funnel: Funnel, steps: tuple[str, str, str], smallest: int = 0) -> tuple[Stage, ...]:
    """The four stages, each in the middle of the picture and as wide as its share of the targets.

    A stage of 1 to `smallest` - 1 persons, and all below it, is hidden: it has no number and no width.
    """
    counts = zip(("対象", *steps), (funnel.targets, funnel.reached, funnel.joined, funnel.finished), strict=True)
    found: list[Stage] = []
    few = False
    for name, count in counts:
        few = few or 0 < count < smallest
        if few:
            found.append(Stage(name, None, 0.0, WIDTH / 2, 0.0, ""))
            continue
        share = count / funnel.targets if funnel.targets else 0.0
        width = round(WIDTH * share, 1)
        x = round((WIDTH - width) / 2, 1)
        found.append(Stage(name, count, round(100 * share, 1), x, width, _link(found[-1], x, width) if found else ""))
    return tuple(found)


def _link(before: Stage, x: float, width: float) -> str:
    """Corners of what leads from one stage to the next, 10 high."""
    return f"{before.x},0 {before.x + before.width},0 {x + width},10 {x},10"


def timeline(months: Sequence[Month], steps: tuple[str, str, str]) -> Timeline:
    """Four bars a month, on one scale that ends at a round number."""
    named = (
        ("notified", "通知・案内"),
        ("connected", "電話がつながった"),
        ("joined", steps[1]),
        ("finished", steps[2]),
    )
    most = round_up(max((getattr(month, name) for month in months for name in SERIES), default=0))
    columns = tuple(_column(month, place, most) for place, month in enumerate(months))
    return Timeline(named, columns, most)


def _column(month: Month, place: int, most: int) -> Column:
    left = place * STEP
    wide = (STEP - 4 * GAP) / len(SERIES)
    counts = tuple(int(getattr(month, name)) for name in SERIES)
    bars = tuple(
        Bar(
            name,
            round(left + 2 * GAP + at * wide, 1),
            round(PLOT - PLOT * count / most, 1),
            round(wide - 1, 1),
            round(PLOT * count / most, 1),
        )
        for at, (name, count) in enumerate(zip(SERIES, counts, strict=True))
        if count
    )
    return Column(month.month, round(left, 1), bars, counts)


def round_up(value: float) -> int:
    """The next of 1, 2, 5, 10, 20, 50 …: the end of a scale."""
    step = 1
    while True:
        for factor in (1, 2, 5):
            if value <= factor * step:
                return factor * step
        step *= 10


def round_tens(value: float) -> int:
    """The next ten per cent: the end of a scale of shares."""
    return min(100, max(10, -int(-value // 10) * 10))


def bar(value: int, limit: int | None) -> Level:
    """A number beside what was told, both on the longer of the two."""
    longest = max(value, limit or 0, 1)
    return Level(WIDTH * value / longest, WIDTH * (limit or 0) / longest, limit is not None and value > limit)


def per_mille(value: float, most: float) -> float:
    """A value as a length of 1000; nothing of nothing is nothing."""
    return round(WIDTH * value / most, 1) if most else 0.0
