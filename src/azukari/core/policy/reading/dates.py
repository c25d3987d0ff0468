"""Dates as council papers write them: 平成31年(2019年)4月中旬, 平成35年度, 令和6年4月1日から令和9年3月31日まで."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

# The first year of an era in the Gregorian calendar. Eras run on past their end (平成35年) in papers written before it.
_ERA = {"昭和": 1926, "平成": 1989, "令和": 2019, "S": 1926, "H": 1989, "R": 2019}
_DATE = re.compile(
    r"(?:(?P<era>昭和|平成|令和|[SHR](?=\d))(?P<n>元|\d{1,2})年?(?P<fiscal>度)?(?:[(/](?P<west>\d{4})年?(?P<fiscal2>度)?\)?)?"
    r"|(?P<year>\d{4})年(?P<fiscal3>度)?(?:\((?:平成|令和)(?:元|\d{1,2})年度?\))?)"
    r"(?:(?P<m>\d{1,2})月)?(?:\(予定\))?(?:(?P<d>\d{1,2})日|(?P<part>上旬|初旬|中旬|下旬|末|初め|頃|ごろ|以降))?"
)
_WITHIN_MONTH = {"上旬": 1, "初旬": 1, "初め": 1, "中旬": 11, "下旬": 21}
_NEXT = re.compile(r"^(?:から|より|～|~|-)")


@dataclass(frozen=True, slots=True)
class Found:
    """One date in a text. `day` is None when it cannot be fixed; `doubt` says, in Japanese, what was not exact."""

    day: date | None
    doubt: str | None
    whole: str
    at: int
    until: int
    month_only: bool = False
    year_only: bool = False

    def last(self) -> date | None:
        """Return the last day of the date when it names a month or a fiscal year only."""
        if self.day is None:
            return None
        if self.year_only:
            return date(self.day.year + 1, 3, 31)
        if self.month_only:
            return self.day.replace(day=calendar.monthrange(self.day.year, self.day.month)[1])
        return self.day


def find(text: str) -> list[Found]:
    """Return every date of a collapsed text, in order."""
    return [_found(m) for m in _DATE.finditer(text) if m.group("m") or _fiscal(m) or m.group("west") or m.group("year")]


def whole_line(text: str) -> date | None:
    """Return the day when the line is a full date and nothing else."""
    match = _DATE.fullmatch(text.strip("()"))
    found = _found(match) if match and match.group("d") else None
    return found.day if found else None


def _fiscal(m: re.Match[str]) -> bool:
    return bool(m.group("fiscal") or m.group("fiscal2") or m.group("fiscal3"))


def _year(m: re.Match[str]) -> int:
    if m.group("year"):
        return int(m.group("year"))
    n = 1 if m.group("n") == "元" else int(m.group("n"))
    return _ERA[m.group("era")] + n - 1


def _found(m: re.Match[str]) -> Found:
    year, doubt = _year(m), None
    place = (m.group(), m.start(), m.end())
    if m.group("west") and int(m.group("west")) != year:
        return Found(None, f"和暦と西暦が合いません（「{m.group()}」は{year}年と{m.group('west')}年）", *place)
    if not m.group("m"):
        return _of_year(m, year, place)
    day, doubt = _day_of_month(m, year)
    try:
        when = date(year, int(m.group("m")), day)
    except ValueError:
        return Found(None, f"「{m.group()}」は暦にない日付です", *place)
    return Found(when, doubt, *place, month_only=not m.group("d") and not m.group("part"))


def _of_year(m: re.Match[str], year: int, place: tuple[str, int, int]) -> Found:
    if _fiscal(m):
        doubt = f"「{m.group()}」としか書かれていないため、年度の初日（4月1日）と読みました"
        return Found(date(year, 4, 1), doubt, *place, year_only=True)
    return Found(None, f"「{m.group()}」だけでは月がわかりません", *place)


def _day_of_month(m: re.Match[str], year: int) -> tuple[int, str | None]:
    if m.group("d"):
        return int(m.group("d")), None
    part = m.group("part")
    if part in _WITHIN_MONTH:
        day = _WITHIN_MONTH[part]
        return day, f"「{m.group()}」としか書かれていないため、{part}の初日（{day}日）と読みました"
    if part == "末":
        day = calendar.monthrange(year, int(m.group("m")))[1] if 1 <= int(m.group("m")) <= 12 else 1
        return day, f"「{m.group()}」としか書かれていないため、月の末日（{day}日）と読みました"
    if part in ("頃", "ごろ"):
        return 1, f"「{m.group()}」としか書かれていないため、月の初日と読みました"
    return 1, None


@dataclass(frozen=True, slots=True)
class Term:
    """From when and until when. `end` is the first day that is no longer included (half-open)."""

    start: date | None
    end: date | None
    doubts: tuple[str, ...] = ()
    end_doubts: tuple[str, ...] = ()


def term(text: str) -> Term:
    """Read a term from a collapsed text. Only a date followed by 「まで」 ends it; more than one start is a doubt."""
    found = find(text)
    ends = [f for f in found if _is_end(text, f)]
    starts = [f for f in found if f not in ends]
    if len({f.day for f in starts}) > 1:
        return Term(None, None, (f"開始の時期が二つ以上書かれています（{'、'.join(f.whole for f in starts)}）",))
    start = starts[0] if starts else None
    doubts = (start.doubt,) if start and start.doubt else ()
    if start is None:
        doubts = (f"開始の時期を日付として読めません（「{text[:40]}」）",)
    end, end_doubts = _end(text, ends, start.day if start else None)
    return Term(start.day if start else None, end, doubts, end_doubts)


def _is_end(text: str, found: Found) -> bool:
    after = text[found.until : found.until + 6]
    if after.startswith(("まで", "末まで", "迄", "(予定)まで", "を期限")):
        return True
    before = text[: found.at]
    return bool(re.search(r"[~～]$|から$|より$", before)) and not re.match(r"(?:から|より)", after)


def _end(text: str, ends: list[Found], start: date | None) -> tuple[date | None, tuple[str, ...]]:
    if not ends:
        span = re.search(r"(?:から|より)(\d{1,2})(?:年間|か年|カ年|ヶ年)", text)
        if span and start:
            return start.replace(year=start.year + int(span.group(1))), ()
        return None, ()
    last = ends[0].last()
    if last is None or len({f.day for f in ends}) > 1:
        return None, (f"終わりの時期を日付として読めません（「{text[:40]}」）",)
    if start and last < start:
        return None, (f"終わり（{last}）が始まり（{start}）より前です",)
    return last + timedelta(days=1), ((ends[0].doubt,) if ends[0].doubt and not ends[0].year_only else ())
