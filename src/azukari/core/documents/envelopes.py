"""Envelopes with a window: which part of the paper shows through it wherever the paper lies. Plain Python.

The profiles are data (`envelopes.toml`). A paper is smaller than its envelope and slides in it; what must be seen has to
lie in the part that shows at both ends of its way. That part is the `zone`, in millimetres on the paper.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from azukari.kernel.errors import BadInput, NotFound

_FILE: Final = Path(__file__).with_name("envelopes.toml")
TEST_SHEET: Final = Path(__file__).with_name("templates") / "envelope.typ"


class Box(NamedTuple):
    """A rectangle in millimetres from the upper left corner."""

    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Its right edge."""
        return self.left + self.width

    @property
    def bottom(self) -> float:
        """Its lower edge."""
        return self.top + self.height

    def within(self, other: Box) -> bool:
        """Whether it lies wholly inside another; a thousandth of a millimetre is nothing."""
        return (
            self.left >= other.left - 0.001
            and self.top >= other.top - 0.001
            and self.right <= other.right + 0.001
            and self.bottom <= other.bottom + 0.001
        )


@dataclass(frozen=True, slots=True)
class Envelope:
    """One profile. `size`, `paper` (as folded) and `seam` are widths and heights in mm; `window` from the outer edge.

    `confirmed` says that somebody measured the envelopes that are used. Labels lie side by side on a `sheet`: its width
    and height in mm, and how many there are across and down.
    """

    code: str
    name: str
    size: tuple[float, float]
    window: Box
    paper: tuple[float, float]
    seam: tuple[float, float]
    source: str
    confirmed: bool
    sheet: tuple[float, float, int, int] | None = None

    @property
    def places(self) -> list[tuple[float, float]]:
        """Where the papers of one sheet lie on it: upper left corners in mm, line by line. One, but for labels."""
        if self.sheet is None:
            return [(0.0, 0.0)]
        wide, high, across, down = self.sheet
        left, top = (wide - across * self.paper[0]) / 2, (high - down * self.paper[1]) / 2
        return [(left + x * self.paper[0], top + y * self.paper[1]) for y in range(down) for x in range(across)]

    @property
    def slack(self) -> tuple[float, float]:
        """How far the paper can slide, across and down, in mm."""
        across, down = (
            size - 2 * seam - paper for size, seam, paper in zip(self.size, self.seam, self.paper, strict=True)
        )
        return across, down

    @property
    def zone(self) -> Box:
        """The part of the paper that is seen through the window wherever the paper lies."""
        across, down = self.slack
        left, top = self.window.left - self.seam[0], self.window.top - self.seam[1]
        return Box(left, top, self.window.width - across, self.window.height - down)


def envelope(code: str) -> Envelope:
    """One profile. Raises NotFound, naming those there are."""
    known = envelopes()
    if code not in known:
        raise NotFound(
            f"封筒 {code} はありません。", f"あるのは {'、'.join(known)} です。", "この中から選んでください。"
        )
    return known[code]


@cache
def envelopes() -> Mapping[str, Envelope]:
    """All profiles, by code."""
    rows = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return {code: _profile(code, row) for code, row in rows.items()}


def _profile(code: str, row: Mapping[str, object]) -> Envelope:
    plain = {name: tuple(value) if isinstance(value, list) else value for name, value in row.items()}
    values = {name: value for name, value in plain.items() if name not in {"envelope", "window"}}
    made = Envelope(code=code, size=plain["envelope"], window=Box(*plain["window"]), **values)  # type: ignore[arg-type, misc]
    if min(made.slack) < 0 or min(made.zone[2:]) <= 0:
        raise BadInput(
            f"封筒 {code} の寸法が合いません。",
            "紙が封筒に入らないか、紙がずれると窓から何も見えなくなります。",
            "envelopes.toml の寸法を確かめてください。",
        )
    return made


def require_seen(code: str, parts: Mapping[str, Box]) -> None:
    """Raise BadInput, naming the part, when one does not lie wholly where the window of the envelope shows it."""
    zone = envelope(code).zone
    outside = [name for name, box in parts.items() if not box.within(zone)]
    if outside:
        raise BadInput(
            f"{'、'.join(outside)}が、封筒「{envelope(code).name}」の窓に収まりません。",
            "紙が封筒の中でずれると、窓から見えなくなります。",
            "窓の大きい封筒を選ぶか、宛名を短くしてください。",
        )
