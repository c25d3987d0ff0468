"""SVG of our own: a few shapes, an axis, and words that are always escaped. Lengths are in user units (360 = the width).

Colours stand in attributes, for the same picture goes on a page and on paper; what a colour says, a shape says too.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal
from xml.etree import ElementTree as ET

WIDTH = 360.0
INK, SOFT, LINE, PALE = "#1a1a1c", "#595959", "#b3b3b3", "#e8f1fe"
KEY, OTHER = "#0017c1", "#8f4700"
SIZE = 14
FONTS = "BIZ UDPGothic, BIZ UDGothic, Noto Sans JP, sans-serif"
MOST_TICKS = 5
Side = Literal["start", "middle", "end"]
Shape = Literal["disc", "ring", "square"]


@dataclass(frozen=True, slots=True)
class Axis:
    """Values from `low` to `high` laid between `left` and `right`."""

    low: float
    high: float
    left: float = 12.0
    right: float = WIDTH - 12.0

    @classmethod
    def over(cls, values: Iterable[float], *, zero: bool = False) -> Axis:
        """An axis that shows all values (and nought), with a little room."""
        known = [value for value in values if math.isfinite(value)] + [0.0] * zero
        low, high = min(known, default=0.0), max(known, default=1.0)
        room = (high - low) * 0.06 or abs(high) * 0.1 or 1.0
        return cls(low - room, high + room)

    def at(self, value: float) -> float:
        """Where a value stands; never outside."""
        share = (value - self.low) / (self.high - self.low)
        return self.left + min(max(share, 0.0), 1.0) * (self.right - self.left)

    def ticks(self) -> tuple[float, ...]:
        """Round values on it, not more than a few."""
        rough = (self.high - self.low) / MOST_TICKS
        power = 10.0 ** math.floor(math.log10(rough))
        step = next(power * one for one in (1, 2, 5, 10) if power * one >= rough)
        first = math.ceil(self.low / step)
        return tuple(number * step for number in range(first, math.floor(self.high / step) + 1))


class Picture:
    """One SVG, drawn from the top."""

    def __init__(self, height: float, label: str) -> None:
        self.root = ET.Element(
            "svg",
            {
                "xmlns": "http://www.w3.org/2000/svg",
                "viewBox": f"0 0 {WIDTH:g} {height:g}",
                "role": "img",
                "aria-label": label,
                "font-family": FONTS,
                "font-size": str(SIZE),
            },
        )

    def text(
        self, x: float, y: float, words: str, *, side: Side = "start", colour: str = INK, bold: bool = False
    ) -> None:
        """Words whose base line is at y."""
        weight = {"font-weight": "700"} if bold else {}
        self._add("text", {"text-anchor": side, "fill": colour, **weight}, x=x, y=y).text = words

    def line(
        self, x1: float, y1: float, x2: float, y2: float, colour: str = INK, width: float = 1.5, dash: str = ""
    ) -> None:
        """A straight line."""
        extra = {"stroke-dasharray": dash} if dash else {}
        self._add("line", {"stroke": colour, "stroke-width": f"{width:g}", **extra}, x1=x1, y1=y1, x2=x2, y2=y2)

    def box(self, x: float, y: float, wide: float, high: float, fill: str, stroke: str = "none") -> None:
        """A rectangle."""
        self._add("rect", {"fill": fill, "stroke": stroke}, x=x, y=y, width=max(wide, 0.0), height=high)

    def mark(self, x: float, y: float, shape: Shape, colour: str = INK, size: float = 5.0) -> None:
        """A sign at a place."""
        if shape in {"disc", "ring"}:
            look = {"fill": colour if shape == "disc" else "#ffffff", "stroke": colour, "stroke-width": "2"}
            self._add("circle", look, cx=x, cy=y, r=size)
            return
        self.box(x - size, y - size, 2 * size, 2 * size, colour)

    def axis(self, axis: Axis, top: float, bottom: float, labels: Sequence[str]) -> None:
        """Light lines at the ticks with their labels below, and a dark one at nought."""
        for value, label in zip(axis.ticks(), labels, strict=True):
            zero = abs(value) < 1e-12
            self.line(axis.at(value), top, axis.at(value), bottom, INK if zero else LINE, 1.5 if zero else 0.7)
            self.text(axis.at(value), bottom + 15, label, side=_side(axis, value), colour=SOFT)

    def svg(self) -> str:
        """The picture as text."""
        return ET.tostring(self.root, encoding="unicode")

    def _add(self, name: str, looks: dict[str, str], **places: float) -> ET.Element:
        return ET.SubElement(self.root, name, {**looks, **{key: f"{value:.1f}" for key, value in places.items()}})


def _side(axis: Axis, value: float) -> Side:
    """Labels at the ends stay inside."""
    place = axis.at(value)
    return "start" if place < axis.left + 14 else "end" if place > axis.right - 14 else "middle"
