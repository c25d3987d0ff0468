"""A period of days, half-open: `start <= day < end`. None means without limit on that side."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class Period:
    """Days from `start` up to, and not including, `end`. An empty or backward period cannot be made."""

    start: date | None = None
    end: date | None = None

    def __post_init__(self) -> None:
        if self.start is not None and self.end is not None and self.end <= self.start:
            raise ValueError(f"終わり {self.end} が始まり {self.start} より後ではありません")

    @classmethod
    def through(cls, start: date | None, last: date) -> Period:
        """The period whose last day is `last`, as papers write it (「3月31日まで」)."""
        return cls(start, last + timedelta(days=1))

    @property
    def last(self) -> date | None:
        """The last day that lies in it; None when it has no end."""
        return None if self.end is None else self.end - timedelta(days=1)

    def __contains__(self, day: date) -> bool:
        return (self.start is None or self.start <= day) and (self.end is None or day < self.end)

    def overlaps(self, other: Period) -> bool:
        """Some day lies in both."""
        return _before(self.start, other.end) and _before(other.start, self.end)

    def covers(self, other: Period) -> bool:
        """Every day of `other` lies in this one."""
        begins = self.start is None or (other.start is not None and self.start <= other.start)
        ends = self.end is None or (other.end is not None and other.end <= self.end)
        return begins and ends

    def meet(self, other: Period) -> Period | None:
        """The days in both; None when there are none."""
        if not self.overlaps(other):
            return None
        starts = [day for day in (self.start, other.start) if day is not None]
        ends = [day for day in (self.end, other.end) if day is not None]
        return Period(max(starts, default=None), min(ends, default=None))


def _before(start: date | None, end: date | None) -> bool:
    return start is None or end is None or start < end
