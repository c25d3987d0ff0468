"""Hostile and odd files of donations, as they are read: nothing is guessed, nothing is half-read."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter

from azukari.business.donations import mapping, parameters, reading, rules, storing
from azukari.business.donations.reading import Reading, Row
from azukari.core.intake.types import Problem
from support.donations import ROW, table

TODAY = date(2020, 4, 1)


def read(*changes: dict[str, str], more: dict[str, str] | None = None, **options: str) -> Reading:
    return reading.read(table(*changes, more=more).encode(options.get("encoding", "utf-8")), "t.csv", TODAY)


def row(**changes: str) -> Row:
    found = read(changes)
    assert not found.problems, found.problems
    return found.rows[0]


def problem(**changes: str) -> Problem:
    found = read(changes)
    assert found.problems
    assert not found.rows
    return found.problems[0]


@pytest.mark.parametrize(
    ("written", "yen"), [("１，０００円", 1000), ("¥1,000", 1000), ("1000", 1000), ("1,000,000", 1_000_000)]
)
def test_amounts_as_people_write_them(written: str, yen: int) -> None:
    assert row(寄附金額=written).amount == yen


@pytest.mark.parametrize(
    "written",
    ["-5", "▲5", "1e3", "1000.5", "0", "", "99999999999999999999", "1,00", "千円", "0x10", "１０００００００００００"],
)
def test_amounts_that_are_none(written: str) -> None:
    assert problem(寄附金額=written).column == "寄附金額"


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("平成31.4.30", date(2019, 4, 30)),
        ("令和元年5月1日", date(2019, 5, 1)),
        ("H31/4/30", date(2019, 4, 30)),
        ("20190501", date(2019, 5, 1)),
        ("2019/5/1 09:05", date(2019, 5, 1)),
    ],
)
def test_days_as_people_write_them(written: str, day: date) -> None:
    assert row(申込日=written).applied_on == day


@pytest.mark.parametrize(
    "written",
    ["2019/2/30", "平成30年5月", "令和元年4月1日", "31.4.30", "昨日", "2019-13-01", "1999-01-01", "2099-01-01"],
)
def test_days_that_are_none(written: str) -> None:
    assert problem(申込日=written).column == "申込日"


@pytest.mark.parametrize("first", ["=1+1", "+1", "-1", "@SUM(A1)", "＝1", "＠a", "\t=1"])
@pytest.mark.parametrize("column", ["氏名", "住所"])
def test_a_formula_is_no_name(first: str, column: str) -> None:
    assert problem(**{column: first}).column == column


@pytest.mark.parametrize("character", ["\x07", "\x1b", "\u202e", "\u200b", "\ufeff", "\u2028"])
def test_what_nobody_sees_is_told_by_its_number(character: str) -> None:
    found = problem(氏名=f"見本{character}花子")
    assert f"U+{ord(character):04X}" in found.what
    assert character not in str(found)


def test_a_nul_byte_is_found_by_its_line() -> None:
    data = table({}, {"受付番号": "T-2"}).encode().replace(b"T-2", b"T\0-2")
    [found] = reading.read(data, "t.csv", TODAY).problems
    assert found.line == 3


@pytest.mark.parametrize("name", ["花子😀", "𠮷田", "邉\U000e0101", "見本\ue000"])
def test_what_no_font_has_is_read_and_held(name: str) -> None:
    found = row(氏名=name)
    assert found.name == name
    [hold] = storing.holds_of([found])
    assert "印刷できません" in hold


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"氏名": "あ" * 41}, "41文字"),
        ({"住所": "北海道札幌市中央区1-1\n" + "\n".join(f"{line}棟" for line in range(9))}, "10行"),
        ({"住所": "北海道札幌市中央区"}, "番地"),
        ({"住所": "北海道札幌市" + "長" * 40 + "1-1"}, "40文字"),
    ],
)
def test_what_does_not_fit_an_envelope_is_read_and_held(changes: dict[str, str], words: str) -> None:
    [hold] = storing.holds_of([row(**changes)])
    assert words in hold


@pytest.mark.parametrize(
    ("day", "allowed"), [(date(2019, 3, 31), False), (date(2019, 9, 30), True), (date(2020, 10, 1), True)]
)
def test_gifts_are_offered_in_a_designated_period_only(day: date, allowed: bool) -> None:
    assert parameters.gifts_allowed(day) is allowed
    assert (rules.gift_error("北海道1-1", day, allowed) is None) is allowed


def test_a_name_with_a_selector_of_forty_fits() -> None:
    assert rules.letter_troubles("葛\U000e0100" * 40, "北海道1-1") == []


def test_a_number_twice_names_the_first_line() -> None:
    [found] = read({}, {"受付番号": "T-2"}, {}).problems
    assert found.line == 4
    assert "2 行目" in found.what


def test_the_same_donation_without_a_number_is_a_question_not_an_error() -> None:
    assert len(read({"受付番号": ""}, {"受付番号": ""}).rows) == 2


def test_every_fault_of_a_line_is_told_at_once() -> None:
    found = read({"寄附金額": "x", "申込日": "y", "希望する寄附金の使途": "z"})
    assert {one.column for one in found.problems} == {"寄附金額", "申込日", "希望する寄附金の使途"}


@pytest.mark.parametrize("missing", ["氏名", "寄附金額"])
def test_a_column_that_is_missing_is_named(missing: str) -> None:
    data = table({}).replace(missing, "別の見出し").encode()
    found = reading.read(data, "t.csv", TODAY)
    assert not found.rows
    assert missing in {one.column for one in found.problems}


def test_an_unknown_column_is_noted_and_not_kept() -> None:
    found = read({}, more={"個人番号": "123456789012"})
    assert found.rows
    assert any("個人番号" in str(note) for note in found.notes)
    assert "123456789012" not in str(found)


@pytest.mark.parametrize("key", sorted(mapping.layouts()))
def test_every_layout_is_chosen_by_its_titles(key: str) -> None:
    layout = mapping.layouts()[key]
    assert mapping.fitting(frozenset(layout.wanted)) is layout


def test_a_name_in_two_columns_and_a_code_page_of_japan() -> None:
    layout = mapping.layouts()["portal-a"]
    values = {"寄附者氏名(姓)": "見本", "寄附者氏名(名)": "花子", "寄附者郵便番号": "0600001", "寄附者都道府県": "北海道", "寄附者市区町村": "札幌市", "寄附者番地": "1-1", "使い道": "子ども", "寄附金額(円)": "５，０００", "決済方法": "クレジット決済", "申込番号": "A1", "申込日時": "2019/12/31 23:00", "決済完了日時": "2019/12/31 23:59:59", "ワンストップ特例申請": "希望する"}  # fmt: skip
    text = ",".join(layout.wanted) + "\r\n" + ",".join(f'"{values[title]}"' for title in layout.wanted) + "\r\n"
    found = reading.read(text.encode("cp932"), "a.csv", TODAY)
    assert found.read_as == "CP932 (Shift_JIS)"
    [one] = found.rows
    assert (one.name, one.address, one.amount, one.use) == ("見本\u3000花子", "北海道札幌市1-1", 5_000, "子ども基金")
    assert one.donated_on == date(2019, 12, 31)
    assert one.one_stop


def test_excel_is_read_like_csv_and_a_formula_in_it_is_refused() -> None:
    def book(name: str) -> bytes:
        file = io.BytesIO()
        with xlsxwriter.Workbook(file) as made:
            sheet = made.add_worksheet()
            sheet.write_row(0, 0, list(ROW))
            sheet.write_row(1, 0, list(ROW.values()))
            sheet.write(1, 1, name)
        return file.getvalue()

    assert len(reading.read(book("見本 花子"), "t.xlsx", TODAY).rows) == 1
    [found] = reading.read(book("=1+1"), "t.xlsx", TODAY).problems
    assert "計算式" in found.what


@pytest.mark.parametrize("data", [b"", b"\n\n", b"%PDF-1.7", b"PK\x03\x04", "氏名".encode("utf-16")])
def test_what_is_no_table_is_told(data: bytes) -> None:
    found = reading.read(data, "t.csv", TODAY)
    assert found.problems
    assert not found.rows


def test_only_titles_are_no_donations() -> None:
    [found] = reading.read(table().encode(), "t.csv", TODAY).problems
    assert "行がありません" in found.what


def test_layouts_lie_in_files_of_their_own() -> None:
    folder = Path(mapping.__file__).with_name("layouts")
    assert {path.stem for path in folder.glob("*.toml")} == set(mapping.layouts())
