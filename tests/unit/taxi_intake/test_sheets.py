"""Excel: what it shows otherwise than it stores is refused, with the cells named."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest
import xlsxwriter  # type: ignore[import-untyped]
from xlsxwriter.workbook import Workbook  # type: ignore[import-untyped]
from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

from azukari.business.taxi.intake import Limits, Rejected, read_claim
from unit.taxi_intake.made import ONE, TITLES, folder, problems, read, the_problem, workbook

ROW = (f"{ONE:012d}", "福祉タクシー券", 500, "世田谷太郎", "2019-06-03", 1230, "00001234")
INVOICE_TITLES = ("事業者番号", "利用年月", "受付日", "券種", "券面額", "枚数", "金額")


def with_sheet(place: Path, spoil: Callable[[Workbook, Worksheet], object], **options: object) -> Path:
    """A claim whose vouchers are an Excel file with one right row, and what `spoil` does to it."""
    claim = folder(place, {"vouchers.csv": ""})
    with xlsxwriter.Workbook(claim / "vouchers.xlsx", dict(options)) as book:
        sheet = book.add_worksheet("六月")
        sheet.write_row(0, 0, TITLES)
        sheet.write_row(1, 0, ROW)
        spoil(book, sheet)
    return claim


def rewritten(claim: Path, part: str, change: Callable[[bytes], bytes]) -> Path:
    """The same claim, one part of its Excel file changed."""
    path = claim / "vouchers.xlsx"
    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    parts[part] = change(parts[part])
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in parts.items():
            new.writestr(name, content)
    return claim


def test_an_excel_claim_is_read(tmp_path: Path) -> None:
    claim = read(with_sheet(tmp_path, lambda _book, sheet: sheet.write_row(3, 0, (ONE, *ROW[1:4], 43620, 980, 77))))
    assert claim.originals[1].read_as == "Excel"
    columns = claim.vouchers
    assert columns is not None
    assert columns.row.tolist() == [2, 4]
    assert columns.serial.tolist() == [ONE, ONE]
    assert columns.used.tolist() == [(date(2019, 6, day) - date(1970, 1, 1)).days for day in (3, 4)]
    assert columns.numbers == ["00001234", "77"]


def test_an_excel_invoice_is_read(tmp_path: Path) -> None:
    claim = folder(tmp_path, {"invoice.csv": ""})
    with xlsxwriter.Workbook(claim / "invoice.xlsx") as book:
        sheet, month = book.add_worksheet(), book.add_format({"num_format": "mmm-yy"})
        sheet.write_row(0, 0, INVOICE_TITLES)
        sheet.write_row(1, 0, ("0012", "", "R1.7.5", "福祉タクシー券", 500, 2, 1000))
        # What Excel makes of a typed 2019-06.
        sheet.write_datetime(1, 1, datetime(2019, 6, 1), month)  # noqa: DTZ001
    assert (read(claim).month, read(claim).received_on) == (date(2019, 6, 1), date(2019, 7, 5))


@pytest.mark.parametrize("formatted", [True, False])
def test_days_of_a_workbook_that_counts_from_1904(tmp_path: Path, formatted: bool) -> None:
    def write(book: Workbook, sheet: Worksheet) -> None:
        form = book.add_format({"num_format": "yyyy/m/d"}) if formatted else None
        sheet.write_number(1, 4, 43619 - 1462, form)

    columns = read(with_sheet(tmp_path, write, default_date_format=None, date_1904=True)).vouchers
    assert columns is not None
    assert columns.used.tolist() == [(date(2019, 6, 3) - date(1970, 1, 1)).days]


def test_readings_over_a_name_are_no_part_of_it(tmp_path: Path) -> None:
    def furigana(xml: bytes) -> bytes:
        name = "世田谷太郎".encode()
        return xml.replace(
            b"<t>" + name + b"</t>", b"<t>" + name + '</t><rPh sb="0" eb="3"><t>セタガヤ</t></rPh>'.encode()
        )

    columns = read(rewritten(with_sheet(tmp_path, lambda *_: None), "xl/sharedStrings.xml", furigana)).vouchers
    assert columns is not None
    assert columns.names == ["世田谷太郎"]


def formula(_book: Workbook, sheet: Worksheet) -> None:
    sheet.write_formula(1, 5, "=1000+230", None, 1230)


def error(_book: Workbook, sheet: Worksheet) -> None:
    sheet.write_formula(1, 5, "=#REF!", None, "#REF!")


def merged(_book: Workbook, sheet: Worksheet) -> None:
    sheet.merge_range(2, 3, 4, 3, "見本花子")


def hidden(_book: Workbook, sheet: Worksheet) -> None:
    sheet.write_row(2, 0, ROW)
    sheet.set_row(2, None, None, {"hidden": True})


def hidden_titles(_book: Workbook, sheet: Worksheet) -> None:
    sheet.set_row(0, None, None, {"hidden": True})


def two_sheets(book: Workbook, _sheet: Worksheet) -> None:
    book.add_worksheet("五月").write_row(0, 0, TITLES)
    book.add_worksheet("空")


def hidden_sheet(book: Workbook, sheet: Worksheet) -> None:
    book.add_worksheet("空").activate()
    sheet.hide()


def far_away(_book: Workbook, sheet: Worksheet) -> None:
    sheet.write_number(1_048_575, 16_383, 1)


def half_a_yen(_book: Workbook, sheet: Worksheet) -> None:
    sheet.write_number(1, 5, 1230.5)


def time_of_day(book: Workbook, sheet: Worksheet) -> None:
    sheet.write_number(1, 4, 0.5, book.add_format({"num_format": "h:mm"}))


BAD = [
    (formula, 2, "計算式のセルがあります: F2"),
    (error, 2, "誤りの値のセルがあります: F2"),
    (merged, 3, "結合したセルがあります: D3:D5"),
    (hidden, 3, "隠れている行があります: 3行目"),
    (hidden_titles, 1, "隠れている行があります: 1行目"),
    (two_sheets, None, "値のあるシートが 2 枚あります: 「六月」、「五月」"),
    (hidden_sheet, None, "値のあるシートが隠れています: 「六月」"),
    (far_away, None, "セルが多すぎます"),
    (half_a_yen, 2, "読めません"),
    (time_of_day, 2, "読めません"),
]


@pytest.mark.parametrize(("spoil", "line", "words"), BAD)
def test_bad_sheets(tmp_path: Path, spoil: Callable[[Workbook, Worksheet], None], line: int | None, words: str) -> None:
    problem = the_problem(with_sheet(tmp_path, spoil))
    assert (problem.file, problem.line, words in problem.what) == ("vouchers.xlsx", line, True), problem


def test_titles_must_be_on_top(tmp_path: Path) -> None:
    claim = folder(tmp_path, {"vouchers.csv": ""})
    workbook(claim / "vouchers.xlsx", [("令和元年6月分",), (), TITLES, ROW])
    assert (the_problem(claim).line, "見出しは 3 行目" in the_problem(claim).what) == (1, True)


def test_an_empty_workbook(tmp_path: Path) -> None:
    claim = folder(tmp_path, {"vouchers.csv": ""})
    workbook(claim / "vouchers.xlsx", [])
    assert "どのシートも空" in the_problem(claim).what


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        (b"<c r='F2' t='e' ><v>#REF!</v></c>", "誤りの値のセルがあります: F2"),
        (b"<c s='1' r='F2'>\n<f>1+1</f><v>2</v></c>", "計算式のセルがあります: F2"),
        (b"<c r='F2' t='str'><f\n>1+1</f><v>2</v></c>", "計算式のセルがあります: F2"),
        (b"<c r='XFD1048576'><v>2</v></c>", "セルが多すぎます"),
        (b"<c><v>2</v></c>" * 1_000_000, "広げると"),
    ],
)  # fmt: skip
def test_other_spellings_of_the_same_xml(tmp_path: Path, cell: bytes, words: str) -> None:
    claim = with_sheet(tmp_path, lambda *_: None)

    def change(xml: bytes) -> bytes:
        return re.sub(rb'<c r="F2">.*?</c>', lambda _: cell, xml)

    assert words in the_problem(rewritten(claim, "xl/worksheets/sheet1.xml", change)).what


def test_a_workbook_larger_than_allowed(tmp_path: Path) -> None:
    claim = with_sheet(tmp_path, lambda _book, sheet: [sheet.write_row(row, 0, ROW) for row in range(2, 50)])
    for limits, words in (
        (Limits(cells=300), "セルが多すぎます"),
        (Limits(rows=40), "行が多すぎます"),
        (Limits(unpacked=1000), "大きすぎます"),
        (Limits(table=1000), "ファイルが大きすぎます"),
    ):
        found = read_claim(claim, limits=limits)
        assert isinstance(found, Rejected)
        assert words in found.problems[0].what


def test_macros_are_refused(tmp_path: Path) -> None:
    claim = with_sheet(tmp_path, lambda *_: None)
    with zipfile.ZipFile(claim / "vouchers.xlsx", "a") as book:
        book.writestr("xl/vbaProject.bin", b"x")
    assert "マクロ" in the_problem(claim).what


def test_an_excel_file_cut_anywhere(tmp_path: Path) -> None:
    claim = with_sheet(tmp_path, lambda *_: None)
    whole = (claim / "vouchers.xlsx").read_bytes()
    for length in [*range(0, len(whole), 97), *range(len(whole) - 30, len(whole))]:
        (claim / "vouchers.xlsx").write_bytes(whole[:length])
        assert problems(claim)[0].file == "vouchers.xlsx"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"%PDF-1.4", "中身はPDF"),
        (b"\xff\xd8\xff\xe0", "中身はJPEG"),
        (b"MZ\x90", "中身はプログラム"),
        (b"a,b\r\n", "中身は文字のファイル"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "パスワードのかかった Excel"),
        (b"", "中身がありません"),
    ],
)
def test_something_else_called_xlsx(tmp_path: Path, data: bytes, words: str) -> None:
    claim = folder(tmp_path, {"vouchers.csv": ""})
    (claim / "vouchers.xlsx").write_bytes(data)
    assert words in the_problem(claim).what


def test_a_zip_called_xlsx(tmp_path: Path) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as opened:
        opened.writestr("xl/nothing", "x")
    assert (
        "Excel として開けません"
        in the_problem(folder(tmp_path, {"vouchers.csv": "", "vouchers.xlsx": made.getvalue()})).what
    )
