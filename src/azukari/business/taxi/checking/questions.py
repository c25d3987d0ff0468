"""Patterns in presented vouchers that somebody should ask about. Questions only: nothing is held or refused for them.

Patterns that were found elsewhere: 2007年 Queensland 州 TSS (whole books taken and filled in, fares above the actual).
How many are needed for a question are dated numbers in `data/grounds.toml`, all of them unconfirmed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from azukari.business.taxi import serials
from azukari.business.taxi.checking.explaining import calendar_day
from azukari.business.taxi.checking.grounds import dated
from azukari.business.taxi.checking.index import locate
from azukari.business.taxi.checking.scalar import day
from azukari.business.taxi.checking.types import BLANK, BLANK_DAY, NO_RULE, Booklets, Bools, Int32, Int64, Presented
from azukari.business.taxi.types import Ground

Rows = NDArray[np.intp]


class Pattern(StrEnum):
    """What is asked about."""

    RUN = "続き番号の券"
    PLACES = "一日に多くの事業者"
    ROUND = "切りのよい代金"
    LAST_DAY = "月末の日だけの利用"
    OTHER_NUMBER = "認定番号が違う券"


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """One question in words for the ward, and the `rows` it is about, in order of receipt.

    `operator` is the company asked, `holder` the person whose vouchers they are; None where there is not one.
    """

    pattern: Pattern
    words: str
    operator: int | None
    holder: int | None
    rows: Rows


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From how many on to ask; the names are those of `data/grounds.toml`."""

    run_vouchers: int
    places_operators: int
    places_days: int
    round_yen: int
    round_percent: int
    round_rides: int
    last_day_vouchers: int
    other_number_vouchers: int


def thresholds(on: int) -> Thresholds:
    """The numbers of a day (days since 1970-01-01); where there was none, nothing is asked."""
    found = (dated(field.name).at(on) for field in fields(Thresholds))
    return Thresholds(*(NO_RULE if number is None else number for number in found))


def questions(presented: Presented, mask: Int32, booklets: Booklets, limits: Thresholds) -> tuple[Question, ...]:
    """All questions, by pattern. Asked about vouchers that were issued, each once: not about its DUPLICATEs."""
    book = locate(presented.serial, booklets)
    rows = np.flatnonzero((book >= 0) & ((mask & np.int32(Ground.DUPLICATE.bit)) == 0))
    seen = _Seen(presented.part(rows), rows, booklets.holder[book[rows]], booklets.number[book[rows]])
    on_days = seen.only(seen.of.used != BLANK_DAY)
    return (
        *_runs(on_days, limits),
        *_places(on_days, limits),
        *_round(on_days, limits),
        *_last_days(on_days, limits),
        *_other_numbers(seen, limits),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    """Vouchers, their rows, and whom their booklets were given to."""

    of: Presented
    rows: Rows
    holder: Int64
    number: Int64

    def only(self, which: Bools | Rows) -> _Seen:
        return _Seen(self.of.part(which), self.rows[which], self.holder[which], self.number[which])

    def ask(
        self, pattern: Pattern, words: str, which: Rows, *, operator: bool = True, holder: bool = False
    ) -> Question:
        """A question to the company, about the holder, or both, of the vouchers chosen."""
        first = which[0]
        asked = int(self.of.operator[first]) if operator else None
        whose = int(self.holder[first]) if holder else None
        return Question(pattern, words, asked, whose, np.sort(self.rows[which]))


def _groups(*keys: NDArray[np.generic], least: int = 1, steady: Int64 | None = None) -> Iterator[Rows]:
    """Rows that have the same keys, where there are at least so many; with `steady`, sorted by it and without a gap in it."""
    order = np.lexsort((*([] if steady is None else [steady]), *reversed(keys)))
    begins = np.ones(len(order), np.bool_)
    begins[1:] = steady is not None and np.diff(steady[order]) != 1
    for key in keys:
        begins[1:] |= key[order][1:] != key[order][:-1]
    starts = np.flatnonzero(begins)
    ends = np.append(starts[1:], len(order))
    enough = ends - starts >= least
    for start, end in zip(starts[enough].tolist(), ends[enough].tolist(), strict=True):
        yield order[start:end]


def _runs(seen: _Seen, limits: Thresholds) -> Iterator[Question]:
    payload = serials.payload(seen.of.serial)
    of = seen.of
    for which in _groups(seen.holder, of.operator, of.used, least=limits.run_vouchers, steady=payload):
        first, on = serials.written(int(of.serial[which[0]])), day(calendar_day(int(of.used[which[0]])))
        words = (
            f"{on}に、一人の券 {len(which):,} 枚が {first} から続き番号で使われています。冊のまま預かっていませんか。"
        )
        yield seen.ask(Pattern.RUN, words, which, holder=True)


def _places(seen: _Seen, limits: Thresholds) -> Iterator[Question]:
    """Many companies on one day, on many days."""
    busy = [
        which
        for which in _groups(seen.holder, seen.of.used, least=limits.places_operators)
        if len(np.unique(seen.of.operator[which])) >= limits.places_operators
    ]
    days: dict[int, list[Rows]] = {}
    for which in busy:
        days.setdefault(int(seen.holder[which[0]]), []).append(which)
    for found in days.values():
        if len(found) >= limits.places_days:
            words = f"一人の券が一日に {limits.places_operators} 以上の事業者で使われた日が、{len(found)} 日あります。"
            yield seen.ask(Pattern.PLACES, words, np.concatenate(found), operator=False, holder=True)


def _round(seen: _Seen, limits: Thresholds) -> Iterator[Question]:
    known = seen.only((seen.of.fare != BLANK) & (seen.of.number != BLANK))
    of = known.of
    rides = np.array([which[0] for which in _groups(of.operator, of.number, of.used, of.fare)], np.intp)
    is_round = of.fare % limits.round_yen == 0
    for at in _groups(of.operator[rides], least=limits.round_rides):
        count = int(np.count_nonzero(is_round[rides[at]]))
        if count * 100 < limits.round_percent * len(at):
            continue
        share = count * 100 // len(at)
        words = f"{len(at):,} 回の乗車のうち {count:,} 回（{share}％）の代金が {limits.round_yen:,} 円の倍数です。"
        which = np.flatnonzero(is_round & (of.operator == of.operator[rides[at[0]]]))
        yield known.ask(Pattern.ROUND, words, which)


def _last_days(seen: _Seen, limits: Thresholds) -> Iterator[Question]:
    """A holder's whole month at one company, on the month's last day."""
    month = seen.of.used.astype("datetime64[D]").astype("datetime64[M]")
    last = ((month + 1).astype("datetime64[D]") - 1).astype(np.int32)
    for which in _groups(seen.holder, seen.of.operator, month, least=limits.last_day_vouchers):
        if (seen.of.used[which] == last[which]).all():
            on = calendar_day(int(last[which[0]]))
            words = f"{on.year}年{on.month}月の一人の券 {len(which):,} 枚が、すべて月末の{day(on)}に使われています。"
            yield seen.ask(Pattern.LAST_DAY, words, which, holder=True)


def _other_numbers(seen: _Seen, limits: Thresholds) -> Iterator[Question]:
    differ = seen.only((seen.of.number != BLANK) & (seen.number != BLANK) & (seen.of.number != seen.number))
    for which in _groups(differ.of.operator, least=limits.other_number_vouchers):
        words = f"{len(which):,} 枚の券に書かれた認定番号が、券を交付した人の番号と違います。"
        yield differ.ask(Pattern.OTHER_NUMBER, words, which)
