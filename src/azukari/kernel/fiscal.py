"""年度: 1 April to 31 March, half-open (地方自治法208条1項)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from azukari.kernel import era
from azukari.kernel.errors import BadInput
from azukari.kernel.period import Period


@dataclass(frozen=True, slots=True, order=True)
class FiscalYear:
    """The fiscal year that begins on 1 April of `year`."""

    year: int

    @classmethod
    def of(cls, day: date) -> FiscalYear:
        """The fiscal year a day lies in."""
        return cls(day.year if day.month >= 4 else day.year - 1)

    @classmethod
    def parse(cls, text: str) -> FiscalYear:
        """平成31年度, 令和元年度, 2019年度, also 平成35年度. A text without 度 is refused: a year lies in two of them."""
        written = era.parse(text)
        if not written.fiscal:
            raise BadInput(
                f"年度「{text}」が読めません。",
                "「年度」と書かれていません。",
                "「平成31年度」のように書いてください。",
            )
        return cls(written.year)

    @property
    def start(self) -> date:
        """1 April."""
        return date(self.year, 4, 1)

    @property
    def end(self) -> date:
        """1 April of the next year: the first day that is no longer in it."""
        return date(self.year + 1, 4, 1)

    @property
    def period(self) -> Period:
        """Its days."""
        return Period(self.start, self.end)

    @property
    def months(self) -> tuple[date, ...]:
        """The first days of its twelve months."""
        return tuple(date(self.year + (month > 12), (month - 1) % 12 + 1, 1) for month in range(4, 16))

    @property
    def label(self) -> str:
        """平成31年度（2019年度）: in the era of its first day, so 令和2年度 is the first of 令和."""
        return f"{era.era_of(self.start).writes(self.year)}度（{self.year}年度）"

    @property
    def next(self) -> FiscalYear:
        """The one after."""
        return FiscalYear(self.year + 1)

    def __contains__(self, day: date) -> bool:
        return self.start <= day < self.end
