"""Claims as operators' machines write them, for made-up months. What is written is read back as the same."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

import xlsxwriter  # type: ignore[import-untyped]

from azukari.business.taxi.intake import invoice, vouchers
from azukari.business.taxi.intake.types import BLANK_DAY, BLANK_YEN, KINDS, InvoiceLine, VoucherColumns
from azukari.business.taxi.intake.values import EPOCH
from azukari.kernel.errors import BadInput

Cell = str | int | date
# The same columns make the same bytes, whenever they are written.
_MADE = datetime(1980, 1, 1)  # noqa: DTZ001 (a workbook's times have no zone)


def write_invoice(
    path: Path,
    company: str,
    month: date,
    received_on: date,
    lines: Sequence[InvoiceLine],
    *,
    encoding: str = "utf-8-sig",
) -> None:
    """An invoice, CSV or Excel as the name of the path says. The `row` of a line is not written."""
    rows = [
        (company, f"{month:%Y-%m}", received_on, line.kind.value, line.face, line.count, line.amount) for line in lines
    ]
    if path.suffix == ".xlsx":
        _write_xlsx(path, invoice.TITLES, rows)
    else:
        _write_csv(path, invoice.TITLES, rows, encoding)


def write_vouchers_csv(path: Path, columns: VoucherColumns, encoding: str = "utf-8-sig") -> None:
    """The vouchers as CSV. Raises BadInput for a name the encoding has no letter for.

    Six letters (¢ £ ¬ ‖ − 〜) are written in cp932 as their full-width twins, as Windows does.
    """
    _write_csv(path, vouchers.TITLES, _rows(columns), encoding)


def write_vouchers_xlsx(path: Path, columns: VoucherColumns) -> None:
    """The vouchers as an Excel file, row by row, so that a million take little memory."""
    _write_xlsx(path, vouchers.TITLES, _rows(columns))


def _rows(columns: VoucherColumns) -> Iterator[tuple[Cell, ...]]:
    kinds = [*(kind.value for kind in KINDS), ""]
    numbers = zip(
        columns.kind.tolist(), columns.face.tolist(), columns.used.tolist(), columns.fare.tolist(), strict=True
    )
    texts = zip(columns.as_written, columns.names, columns.numbers, strict=True)
    for (kind, face, used, fare), (serial, name, number) in zip(numbers, texts, strict=True):
        day: Cell = "" if used == BLANK_DAY else EPOCH + timedelta(days=used)
        yield serial, kinds[kind], _yen(face), name, day, _yen(fare), number


def _yen(amount: int) -> Cell:
    return "" if amount == BLANK_YEN else amount


def _write_csv(path: Path, titles: Sequence[str], rows: Iterable[tuple[Cell, ...]], encoding: str) -> None:
    try:
        with path.open("w", encoding=encoding, newline="") as file:
            writer = csv.writer(file, lineterminator="\r\n")
            writer.writerow(titles)
            writer.writerows(rows)
    except UnicodeEncodeError as error:
        letter = error.object[error.start : error.end]
        raise BadInput(
            f"「{letter}」は {encoding} で書けません。", "その文字がありません。", "UTF-8 で書いてください。"
        ) from error


def _write_xlsx(path: Path, titles: Sequence[str], rows: Iterable[tuple[Cell, ...]]) -> None:
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        book.set_properties({"created": _MADE})
        day = book.add_format({"num_format": "yyyy/m/d"})
        sheet = book.add_worksheet("明細")
        sheet.write_row(0, 0, titles)
        for number, row in enumerate(rows, 1):
            for column, cell in enumerate(row):
                if isinstance(cell, date):
                    sheet.write_datetime(number, column, cell, day)
                elif isinstance(cell, int):
                    sheet.write_number(number, column, cell)
                elif cell:
                    sheet.write_string(number, column, cell)
