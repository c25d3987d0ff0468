"""Age for the staff ratio and for who may come.

A year is completed at the end of the day before the birthday (年齢計算ニ関スル法律), and counts on that day already: born
on 2024-04-10, a child is "three" from 2027-04-09, and "two" for the last time on 2027-04-08 (掛川市の案内と一致).
"""

from __future__ import annotations

from datetime import date, timedelta

from azukari.kernel.age import age_reached, class_age, school_entry
from azukari.kernel.fiscal import FiscalYear

OLDEST = 4
ON_THE_DAY = "当日"


def years(born: date, on: date, basis: str = ON_THE_DAY) -> int:
    """Legal age on the day, or (公定価格) the class age of its fiscal year. ValueError before birth."""
    return age_reached(born, on) if basis == ON_THE_DAY else class_age(born, FiscalYear.of(on))


def band(born: date, on: date, basis: str = ON_THE_DAY) -> int:
    """0, 1, 2, 3, or 4 for four years and more."""
    return min(years(born, on, basis), OLDEST)


def months(born: date, on: date) -> int:
    """Completed months by the end of the day `on` (民法143条: the day before the day of the same number)."""
    after = on + timedelta(days=1)
    return (after.year - born.year) * 12 + after.month - born.month - (after.day < born.day)


def may_come(born: date, on: date, youngest_months: int) -> bool:
    """Old enough, and before school (就学前)."""
    return born <= on and months(born, on) >= youngest_months and on < school_entry(born)
