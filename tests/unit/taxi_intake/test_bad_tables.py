"""Bad CSV: each is told with its file, its line and what to do, and nothing of the claim is used."""

from __future__ import annotations

from pathlib import Path

import pytest

from unit.taxi_intake.made import (
    HEAD,
    INVOICE,
    PNG,
    ROW,
    ROW_TWO,
    VOUCHERS,
    folder,
    problems,
    read,
    the_problem,
    zipped,
)

BAD_VOUCHERS: list[tuple[str, str | bytes, int | None, str]] = [
    ("missing column", VOUCHERS.replace("氏名,", "").replace("世田谷太郎,", "").replace("見本花子,", ""), 1, "この見出しの列がありません"),
    ("column twice", VOUCHERS.replace("氏名", "氏名,氏名").replace("太郎", "太郎,太郎").replace("花子", "花子,花子"), 1, "同じ見出しの列が二つ"),
    ("no titles", ROW + ROW_TWO, 1, "見出しの行がありません"),
    ("titles below", "6月分の明細\r\n" + VOUCHERS, 1, "見出しは 2 行目にあります"),
    ("UTF-16", VOUCHERS.encode("utf-16"), None, "文字コードが UTF-16"),
    ("UTF-16 without a mark", VOUCHERS.encode("utf-16-le"), 1, "文字でないもの"),
    ("JIS", VOUCHERS.encode("iso2022_jp"), None, "文字コードが JIS"),
    ("EUC", VOUCHERS.encode("euc_jp"), 1, "文字コードが分かりません"),
    ("NUL", VOUCHERS.replace("花子", "花\0子"), 3, "文字でないもの"),
    ("two encodings", VOUCHERS.encode("utf-8-sig") + ROW.encode("cp932"), 4, "UTF-8 として読めません"),
    ("bytes of no encoding", HEAD.encode() + b"\xff\xff,\r\n", 2, "文字コードが分かりません"),
    ("too few fields", HEAD + ROW + "190100,福祉\r\n" + ROW_TWO, 3, "項目が 2 個です"),
    ("too many fields", HEAD + ROW.replace(",500,", ",1,500,"), 2, "項目が 8 個です"),
    ("cut in a row", VOUCHERS[:-20], 3, "項目が 5 個です"),
    ("cut in the last field", VOUCHERS[:-5], 3, "最後の行が改行で終わっていません"),
    ("cut in a letter", VOUCHERS.encode()[: VOUCHERS.encode().index("子".encode()) + 1], None, "最後の文字が途中で切れて"),
    ("open quote", HEAD + ROW.replace("世田谷太郎", '"世田谷太郎') + ROW_TWO, 2, "閉じていません"),
    ("open quote over 200,000 letters", HEAD + ROW + ROW.replace("世田谷太郎", '"世田谷太郎') + ROW * 4000, 3, "閉じていません"),
    ("text behind a quote", HEAD + ROW.replace("世田谷太郎", '"世田谷"太郎'), 2, "使い方が正しくありません"),
    ("nothing", b"", None, "中身がありません"),
    ("blank lines", "\r\n\r\n", None, "中身がありません"),
    ("titles only", HEAD, None, "券の行がありません"),
    ("day not in the calendar", HEAD + ROW.replace("06-03", "02-30"), 2, "暦にありません"),
    ("day without a year", HEAD + ROW.replace("2019-06-03", "6/3"), 2, "読めません"),
    ("day in an era not begun", HEAD + ROW.replace("2019-06-03", "令和元年4月30日"), 2, "令和の前"),
    ("day of an era 0", HEAD + ROW.replace("2019-06-03", "R0.6.3"), 2, "読めません"),
    ("negative fare", HEAD + ROW.replace("1230", "-1230"), 2, "金額が負です"),
    ("negative fare as accounts write it", HEAD + ROW.replace("1230", "▲1230"), 2, "金額が負です"),
    ("fraction", HEAD + ROW.replace("1230", "1230.5"), 2, "読めません"),
    ("misplaced comma", HEAD + ROW.replace("1230", '"12,30"'), 2, "読めません"),
    ("too much money", HEAD + ROW.replace("1230", "10000000"), 2, "金額が大きすぎます"),
    ("a number of 5,000 digits", HEAD + ROW.replace("1230", "9" * 5000), 2, "長すぎます"),
    ("negative face", HEAD + ROW.replace(",500,", ",-500,"), 2, "金額が負です"),
    ("error value", HEAD + ROW.replace("1230", "#REF!"), 2, "Excel の誤りの値"),
    ("error value for a name", HEAD + ROW.replace("世田谷太郎", "#N/A"), 2, "Excel の誤りの値"),
    ("narrow column", HEAD + ROW.replace("2019-06-03", "########"), 2, "Excel の誤りの値"),
    ("long name", HEAD + ROW.replace("世田谷太郎", "長" * 61), 2, "氏名が長すぎます"),
    ("long certificate number", HEAD + ROW.replace("00001234", "1" * 13), 2, "認定番号が長すぎます"),
    ("PDF", b"%PDF-1.4\n%\xe2\xe3\n", None, "中身はPDFです"),
    ("JPEG", b"\xff\xd8\xff\xe0\0\x10JFIF", None, "中身はJPEG 画像です"),
    ("exe", b"MZ\x90\0\x03", None, "中身はプログラム (exe)です"),
    ("old Excel", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 99, None, "中身は古い Excel"),
    ("web page", b"<!DOCTYPE html><html>", None, "中身はWeb ページ"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("data", "line", "words"), [case[1:] for case in BAD_VOUCHERS], ids=[case[0] for case in BAD_VOUCHERS]
)
def test_bad_vouchers(tmp_path: Path, data: str | bytes, line: int | None, words: str) -> None:
    claim = folder(tmp_path)
    (claim / "vouchers.csv").write_bytes(data if isinstance(data, bytes) else data.encode())
    found = problems(claim)
    assert [problem.file for problem in found] == ["vouchers.csv"] * len(found)
    assert (found[0].line, words in found[0].what) == (line, True), found[0]
    assert found[0].why
    assert found[0].next_step


BAD_INVOICES: list[tuple[str, str, int | None, str, str]] = [
    ("count by face", INVOICE.replace("500,2,1000", "500,2,1500"), 2, "金額", "積が金額になりません"),
    ("unknown kind", INVOICE.replace("福祉タクシー券,100", "バス券,100"), 3, "券種", "知らない券種"),
    ("same kind and face", INVOICE.replace("100,1,100", "500,1,500"), 3, "券種", "同じ券種と券面額の行が二つ"),
    ("another month", INVOICE.replace("1000\r\n0012,2019-06", "1000\r\n0012,2019-05"), 3, "利用年月", "上の行と違います"),
    ("another operator", INVOICE.replace("1000\r\n0012", "1000\r\n0013"), 3, "事業者番号", "上の行と違います"),
    ("another day of receipt", INVOICE.replace("2019-07-05,福祉タクシー券,100", "2019-07-06,福祉タクシー券,100"), 3, "受付日", "上の行と違います"),
    ("impossible day of receipt", INVOICE.replace("2019-07-05,福祉タクシー券,100", "2019-06-31,福祉タクシー券,100"), 3, "受付日", "暦にありません"),
    ("received before the month", INVOICE.replace("2019-07-05", "2019-05-31"), 2, "受付日", "利用年月より前"),
    ("no month", INVOICE.replace("2019-06,", "2019年,"), 2, "利用年月", "月がありません"),
    ("a day for a month", INVOICE.replace("2019-06,", "2019-06-15,"), 2, "利用年月", "年月ではなく日付"),
    ("Excel's month in English", INVOICE.replace("2019-06,", "Jun-19,"), 2, "利用年月", "読めません"),
    ("negative count", INVOICE.replace("500,2,1000", "500,-2,1000"), 2, "枚数", "枚数が正しくありません"),
    ("half a voucher", INVOICE.replace("500,2,1000", "500,1.5,750"), 2, "枚数", "枚数が読めません"),
    ("negative money", INVOICE.replace("500,2,1000", "500,2,-1000"), 2, "金額", "金額が負です"),
    ("too much money", INVOICE.replace("500,2,1000", "500,2,10000000000"), 2, "金額", "金額が大きすぎます"),
    ("blank", INVOICE.replace("500,2,1000", "500,,1000"), 2, "枚数", "空欄です"),
    ("operator with blanks", INVOICE.replace("0012", "00 12"), 2, "事業者番号", "事業者番号が読めません"),
    ("operator too long", INVOICE.replace("0012", "123456789"), 2, "事業者番号", "事業者番号が読めません"),
    ("titles only", INVOICE.split("\r\n")[0] + "\r\n", None, "", "請求の行がありません"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "line", "column", "words"), [case[1:] for case in BAD_INVOICES], ids=[case[0] for case in BAD_INVOICES]
)
def test_bad_invoices(tmp_path: Path, text: str, line: int | None, column: str, words: str) -> None:
    found = problems(folder(tmp_path, {"invoice.csv": text}))[0]
    assert (found.file, found.line, found.column, words in found.what) == ("invoice.csv", line, column, True), found


def test_an_unknown_face_value_is_for_the_check(tmp_path: Path) -> None:
    claim = read(folder(tmp_path, {"invoice.csv": INVOICE.replace("500,2,1000", "300,2,600")}))
    assert claim.invoice[0].face == 300


BAD_FOLDERS: list[tuple[str, dict[str, str | bytes], str, str]] = [
    ("no invoice", {"invoice.csv": "", "請求書.csv": INVOICE}, "0012", "請求書がありません"),
    ("nothing to check", {"vouchers.csv": ""}, "0012", "明細も画像もありません"),
    ("two invoices", {"invoice.xlsx": b"PK\3\4"}, "invoice.csv", "invoice.csvとinvoice.xlsx の両方"),
    ("spelt twice", {"Vouchers.CSV": VOUCHERS}, "Vouchers.CSV", "の両方"),
    ("a folder in it", {"old/a.png": PNG}, "old", "知らないフォルダ"),
    ("a folder in pages", {"pages/a/1.png": PNG}, "pages/a", "知らないフォルダ"),
    ("a PDF as a page", {"pages/1.png": b"%PDF-1.7"}, "pages/1.png", "中身はPDF"),
    ("an exe as a page", {"pages/1.jpg": b"MZ\0"}, "pages/1.jpg", "中身はプログラム"),
    ("half a page", {"pages/1.png": PNG[:-5]}, "pages/1.png", "途中で切れています"),
    ("half a JPEG", {"pages/1.jpg": b"\xff\xd8\xff\xe0" + b"\0" * 9}, "pages/1.jpg", "途中で切れています"),
    ("no page", {"pages/1.png": b""}, "pages/1.png", "中身がありません"),
]


@pytest.mark.parametrize(
    ("files", "file", "words"), [case[1:] for case in BAD_FOLDERS], ids=[case[0] for case in BAD_FOLDERS]
)
def test_bad_folders(tmp_path: Path, files: dict[str, str | bytes], file: str, words: str) -> None:
    problem = the_problem(folder(tmp_path, files))
    assert (problem.file, problem.line, words in problem.what) == (file, None, True), problem


def test_other_files_are_named(tmp_path: Path) -> None:
    claim = read(folder(tmp_path, {"memo.txt": "x", "Thumbs.db": "x", "~$invoice.xlsx": "x"}))
    assert [(warning.file, warning.what) for warning in claim.warnings] == [("memo.txt", "使わないファイルです。")]
    assert "memo.txt" not in [original.name for original in claim.originals]


def test_a_zip_called_csv(tmp_path: Path) -> None:
    made = zipped(tmp_path / "a.zip", {"x.txt": "x"}).read_bytes()
    assert "zip の圧縮ファイル" in the_problem(folder(tmp_path, {"vouchers.csv": made})).what
