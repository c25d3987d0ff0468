"""Whatever is put into a code is read out of it, by readers that are not ours."""

from __future__ import annotations

import re
from datetime import date

import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st

from azukari.core.documents import postal
from azukari.core.documents.api import (
    address_block,
    collection_digits,
    collection_words,
    envelopes,
    gs1_128,
    parts,
    qr,
    width,
)
from azukari.core.documents.types import Collection, Envelope, Mark
from azukari.kernel.errors import BadInput
from support import codes
from support import postal as reader

untimed = settings(deadline=None)  # the first example reads the fonts and the postcodes
NUMBERS = st.text(st.sampled_from("0123456789-ABKTUZ"), max_size=16)
POSTCODES = st.text(st.sampled_from("0123456789"), min_size=7, max_size=7)
DIGITS = str.maketrans("0123456789", "０１２３４５６７８９")
KANJI = "〇一二三四五六七八九"
ANY_ADDRESS = st.text(
    st.sampled_from("東京都世田谷区１２3-4番号丁目　 \nA棟葛\U000e0100ー・"), min_size=1, max_size=120
)
ADDRESSES = ANY_ADDRESS | ANY_ADDRESS.map(lambda rest: f"東京都世田谷区世田谷4-21-27 {rest}")
NAMES = st.text(st.sampled_from("世田谷花子　 髙邉ーA.\U000e0101"), min_size=1, max_size=45)
SLIPS = st.builds(
    Collection,
    company=st.text(st.sampled_from("0123456789"), min_size=6, max_size=6),
    own=st.text(st.sampled_from("0123456789"), min_size=1, max_size=21),
    amount=st.integers(1, 999_999),
    due=st.dates(date(2019, 1, 1), date(2099, 12, 31)),
    reissued=st.integers(0, 9),
    stamp_duty=st.booleans(),
)


@untimed
@given(postcode=POSTCODES, number=NUMBERS)
def test_a_customer_barcode_says_its_postcode_and_number(postcode: str, number: str) -> None:
    said = reader.read(codes.drawn(Mark("postal", postcode + number, 10).draw()))
    assert (postcode + number).startswith(re.sub(r"CC\d$", "", said))
    room = 13 - sum(2 if one.isalpha() else 1 for one in number)
    assert said == postcode + number or room < 0


@untimed
@given(
    st.integers(1, 99), st.integers(1, 99), st.integers(1, 99), st.integers(100, 9999),
    st.sampled_from(["half", "full", "kanji"]), st.sampled_from(["丁目番号", "---", "丁目-", "ののの"]),
)  # fmt: skip
def test_a_number_is_the_same_however_it_is_written(
    chome: int, ban: int, go: int, room: int, script: str, signs: str
) -> None:
    one, two, three = (spelt(number, script) for number in (chome, ban, go))
    written = {
        "丁目番号": f"{one}丁目{two}番{three}号",
        "---": f"{one if script != 'kanji' else chome}-{two if script != 'kanji' else ban}-{three if script != 'kanji' else go}",
        "丁目-": f"{one}丁目{ban}-{go}",
        "ののの": f"{one}の{two}の{three}号",
    }[signs]
    address = f"東京都世田谷区世田谷{written}　見本コーポ{spelt(room, 'full' if script == 'kanji' else script)}"
    assert postal.display_number("1540017", address) == f"{chome}-{ban}-{go}-{room}"


def spelt(number: int, script: str) -> str:
    if script == "kanji":
        tens, ones = divmod(number, 10)
        return ("" if tens < 2 else KANJI[tens]) + ("十" if tens else "") + (KANJI[ones] if ones else "")
    return str(number).translate(DIGITS) if script == "full" else str(number)


@untimed
@given(st.text(max_size=40))
def test_what_is_extracted_can_be_coded(text: str) -> None:
    number = postal.extracted(text)
    assert re.fullmatch(r"(?:[0-9A-Z]|(?<![-A-Z])-(?![-A-Z]|$))*", number)
    assert not number.startswith("-")
    reader.read(codes.drawn(Mark("postal", "1540017" + number, 8).draw()))


@untimed
@given(st.text(st.characters(codec="ascii", categories=["L", "N", "P"]), min_size=1, max_size=60))
def test_a_qr_code_is_read_back(text: str) -> None:
    assert [one.text for one in zxingcpp.read_barcodes(codes.drawn(qr(text, 15)))] == [text]


@untimed
@given(slip=SLIPS)
def test_a_payment_code_is_read_back(slip: Collection) -> None:
    digits = collection_digits(slip)
    code = gs1_128(digits)
    [read] = zxingcpp.read_barcodes(codes.drawn(code, across=3, down=40))
    assert (read.text, read.symbology_identifier) == (f"(91){digits[2:]}", "]C1")
    assert len(digits) == 44
    assert code.width <= 60
    assert "".join(re.findall(r"\d", "".join(collection_words(digits)))) == digits
    assert digits[2:8] == slip.company
    assert digits[37:43] == f"{slip.amount:06d}"


@untimed
@given(slip=SLIPS, at=st.integers(0, 42), step=st.integers(1, 9))
def test_a_digit_that_was_changed_shows(slip: Collection, at: int, step: int) -> None:
    digits = collection_digits(slip)
    changed = digits[:at] + str((int(digits[at]) + step) % 10) + digits[at + 1 :]
    weighed = [
        sum(int(one) * (3 if back % 2 else 1) for back, one in enumerate(reversed(text))) for text in (digits, changed)
    ]
    assert weighed[0] % 10 == 0 != weighed[1] % 10


@pytest.mark.parametrize("envelope", envelopes().values(), ids=lambda one: one.code)
@untimed
@given(address=ADDRESSES, name=NAMES)
def test_an_address_is_seen_whole_or_refused(envelope: Envelope, address: str, name: str) -> None:
    """Every character stands in the window, in its order, at any place of the paper; or the letter is refused in words."""
    try:
        block = address_block(f"〒154-0017 {address}", name, "X" * 60, envelope)
    except BadInput:
        return
    said = re.sub(r"\s", "", "".join(word.text for word in block.words))
    assert said == re.sub(r"\s", "", f"〒154-0017{address}{name}様")
    assert not block.words[-1].text.startswith(("様", "\u3000"))
    assert all(box.within(envelope.zone) for box in parts(block).values())
    assert all(width(word.text) * word.size <= envelope.zone.width for word in block.words)
