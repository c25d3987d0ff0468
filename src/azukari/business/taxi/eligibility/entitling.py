"""交付枚数: how many vouchers of which face value, from the month of application to the end of the fiscal year.

The numbers are dated data (`data/entitlement.toml`). A ward that gives booklets by the month of application, rather
than vouchers by the month, writes that in the same file.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import Field, StrictInt, ValidationError, model_validator

from azukari.business.taxi.eligibility.rulebook import Dated, Mark, data_text, in_force, refuse_overlaps, unreadable
from azukari.business.taxi.types import Kind
from azukari.core.policy.types import Strict, Text
from azukari.kernel.errors import BadInput
from azukari.kernel.fiscal import FiscalYear

_APRIL = 4
Positive = Annotated[StrictInt, Field(ge=1)]


class Sheets(Strict):
    """So many vouchers (枚) of one face value (yen)."""

    yen: Positive
    sheets: Positive


class Step(Strict):
    """Who applies in this month, or later up to the next step, gets so many booklets (冊)."""

    month: Annotated[StrictInt, Field(ge=1, le=12)]
    booklets: Annotated[StrictInt, Field(ge=0)]


class Monthly(Dated):
    """The same vouchers for every month."""

    way: Literal["monthly"]
    kind: Kind
    vouchers: Annotated[tuple[Sheets, ...], Field(min_length=1)]
    source: Text
    mark: Mark

    def given(self, _month: date, *, first: bool) -> Iterator[Sheets]:
        """What a month brings."""
        del first
        yield from self.vouchers


class Booklets(Dated):
    """Booklets, all of them in the first month; fewer to who applies later in the year."""

    way: Literal["booklets"]
    kind: Kind
    vouchers: Annotated[tuple[Sheets, ...], Field(min_length=1)]
    steps: Annotated[tuple[Step, ...], Field(min_length=1)]
    source: Text
    mark: Mark

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        places = [_place(step.month) for step in self.steps]
        if places[0] or any(later <= earlier for earlier, later in pairwise(places)):
            raise ValueError("steps は4月から、年度の月の順に書きます")
        return self

    def given(self, month: date, *, first: bool) -> Iterator[Sheets]:
        """What a month brings: the booklets in the first month, nothing after it."""
        step = [step for step in self.steps if _place(step.month) <= _place(month.month)][-1]
        if first and step.booklets:
            yield from (Sheets(yen=one.yen, sheets=one.sheets * step.booklets) for one in self.vouchers)


def _place(month: int) -> int:
    """0 for April to 11 for March."""
    return (month - _APRIL) % 12


class Note(Dated):
    """A sentence that goes with vouchers of these kinds."""

    id: Text
    kinds: tuple[Kind, ...]
    words: Text
    source: Text
    mark: Mark


class Rates(Strict):
    """All numbers and sentences of all days; of a kind one rate is in force on a day."""

    rate: tuple[Annotated[Monthly | Booklets, Field(discriminator="way")], ...]
    note: tuple[Note, ...] = ()

    @model_validator(mode="after")
    def _one_a_day(self) -> Self:
        for kind in Kind:
            refuse_overlaps(kind, (rate for rate in self.rate if rate.kind is kind))
        for name in {note.id for note in self.note}:
            refuse_overlaps(name, (note for note in self.note if note.id == name))
        return self

    def of(self, kind: Kind, month: date) -> Monthly | Booklets:
        """The rate of a month, by its first day. Raises BadInput when there is none."""
        rate = in_force((rate for rate in self.rate if rate.kind is kind), month)
        if rate is None:
            raise BadInput(
                f"{month:%Y-%m} の「{kind}」の枚数がありません。",
                "その月に有効な枚数が登録されていません。",
                "年度を確かめるか、枚数のファイルに加えてください。",
            )
        return rate


def read_rates(text: str, name: str = "entitlement.toml") -> Rates:
    """The numbers in a TOML text. Raises BadInput, naming the file, when it cannot be read or is not whole."""
    try:
        return Rates.model_validate(tomllib.loads(text))
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        raise unreadable(name, error) from error


@cache
def own_rates() -> Rates:
    """The numbers that come with the business."""
    return read_rates(data_text("entitlement.toml"))


@dataclass(frozen=True, slots=True)
class Line:
    """So many vouchers (枚) of one face value (yen)."""

    denomination: int
    sheets: int

    @property
    def yen(self) -> int:
        """Their worth."""
        return self.denomination * self.sheets


@dataclass(frozen=True, slots=True)
class Entitlement:
    """What somebody gets for a fiscal year. `months` is how many months it covers, 0 when all are over.

    `lines` has the greatest face value first. `confirmed` is false while a number rests on what nobody has seen (mark M
    or NOT FOUND): show it as 未確認. `notes` are the sentences to hand over with the vouchers.
    """

    kind: Kind
    year: FiscalYear
    months: int
    lines: tuple[Line, ...]
    confirmed: bool
    sources: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def yen(self) -> int:
        """The worth of all vouchers."""
        return sum(line.yen for line in self.lines)


def entitlement(kind: Kind, applied_on: date, fiscal_year: FiscalYear, rates: Rates | None = None) -> Entitlement:
    """The vouchers of a fiscal year for who applied on a day: from that month on, all twelve if it was before the year.

    Nothing for a year that was over by then. Raises BadInput when a month has no rate in force.
    """
    book = rates or own_rates()
    months = [month for month in fiscal_year.months if month >= applied_on.replace(day=1)]
    used = [book.of(kind, month) for month in months]
    sheets: Counter[int] = Counter()
    for month, rate in zip(months, used, strict=True):
        for one in rate.given(month, first=month == months[0]):
            sheets[one.yen] += one.sheets
    lines = tuple(Line(yen, sheets[yen]) for yen in sorted(sheets, reverse=True))
    sources = tuple(dict.fromkeys(rate.source for rate in used))
    confirmed = all(rate.mark in {"S", "V"} for rate in used)
    return Entitlement(kind, fiscal_year, len(months), lines, confirmed, sources, _notes(book, kind, months))


def _notes(book: Rates, kind: Kind, months: list[date]) -> tuple[str, ...]:
    return tuple(
        note.words for note in book.note if kind in note.kinds and any(month in note.period for month in months)
    )
