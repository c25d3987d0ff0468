"""A file of donations read whole, or everything that is wrong with it, by line and column. No database, no clock.

What makes the donation itself uncertain (an amount, a day, broken bytes, a formula) refuses the file. What only stops a
letter (a character no font has, a name too long for the envelope) does not: the money came in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from typing import Any, TypeVar

from azukari.business.donations import fields, parameters, rules
from azukari.business.donations.mapping import Layout, fitting, layout_named, layouts
from azukari.business.donations.types import Method
from azukari.core.intake.api import Table
from azukari.core.intake.types import LIMITS, Problem, Problems
from azukari.kernel.errors import BadInput

FIRST_YEAR = 2008  # ふるさと納税の始まり (地方税法等の一部を改正する法律、平成20年4月30日)
_ASK = "元の記録で確かめて、直してください。"
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Row:
    """One line: an intention while `donated_on` is None, a donation otherwise. Texts as written, "" for blanks."""

    line: int | None
    source: str
    number: str
    name: str
    kana: str
    postcode: str
    address: str
    phone: str
    email: str
    use: str
    amount: int
    method: Method
    applied_on: date | None
    paid_at: datetime | None
    paid_on: date | None
    arrived_on: date | None
    donated_on: date | None
    settled_on: date | None
    intention: int | None
    one_stop: bool
    gift: bool
    gift_kind: str
    gift_name: str
    gift_address: str


@dataclass(frozen=True, slots=True)
class Reading:
    """A file as read: its rows, or its problems (then nothing of it may be taken). `notes` change nothing."""

    name: str
    layout: Layout | None
    read_as: str
    rows: tuple[Row, ...]
    problems: tuple[Problem, ...]
    rest: int = 0
    notes: tuple[Problem, ...] = ()


@dataclass(slots=True)
class Values:
    """The fields of one line being read. The first thing wrong in a column is told; the others are read all the same."""

    layout: Layout
    texts: Mapping[str, str]
    say: Callable[[BadInput, str, str], None]
    faulty: bool = False
    _told: set[str] = field(default_factory=set)

    def get(self, name: str, read: Callable[[str], Value], instead: Value) -> Value:
        """A field read by `read`; `instead` when it cannot be, and then the line is told to be wrong."""
        written = self.texts.get(name, "")
        try:
            return read(self.layout.meaning(name, written))
        except BadInput as error:
            self.wrong(error, name)
            return instead

    def wrong(self, error: BadInput, name: str) -> None:
        """Something wrong with this field."""
        self.faulty = True
        if name not in self._told:
            self._told.add(name)
            self.say(error, self.layout.title_of(name), self.texts.get(name, ""))


def read(data: bytes, name: str, today: date, layout_key: str | None = None) -> Reading:
    """Read a CSV or Excel file. Raises BadInput for a layout of that name that is not there; nothing else."""
    problems, notes = Problems(LIMITS.problems), Problems(LIMITS.problems)
    layout = layout_named(layout_key) if layout_key else _chosen(data, name)
    if layout is None:
        problems.add(Problem.of(_no_layout(), name, 1))
        return Reading(name, None, "", (), problems.in_order())
    table = Table(name, layout.wanted, LIMITS, problems, notes, layout.further)
    rows = list(_rows(table, data, layout, today))
    if not rows and not problems:
        problems.add(
            Problem.of(BadInput("寄附の行がありません。", "見出しだけです。", "書き出し直してください。"), name)
        )
    problems_told = problems.in_order()
    return Reading(
        name,
        layout,
        table.read_as,
        () if problems_told else tuple(rows),
        problems_told,
        problems.rest,
        notes.in_order(),
    )


def _chosen(data: bytes, name: str) -> Layout | None:
    """The layout that fits the titles; the nearest where something is missing, so that it can be named."""
    titles = Table(name, (), LIMITS, Problems(1), Problems(1)).titles(data)
    if found := fitting(titles):
        return found
    nearest = max(layouts().values(), key=lambda one: len(titles.intersection(one.wanted)))
    return nearest if not titles or len(titles.intersection(nearest.wanted)) * 2 >= len(nearest.wanted) else None


def _no_layout() -> BadInput:
    known = "、".join(f"{one.name} ({one.key})" for one in layouts().values())
    return BadInput(
        "見出しが、どの様式とも合いません。",
        f"知っている様式は {known} です。",
        "書き出した形を確かめるか、--layout で様式を指定してください。",
    )


def _rows(table: Table, data: bytes, layout: Layout, today: date) -> Iterator[Row]:
    seen: dict[str, int] = {}
    for chunk in table.chunks(data):
        for line, texts in zip(chunk.lines, layout.rows(chunk.columns, len(chunk.lines)), strict=True):
            if not any(map(str.strip, texts.values())):
                continue
            values = Values(layout, texts, partial(_tell, table, line))
            row = row_of(values, line, today, table.excel)
            if row and row.number:
                _once(values, row, seen)
            if row and not values.faulty:
                yield row


def _tell(table: Table, line: int, error: BadInput, column: str, value: str) -> None:
    table.problem(error, line, column, value)


def _once(values: Values, row: Row, seen: dict[str, int]) -> None:
    first = seen.setdefault(row.number, row.line or 0)
    if first != row.line:
        values.wrong(
            BadInput(f"{first} 行目と同じ番号です。", "同じ寄附が二度書かれています。", "どちらかを除いてください。"),
            "number",
        )


def row_of(values: Values, line: int | None, today: date, excel: date) -> Row | None:
    """One row; None when something in it is wrong."""
    days = _days(values, excel)
    method = values.get("method", _method, None)
    donated = rules.donated_on(method, days["paid_on"], days["arrived_on"]) if method else None
    if method:
        _check_days(values, method, donated, days, today)
    name, address = _addressee(values)
    gift = _gift(values, name, address, donated)
    day = donated or days["applied_on"] or today
    row = Row(
        line=line,
        source=values.layout.source,
        number=values.get("number", lambda text: fields.text(text, 40), ""),
        name=name,
        kana=values.get("kana", lambda text: fields.text(text, 200), ""),
        postcode=values.get("postcode", fields.postcode, ""),
        address=address,
        phone=values.get("phone", fields.phone, ""),
        email=values.get("email", fields.email, ""),
        use=values.get("use", lambda text: _use(text, day), ""),
        amount=values.get("amount", fields.amount, 0),
        method=method or Method.CARD,
        **days,
        donated_on=donated,
        intention=values.get("intention", fields.intention, None),
        one_stop=values.get("one_stop", fields.flag, False),
        **gift,
    )
    return None if values.faulty else row


def _days(values: Values, excel: date) -> dict[str, Any]:
    nothing: tuple[datetime | None, date | None] = (None, None)
    paid_at, paid_on = values.get("paid", lambda text: fields.instant(text, excel), nothing)
    return {
        "applied_on": values.get("applied_on", lambda text: fields.day(text, excel), None),
        "paid_at": paid_at,
        "paid_on": paid_on,
        "arrived_on": values.get("arrived_on", lambda text: fields.day(text, excel), None),
        "settled_on": values.get("settled_on", lambda text: fields.day(text, excel), None),
    }


def _addressee(values: Values) -> tuple[str, str]:
    name = values.get("name", lambda text: fields.needed(text, 200), "")
    address = values.get("address", lambda text: fields.needed(text, 600, lines=True), "")
    building = values.get("building", lambda text: fields.text(text, 200, lines=True), "")
    return name, f"{address}\n{building}" if building else address


def _method(text: str) -> Method | None:
    return fields.method(text)


def _use(text: str, day: date) -> str:
    found = parameters.use_named(text, day)
    if found is None:
        known = "、".join(parameters.uses_on(day))
        why = f"{day:%Y-%m-%d} に選べるのは {known} です。" if known else f"{day:%Y-%m-%d} の使途の一覧がありません。"
        raise BadInput("この使途はありません。", why, "どれかに直すか、様式の読み替えに加えてください。")
    return found


def _check_days(values: Values, method: Method, donated: date | None, days: Mapping[str, Any], today: date) -> None:
    for name, error in _day_errors(method, donated, days, today):
        values.wrong(error, name)
    wanted = values.get("year", fields.year, None)
    if donated and wanted is not None and wanted != rules.year_of(donated):
        values.wrong(
            BadInput(
                f"寄附年 {wanted} と寄附日 {donated:%Y-%m-%d} の年が違います。",
                "受領証明書の年が、どちらになるか決まりません。",
                _ASK,
            ),
            "year",
        )


def _day_errors(
    method: Method, donated: date | None, days: Mapping[str, Any], today: date
) -> Iterator[tuple[str, BadInput]]:
    applied, settled = days["applied_on"], days["settled_on"]
    where = "arrived_on" if method is Method.CASH_MAIL else "paid"
    if donated is None and method not in {Method.SLIP, Method.TRANSFER}:
        yield where, BadInput("寄附日になる日がありません。", f"{method}の寄附日が決まりません。", _ASK)
    elif donated is None and applied is None:
        yield "applied_on", BadInput("申込日がありません。", "納付の前の申込みには申込日が要ります。", _ASK)
    if donated is None and settled is not None:
        yield "settled_on", BadInput("納付の日がありません。", "入金確認日だけがあります。", _ASK)
    for name, day in ((where, donated), ("applied_on", applied), ("settled_on", settled)):
        if day and day > today:
            yield name, BadInput("先の日付です。", f"今日は {today:%Y-%m-%d} です。", _ASK)
        elif day and day.year < FIRST_YEAR:
            yield name, BadInput("古すぎる日付です。", "ふるさと納税の始まる前です。", _ASK)
    if donated and applied and donated < applied:
        yield where, BadInput("申込日より前の日付です。", f"申込日は {applied:%Y-%m-%d} です。", _ASK)
    if donated and settled and settled < donated:
        yield "settled_on", BadInput("寄附日より前の日付です。", f"寄附日は {donated:%Y-%m-%d} です。", _ASK)


def _gift(values: Values, name: str, address: str, donated: date | None) -> dict[str, Any]:
    """What is wished for; nothing of it is kept where no gift is. A recipient who is the donor is not written twice."""
    kind = values.get("gift_kind", lambda text: fields.text(text, 80), "")
    said = values.texts.get("gift", "").strip()
    gift = values.get("gift", fields.flag, False) if said else bool(kind)
    if not gift:
        return {"gift": False, "gift_kind": "", "gift_name": "", "gift_address": ""}
    if not kind:
        values.wrong(BadInput("贈呈品の種類がありません。", "贈呈品は「有」です。", _ASK), "gift_kind")
    if error := rules.gift_error(address, donated, donated is None or parameters.gifts_allowed(donated)):
        values.wrong(error, "gift" if said else "gift_kind")
    to = values.get("gift_name", lambda text: fields.text(text, 200), "")
    place = values.get("gift_address", lambda text: fields.text(text, 600, lines=True), "")
    other = rules.same_text(to or name) != rules.same_text(name) or rules.same_text(
        place or address
    ) != rules.same_text(address)
    return {
        "gift": True,
        "gift_kind": kind,
        "gift_name": (to or name) if other else "",
        "gift_address": (place or address) if other else "",
    }
