"""What is written is right and comes back; whatever else arrives is told and never raises."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from azukari.kernel.errors import BadInput
from azukari.kernel.zengin import (
    Account,
    Bank,
    Misfit,
    Payer,
    Payment,
    Unwritable,
    Where,
    examine,
    kana,
    read,
    survey,
    transfer,
)

SYLLABLES = [chr(code) for code in range(0xFF71, 0xFF9E)]
SYLLABLES += [f"{chr(code)}ﾞ" for code in (0xFF73, *range(0xFF76, 0xFF85), *range(0xFF8A, 0xFF8F))]
SYLLABLES += [f"{chr(code)}ﾟ" for code in range(0xFF8A, 0xFF8F)]
PLAIN = [*SYLLABLES, *"ABCXYZ0189 -"]


def written(symbols: list[str], longest: int, shortest: int = 0) -> st.SearchStrategy[str]:
    """Text of whole syllables, so that none begins with a ﾞ, at most `longest` bytes."""
    texts = st.lists(st.sampled_from(symbols), max_size=longest).map("".join)
    return texts.map(lambda text: text.strip(" ")).filter(lambda text: shortest <= len(text) <= longest)


def digits(length: int) -> st.SearchStrategy[str]:
    return st.text("0123456789", min_size=length, max_size=length)


OFFICES = written(PLAIN, 15)
NAMES = [*PLAIN, "(", ")", "."]
BANKS = st.builds(Bank, digits(4), OFFICES, digits(3), OFFICES)
NUMBERS = digits(7).filter(lambda number: number.strip("0") != "")
ACCOUNTS = st.builds(Account, BANKS, st.sampled_from([1, 2, 4, 9]), NUMBERS, written(NAMES, 30, 1))
PAYERS = st.builds(
    Payer, digits(10), written(NAMES, 40, 1), st.builds(Account, BANKS, st.sampled_from([1, 2, 9]), NUMBERS)
)
CODES = st.just("") | digits(10).filter(lambda code: code.strip("0") != "")
COMMON = {
    "account": ACCOUNTS,
    "amount": st.integers(1, 9_999_999_999),
    "new_code": st.sampled_from([0, 1, 2]),
    "transfer_class": st.sampled_from([0, 7, 8]),
}
PAYMENTS = st.builds(Payment, **COMMON, customer_1=CODES, customer_2=CODES) | st.builds(
    Payment, **COMMON, edi=written([*NAMES, *"\\/｢｣ｦ"], 20)
)
LISTS = st.lists(PAYMENTS, min_size=1, max_size=6)
DAYS = st.dates(date(2019, 1, 1), date(2028, 12, 31))


@given(PAYERS, DAYS, LISTS, st.booleans())
def test_what_is_written_is_right_and_comes_back(
    payer: Payer, on: date, payments: list[Payment], line_ends: bool
) -> None:
    data = transfer(payer, on, payments, line_ends=line_ends)
    assert examine(data) == []
    assert len(data) == (len(payments) + 3) * (122 if line_ends else 120)
    back = read(data)
    (batch,) = back.batches
    assert (batch.payer, batch.day, list(batch.payments)) == (payer, f"{on:%m%d}", payments)
    assert (back.line_ends, back.count, back.amount) == (line_ends, len(payments), sum(one.amount for one in payments))


@given(PAYERS, DAYS, LISTS, st.booleans(), st.data())
def test_a_file_cut_anywhere_is_told(
    payer: Payer, on: date, payments: list[Payment], line_ends: bool, data: st.DataObject
) -> None:
    whole = transfer(payer, on, payments, line_ends=line_ends)
    cut = data.draw(st.integers(0, len(whole) - 3))
    assert not survey(whole[:cut]).ok


@given(PAYERS, DAYS, LISTS, st.data())
def test_a_record_lost_or_doubled_is_told(payer: Payer, on: date, payments: list[Payment], data: st.DataObject) -> None:
    records = transfer(payer, on, payments).splitlines(keepends=True)
    at = data.draw(st.integers(0, len(records) - 1))
    assert not survey(b"".join(records[:at] + records[at + 1 :])).ok
    assert not survey(b"".join(records[: at + 1] + records[at:])).ok


@given(PAYERS, DAYS, LISTS, st.data())
def test_an_amount_changed_afterwards_is_told(
    payer: Payer, on: date, payments: list[Payment], data: st.DataObject
) -> None:
    whole = bytearray(transfer(payer, on, payments))
    at = 122 * data.draw(st.integers(1, len(payments))) + 80 + data.draw(st.integers(0, 9))
    digit = data.draw(st.sampled_from(b"0123456789"))
    assume(digit != whole[at])
    whole[at] = digit
    assert not survey(bytes(whole)).ok


@given(PAYERS, DAYS, LISTS, st.data())
def test_a_byte_no_file_may_hold_is_told_where_it_stands(
    payer: Payer, on: date, payments: list[Payment], data: st.DataObject
) -> None:
    whole = bytearray(transfer(payer, on, payments))
    record = data.draw(st.integers(0, len(payments) + 2))
    at = 122 * record + data.draw(st.integers(4, 119))
    whole[at] = data.draw(st.sampled_from([*b",az*?", 0x09, 0xA0, 0xA5, 0xA7, 0xAF, 0xB0, 0x82]))
    found = [finding for finding in examine(bytes(whole)) if finding.offset == at]
    assert found
    assert {(finding.record, finding.column) for finding in found} == {(record + 1, at - 122 * record + 1)}


@given(st.binary(max_size=500) | st.lists(st.binary(min_size=120, max_size=120), max_size=4).map(b"\r\n".join))
def test_no_bytes_make_the_examiner_raise(data: bytes) -> None:
    found = survey(data)
    assert not found.ok
    with pytest.raises(BadInput):
        read(data)


@given(
    PAYERS,
    DAYS,
    st.lists(st.builds(Payment, ACCOUNTS, st.integers(-5, 5), edi=st.text(max_size=3)), max_size=4),
    st.booleans(),
)
def test_whatever_is_handed_over_becomes_a_right_file_or_none(
    payer: Payer, on: date, payments: list[Payment], line_ends: bool
) -> None:
    reasons: tuple[Misfit, ...] = ()
    try:
        data = transfer(payer, on, payments, line_ends=line_ends)
    except Unwritable as refused:
        reasons = refused.misfits
    else:
        assert examine(data) == []
    assert reasons or (payments and all(payment.amount > 0 for payment in payments))


@given(
    st.text(st.sampled_from("アイガパャッーヲカブシキガイシャ株ﾞ・（）(カ)ab１－　 ,あ゛😀ｦｰ"), max_size=24),
    st.sampled_from(Where),
)
def test_kana_gives_permitted_text_or_refuses_and_twice_is_once(text: str, where: Where) -> None:
    try:
        once = kana(text, where)
    except BadInput:
        return
    assert kana(once, where) == once
    assert len(once) <= where.length
    assert len(once.encode("shift_jis")) == len(once)
    if where is Where.HOLDER and once:
        account = Account(Bank("0001", "", "001", ""), 1, "1", once)
        payer = Payer("1", "ｸ", account)
        assert examine(transfer(payer, date(2019, 6, 1), [Payment(account, 1)])) == []


@given(written(NAMES, 30, 1))
def test_kana_leaves_alone_what_is_permitted_already(text: str) -> None:
    assume("(" not in text)
    assert kana(text, Where.HOLDER) == text
