"""What the reader makes of single records, of all four kinds, and of damaged bytes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from azukari.business.health.receipts.api import Reader
from azukari.kernel.errors import BadInput
from support.uke import KEY, PLAIN, act, block, days, read, receipt, uke


def test_units_days_and_drug_days() -> None:
    found = read(uke(PLAIN))
    assert not found.problems
    assert not found.warnings
    acts = found.tables["acts"]
    assert acts["unit"].to_list() == [1, 2, 2, 3, 3]
    assert acts["category"].to_list() == [12, 60, 60, 21, 21]
    assert acts["points"].to_list() == [73, None, 49, None, 8]
    assert acts["days"].to_list() == [1 << 2 | 1 << 16, 1 << 2, 1 << 2, 1 << 2, 1 << 2]
    assert acts["drug_days"].to_list() == [None, None, None, 14, 14]
    assert acts["amount"].to_list() == [None, None, None, 1.5, 3.0]
    assert acts["line"].to_list() == [6, 7, 8, 9, 10]


def test_second_bytes_that_look_like_backslash_or_bar_are_kanji() -> None:
    name = "能代　表ソ予"
    found = read(uke(block(receipt(act("SI", "12", "112007410", 73, 1, days(3)), total=73, name=name))))
    assert not found.problems
    assert found.tables["identities"]["name"].to_list() == [name]
    raw = read(uke(PLAIN)).tables["raw"]
    assert raw.filter(raw["record"] == "CO")["fields"].item() == "CO,99,1,810000001,表示能力の予定　ソ十"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("19500401", date(1950, 4, 1)), ("3250401", date(1950, 4, 1)), ("1450729", date(1912, 7, 29)),
        ("2010730", date(1912, 7, 30)), ("4310430", date(2019, 4, 30)), ("5010501", date(2019, 5, 1)), ("20230229", None),
    ],
)  # fmt: skip
def test_days_are_read_by_their_length(written: str, meant: date | None) -> None:
    found = read(uke(block(receipt(act("SI", "12", "112007410", 73, 1, days(3)), total=73, birth=written))))
    assert found.tables["identities"]["birth"].to_list() == [meant]
    assert bool(found.warnings) == (meant is None)


def test_eras_and_western_years_may_stand_in_one_file() -> None:
    one = receipt(act("SI", "12", "112007410", 73, 1, days(3)), total=73, birth="3250401", month="43103")
    other = receipt(act("SI", "12", "112007410", 73, 1, days(3)), total=73, month="201903")
    found = read(uke(block(one, other)))
    assert found.tables["receipts"]["month"].to_list() == [201903, 201903]
    assert found.tables["identities"].height == 1


def test_codes_and_numbers_keep_what_they_are_written_with() -> None:
    found = read(uke(PLAIN))
    who = found.tables["identities"].row(0, named=True)
    assert (who["insurer"], who["symbol"], who["number"], who["branch"]) == ("138123", "１３－１", "0001234", "01")
    assert found.tables["receipts"]["facility"].item() == "1311234567"


def test_what_is_uncoded_keeps_its_name_and_suspicion_is_a_modifier() -> None:
    lines = receipt(act("SI", "12", "112007410", 73, 1, days(3)), total=73)
    lines[4:4] = [
        "SY,0000999,20240401,1,,見本病,,",
        "SY,2500015,20240401,1,20608002,,,",
        "SY,2500015,20240401,1,28002,,,",
    ]
    found = read(uke(block(lines)))
    names = found.tables["diagnoses"]
    assert names["text"].to_list() == [None, "見本病", None, None]
    # Four digits a modifier: 2800 and 2 is not 8002.
    assert names["suspected"].to_list() == [False, False, True, False]
    assert names["main"].to_list() == [True, False, False, False]


def test_a_drug_of_a_pharmacy_has_the_days_and_dates_of_its_unit() -> None:
    lines = [
        "YK,2,13,4,7654321,見本薬局,202405,00,",
        "RE,1,4112,202404,見本　花子,2,3300101,,,13,1,1234567" + "," * 30 + "ミホンハナコ",
        "HO,  138123,１３－１,0001234,1,300,,,,,,,,",
        "SH,1,1,,,3,,,,",
        "CZ,1,20240403,20240405,1,28,1,,,410000210,24,,,84,",
        "IY,1,620000237,1,,,,,,",
        "IY,1,620008965,2.5,,,,,,",
        "SH,2,1,,,3,,,,",
        "CZ,1,0403,5060405,1,14,1,,,410000210,24,,,42,",
        "IY,1,610406079,1,,,,,,",
        "GO,1,300,99",
    ]
    found = read(uke(lines))
    assert not found.problems
    acts = found.tables["acts"]
    assert acts["record"].to_list() == ["CZ", "IY", "IY", "CZ", "IY"]
    assert acts["drug_days"].to_list() == [28, 28, 28, 14, 14]
    assert acts["unit"].to_list() == [1, 1, 1, 2, 2]
    assert acts["dispensed"].to_list() == [date(2024, 4, 5)] * 5
    assert acts["prescribed"].to_list() == [date(2024, 4, 3)] * 5
    assert acts["points"].to_list() == [108, None, None, 66, None]
    assert found.tables["receipts"].select("kind", "prescriber").row(0) == ("調剤", "1311234567")


def test_dental_and_dpc_receipts_are_told_apart() -> None:
    dental = [
        "IR,2,13,3,1234567,,見本歯科,202405,,00", "RE,1,3112,202404,見本　太郎,1,19500401" + "," * 19 + "ミホンタロウ,",
        "HO,  138123,１３－１,0001234,2,534,,,,,,,", "HS,20240401,,1011,5230004,,,,,,,,",
        "SS,01,1,301000110,,," + "," * 70 + "267,2", "GO,1,534,99",
    ]  # fmt: skip
    stay = receipt(act("SI", "60", "160010010", 49, 1, days(3)), total=1_700)
    stay[4:4] = ["BU,050050xx99000x,20240401,", "SB,4019014,8002,"]
    found = read(uke(dental, block(stay)))
    assert not found.problems
    assert found.reader.found.kinds == {"歯科": 1, "DPC": 1}
    assert found.tables["acts"].sort("line")["points"].to_list() == [267, 49]
    assert found.tables["diagnoses"].sort("line")["code"].to_list() == ["5230004", "2500015", "4019014"]
    assert set(found.tables["raw"]["record"]) >= {"IR", "GO", "BU", "SB", "SN"}


def test_unknown_records_returned_receipts_and_prefixed_lines_are_kept_as_they_stand() -> None:
    lines = receipt(act("SI", "12", "112007410", 73, 1, days(3)), total=73)
    lines += ["ZZ,なにか,1", "RC,管理情報", "1,12,0,SY,2500015,20200401,1,,,01,", "JY,1,2", "こわれた行"]
    returned = ["HI,2,202404,13,1,1234567,,00", "HR,202404,1,2,3,理由", *receipt(total=999), "HG,1,999,99"]
    found = read(uke(block(lines), returned))
    assert not found.problems
    raw = found.tables["raw"]
    assert raw["fields"].to_list()[2:7] == lines[-5:]
    assert raw["record"].to_list()[2:7] == ["ZZ", "RC", "SY", "JY", None]
    assert raw["fields"].to_list()[-7:] == returned
    assert found.tables["receipts"].height == 1
    assert found.tables["diagnoses"].height == 1


@pytest.mark.parametrize("size", [60, 200, 1 << 20])
@pytest.mark.parametrize("step", [1, 77, 1 << 20])
def test_pieces_of_any_size_give_the_same(size: int, step: int) -> None:
    content = uke(["UK,1", *PLAIN], PLAIN, PLAIN)
    whole, cut = read(content), read(content, size, step)
    assert not cut.problems
    for name, frame in whole.tables.items():
        assert frame.equals(cut.tables[name].sort("line") if name == "raw" else cut.tables[name]), name


@pytest.mark.parametrize("end", ["", "\r\n", "\r\n\x1a", "\r\n\x1a\r\n"])
def test_the_end_mark_is_optional(end: str) -> None:
    assert not read(uke(PLAIN, end=end)).problems


def test_files_joined_with_their_end_marks_are_one() -> None:
    found = read(uke(PLAIN) + uke(PLAIN))
    assert not found.problems
    assert found.reader.found.blocks == 2


def test_a_nul_and_a_lone_cr_are_found_with_their_line() -> None:
    content = uke(PLAIN).replace(b"160010010", b"16001\x00010")
    assert (8, "") in read(content).problems
    assert (8, "") in read(uke(PLAIN).replace(b"160010010", b"16001\r010")).problems


def test_half_a_kanji_is_told_and_no_reason_to_refuse() -> None:
    found = read(uke(PLAIN).replace("太郎".encode("cp932"), "太郎".encode("cp932")[:-1]))
    assert not found.problems
    assert (2, "") in found.warnings


def test_a_receipt_without_end_is_refused_before_memory_is_used_up() -> None:
    endless = b"SI,12,1,112007410,,73,1\r\n" * 40_000

    def forever() -> Iterator[bytes]:
        yield uke(PLAIN[:3])
        while True:
            yield endless

    with pytest.raises(BadInput, match="終わりが見つかりません"):
        list(Reader("endless.uke", KEY).read(forever(), 1 << 20))
