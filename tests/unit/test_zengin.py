"""全銀 files byte by byte: where each item stands, what is refused, and what is told about files of others."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from azukari.cli.zengin import zengin
from azukari.kernel.errors import BadInput, NotFound
from azukari.kernel.zengin import (
    Account,
    Bank,
    Deposit,
    Finding,
    Level,
    Payer,
    Payment,
    Unwritable,
    Where,
    examine,
    kana,
    read,
    rows,
    survey,
    transfer,
)

WARD = Payer("1234567890", "ﾐｷﾞﾜｸ ｶｲｹｲｶﾝﾘｼﾔ", Account(Bank("0001", "ﾐｽﾞﾎ", "110", "ｷﾀ"), Deposit.ORDINARY, "1234567"))
TAXI = Account(Bank("0310", "ｼﾞ-ｴﾑｵ-ｱｵｿﾞﾗ", "101", "ﾎｳｼﾞﾝ"), Deposit.CURRENT, "76543", "ｶ)ｱｵｿﾞﾗﾀｸｼ-")
POST = Account(Bank("9900", "ﾕｳﾁﾖ", "018", "ｾﾞﾛｲﾁﾊﾁ"), Deposit.ORDINARY, "0000001", "ﾔﾏﾀﾞ ﾊﾅｺ")
PAYMENTS = [Payment(TAXI, 123_456, new_code=1, customer_1="42"), Payment(POST, 9_999_999_999, edi="SEIKYU 2019-06")]
DAY = date(2019, 7, 31)


def made(**changes: bytes) -> bytes:
    """A right file without line ends, with bytes put in at `at_…` places of the file."""
    data = bytearray(transfer(WARD, DAY, PAYMENTS, line_ends=False))
    for place, new in changes.items():
        at = int(place.removeprefix("at_"))
        data[at : at + len(new)] = new
    return bytes(data)


def told(data: bytes) -> list[tuple[int, str]]:
    return [(finding.record, finding.field) for finding in examine(data) if finding.level is Level.ERROR]


def test_every_item_stands_where_the_standard_has_it() -> None:
    header, first, second, trailer, end, nothing = transfer(WARD, DAY, PAYMENTS).split(b"\r\n")
    name, bank, branch = "ﾐｷﾞﾜｸ ｶｲｹｲｶﾝﾘｼﾔ", "ﾐｽﾞﾎ", "ｷﾀ"
    assert header.decode("cp932") == (
        f"1210{'1234567890'}{name:<40}0731{'0001'}{bank:<15}110{branch:<15}1{'1234567'}{'':17}"
    )
    assert first.decode("cp932") == (
        f"20310{'ｼﾞ-ｴﾑｵ-ｱｵｿﾞﾗ':<15}101{'ﾎｳｼﾞﾝ':<15}0000{'2'}{'0076543'}{'ｶ)ｱｵｿﾞﾗﾀｸｼ-':<30}"
        f"0000123456{'1'}{'0000000042'}{'0000000000'}7{' '}{'':7}"
    )
    assert second[80:] == b"9999999999" + b"0" + b"SEIKYU 2019-06      " + b"7Y" + b" " * 7
    assert trailer == b"8000002010000123455" + b" " * 101
    assert end == b"9" + b" " * 119
    assert nothing == b""
    assert made() == b"".join([header, first, second, trailer, end])


def test_katakana_is_one_byte_of_jis_x_0201() -> None:
    assert made()[14:18] == bytes([0xD0, 0xB7, 0xDE, 0xDC])
    assert max(made()) <= 0xDF


def test_numbers_are_filled_up_on_the_way_and_read_back_so() -> None:
    (batch,) = read(made()).batches
    assert batch.payments[0].account.number == "0076543"
    assert [one.customer_1 for one in batch.payments] == ["0000000042", ""]
    assert [one.edi for one in batch.payments] == ["", "SEIKYU 2019-06"]
    assert batch.amount == 10_000_123_455


def test_names_of_just_the_length_fit_and_one_more_byte_does_not() -> None:
    full = replace(WARD, name="ｶﾞ" * 20)
    payee = replace(TAXI, holder="ﾀﾞ" * 15, bank=Bank("0001", "ｱ" * 15, "001", "A-" * 7 + "Z"))
    data = transfer(full, DAY, [Payment(payee, 1, edi="ｦ" * 20)])
    assert examine(data) == []
    longer = replace(payee, holder="ﾀﾞ" * 15 + "ﾅ", bank=Bank("0001", "ｱ" * 16, "001", "ｱ" * 16))
    with pytest.raises(Unwritable) as refused:
        transfer(replace(full, name="ｱ" * 41), DAY, [Payment(longer, 1, edi="ｱ" * 21)])
    assert [(one.record, one.field) for one in refused.value.misfits] == [
        (1, "振込依頼人名"), (2, "被仕向銀行名"), (2, "被仕向支店名"), (2, "受取人名"), (2, "EDI情報"),
    ]  # fmt: skip
    assert "30 バイトまでですが、31 バイトあります" in str(refused.value)


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("振込金額", Payment(TAXI, 0)),
        ("振込金額", Payment(TAXI, -1)),
        ("振込金額", Payment(TAXI, 10_000_000_000)),
        ("振込金額", Payment(TAXI, 1.5)),  # type: ignore[arg-type]
        ("振込金額", Payment(TAXI, True)),
        ("振込金額", Payment(TAXI, "1000")),  # type: ignore[arg-type]
        ("新規コード", Payment(TAXI, 1, new_code=3)),
        ("振込指定区分", Payment(TAXI, 1, transfer_class=1)),
        ("顧客コード1", Payment(TAXI, 1, customer_1="12A")),
        ("顧客コード1", Payment(TAXI, 1, customer_1="１２")),
        ("顧客コード2", Payment(TAXI, 1, customer_2="12345678901")),
        ("顧客コード", Payment(TAXI, 1, customer_2="1", edi="A")),
        ("EDI情報", Payment(TAXI, 1, edi="A,B")),
        ("被仕向銀行番号", Payment(replace(TAXI, bank=Bank("1", "", "101", "")), 1)),
        ("被仕向銀行番号", Payment(replace(TAXI, bank=Bank("００01", "", "101", "")), 1)),
        ("被仕向支店番号", Payment(replace(TAXI, bank=Bank("0001", "", "", "")), 1)),
        ("被仕向銀行名", Payment(replace(TAXI, bank=Bank("0001", "ｱ.ｲ", "101", "")), 1)),
        ("被仕向支店名", Payment(replace(TAXI, bank=Bank("0001", "", "101", "ｦ")), 1)),
        ("預金種目", Payment(replace(TAXI, kind=3), 1)),
        ("口座番号", Payment(replace(TAXI, number="0000000"), 1)),
        ("口座番号", Payment(replace(TAXI, number="12345678"), 1)),
        ("口座番号", Payment(replace(TAXI, number="12-345"), 1)),
        ("口座番号", Payment(replace(TAXI, number=""), 1)),
        ("受取人名", Payment(replace(TAXI, holder=""), 1)),
        ("受取人名", Payment(replace(TAXI, holder="アオゾラ"), 1)),
        ("受取人名", Payment(replace(TAXI, holder="ﾀｸｼｰ"), 1)),
        ("受取人名", Payment(replace(TAXI, holder=" ﾀｸｼ"), 1)),
        ("受取人名", Payment(replace(TAXI, holder="ﾀｸｼ "), 1)),
        ("受取人名", Payment(replace(TAXI, holder="ﾞﾀｸｼ"), 1)),
    ],
)
def test_what_does_not_fit_is_refused_by_record_and_item(field: str, wrong: Payment) -> None:
    with pytest.raises(Unwritable) as refused:
        transfer(WARD, DAY, [Payment(TAXI, 1), wrong])
    assert {(one.record, one.field) for one in refused.value.misfits} == {(3, field)}


def test_the_payer_is_held_to_the_same() -> None:
    wrong = Payer("", "区", replace(WARD.account, kind=4))
    with pytest.raises(Unwritable) as refused:
        transfer(wrong, DAY, [Payment(TAXI, 1)])
    assert [one.field for one in refused.value.misfits] == ["振込依頼人コード", "振込依頼人名", "預金種目"]


def test_nothing_to_pay_and_too_much_to_pay_are_refused() -> None:
    with pytest.raises(Unwritable, match="1件もありません"):
        transfer(WARD, DAY, [])
    with pytest.raises(Unwritable, match="合計金額"):
        transfer(WARD, DAY, [Payment(TAXI, 9_999_999_999)] * 101)
    assert examine(transfer(WARD, DAY, [Payment(TAXI, 9_999_999_999)] * 100)) == []


@pytest.mark.parametrize(
    ("text", "where", "as_written"),
    [
        ("キャノン", Where.HOLDER, "ｷﾔﾉﾝ"),
        ("ジョー・", Where.HOLDER, None),
        ("ヨーコ", Where.HOLDER, "ﾖ-ｺ"),
        ("ﾖｰｺ", Where.HOLDER, "ﾖ-ｺ"),
        ("ヨ‐コ−コ―コ", Where.HOLDER, "ﾖ-ｺ-ｺ-ｺ"),
        ("がくえん　まえ", Where.OFFICE, "ｶﾞｸｴﾝ ﾏｴ"),
        ("か\u3099くえん", Where.OFFICE, "ｶﾞｸｴﾝ"),
        ("カ゛ク", Where.OFFICE, "ｶﾞｸ"),
        ("ヴァヵヶヮ", Where.HOLDER, "ｳﾞｱｶｹﾜ"),
        ("ａｂｃ．Ｄ（１２）", Where.HOLDER, "ABC.D(12)"),
        ("ａｂｃ．", Where.OFFICE, None),
        ("カヲル", Where.HOLDER, None),
        ("カヲル￥「／」", Where.EDI, "ｶｦﾙ\\｢/｣"),
        ("０１２ ", Where.CUSTOMER, "012"),
        ("A1", Where.CUSTOMER, None),
        ("山田", Where.HOLDER, None),
        ("ヤマダ,", Where.HOLDER, None),
        ("ヤマダ，", Where.EDI, None),
        ("ヤマダ😀", Where.HOLDER, None),
        ("ヰド", Where.HOLDER, None),
        ("ヷ", Where.HOLDER, None),
        ("ア゛", Where.HOLDER, None),
        ("㈱アオ", Where.HOLDER, None),
        ("①", Where.HOLDER, None),
        ("ア\u200bイ", Where.HOLDER, None),
        ("ア\tイ", Where.HOLDER, None),
    ],
)
def test_names_in_permitted_characters(text: str, where: Where, as_written: str | None) -> None:
    if as_written is None:
        with pytest.raises(BadInput, match="文字目の"):
            kana(text, where)
    else:
        assert kana(text, where) == as_written


@pytest.mark.parametrize(
    ("text", "as_written"),
    [
        ("カブシキガイシャ　アオゾラ", "ｶ)ｱｵｿﾞﾗ"),
        ("アオゾラ　カブシキガイシャ", "ｱｵｿﾞﾗ(ｶ"),
        ("アオゾラ カブシキカイシャ キタエイギョウショ", "ｱｵｿﾞﾗ(ｶ)ｷﾀｴｲｷﾞﾖｳｼﾖ"),
        ("カ）アオゾラ", "ｶ)ｱｵｿﾞﾗ"),
        ("（カ）アオゾラ", "ｶ)ｱｵｿﾞﾗ"),
        ("アオゾラ（カ）", "ｱｵｿﾞﾗ(ｶ"),
        ("アオゾラ（カ）キタ", "ｱｵｿﾞﾗ(ｶ)ｷﾀ"),
        ("ユウゲンガイシャアオ", "ﾕ)ｱｵ"),
        ("ゴウドウガイシャアオ", "ﾄﾞ)ｱｵ"),
        ("イリョウホウジンシャダン ミドリカイ", "ｲ)ﾐﾄﾞﾘｶｲ"),
        ("トクテイヒエイリカツドウホウジンアオ", "ﾄｸﾋ)ｱｵ"),
        ("アオ ガッコウホウジン", "ｱｵ ｶﾞﾂｺｳﾎｳｼﾞﾝ"),
        ("カブシキガイシャ", "ｶﾌﾞｼｷｶﾞｲｼﾔ"),
        ("イリョウホウジンシャダン", "ｲﾘﾖｳﾎｳｼﾞﾝｼﾔﾀﾞﾝ"),
        ("ド）アオゾラ（カ）キタ", "ﾄﾞ)ｱｵｿﾞﾗ(ｶ)ｷﾀ"),
        ("イ）アオ カブシキガイシャ", "ｲ)ｱｵ ｶﾌﾞｼｷｶﾞｲｼﾔ"),
    ],
)
def test_the_kind_of_a_juridical_person_is_written_as_banks_do(text: str, as_written: str) -> None:
    assert kana(text, Where.HOLDER) == kana(text, Where.PAYER) == as_written


def test_a_refusal_names_the_character_and_its_place() -> None:
    with pytest.raises(BadInput, match="5 文字目の 「花」") as refused:
        kana(" ヤマ 花コ", Where.HOLDER)
    assert "漢字" in refused.value.why
    with pytest.raises(BadInput, match=r"長すぎます \(32 バイト\)"):
        kana("ガ" * 16, Where.HOLDER)


def test_a_right_file_has_nothing_to_tell() -> None:
    assert examine(made()) == []
    assert examine(transfer(WARD, date(2020, 2, 29), PAYMENTS)) == []


@pytest.mark.parametrize(
    ("changes", "record", "field", "column"),
    [
        ({"at_1": b"11"}, 1, "種別コード", 2),
        ({"at_3": b"1"}, 1, "コード区分", 4),
        ({"at_4": b"12345     "}, 1, "振込依頼人コード", 10),
        ({"at_14": b" "}, 1, "振込依頼人名", 15),
        ({"at_14": b" " * 40}, 1, "振込依頼人名", 15),
        ({"at_54": b"0230"}, 1, "振込指定日", 55),
        ({"at_54": b"1301"}, 1, "振込指定日", 55),
        ({"at_54": b"0431"}, 1, "振込指定日", 55),
        ({"at_54": b"    "}, 1, "振込指定日", 55),
        ({"at_95": b"4"}, 1, "預金種目", 96),
        ({"at_96": b"0000000"}, 1, "口座番号", 97),
        ({"at_103": b"0"}, 1, "ダミー", 104),
        ({"at_121": b"   1"}, 2, "被仕向銀行番号", 2),
        ({"at_127": b"."}, 2, "被仕向銀行名", 8),
        ({"at_158": b"00A0"}, 2, "手形交換所番号", 41),
        ({"at_162": b"3"}, 2, "預金種目", 43),
        ({"at_163": b"  76543"}, 2, "口座番号", 44),
        ({"at_163": b"0000000"}, 2, "口座番号", 44),
        ({"at_170": b"a"}, 2, "受取人名", 51),
        ({"at_171": b","}, 2, "受取人名", 52),
        ({"at_172": b"\xac"}, 2, "受取人名", 53),
        ({"at_173": b"\xb0"}, 2, "受取人名", 54),
        ({"at_173": b"\xa6"}, 2, "受取人名", 54),
        ({"at_170": b"\x8a\xcd"}, 2, "受取人名", 51),
        ({"at_170": b"\xde"}, 2, "受取人名", 51),
        ({"at_210": b"3"}, 2, "新規コード", 91),
        ({"at_231": b"9"}, 2, "振込指定区分", 112),
        ({"at_232": b"N"}, 2, "識別表示", 113),
        ({"at_239": b"."}, 2, "ダミー", 120),
        ({"at_331": b"*"}, 3, "EDI情報", 92),
        ({"at_379": b"0"}, 4, "ダミー", 20),
        ({"at_361": b"000003"}, 4, "合計件数", 2),
        ({"at_361": b"     2"}, 4, "合計件数", 2),
        ({"at_367": b"010000123456"}, 4, "合計金額", 8),
        ({"at_481": b"0"}, 5, "ダミー", 2),
    ],
)
def test_one_wrong_item_is_told_at_its_byte(changes: dict[str, bytes], record: int, field: str, column: int) -> None:
    wrong = [finding for finding in examine(made(**changes)) if finding.field == field]
    assert [(one.record, one.column) for one in wrong] == [(record, column)]
    assert wrong[0].offset == (record - 1) * 120 + column - 1
    assert wrong[0].level is Level.ERROR


def test_zero_yen_and_the_sum_it_breaks_are_both_told() -> None:
    assert told(made(at_200=b"0000000000")) == [(2, "振込金額"), (4, "合計金額")]
    assert told(made(at_200=b"000012345,")) == [(2, "振込金額")]


@pytest.mark.parametrize(
    "changes",
    [{"at_158": b" " * 4}, {"at_210": b" "}, {"at_211": b"INV2019-06"}, {"at_221": b" " * 10}, {"at_231": b" "}],
)
def test_what_some_banks_take_is_told_and_does_not_make_a_file_wrong(changes: dict[str, bytes]) -> None:
    found = survey(made(**changes))
    assert [finding.level for finding in found.findings] == [Level.NOTE]
    assert found.ok
    assert read(made(**changes)).amount == 10_000_123_455


@pytest.mark.parametrize(
    ("order", "record"),
    [("23489", 1), ("1389", 2), ("12899", 5), ("1289128", 0), ("2189", 1), ("12828", 4), ("12828", 0), ("1289 ", 5), ("128", 0), ("12", 0), ("9", 1)],
)  # fmt: skip
def test_records_out_of_order_and_ends_that_are_missing(order: str, record: int) -> None:
    data = transfer(WARD, DAY, [PAYMENTS[0]], line_ends=False)
    records = {chr(data[at]): data[at : at + 120] for at in range(0, len(data), 120)}
    text = b"\r\n".join(records.get(code, code.encode() * 120) for code in order) + b"\r\n"
    assert record in {number for number, _ in told(text)}


def test_a_payment_behind_its_trailer_is_told_once_and_adds_to_no_sum() -> None:
    header, payment, trailer, end, _ = transfer(WARD, DAY, [PAYMENTS[0]]).split(b"\r\n")
    data = b"\r\n".join([header, payment, trailer, payment, trailer, end, b""])
    assert told(data) == [(4, "レコード")]
    assert survey(data).amount == 123_456


def test_several_headers_and_one_end_are_one_file() -> None:
    first, second = (transfer(WARD, DAY, [payment]) for payment in PAYMENTS)
    data = first[:-122] + second
    assert examine(data) == []
    assert [batch.amount for batch in read(data).batches] == [123_456, 9_999_999_999]
    assert (read(data).count, survey(data).amount) == (2, 10_000_123_455)
    assert told(first + second) == [(5, "レコード")]
    kinds_mixed = first[:-122] + second.replace(b"1210", b"1910", 1)
    assert (4, "種別コード") in told(kinds_mixed)


def line_ends(data: bytes, end: bytes) -> bytes:
    return transfer(WARD, DAY, PAYMENTS).replace(b"\r\n", end) if data else b""


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "空のファイル"),
        (line_ends(b"x", b"\n"), "改行が LF だけ"),
        (line_ends(b"x", b"\r"), "改行が CR だけ"),
        (line_ends(b"x", b"\r\n\r\n"), "空の行"),
        (made()[:-1], "倍数ではありません"),
        (made()[:130] + made()[131:], "倍数ではありません"),
        (transfer(WARD, DAY, PAYMENTS)[:130] + transfer(WARD, DAY, PAYMENTS)[131:], "長さが 119 バイト"),
        (transfer(WARD, DAY, PAYMENTS).replace(b"\r\n", b"\n", 1), "片方だけの改行"),
        (made().decode("cp932").encode(), "Unicode"),
        (made().decode("cp932").encode("utf-16"), "Unicode"),
        (b"\xf1" + made()[1:], "EBCDIC"),
    ],
)
def test_a_file_that_is_no_row_of_records_is_told(data: bytes, words: str) -> None:
    found = survey(data)
    assert not found.ok
    assert any(words in finding.what + finding.why for finding in found.findings)
    with pytest.raises(BadInput):
        read(data)


def test_who_reads_a_wrong_file_is_told_the_first_findings_and_how_many_more() -> None:
    right, wrong = ("101ﾎｳ".encode("cp932"), "1O1ﾎｳ".encode("cp932"))
    data = transfer(WARD, DAY, [Payment(TAXI, 1)] * 25).replace(right, wrong)
    with pytest.raises(BadInput) as refused:
        read(data)
    assert "2番目のレコード 22桁 被仕向支店番号" in refused.value.why
    assert "ほか 5 か所" in refused.value.why


def test_behind_a_lost_border_nothing_is_guessed() -> None:
    longer = [Payment(TAXI, 1)] * 50
    data = transfer(WARD, DAY, longer, line_ends=False)
    found = examine(data[:130] + data[131:])
    assert "ここから先は調べていません" in found[-1].why
    assert found[-1].record == 3


def test_the_end_of_file_mark_and_a_missing_last_line_end_are_passed_over_and_told() -> None:
    for data in (made() + b"\x1a", transfer(WARD, DAY, PAYMENTS)[:-2]):
        (note,) = examine(data)
        assert (note.level, note.record) == (Level.NOTE, 0)
        assert read(data).count == 2


DEBIT_HEADER = f"1910{'0000000099':>10}{'ﾐｷﾞﾜｸ':<40}0731{'0001'}{'':15}110{'':15}1{'1234567'}{'':17}"


def debit(results: str, totals: str) -> bytes:
    rows_ = [
        f"2{'0310'}{'':15}101{'':15}{'':4}3{'0076543'}{'ﾔﾏﾀﾞ ﾊﾅｺ':<30}{100:010}0{7:020}{result}{'':8}"
        for result in results
    ]
    trailer = f"8{len(results):06}{100 * len(results):012}{totals}{'':65}"
    return "\r\n".join([DEBIT_HEADER, *rows_, trailer, f"9{'':119}", ""]).encode("cp932")


@pytest.mark.parametrize(
    ("results", "totals", "right"),
    [
        ("00", f"{0:036}", True),
        ("00", f"{2:06}{200:012}{0:018}", True),
        ("01", f"{1:06}{100:012}{1:06}{100:012}", True),
        ("01", f"{0:036}", False),
        ("01", f"{2:06}{200:012}{0:018}", False),
        ("05", f"{1:06}{100:012}{1:06}{100:012}", False),
    ],
)
def test_direct_debits_are_examined_by_the_same_engine(results: str, totals: str, right: bool) -> None:
    data = debit(results, totals)
    assert survey(data).ok is right
    assert (survey(data).kind, survey(data).count, survey(data).amount) == ("91", 2, 200)


def test_direct_debits_are_read_as_rows_and_never_as_transfers() -> None:
    data = debit("01", f"{1:06}{100:012}{1:06}{100:012}")
    assert [row.values["result"] for row in rows(data) if row.layout == "2"] == ["0", "1"]
    with pytest.raises(BadInput, match="口座振替"):
        read(data)


def typed(*arguments: str) -> Result:
    app = typer.Typer()
    app.command()(zengin)
    return CliRunner().invoke(app, list(arguments))


def test_the_command_says_that_a_file_is_right(tmp_path: Path) -> None:
    file = tmp_path / "SOFURI.txt"
    file.write_bytes(made())
    result = typed(str(file))
    assert result.exit_code == 0
    assert result.output == "形式に合っています (総合振込 2件、10,000,123,455円)。\n"


def test_the_command_tells_every_finding_and_fails(tmp_path: Path) -> None:
    file = tmp_path / "SOFURI.txt"
    file.write_bytes(made(at_171=b",", at_54=b"0230"))
    result = typed(str(file))
    assert isinstance(result.exception, BadInput)
    assert len(result.output.splitlines()) == 2
    data = json.loads(typed(str(file), "--json").output)
    assert (data["ok"], data["kind"], data["count"], data["amount"]) == (False, "21", 2, 10_000_123_455)
    assert [(one["record"], one["offset"], one["field"]) for one in data["findings"]] == [
        (1, 54, "振込指定日"),
        (2, 171, "受取人名"),
    ]
    assert [one["code"] for one in data["headers"]] == ["1234567890"]


def test_the_command_needs_a_file(tmp_path: Path) -> None:
    assert isinstance(typed(str(tmp_path)).exception, NotFound)
    assert isinstance(typed(str(tmp_path / "none")).exception, NotFound)


def test_a_finding_says_where_in_words() -> None:
    assert str(Finding(2, 171, 52, "受取人名", "何。", "なぜ。")) == "[不可] 2番目のレコード 52桁 受取人名: 何。 なぜ。"
