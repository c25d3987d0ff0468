"""The lines of one made-up receipt, so that its days, points and payers always balance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

DAYS = 31


@cache
def day_fields(days: tuple[int, ...], each: int) -> str:
    """The 31 day fields, `each` on every one of the days."""
    chosen = set(days)
    return ",".join(str(each) if day + 1 in chosen else "" for day in range(DAYS))


@dataclass(slots=True)
class Paper:
    """One receipt as lines of text, without line ends. `points` of the 医療保険; `public` of the 公費 when there is one."""

    lines: list[str] = field(default_factory=list)
    points: int = 0
    public: int = 0
    payers: int = 1

    def unit(
        self,
        category: int,
        acts: Sequence[tuple[str, str, str]],
        points: int | None,
        days: tuple[int, ...],
        burden: str = "1",
        each: int = 1,
    ) -> None:
        """A 算定単位 of (record, code, amount): points on its last line, times and days on every one."""
        times, written = each * len(days), day_fields(days, each)
        last = len(acts) - 1
        for place, (record, code, amount) in enumerate(acts):
            begins = category if place == 0 else ""
            own = points if place == last and points is not None else ""
            self.lines.append(f"{record},{begins},{burden},{code},{amount},{own},{times},,,,,,,{written}")
        self.points += (points or 0) * times
        if burden == "2":
            self.public += (points or 0) * times

    def act(self, category: int, code: str, points: int | None, days: tuple[int, ...], burden: str = "1") -> None:
        """A unit of one line of SI."""
        self.unit(category, (("SI", code, ""),), points, days, burden)
