"""Legal age (年齢計算ニ関スル法律, 明治35年法律第50号; 民法143条).

A year of age is reached at the end of the day before the birthday. Whoever is born on 29 February reaches it at the end
of 28 February in every year. So a rule that names a day must say whether it means that day's beginning or its end.
"""

from __future__ import annotations

from datetime import date, timedelta

from azukari.kernel.fiscal import FiscalYear

SCHOOL_AGE = 6


def birthday(born: date, age: int) -> date:
    """The first day on which a person is `age` years old all day: the birthday, else 1 March for 29 February."""
    try:
        return born.replace(year=born.year + age)
    except ValueError:
        return date(born.year + age, 3, 1)


def reached(born: date, age: int) -> date:
    """The day at whose end the age is reached: the day before the birthday."""
    return birthday(born, age) - timedelta(days=1)


def age(born: date, on: date) -> int:
    """Completed years during the day `on`, as people and forms count them. ValueError before birth."""
    if on < born:
        raise ValueError(f"{on} は生年月日 {born} より前です")
    years = on.year - born.year
    return years - (on < birthday(born, years))


def age_reached(born: date, on: date) -> int:
    """Completed years by the end of the day `on`, as law counts a term that ends on that day."""
    return age(born, on + timedelta(days=1))


def class_age(born: date, year: FiscalYear) -> int:
    """クラス年齢 of childcare: the age on 1 April of the fiscal year, kept to 31 March; 0 for who is born later in it.

    Born on 1 April is in the class above born on 2 April, since the age is reached on 31 March.
    """
    return age(born, year.start) if born < year.start else 0


def school_entry(born: date) -> date:
    """就学: 1 April after the day on which six years are reached (学校教育法17条1項)."""
    after = reached(born, SCHOOL_AGE) + timedelta(days=1)
    year = FiscalYear.of(after)
    return year.start if after == year.start else year.end
