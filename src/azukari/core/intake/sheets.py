"""Excel as rows of text. Everything that Excel shows otherwise than it is stored is refused, with the cells named."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from pathlib import Path

from python_calamine import CalamineSheet, CalamineWorkbook, SheetMetadata, SheetTypeEnum, SheetVisibleEnum

from azukari.core.intake.archives import entries_of
from azukari.core.intake.sources import inflate
from azukari.core.intake.texts import ROWS, BadLine, Block
from azukari.core.intake.types import EXCEL_1900, EXCEL_1904, Entry, Limits
from azukari.kernel.errors import BadInput

_ATTRIBUTE = rb"""\s*=\s*["']"""
_CELL_COLUMN = re.compile(rb"\br" + _ATTRIBUTE + rb"([A-Za-z]+)[0-9]")
_CELL_ROW = re.compile(rb"\br" + _ATTRIBUTE + rb"[A-Za-z]+0*([0-9]+)")
_ROW_NUMBER = re.compile(rb"row\b[^>]*?\br" + _ATTRIBUTE + rb"0*([0-9]+)")
_ROW = re.compile(rb"row\b([^>]*[^>/])>")
_HIDDEN = re.compile(rb"\bhidden" + _ATTRIBUTE + rb"(?:1|true)")
_CELL = re.compile(rb"<(?:\w+:)?c\b([^>]*)>(\s*<(?:\w+:)?f[\s>/])?")
_ERROR = re.compile(rb"\bt" + _ATTRIBUTE + rb"e\b")
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s>/]")
_PLACE = re.compile(rb"\br" + _ATTRIBUTE + rb"([A-Za-z]*[0-9]+)")
_1904 = re.compile(rb"\bdate1904" + _ATTRIBUTE + rb"(?:1|true)")
_LONGEST_ROW = 8 << 20
_MACROS = "xl/vbaproject.bin"
_NAMED = 10
_VALUES_ONLY = "値だけを新しいブックに貼り付けて、保存し直してもらってください。"
_UNSEEN = "画面に見えないものは、送るつもりの値か分かりません。"
_SEND_AGAIN = "Excel で開いて保存し直し、もう一度送ってもらってください。"
Cell = object


@dataclass(slots=True)
class Seen:
    """What the XML says that the values no longer do: places as A1, rows as numbers, how far the cells reach."""

    formulas: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    columns: set[bytes] = field(default_factory=set)
    last_row: int = 0
    tags: int = 0
    excel: date = EXCEL_1900


def blocks(data: bytes, limits: Limits) -> tuple[Iterator[Block], date]:
    """The rows of the one sheet with data, and the day from which bare numbers count as days. Raises BadLine."""
    seen = _look_into(data, limits)
    for places, error in _refusals(seen):
        if places:
            raise BadLine(error, _line(places[0]))
    sheet = _only_sheet(data)
    if merged := sheet.merged_cell_ranges:
        places = [f"{_letters(left)}{top + 1}:{_letters(right)}{bottom + 1}" for (top, left), (bottom, right) in merged]
        error = BadInput(
            f"結合したセルがあります: {_some(places)}。",
            "値がどの行のものか決まりません。",
            "結合を解いて、各行に値を書いてもらってください。",
        )
        raise BadLine(error, _line(places[0]))
    return _rows(sheet), seen.excel


def _refusals(seen: Seen) -> tuple[tuple[list[str], BadInput], ...]:
    return (
        (
            seen.errors,
            BadInput(
                f"誤りの値のセルがあります: {_some(seen.errors)}。", "#REF! などで、値がありません。", _VALUES_ONLY
            ),
        ),
        (
            seen.formulas,
            BadInput(f"計算式のセルがあります: {_some(seen.formulas)}。", "開くたびに値が変わりえます。", _VALUES_ONLY),
        ),
        (
            seen.hidden,
            BadInput(
                f"隠れている行があります: {_some(seen.hidden)}行目。",
                _UNSEEN,
                "フィルターと非表示を解いて、要らない行は消してもらってください。",
            ),
        ),
    )


def _line(place: str) -> int | None:
    digits = re.match(r"[A-Za-z]*([0-9]+)", place)
    return int(digits[1]) if digits else None


def _some(places: list[str]) -> str:
    return "、".join(places[:_NAMED]) + (" ほか" if len(places) > _NAMED else "")


def _letters(column: int) -> str:
    high, low = divmod(column, 26)
    return (_letters(high - 1) if high else "") + chr(ord("A") + low)


def _look_into(data: bytes, limits: Limits) -> Seen:
    """Unpack everything once, without keeping it: what the reader is then given has been measured."""
    file, seen = io.BytesIO(data), Seen()
    allowed = Limits(entries=1000, total=limits.unpacked, ratio=limits.ratio, small=limits.small)
    try:
        entries, faults = entries_of(file, Path("Excel"), allowed)
        if faults:
            raise faults[0]
        if _MACROS in {entry.name.casefold() for entry in entries}:
            raise BadInput("マクロがあります。", "Excel ブック (.xlsx) にマクロはありません。", _VALUES_ONLY)
        for entry in entries:
            _look_through(file, entry, seen, limits)
    except BadInput as error:
        raise BadLine(error, None) from error
    return seen


def _look_through(file: io.BytesIO, entry: Entry, seen: Seen, limits: Limits) -> None:
    rest = b""
    for block in inflate(file, entry):
        rest += block
        # Cut before a row, so that no cell is seen in halves; a part without rows is cut anywhere.
        cut = rest.rfind(b"row")
        if cut < 0 and len(rest) > _LONGEST_ROW:
            cut = len(rest)
        _look_at(rest[: max(cut, 0)], seen)
        rest = rest[max(cut, 0) :]
        _not_too_many(seen, limits)
    _look_at(rest, seen)
    _not_too_many(seen, limits)


def _look_at(xml: bytes, seen: Seen) -> None:
    seen.tags += xml.count(b"<")
    seen.columns.update(_CELL_COLUMN.findall(xml))
    rows = {*_CELL_ROW.findall(xml), *_ROW_NUMBER.findall(xml)}
    seen.last_row = max(seen.last_row, int(max(rows, key=lambda row: (len(row), row), default=b"0")[:9]))
    if b"hidden" in xml:
        for row in _ROW.finditer(xml):
            if _HIDDEN.search(row[1]):
                _note(seen.hidden, row[1])
    if _ERROR.search(xml) or _FORMULA.search(xml):
        _look_at_cells(xml, seen)
    if b"date1904" in xml and _1904.search(xml):
        seen.excel = EXCEL_1904


def _look_at_cells(xml: bytes, seen: Seen) -> None:
    for cell in _CELL.finditer(xml):
        if _ERROR.search(cell[1]):
            _note(seen.errors, cell[1])
        elif cell[2]:
            _note(seen.formulas, cell[1])


def _note(places: list[str], attributes: bytes) -> None:
    """Remember a place, and one more than are named."""
    if len(places) <= _NAMED:
        found = _PLACE.search(attributes)
        places.append(found[1].decode() if found else "?")


def _not_too_many(seen: Seen, limits: Limits) -> None:
    widest = max((_column(letters) for letters in seen.columns), default=0)
    # The reader makes room for every cell between the first and the last, so two cells far apart would fill the memory.
    if seen.last_row * widest > limits.cells or seen.tags > limits.cells * 4:
        raise BadInput(
            "セルが多すぎます。",
            f"最後の行は {seen.last_row:,}、列は {widest:,} です。",
            "表の外のセルを消すか、表を分けてもらってください。",
        )


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters[:8].upper():
        number = number * 26 + letter - ord("A") + 1
    return number


def _only_sheet(data: bytes) -> CalamineSheet:
    filled = [(one, sheet) for one, sheet in _sheets(data) if sheet.start is not None]
    if not filled:
        raise BadLine(BadInput("どのシートも空です。", "読む表がありません。", _SEND_AGAIN), None)
    names = "、".join(f"「{one.name}」" for one, _ in filled[:_NAMED])
    if len(filled) > 1:
        told = f"値のあるシートが {len(filled)} 枚あります: {names}。"
        raise BadLine(BadInput(told, "どれを読むか決まりません。", "一枚だけにしてもらってください。"), None)
    [(one, sheet)] = filled
    if one.visible != SheetVisibleEnum.Visible:
        told = f"値のあるシートが隠れています: {names}。"
        raise BadLine(BadInput(told, _UNSEEN, "再表示して、送る表か確かめてもらってください。"), None)
    return sheet


def _sheets(data: bytes) -> list[tuple[SheetMetadata, CalamineSheet]]:
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        tables = [one for one in book.sheets_metadata if one.typ is SheetTypeEnum.WorkSheet]
        return [(one, book.get_sheet_by_name(one.name)) for one in tables]
    except BaseException as error:
        # The reader is Rust: what it did not foresee comes as a panic, which is no Exception.
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        raise BadLine(BadInput("Excel として開けません。", "ブックの中が壊れています。", _SEND_AGAIN), None) from error


def _rows(sheet: CalamineSheet) -> Iterator[Block]:
    rows, line = sheet.iter_rows(), 1
    while block := [[_text(cell) for cell in row] for row in islice(rows, ROWS)]:
        yield Block(list(range(line, line + len(block))), block)
        line += len(block)


def _text(cell: Cell) -> str:
    if isinstance(cell, str):
        return cell
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    return cell.isoformat() if isinstance(cell, date) else str(cell)
