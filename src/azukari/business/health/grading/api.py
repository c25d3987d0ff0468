"""Rows of a stream, one answer each: CSV under its titles, or JSON lines. Needs no ward, no database."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache
from itertools import chain
from typing import Any

from azukari.business.health.checkups import criteria
from azukari.business.health.checkups.items import items, title
from azukari.business.health.checkups.rules import levels, reading
from azukari.business.health.checkups.types import CHECKUP_NAMES
from azukari.kernel.errors import BadInput

_DAY_TITLES = frozenset({"date", "健診実施年月日", "受診日", "健診日"})
_KEY_TITLES = ("id", "key", "番号", "整理番号")
_LONGEST = 100_000
_PERSON = {"性別": "sex", "年齢": "age", "年度末年齢": "age"}


def grade(lines: Iterable[str], on: date) -> Iterator[dict[str, Any]]:
    """One answer a row: `line`, `level`, `name`, `reasons`, `missing`, `metabolic`, `criteria`; or `line` and `error`.

    A column `id` is given back as it stands, and a column `date` chooses the criteria; else they are those of `on`.
    Raises BadInput when no column is one that is known.
    """
    for line, key, row in _rows(lines):
        answer = {"line": line} if key is None else {"line": line, "id": key}
        try:
            if isinstance(row, BadInput):
                raise row
            yield answer | _answer(row, on)
        except BadInput as error:
            told = {"what": error.what, "why": error.why, "next": error.next_step}
            yield answer | {"error": told}


@cache
def names() -> dict[str, str]:
    """Every name a column may have → field of Values: English, the CSV's title, the label, the JLAC10 code."""
    titles = dict(_PERSON)
    for item in items():
        field = CHECKUP_NAMES.get(item.field, item.field)
        if field in reading.FIELDS:
            titles |= dict.fromkeys((title(item.label), item.field, *item.titles, *item.codes), field)
    return reading.field_names(titles) | dict.fromkeys(_DAY_TITLES, "date")


def _answer(row: list[tuple[str, Any]], on: date) -> dict[str, Any]:
    day = next((written for field, written in row if field == "date"), None)
    wanted = criteria.on(reading.day_of(day) or on)
    values = reading.values_of([pair for pair in row if pair[0] != "date"], wanted)
    found = levels.classify(values, wanted)
    syndrome, _ = levels.metabolic(values, wanted)
    return {
        "level": int(found.level),
        "name": found.level.label,
        "reasons": found.reasons,
        "missing": found.missing,
        "metabolic": int(syndrome),
        "criteria": wanted.name,
    }


Row = tuple[int, Any, "list[tuple[str, Any]] | BadInput"]


def _rows(lines: Iterable[str]) -> Iterator[Row]:
    """Line (from 1), id, and the (field, written) pairs of a row."""
    numbered = iter(enumerate(lines, 1))
    first = next(((at, line) for at, line in numbered if line.strip("\ufeff \t\r\n")), None)
    if first is None:
        raise BadInput(
            "行がありません。", "標準入力が空です。", "見出しのある CSV か、一行に一つの JSON を渡してください。"
        )
    line = first[1].lstrip("\ufeff")
    if line.lstrip().startswith("["):
        return _array_rows(line + "".join(text for _, text in numbered))
    if line.lstrip().startswith("{"):
        return _json_rows(chain([(first[0], line)], numbered))
    return _csv_rows(line, numbered)


def _json_rows(lines: Iterable[tuple[int, str]]) -> Iterator[Row]:
    for at, line in lines:
        if not line.strip():
            continue
        try:
            found = json.loads(line) if len(line) < _LONGEST else None
        except (ValueError, RecursionError):
            found = None
        yield _json_row(at, found)


def _array_rows(text: str) -> Iterator[Row]:
    """A JSON array of rows; `line` then counts its elements."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadInput(
            "JSON として読めません。", str(error), "配列を直すか、一行に一つの {…} で渡してください。"
        ) from error
    for at, one in enumerate(found, 1):
        yield _json_row(at, one)


def _json_row(at: int, found: Any) -> Row:
    if not isinstance(found, dict):
        told = BadInput("JSON の行として読めません。", "一行に一つの {…} が要ります。", "行を直してください。")
        return at, None, told
    named = {title(name): value for name, value in found.items()}
    row = [(names()[name], value) for name, value in named.items() if name in names()]
    return at, _key(named), row or _nothing_known()


def _csv_rows(head: str, lines: Iterable[tuple[int, str]]) -> Iterator[Row]:
    titles = [title(text) for text in _cells(head)]
    fields = [(place, names()[name]) for place, name in enumerate(titles) if name in names()]
    if not fields:
        raise _nothing_known()
    for at, line in lines:
        if not line.strip():
            continue
        cells = _cells(line)
        if len(cells) != len(titles):
            why = f"見出しは {len(titles)} 個です。途中で切れているか、カンマがずれています。"
            yield at, None, BadInput(f"項目が {len(cells)} 個です。", why, "行を直してください。")
            continue
        yield at, _key(dict(zip(titles, cells, strict=True))), [(field, cells[place]) for place, field in fields]


def _cells(line: str) -> list[str]:
    """The cells of a line; none where it is far too long or cannot be parted."""
    try:
        return next(csv.reader([line])) if len(line) < _LONGEST else []
    except csv.Error:
        return []


def _key(row: dict[str, Any]) -> Any:
    return next((row[name] for name in _KEY_TITLES if name in row), None)


def _nothing_known() -> BadInput:
    return BadInput(
        "知っている項目がありません。",
        "sex, age, waist, bmi, systolic などの名前か、健診の項目の見出し、項目コードで探します。",
        "見出しを docs/howto-health-checkups.md のとおりに直してください。",
    )
