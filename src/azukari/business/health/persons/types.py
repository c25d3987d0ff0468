"""Words of 名寄せ. Plain Python."""

from __future__ import annotations

from enum import StrEnum


class Verdict(StrEnum):
    """What an officer says of a pair. `LATER` leaves it open; `WITHDRAWN` takes the last decision back."""

    LINK = "同じ人"
    APART = "別の人"
    LATER = "あとで"
    WITHDRAWN = "取消し"

    @property
    def decides(self) -> bool:
        """Whether it says anything about who is one person."""
        return self in {Verdict.LINK, Verdict.APART}
