"""みなし健診: which tests of one person fall into one span, and what is missing to make a checkup of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from azukari.business.health.checkups.types import Candidate, Need

PRESENT, ABSENT, UNKNOWN = "present", "absent", "unknown"


@dataclass(frozen=True, slots=True)
class Wanted:
    """One item of a checkup: the acts that show it; without any, a receipt never does. `asked`: the person must give it."""

    item: str
    label: str
    codes: frozenset[str]
    asked: bool = False


@dataclass(frozen=True, slots=True)
class Terms:
    """What a candidate is (data/deemed.toml): age at the end of the fiscal year, both ends included; the rest half-open."""

    first_age: int
    last_age: int
    months: int
    least: int
    bundled: frozenset[str]
    items: tuple[Wanted, ...]


@dataclass(frozen=True, slots=True, order=True)
class Act:
    """One act of a person on one day, by receipt and line."""

    on: date
    receipt: int
    line: int
    code: str


def candidate(person: int, age: int, acts: Sequence[Act], terms: Terms) -> Candidate | None:
    """The person with the span that shows the most items (of two, the later one); None when it shows too few."""
    if not terms.first_age <= age <= terms.last_age:
        return None
    known = sorted(act for act in acts if any(act.code in one.codes for one in terms.items))
    spans = [_within(known, start.on, terms.months) for start in known]
    best = max(spans, key=lambda span: (_shown(span, terms), span[0].on), default=[])
    if not best or _shown(best, terms) < terms.least:
        return None
    first, last = best[0].on, best[-1].on
    bundled = any(act.code in terms.bundled for act in acts if _same_month(act.on, best))
    needs = tuple(_need(one, best, bundled=bundled) for one in terms.items)
    return Candidate(person, age, needs, first, last)


def later(day: date, months: int) -> date:
    """The first day after so many months: the same day of the month, else the first of the next (民法143条2項)."""
    place = day.year * 12 + day.month - 1 + months
    try:
        return date(place // 12, place % 12 + 1, day.day)
    except ValueError:
        return date((place + 1) // 12, (place + 1) % 12 + 1, 1)


def _within(acts: Iterable[Act], start: date, months: int) -> list[Act]:
    return [act for act in acts if start <= act.on < later(start, months)]


def _shown(acts: Sequence[Act], terms: Terms) -> int:
    codes = {act.code for act in acts}
    return sum(bool(one.codes & codes) for one in terms.items)


def _same_month(day: date, acts: Sequence[Act]) -> bool:
    return any((act.on.year, act.on.month) == (day.year, day.month) for act in acts)


def _need(one: Wanted, acts: Sequence[Act], *, bundled: bool) -> Need:
    found = next((act for act in acts if act.code in one.codes), None)
    if found:
        return Need(one.item, one.label, PRESENT, found.receipt, found.line, found.on)
    open_ = not one.asked and (bundled or not one.codes)
    return Need(one.item, one.label, UNKNOWN if open_ else ABSENT)
