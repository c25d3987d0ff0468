"""The CSV of 国保連 (FKAC167 健診結果, FKAC165 保健指導): columns by title, every cell judged, nothing half-read."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from azukari.business.health import columns
from azukari.business.health.checkups import frames
from azukari.business.health.checkups.frames import Frames
from azukari.business.health.checkups.items import Item, items, read, title
from azukari.core.intake.api import entries_of, is_junk, open_file, read_all
from azukari.core.intake.types import LIMITS, Problem, Problems, Source
from azukari.kernel.errors import BadInput

_FIRST_ROW = 3  # the line on which the rows begin, counted from 1
_SEND_AGAIN = "国保連のシステムから、もう一度書き出してください。"
_FIX = "元の記録を確かめ、直したものをもう一度書き出してください。"
_BOM = b"\xef\xbb\xbf"
_HEAD = re.compile(rb"FKAC\d{3}")


@dataclass(slots=True)
class Sheet:
    """One CSV: which it is, its titles, and its cells as text (`c0`, `c1` …; blank is null)."""

    kind: str
    name: str
    titles: list[str]
    cells: pl.DataFrame
    problems: Problems
    notes: list[str] = field(default_factory=list)

    def bad(self, error: BadInput, line: int | None = None, column: str = "", value: str = "") -> None:
        """Something wrong in this file."""
        self.problems.add(Problem.of(error, self.name, line, column, value))

    def places(self, names: list[str]) -> list[int]:
        """Where the columns of any of these titles are."""
        wanted = {title(name) for name in names}
        return [place for place, text in enumerate(self.titles) if text in wanted]

    def column(self, names: list[str], *, needed: bool) -> pl.Series:
        """The column of one of these titles; of several, the first cell that is not blank."""
        places = self.places(names)
        if not places and needed:
            why = f"見出しは {'、'.join(names)} のどれかです。"
            self.bad(BadInput("この列がありません。", why, _SEND_AGAIN), 2, names[0])
        if not places:
            return pl.Series([None] * self.cells.height, dtype=pl.String())
        return self.cells.select(pl.coalesce(f"c{place}" for place in places))[:, 0]

    def expect(self, column: pl.Series, good: pl.Series, name: str, why: str) -> None:
        """Every cell that is not good is a problem, with its line."""
        wrong = (~good.fill_null(value=False) & column.is_not_null()).arg_true()
        for place in wrong.head(self.problems.most + 1):
            error = BadInput(f"{name}が読めません。", why, _FIX)
            self.bad(error, int(place) + _FIRST_ROW, name, str(column[int(place)]))


def read_file(path: Path, problems: Problems) -> tuple[Frames, list[str]]:
    """The tables of a CSV, or of the one CSV in a zip. Whatever is wrong is in `problems`; the tables are then partial."""
    name, source = _source(path)
    sheet = _sheet(read_all(source, LIMITS.table), name, problems)
    found = _checkups(sheet) if sheet.kind == "FKAC167" else _guidance(sheet)
    return found, sheet.notes


def is_fkac(head: bytes) -> bool:
    """The first line is that of such a file."""
    return _HEAD.search(head.split(b"\n", 1)[0][:200]) is not None


def _source(path: Path) -> tuple[str, Source]:
    with open_file(path) as file:
        if file.read(2) != b"PK":
            return path.name, path
        entries, faults = entries_of(file, path, LIMITS)
    if faults:
        raise faults[0]
    sheets = [one for one in entries if one.name.casefold().endswith(".csv") and not is_junk(one.name)]
    if len(sheets) != 1:
        raise BadInput(f"zip の中の CSV が {len(sheets)} 個です。", "一つの zip に一つの CSV が入ります。", _SEND_AGAIN)
    return sheets[0].name.rpartition("/")[2], sheets[0]


def _sheet(data: bytes, name: str, problems: Problems) -> Sheet:
    lines = _text(data).split("\n")
    while lines and not lines[-1].strip("\r\x1a "):
        lines.pop()
    head = _HEAD.search(lines[0][:200].encode()) if lines else None
    kinds = read("fkac.toml")["files"]
    if head is None or head[0].decode() not in kinds:
        raise BadInput(
            "FKAC の CSV ではありません。",
            f"一行目に {'、'.join(kinds)} のどれかが要ります。",
            "ファイルを確かめてください。",
        )
    kind = head[0].decode()
    titles = [title(text) for text in _parted(lines[1] if len(lines) > 1 else "")]
    if not titles or titles[0] != read("fkac.toml")["titles_begin"]:
        raise BadInput("列の見出しがありません。", "二行目は「保険者番号」で始まります。", _SEND_AGAIN)
    sheet = Sheet(kind, name, titles, pl.DataFrame(), problems)
    body = _body(lines, sheet)
    sheet.cells = _cells(body, sheet)
    return sheet


def _parted(line: str) -> list[str]:
    """The cells of a line; none where it cannot be parted."""
    try:
        return next(csv.reader([line.removesuffix("\r")]), [])
    except csv.Error:
        return []


def _text(data: bytes) -> str:
    if b"\0" in data:
        raise BadInput("NUL の文字があります。", "CSV ではないか、壊れています。", _SEND_AGAIN)
    for codec in ("utf-8", "cp932"):
        # The titles in Shift_JIS are never UTF-8, so which of the two it is is seen and not guessed.
        with suppress(UnicodeDecodeError):
            return data.removeprefix(_BOM).decode(codec)
    line = data.count(b"\n", 0, _first_bad(data)) + 1
    raise BadInput("Shift_JIS として読めません。", f"{line} 行目に読めない字があります。", _SEND_AGAIN)


def _first_bad(data: bytes) -> int:
    try:
        data.decode("cp932")
    except UnicodeDecodeError as error:
        return error.start
    return 0


def _body(lines: list[str], sheet: Sheet) -> list[str]:
    """The rows between titles and trailer. A file cut short has lost its trailer."""
    if len(lines) < _FIRST_ROW or "," in lines[-1]:
        raise BadInput("終わりの行がありません。", "途中で切れています。", _SEND_AGAIN)
    body = [line.removesuffix("\r") for line in lines[2:-1]]
    said = re.search("[0-9]{1,12}", lines[-1])
    if said and int(said[0]) not in {len(body), len(body) + 1, len(body) + 2, len(body) + 3}:
        sheet.notes.append(f"終わりの行の値は {said[0]}、中身は {len(body):,} 行です（この値の意味は未確認）。")
    if not body:
        sheet.notes.append("中身の行がありません。")
    return body


def _cells(body: list[str], sheet: Sheet) -> pl.DataFrame:
    width = len(sheet.titles)
    for place, line in enumerate(body):
        count = line.count(",") + 1 if '"' not in line else len(_parted(line))
        if count != width:
            why = f"見出しは {width} 個です。途中で切れているか、カンマがずれています。"
            sheet.bad(BadInput(f"項目が {count} 個です。", why, _SEND_AGAIN), place + _FIRST_ROW)
    schema = {f"c{place}": pl.String() for place in range(width)}
    if not body or sheet.problems:
        return pl.DataFrame(schema=schema)
    data = io.BytesIO("\n".join(body).encode())
    try:
        cells = pl.read_csv(data, has_header=False, schema=schema, quote_char='"')
    except pl.exceptions.PolarsError:
        cells = pl.DataFrame(schema=schema)
    if cells.height != len(body):
        why = "引用符が閉じていないか、行の途中で改行されています。"
        raise BadInput("行に分けられません。", why, _SEND_AGAIN)
    blank = pl.all().str.strip_chars(" \u3000\t")
    return cells.with_columns(blank).with_columns(pl.all().replace("", None))


def _person(sheet: Sheet) -> dict[str, pl.Series]:
    """The columns of the person; a name is not among them, and 個人番号 is not read."""
    data = read("fkac.toml")
    found = {name: sheet.column(names, needed=True) for name, names in data["person"].items()}
    found |= {name: sheet.column(names, needed=False) for name, names in data["person_optional"].items()}
    for name in ("insurer", "number", "birth", "sex"):
        for place in found[name].is_null().arg_true().head(sheet.problems.most + 1):
            error = BadInput("空です。", "だれの記録かが決まりません。", _FIX)
            sheet.bad(error, int(place) + _FIRST_ROW, data["person"][name][0])
    sheet.expect(found["sex"], found["sex"].is_in(["1", "2"]), "性別", "1（男）か 2（女）が要ります。")
    sheet.expect(found["insurer"], found["insurer"].str.contains(r"^\d{6,8}$"), "保険者番号", "数字6〜8桁が要ります。")
    sex = found["sex"].cast(columns.I8, strict=False)
    empty = pl.Series([None] * sheet.cells.height, dtype=pl.String())
    birth = _days(sheet, found["birth"], "生年月日")
    return {**found, "birth": birth, "sex": sex, "name": empty, "kana": empty}


def _days(sheet: Sheet, column: pl.Series, name: str) -> pl.Series:
    plain = column.str.replace_all("[-/]", "")
    days = plain.str.to_date("%Y%m%d", strict=False).set(~plain.str.contains(r"^\d{8}$"), None)
    sheet.expect(column, days.is_not_null(), name, "年月日の8桁の数字が要ります。")
    return days


def _frame(found: dict[str, pl.Series]) -> pl.DataFrame:
    frame = pl.DataFrame([column.alias(name) for name, column in found.items()])
    return (
        frame.with_columns(frames.insurer("insurer")).with_row_index("row").with_columns(pl.col("row").cast(pl.Int64()))
    )


def _checkups(sheet: Sheet) -> Frames:
    names = read("fkac.toml")["files"]["FKAC167"]["columns"]
    found = _person(sheet)
    day = sheet.column(names["date"], needed=True)
    _needed(sheet, day, names["date"][0], "いつの健診かが決まりません。")
    found["date"] = _days(sheet, day, names["date"][0])
    found["facility"] = sheet.column(names["facility"], needed=False)
    found["ticket"] = sheet.column(names["ticket"], needed=False)
    results = _results(sheet)
    heads = _frame(found)
    _once(sheet, heads)
    return Frames({}) if sheet.problems else frames.of_checkups(heads, results)


def _needed(sheet: Sheet, column: pl.Series, name: str, why: str) -> None:
    for place in column.is_null().arg_true().head(sheet.problems.most + 1):
        sheet.bad(BadInput("空です。", why, _FIX), int(place) + _FIRST_ROW, name)


def _once(sheet: Sheet, heads: pl.DataFrame) -> None:
    """One person has one checkup a day in one file."""
    person = ["insurer", "symbol", "number", "branch", "birth", "sex", "date"]
    for place in heads.filter(~pl.struct(person).is_first_distinct())["row"].head(sheet.problems.most + 1):
        error = BadInput("同じ人の同じ日の健診が二つあります。", "どちらが正しいか決まりません。", _FIX)
        sheet.bad(error, int(place) + _FIRST_ROW)


def _results(sheet: Sheet) -> pl.DataFrame:
    """Every cell of a known item that is not blank: its code, value, unit and flag, one row each."""
    found = [frame for item in items() for frame in _of_item(sheet, item)]
    schema: dict[str, Any] = {"row": pl.Int64(), **dict.fromkeys(("code", "value", "unit", "flag"), pl.String())}
    return pl.concat(found).sort("row", maintain_order=True) if found else pl.DataFrame(schema=schema)


def _of_item(sheet: Sheet, item: Item) -> Iterator[pl.DataFrame]:
    for name, code in item.titles.items():
        if not sheet.places([name]):
            continue
        cells = sheet.column([name], needed=False)
        _judge(sheet, item, cells, name)
        marks = sheet.column([f"HL{name}"], needed=False).replace({"1": "L", "2": "H"})
        rows = pl.DataFrame({"value": cells, "flag": marks}).with_row_index("row")
        yield rows.filter(pl.col("value").is_not_null() | pl.col("flag").is_not_null()).select(
            pl.col("row").cast(pl.Int64()),
            pl.lit(code).alias("code"),
            "value",
            pl.lit(item.unit or None, pl.String()).alias("unit"),
            "flag",
        )


def _judge(sheet: Sheet, item: Item, cells: pl.Series, name: str) -> None:
    if item.kind == "code":
        sheet.expect(cells, cells.is_in(list(item.values)), name, f"{'、'.join(item.values)} のどれかが要ります。")
    elif item.kind == "number":
        shaped = cells.str.contains(r"^\d{1,6}(\.\d{1,4})?$")
        good = shaped & (cells.cast(pl.Float64(), strict=False) <= item.most)
        sheet.expect(cells, good, name, f"0 から {item.most:g} までの数が要ります。")


def _guidance(sheet: Sheet) -> Frames:
    names = read("fkac.toml")["files"]["FKAC165"]["columns"]
    found = _person(sheet)
    year, level = sheet.column(names["year"], needed=True), sheet.column(names["level"], needed=True)
    _needed(sheet, year, names["year"][0], "いつの保健指導かが決まりません。")
    sheet.expect(year, year.str.contains(r"^(19|20)\d{2}$"), names["year"][0], "西暦4桁の年度が要ります。")
    sheet.expect(level, level.is_in(["1", "2", "3", "4"]), names["level"][0], "1 から 4 のどれかが要ります。")
    found["fiscal_year"] = year.cast(columns.I16, strict=False)
    found["level"] = level.cast(columns.I8, strict=False)
    found["ticket"] = sheet.column(names["ticket"], needed=True)
    for name in ("first", "middle", "last"):
        found[name] = _days(sheet, sheet.column(names[name], needed=name == "first"), names[name][0])
    rows = _frame(found)
    return Frames({}) if sheet.problems else frames.of_guidance(rows)
