"""Single values as they are written outside. A blank is "" and is the caller's affair; what cannot be meant is BadInput."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, timedelta

from azukari.core.intake.types import EXCEL_1900
from azukari.kernel import era, money
from azukari.kernel.errors import BadInput

_SERIAL_DAY = re.compile(r"[1-9][0-9]{4}(?:\.[0-9]+)?")
_EIGHT = re.compile(r"([12][0-9]{3})([0-9]{2})([0-9]{2})")
_SIX = re.compile(r"([12][0-9]{3})([0-9]{2})")
_TIME = re.compile(r"(?<=[0-9日])[\sT][0-2]?[0-9]:[0-5][0-9](?::[0-5][0-9](?:\.[0-9]+)?)?Z?")
_EXCEL_ERRORS = frozenset(
    {"#REF!", "#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#VALUE!", "#SPILL!", "#CALC!", "#####"}
)
_LONGEST = 40
_WRITE_AGAIN = "紙を見て、正しい値に直してもらってください。"


def plain(text: str) -> str:
    """One width, without blanks around it. Raises BadInput for an error value of Excel and for what is far too long."""
    if len(text) > _LONGEST * 3:
        raise BadInput("長すぎます。", f"{len(text):,} 文字あります。", _WRITE_AGAIN)
    short = unicodedata.normalize("NFKC", text).strip()
    if short in _EXCEL_ERRORS or (short.startswith("###") and not short.strip("#")):
        raise BadInput("Excel の誤りの値です。", "計算の式が壊れているか、列の幅が足りません。", _WRITE_AGAIN)
    if len(short) > _LONGEST:
        raise BadInput("長すぎます。", f"{len(short):,} 文字あります。", _WRITE_AGAIN)
    return short


def day(text: str, excel: date = EXCEL_1900) -> date:
    """A day: 2019-06-03, 2019/6/3, 20190603, 令和元年6月3日, R1.6.3, or a serial day of Excel counted from `excel`."""
    short = _TIME.sub("", plain(text))
    if _SERIAL_DAY.fullmatch(short):
        return excel + timedelta(days=int(float(short)))
    if eight := _EIGHT.fullmatch(short):
        short = "-".join(eight.groups())
    return era.parse(short).date


def month(text: str, excel: date = EXCEL_1900) -> date:
    """The first day of a month: 2019-06, 201906, 令和元年6月. Excel makes a day of it; its first day is accepted."""
    short = _TIME.sub("", plain(text))
    if six := _SIX.fullmatch(short):
        short = "-".join(six.groups())
    if _SERIAL_DAY.fullmatch(short) or _EIGHT.fullmatch(short):
        first = day(short, excel)
    else:
        written = era.parse(short)
        if written.month is None:
            raise BadInput(
                "月がありません。", "年だけでは一月に決まりません。", "「2019-06」のように書いてもらってください。"
            )
        first = date(written.year, written.month, written.day or 1)
    if first.day != 1:
        raise BadInput(
            "年月ではなく日付です。", "どの月か決まりません。", "「2019-06」のように書いてもらってください。"
        )
    return first


def amount(text: str, most: int) -> int:
    """Yen, from nothing up to `most`. Raises BadInput for a negative or broken amount and for a larger one."""
    value = money.parse_yen(plain(text))
    if value < 0:
        raise BadInput(
            "金額が負です。", "差し引きは、ここには書けません。", "差し引く分は、別の訂正として出してもらってください。"
        )
    if value > most:
        raise BadInput("金額が大きすぎます。", f"{money.yen(most)}まで受け取ります。", _WRITE_AGAIN)
    return value
