"""Why a field is wrong, in words. Asked only where the quick expression of the record did not match."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from azukari.kernel.zengin.records import PERMITTED, STRANDED, Chars, Field, byte_of, shown
from azukari.kernel.zengin.types import Level

_PADDED = "数字の項目は右詰めで、残りを 0 で埋めます。"
_LEFT = "文字の項目は左詰めで、残りを空白で埋めます。"
_BY_BANK = "標準では 0 で埋めます。空白のままでよい銀行もあります。"
_WHY = (
    ("[,､，]", "カンマと読点は、どの項目にも使えません。"),
    ("[a-z]", "英字は大文字だけです。"),
    ("[ｧ-ｯ]", "小さいカナは大きいカナで書きます。"),
    ("ｰ", "長音はハイフン (0x2D) で書きます。"),
    ("ｦ", "「ｦ」は EDI情報のほかには使えません。"),
    ("[(). /\\\\｢｣\\-]", "この項目には使えない記号です。"),
    ("[・･]", "中点の扱いは銀行によって違います。ピリオドか空白で書きます。"),
    ("[々〆\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]", "漢字は、読み方が一つに決まりません。"),
)


@dataclass(frozen=True, slots=True)
class Complaint:
    """What is wrong in a field, `at` which byte of it (from 0)."""

    at: int
    what: str
    why: str
    level: Level = Level.ERROR


def complaints(field: Field, text: str) -> Iterator[Complaint]:
    """Everything wrong with `text`, which is as long as the field. Nothing when it is right."""
    if re.fullmatch(field.pattern, text) is None:
        if field.chars is Chars.BLANK:
            yield _not_blank(text)
        elif field.is_text:
            yield from _in_text(field, text)
        else:
            yield _in_digits(field, text)
    if field.is_text and (stranded := STRANDED.search(text)):
        mark = byte_of(stranded[0])
        yield Complaint(
            stranded.start(), f"{mark} が付かないカナに付いています。", "名前が途中で切れたおそれがあります。"
        )


def why_not(char: str) -> str:
    """Why a half-width character is in no name, or not in this one."""
    return next((why for pattern, why in _WHY if re.fullmatch(pattern, char)), "半角のカナ・英大文字・数字だけです。")


def _not_blank(text: str) -> Complaint:
    at = next(place for place, char in enumerate(text) if char != " ")
    return Complaint(at, f"空白のはずの所に {byte_of(text[at])} があります。", "使わない項目は空白にします。")


def _in_text(field: Field, text: str) -> Iterator[Complaint]:
    wrong = [place for place, char in enumerate(text) if not re.match(f"[{PERMITTED[field.chars]}]", char)]
    for char in dict.fromkeys(text[place] for place in wrong):
        yield Complaint(text.index(char), f"使えない文字 {byte_of(char)} があります。", why_not(char))
    if text.isspace():
        yield Complaint(0, "空白です。", "必ず書く項目です。")
    elif text.startswith(" "):
        yield Complaint(0, "左詰めになっていません。", _LEFT)


def _in_digits(field: Field, text: str) -> Complaint:
    if field.spare and text == " " * field.length:
        return Complaint(0, "空白です。", _BY_BANK, Level.NOTE)
    if field.chars is Chars.CUSTOMER and _is_message(text):
        return Complaint(0, "数字でない顧客コードです。", "標準では数字です。文字を使える銀行もあります。", Level.NOTE)
    if field.chars is not Chars.MARK and re.search("[^0-9]", text):
        return _no_digits(text)
    return Complaint(0, *_not_allowed(field, text))


def _no_digits(text: str) -> Complaint:
    at = next(place for place, char in enumerate(text) if char not in "0123456789")
    if re.fullmatch("[0-9]* +| +[0-9]*", text):
        return Complaint(at, "空白があります。", _PADDED)
    return Complaint(at, f"数字でない {byte_of(text[at])} があります。", "数字だけの項目です。")


def _not_allowed(field: Field, text: str) -> tuple[str, str]:
    if field.allowed:
        return f"{shown(text)} は使えない値です。", field.meaning
    if field.chars is Chars.DAY:
        return f"「{text}」という月日はありません。", "月2桁と日2桁 (MMDD) で書きます。"
    return "0 です。", "0 にはできない項目です。"


def _is_message(text: str) -> bool:
    return re.fullmatch(rf"(?! )[{PERMITTED[Chars.EDI]}]+", text) is not None
