"""Days and months of receipt files: 西暦 or 元号, told apart by how long the field is (8/7 and 6/5 digits), field by field."""

from __future__ import annotations

import numpy as np

from azukari.business.health.receipts.lines import Lines, Numbers, integers

# 1 明治 2 大正 3 昭和 4 平成 5 令和: the year before each era's first. (記録条件仕様 年号区分コード)
ERA_BASES = np.array([0, 1867, 1911, 1925, 1988, 2018])
_NEVER = np.datetime64("NaT", "D")


def days(lines: Lines, chosen: Numbers, place: int, year: Numbers | None = None) -> tuple[Numbers, Numbers]:
    """(datetime64[D] or NaT, which were written but are no days). Four digits are a day of `year`."""
    values, there, wrong = integers(lines, chosen, place)
    widths = lines.field(chosen, place)[1]
    years, months, day = values // 10_000, values // 100 % 100, values % 100
    years, known = _years(years, widths, 8, 7)
    if year is not None:
        short = widths == 4
        years, known = np.where(short, year, years), known | short
    found, right = calendar_days(years, months, day)
    right &= known & ~wrong & there
    return np.where(right, found, _NEVER), there & ~right & (values != 0)


def months(lines: Lines, chosen: Numbers, place: int) -> tuple[Numbers, Numbers]:
    """(YYYYMM, 0 where there is none; which are no months)."""
    values, there, wrong = integers(lines, chosen, place)
    widths = lines.field(chosen, place)[1]
    years, known = _years(values // 100, widths, 6, 5)
    month = values % 100
    right = known & there & ~wrong & (month >= 1) & (month <= 12)
    return np.where(right, years * 100 + month, 0), ~right


def calendar_days(years: Numbers, months: Numbers, day: Numbers) -> tuple[Numbers, Numbers]:
    """(datetime64[D], which are days of the calendar)."""
    right = (years >= 1868) & (years <= 2200) & (months >= 1) & (months <= 12) & (day >= 1) & (day <= 31)
    month = np.where(right, (years - 1970) * 12 + months - 1, 0).astype("datetime64[M]")
    found = month.astype("datetime64[D]") + np.where(right, day - 1, 0)
    return found, right & (found.astype("datetime64[M]") == month)


def _years(written: Numbers, widths: Numbers, long: int, short: int) -> tuple[Numbers, Numbers]:
    """The year of 西暦 (`long` digits) or of era and year (`short`), and where it is one of the two."""
    era = np.clip(written // 100, 0, len(ERA_BASES) - 1)
    in_era = (widths == short) & (era > 0) & (written // 100 < len(ERA_BASES))
    return np.where(in_era, ERA_BASES[era] + written % 100, written), (widths == long) | in_era
