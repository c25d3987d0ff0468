"""A 総合振込 file made of payments, or all the reasons why not. Nothing is converted, rounded or cut on the way."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from azukari.kernel.zengin.records import (
    DATA,
    END,
    HEADER,
    LAYOUTS,
    TRAILER,
    TRANSFER,
    WITH_EDI,
    Chars,
    Field,
    encoded,
    is_right,
)
from azukari.kernel.zengin.rules import complaints
from azukari.kernel.zengin.types import Account, Misfit, Payer, Payment, Unwritable

LINE_END = b"\r\n"
_LAYOUT = LAYOUTS[TRANSFER]


def transfer(payer: Payer, on: date, payments: Sequence[Payment], *, line_ends: bool = True) -> bytes:
    """The bytes of a 総合振込 file: a header, one record a payment, a trailer and an end, 120 bytes each.

    `line_ends` puts CR LF behind every record, which some banks ask for and others refuse. Names must already be in the
    permitted characters (`kana` writes them so): what a person did not see is never sent. Source: `records`.

    Raises Unwritable, a BadInput, with every misfit before a byte is made: characters, lengths, digits, amounts outside
    1 to 9,999,999,999 yen, more than 999,999 payments, a total over 12 digits, no payment at all.
    """
    page = _Page()
    page.add(HEADER, _header(payer, on))
    for payment in payments:
        page.add(WITH_EDI if payment.edi else DATA, _payment(payment))
        if payment.edi and (payment.customer_1 or payment.customer_2):
            page.refuse("顧客コード", payment.customer_1 or payment.customer_2, "EDI情報と一緒には書けません。")
    total = sum(payment.amount for payment in payments if type(payment.amount) is int)
    page.add(TRAILER, {"count": len(payments), "total": total})
    if not payments:
        page.refuse("合計件数", "0", "振込先が1件もありません。")
    page.add(END, {})
    if page.misfits:
        raise Unwritable(tuple(page.misfits))
    end = LINE_END if line_ends else b""
    return b"".join(encoded(record) + end for record in page.records)


@dataclass
class _Page:
    """The records so far, and what did not fit."""

    records: list[str] = field(default_factory=list)
    misfits: list[Misfit] = field(default_factory=list)

    def add(self, layout: str, values: Mapping[str, object]) -> None:
        fields = _LAYOUT[layout]
        given = [values.get(item.key, item.allowed[0] if item.allowed else "") for item in fields]
        filled = [_filled(item, value) for item, value in zip(fields, given, strict=True)]
        self.records.append("".join(text for _, text in filled))
        if any(reason for reason, _ in filled) or not is_right(TRANSFER, layout, self.records[-1]):
            for item, value, (reason, text) in zip(fields, given, filled, strict=True):
                for why in [reason] if reason else [f"{one.what} {one.why}" for one in complaints(item, text)]:
                    self.refuse(item.name, value, why)

    def refuse(self, name: str, value: object, why: str) -> None:
        """A misfit of the record added last."""
        self.misfits.append(Misfit(len(self.records), name, str(value), why))


def _filled(item: Field, value: object) -> tuple[str, str]:
    """Why a value has no such form, and the value filled up to the field's length."""
    if item.is_text or item.chars in {Chars.BLANK, Chars.MARK}:
        return _text(item, str(value))
    return _digits(item, value)


def _text(item: Field, value: str) -> tuple[str, str]:
    if len(value) > item.length:
        return f"{item.length} バイトまでですが、{len(value)} バイトあります。", value
    if item.is_text and value != value.strip(" "):
        return "前か後ろに空白があります。", value
    return "", value.ljust(item.length)


def _digits(item: Field, value: object) -> tuple[str, str]:
    text = str(value)
    if not re.fullmatch("[0-9]*" if item.spare else "[0-9]+", text):
        return "数字ではありません。", text
    if len(text) > item.length:
        return f"{item.length} 桁までですが、{len(text)} 桁あります。", text
    if item.whole and len(text) < item.length:
        return f"{item.length} 桁で書きます。足りない 0 は補いません。", text
    return "", text.zfill(item.length)


def _header(payer: Payer, on: date) -> dict[str, object]:
    return {"code": payer.code, "name": payer.name, "day": f"{on:%m%d}"} | dict(_account(payer.account))


def _payment(payment: Payment) -> dict[str, object]:
    own = {
        "holder": payment.account.holder,
        # Anything but a whole number would be missing in the total, so its written form is refused.
        "amount": payment.amount if type(payment.amount) is int else repr(payment.amount),
        "new_code": payment.new_code,
        "customer_1": payment.customer_1,
        "customer_2": payment.customer_2,
        "edi": payment.edi,
        "transfer_class": payment.transfer_class,
        "edi_mark": "Y" if payment.edi else " ",
    }
    return own | dict(_account(payment.account))


def _account(account: Account) -> Iterator[tuple[str, object]]:
    yield from (("deposit", int(account.kind)), ("number", account.number))
    bank = account.bank
    yield from (
        ("bank", bank.code),
        ("bank_name", bank.name),
        ("branch", bank.branch),
        ("branch_name", bank.branch_name),
    )
