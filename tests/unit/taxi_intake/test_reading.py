"""A right claim, in every spelling that operators' machines use."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path

import pytest

from azukari.business.taxi.intake import BLANK_DAY, InvoiceLine, Rejected, read_claim
from azukari.business.taxi.types import Kind
from unit.taxi_intake.made import HEAD, INVOICE, ONE, PNG, ROW, TWO, VOUCHERS, folder, problems, read, the_problem


def test_a_claim_is_read_whole(tmp_path: Path) -> None:
    claim = read(folder(tmp_path, {"pages/10.png": PNG, "pages/9.png": PNG + b"\0"}))
    assert (claim.name, claim.company, claim.month, claim.received_on) == (
        "0012",
        "0012",
        date(2019, 6, 1),
        date(2019, 7, 5),
    )
    assert claim.invoice == (
        InvoiceLine(Kind.TAXI, 500, 2, 1000, 2),
        InvoiceLine(Kind.TAXI, 100, 1, 100, 3),
    )
    assert (claim.count, claim.amount) == (3, 1100)
    assert [page.path.name for page in claim.pages] == ["9.png", "10.png"]
    assert [original.name for original in claim.originals] == [
        "invoice.csv", "vouchers.csv", "pages/9.png", "pages/10.png",
    ]  # fmt: skip
    assert claim.originals[0].sha256 == hashlib.sha256(INVOICE.encode()).hexdigest()
    assert (claim.originals[1].size, claim.originals[1].read_as) == (len(VOUCHERS.encode()), "UTF-8")
    assert claim.warnings == ()


def test_the_columns_of_the_vouchers(tmp_path: Path) -> None:
    columns = read(folder(tmp_path)).vouchers
    assert columns is not None
    assert columns.row.tolist() == [2, 3]
    assert columns.serial.tolist() == [ONE, TWO]
    assert columns.kind.tolist() == [0, 0]
    assert columns.face.tolist() == [500, 500]
    assert columns.used.tolist() == [(date(2019, 6, day) - date(1970, 1, 1)).days for day in (3, 4)]
    assert columns.fare.tolist() == [1230, 980]
    assert (columns.names, columns.numbers) == (["世田谷太郎", "見本花子"], ["00001234", "00005678"])
    assert columns.as_written == [f"{ONE:012d}", f"{TWO:012d}"]


def test_blanks_and_unread_numbers_are_kept_for_the_check(tmp_path: Path) -> None:
    wrong = f"{ONE + 1:012d}"
    rows = f",福祉タクシー券,500,世田谷太郎,2019-06-03,1230,1\n{wrong},タクシー券,, ,, ,\nよめない,福祉タクシー券,500,花子,2019-06-03,0,第9号\n"
    columns = read(folder(tmp_path, {"vouchers.csv": HEAD + rows})).vouchers
    assert columns is not None
    assert columns.serial.tolist() == [0, 0, 0]
    assert columns.as_written == ["", wrong, "よめない"]
    assert columns.kind.tolist() == [0, -1, 0]
    assert columns.face.tolist() == [500, -1, 500]
    assert columns.used.tolist()[1] == BLANK_DAY
    assert columns.fare.tolist() == [1230, -1, 0]
    assert columns.names == ["世田谷太郎", "", "花子"]
    assert columns.numbers == ["1", "", "第9号"]


@pytest.mark.parametrize(
    "written",
    [f"{ONE:012d}", f"19-1-0000001-{ONE % 100:02d}", f" {ONE:012d}", "".join(chr(ord(d) + 0xFEE0) for d in f"{ONE:012d}"), f"AZT1{ONE:012d}"],
)  # fmt: skip
def test_spellings_of_a_number(tmp_path: Path, written: str) -> None:
    row = f"{written},福祉タクシー券,500,花子,2019-06-03,1,1\n"
    columns = read(folder(tmp_path, {"vouchers.csv": HEAD + row})).vouchers
    assert columns is not None
    assert columns.serial.tolist() == [ONE]
    assert columns.as_written == [written]


@pytest.mark.parametrize(
    "written",
    [
        "2019-06-03", "2019/6/3", "2019.6.3", "20190603", "2019年6月3日", "令和元年6月3日", "R1.6.3", "R01.06.03", "43619",
        "２０１９／６／３", "平成31年6月3日", "2019/6/3 0:00", "2019-06-03T00:00:00", "2019-06-03 00:00:00",
    ],
)  # fmt: skip
def test_spellings_of_a_day(tmp_path: Path, written: str) -> None:
    row = f",福祉タクシー券,500,花子,{written},1,1\n"
    columns = read(folder(tmp_path, {"vouchers.csv": HEAD + row})).vouchers
    assert columns is not None
    assert columns.used.tolist() == [(date(2019, 6, 3) - date(1970, 1, 1)).days]


@pytest.mark.parametrize("written", ['"1,230"', '"¥1,230"', "１２３０円", '"１，２３０円"', "1230 "])
def test_spellings_of_an_amount(tmp_path: Path, written: str) -> None:
    row = f",福祉タクシー券,500,花子,2019-06-03,{written},1\n"
    columns = read(folder(tmp_path, {"vouchers.csv": HEAD + row})).vouchers
    assert columns is not None
    assert columns.fare.tolist() == [1230]


@pytest.mark.parametrize(
    "written", ["2019-06", "2019/6", "201906", "2019年6月", "令和元年6月", "R1.6", "平成31年6月", "2019/6/1", "2019-06-01 00:00:00", "43617"]
)  # fmt: skip
def test_spellings_of_a_month(tmp_path: Path, written: str) -> None:
    claim = read(folder(tmp_path, {"invoice.csv": INVOICE.replace("2019-06", written)}))
    assert claim.month == date(2019, 6, 1)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (VOUCHERS.encode(), "UTF-8"),
        (VOUCHERS.encode("utf-8-sig"), "UTF-8 (BOM 付き)"),
        (VOUCHERS.encode("cp932"), "CP932 (Shift_JIS)"),
    ],
)
def test_encodings_are_found_and_told(tmp_path: Path, data: bytes, told: str) -> None:
    claim = read(folder(tmp_path, {"vouchers.csv": data}))
    assert claim.originals[1].read_as == told
    assert claim.vouchers is not None
    assert claim.vouchers.names == ["世田谷太郎", "見本花子"]


def test_columns_are_found_by_title_in_any_order(tmp_path: Path) -> None:
    head = "認定番号, 氏名 ,ﾀｸｼｰ利用日,タクシー代金,券面額,券種,券番号\n"
    row = f"7,花子,2019-06-03,900,500,福祉タクシー券,{ONE:012d}\n"
    columns = read(folder(tmp_path, {"vouchers.csv": head + row})).vouchers
    assert columns is not None
    assert (columns.names, columns.numbers, columns.fare.tolist(), columns.serial.tolist()) == (
        ["花子"],
        ["7"],
        [900],
        [ONE],
    )


def test_other_columns_are_named_and_not_kept(tmp_path: Path) -> None:
    text = VOUCHERS.replace("認定番号\r\n", "認定番号,電話番号\r\n").replace("1234\r\n", "1234,03-1234\r\n")
    claim = read(folder(tmp_path, {"vouchers.csv": text.replace("5678\r\n", "5678,03-5678\r\n")}))
    [warning] = claim.warnings
    assert (warning.file, warning.line, "電話番号" in warning.what) == ("vouchers.csv", 1, True)
    assert "03-1234" not in repr(claim)


def test_line_numbers_count_the_lines_within_quotes(tmp_path: Path) -> None:
    text = HEAD + ROW.replace("世田谷太郎", '"世田谷\n太郎\r\n"') + "\r\n" + ROW_WITH_A_BAD_DAY
    problem = the_problem(folder(tmp_path, {"vouchers.csv": text}))
    assert (problem.line, problem.column, problem.value) == (6, "タクシー利用日", "2019-06-31")
    columns = read(folder(tmp_path, {"vouchers.csv": text.replace("06-31", "06-30")})).vouchers
    assert columns is not None
    assert columns.row.tolist() == [2, 6]
    assert columns.names[0] == "世田谷\n太郎\r\n"


ROW_WITH_A_BAD_DAY = ROW.replace("2019-06-03", "2019-06-31")


def test_a_name_like_a_formula_is_a_name(tmp_path: Path) -> None:
    text = HEAD + ROW.replace("世田谷太郎", "=cmd|' /C calc'!A0")
    columns = read(folder(tmp_path, {"vouchers.csv": text})).vouchers
    assert columns is not None
    assert columns.names == ["=cmd|' /C calc'!A0"]


def test_blank_rows_are_left_out_and_told(tmp_path: Path) -> None:
    claim = read(folder(tmp_path, {"vouchers.csv": HEAD + ROW + ",,,,,,\r\n" + "\r\n" + ROW}))
    assert claim.vouchers is not None
    assert claim.vouchers.row.tolist() == [2, 5]
    assert [(warning.line, warning.what) for warning in claim.warnings] == [(3, "空の行です。")]


def test_only_so_many_problems_are_listed_and_the_rest_counted(tmp_path: Path) -> None:
    found = read_claim(folder(tmp_path, {"vouchers.csv": HEAD + ROW_WITH_A_BAD_DAY * 1500}))
    assert isinstance(found, Rejected)
    assert (len(found.problems), found.rest) == (200, 1300)
    assert [problem.line for problem in found.problems] == list(range(2, 202))


def test_problems_of_both_files_are_told_together(tmp_path: Path) -> None:
    files = {"invoice.csv": INVOICE.replace("500,2,1000", "500,2,900"), "vouchers.csv": HEAD + ROW_WITH_A_BAD_DAY}
    assert [(problem.file, problem.line) for problem in problems(folder(tmp_path, files))] == [
        ("invoice.csv", 2),
        ("vouchers.csv", 2),
    ]


def test_a_problem_is_one_sentence_that_no_screen_obeys(tmp_path: Path) -> None:
    text = HEAD + ROW.replace("2019-06-03", "\x1b[2J" + "9" * 60)
    problem = the_problem(folder(tmp_path, {"vouchers.csv": text}))
    assert str(problem).startswith("vouchers.csv 2行目「タクシー利用日」: 長すぎます。")
    assert "\x1b" not in problem.value
    assert len(problem.value) == 40
