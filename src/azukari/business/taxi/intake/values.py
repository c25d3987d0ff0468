"""Single values as operators write them. A blank is "" and is the caller's affair; whatever cannot be meant is BadInput."""

from __future__ import annotations

import re
from datetime import date

from azukari.business.taxi import rules, serials
from azukari.business.taxi.intake.types import KINDS, UNKNOWN_KIND, UNREAD_SERIAL
from azukari.core.intake.api import amount, day, month, plain
from azukari.kernel.errors import BadInput

__all__ = ["EPOCH", "amount", "code", "count", "day", "kind", "month", "name", "number", "plain", "serial"]

EPOCH = date(1970, 1, 1)
_CODE = re.compile(r"[0-9A-Za-z-]+")
_COUNT = re.compile(r"-?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)")
_LONGEST = 40
_KIND_PLACES = {kind.value: place for place, kind in enumerate(KINDS)}
_WRITE_AGAIN = "紙を見て、正しい値に直してもらってください。"


def count(text: str, most: int) -> int:
    """A number of vouchers (枚), from nothing up to `most`."""
    short = plain(text).removesuffix("枚").rstrip()
    if not _COUNT.fullmatch(short):
        raise BadInput("枚数が読めません。", "整数ではありません。", "「12」のように書いてもらってください。")
    value = int(short.replace(",", ""))
    if not 0 <= value <= most:
        raise BadInput("枚数が正しくありません。", f"0 から {most:,} までです。", _WRITE_AGAIN)
    return value


def code(text: str, most: int) -> str:
    """事業者番号: letters, digits and hyphens."""
    short = plain(text)
    if not _CODE.fullmatch(short) or len(short) > most:
        raise BadInput(
            "事業者番号が読めません。", f"{most} 文字までの英数字です。", "区の知らせた番号を書いてもらってください。"
        )
    return short


def kind(text: str) -> int:
    """The place of the kind in `KINDS`; -1 when it is none of them."""
    return _KIND_PLACES.get(plain(text), UNKNOWN_KIND) if len(text) <= _LONGEST else UNKNOWN_KIND


def name(text: str, most: int) -> str:
    """氏名 as written, "" when only blanks stand there. What looks like a formula is text like any other."""
    if not text.strip():
        return ""
    if len(text) > most:
        raise BadInput(
            "氏名が長すぎます。", f"{most} 文字までです。", "氏名の欄に別のものが入っていないか見てもらってください。"
        )
    if text.startswith("#"):
        plain(text)
    return text


def number(text: str, most: int) -> str:
    """認定番号: its digits, or as written when it is no number, "" when blank."""
    short = plain(text)
    digits = rules.number_of(short)
    if len(digits or short) > most:
        raise BadInput("認定番号が長すぎます。", f"{most} 文字までです。", _WRITE_AGAIN)
    return digits or short


def serial(text: str) -> int:
    """券番号 as typed, printed or read from the QR code; 0 when it is blank, unreadable or fails its check digits."""
    if len(text) > _LONGEST:
        return UNREAD_SERIAL
    short = plain(text)
    return serials.read(short) or serials.of_qr(short) or UNREAD_SERIAL
