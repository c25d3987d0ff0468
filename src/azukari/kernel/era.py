"""和暦: the days on which eras change, and dates written and read in them.

Eras change inside a year and inside a fiscal year, so a year alone names no era: `平成31年` and `令和元年` are one
year, `平成31年度` and `令和元年度` one fiscal year. Papers written before a change run on past it (平成35年度): such
a date is accepted, told by `past_end`, and printed in the era that came. A date before its era, one without an era, and
two notations that disagree are refused.

Source: 改元の詔書 (明治45年, 大正15年), 元号を改める政令 (昭和64年政令第1号, 平成31年政令第143号). Dates before
1873-01-01 (明治6年) were written in the old lunar calendar, where month and day mean something else; they are refused.
"""

from __future__ import annotations

import calendar
import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime

from azukari.kernel.errors import BadInput


@dataclass(frozen=True, slots=True)
class Era:
    """One era: its name, its letter, its first day and the Gregorian year of its 元年."""

    name: str
    letter: str
    first_day: date

    @property
    def offset(self) -> int:
        """The number to add to a year of the era for the Gregorian year."""
        return self.first_day.year - 1

    def writes(self, year: int) -> str:
        """A Gregorian year as this era writes it: 令和元年, 平成31年."""
        count = year - self.offset
        return f"{self.name}{'元' if count == 1 else count}年"


FIRST_SOLAR_DAY = date(1873, 1, 1)
ERAS = (
    Era("令和", "R", date(2019, 5, 1)),
    Era("平成", "H", date(1989, 1, 8)),
    Era("昭和", "S", date(1926, 12, 25)),
    Era("大正", "T", date(1912, 7, 30)),
    Era("明治", "M", date(1868, 1, 25)),
)
_BY_SIGN = {sign: era for era in ERAS for sign in (era.name, era.letter)}
_KANJI_DIGITS = str.maketrans("〇一二三四五六七八九", "0123456789")
_NUMBER = r"(?:元|[0-9]{1,4}|[〇一二三四五六七八九十]{1,4})"
_WRITTEN = re.compile(
    rf"(?:(?P<era>明治|大正|昭和|平成|令和|[MTSHR])(?P<count>{_NUMBER})|西暦?(?P<west>[0-9]{{4}})|(?P<plain>[0-9]{{4}}))"
    rf"(?:年(?P<fiscal>度)?|(?=[./-]))(?:\((?P<also>[^)]+?)年(?P<fiscal2>度)?\))?"
    rf"(?:[./-]?(?P<month>{_NUMBER})(?:月|(?=[./-])|$)(?:[./-]?(?P<day>{_NUMBER})日?)?)?"
)
_NEXT_STEP = "「平成31年2月12日」「H31.2.12」「2019-02-12」のように書いてください。"


@dataclass(frozen=True, slots=True)
class Written:
    """What a text names: a day, a month (`day` None), a year (`month` None too) or a fiscal year (`fiscal`).

    `era` is the era as written, None for a Gregorian text; `past_end` says that it had ended before then.
    """

    year: int
    month: int | None
    day: int | None
    fiscal: bool
    era: Era | None
    past_end: bool

    @property
    def date(self) -> date:
        """The day. A text that names less than a day is refused rather than completed."""
        if self.month is None or self.day is None:
            raise BadInput("日付が月日まで書かれていません。", "年や月だけでは一日に決まりません。", _NEXT_STEP)
        return date(self.year, self.month, self.day)


def era_of(day: date) -> Era:
    """The era a day lies in."""
    if day < FIRST_SOLAR_DAY:
        raise BadInput(
            f"{day.isoformat()} は和暦にできません。",
            "明治5年までは旧暦で、月日が今の暦と合いません。",
            "明治6年(1873年)1月1日以後の日付を書いてください。",
        )
    return next(era for era in ERAS if era.first_day <= day)


def long(day: date) -> str:
    """平成31年2月12日, 令和元年5月1日."""
    return f"{era_of(day).writes(day.year)}{day.month}月{day.day}日"


def minute(at: datetime) -> str:
    """令和8年11月25日 09:05: a moment by the clock that `at` was told by."""
    return f"{long(at.date())} {at:%H:%M}"


def both(day: date) -> str:
    """平成31年(2019年)2月12日, as the ward's papers write it."""
    return f"{era_of(day).writes(day.year)}({day.year}年){day.month}月{day.day}日"


def short(day: date) -> str:
    """H31.2.12, R1.5.1."""
    era = era_of(day)
    return f"{era.letter}{day.year - era.offset}.{day.month}.{day.day}"


def parse(text: str) -> Written:
    """Read a date, month, year or fiscal year. Full-width, letter-spaced, 漢数字, 元年 and letters are all understood.

    Raises BadInput for what is no date, has no era, lies before its era, or contradicts itself.
    """
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", text))
    found = _WRITTEN.fullmatch(plain)
    if found is None:
        raise BadInput(f"日付「{text}」が読めません。", "年月日の書き方ではないか、元号がありません。", _NEXT_STEP)
    era = _BY_SIGN[found["era"]] if found["era"] else None
    year = era.offset + _number(found["count"], text) if era else int(found["west"] or found["plain"])
    fiscal = bool(found["fiscal"] or found["fiscal2"])
    if found["also"] and parse(f"{found['also']}年").year != year:
        raise BadInput(
            f"日付「{text}」の和暦と西暦が合いません。", f"元号からは{year}年になります。", "どちらかを直してください。"
        )
    month, day = (_number(found[part], text) if found[part] else None for part in ("month", "day"))
    if fiscal and month is not None:
        raise BadInput(f"日付「{text}」が読めません。", "年度のあとに月があります。", _NEXT_STEP)
    return Written(year, month, day, fiscal, era, _past_end(text, era, *_span(text, year, month, day, fiscal)))


def _number(text: str, whole: str) -> int:
    if text == "元":
        return 1
    if "十" not in text:
        value = int(text.translate(_KANJI_DIGITS))
    elif tens := re.fullmatch("([二三四五六七八九]?)十([一二三四五六七八九]?)", text):
        value = int((tens[1] or "一").translate(_KANJI_DIGITS)) * 10 + int((tens[2] or "〇").translate(_KANJI_DIGITS))
    else:
        value = 0
    if value == 0:
        raise BadInput(f"日付「{whole}」が読めません。", f"「{text}」は年月日の数になりません。", _NEXT_STEP)
    return value


def _span(text: str, year: int, month: int | None, day: int | None, fiscal: bool) -> tuple[date, date]:
    """The first and the last day the text can mean."""
    try:
        if fiscal:
            return date(year, 4, 1), date(year + 1, 3, 31)
        if month is None:
            return date(year, 1, 1), date(year, 12, 31)
        return date(year, month, day or 1), date(year, month, day or calendar.monthrange(year, month)[1])
    except ValueError as error:
        raise BadInput(f"日付「{text}」は暦にありません。", "その月日のある年ではありません。", _NEXT_STEP) from error


def _past_end(text: str, era: Era | None, first: date, last: date) -> bool:
    """Whether the era had ended before the first day meant; one that begins after the last day is refused."""
    if first < FIRST_SOLAR_DAY:
        era_of(first)
    if era is None:
        return False
    if last < era.first_day:
        raise BadInput(
            f"日付「{text}」は{era.name}の前です。",
            f"{era.name}は{era.first_day.year}年{era.first_day.month}月{era.first_day.day}日からです。",
            f"{long(last) if last >= FIRST_SOLAR_DAY else '正しい元号'} のように書いてください。",
        )
    return era_of(first).first_day > era.first_day
