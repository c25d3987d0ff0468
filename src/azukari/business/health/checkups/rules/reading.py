"""One row of values as somebody wrote it, as types.Values: nothing is guessed, what cannot be meant is told."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from typing import Any

from azukari.business.health.checkups.types import Criteria, Values
from azukari.kernel.errors import BadInput

FIELDS = frozenset(Values.__dataclass_fields__)
NUMBERS = FIELDS - {"sex", "age", "smoking", "drug_pressure", "drug_glucose", "drug_lipid"}
_BLANK = frozenset({"", "-", "−", "ー", "null", "none", "na", "n/a", "nan", "未実施", "未測定", "未回答", "不明"})
_NUMBER = re.compile(r"[0-9]{1,5}(?:\.[0-9]{1,4})?")
_SEX = {"1": 1, "男": 1, "男性": 1, "m": 1, "male": 1, "2": 2, "女": 2, "女性": 2, "f": 2, "female": 2}
_YES = frozenset({"1", "はい", "有", "あり", "yes", "true", "y", "服薬あり"})
_NO = frozenset({"2", "0", "いいえ", "無", "なし", "no", "false", "n", "服薬なし"})
_WRITE_AGAIN = "元の記録を見て、正しい値に直してください。"


def values_of(row: Iterable[tuple[str, Any]], criteria: Criteria) -> Values:
    """The values of (field, what was written) pairs; of two for one field, the first that is not blank.

    Raises BadInput naming the field, the value and what is expected.
    """
    found: dict[str, Any] = {}
    for field, written in row:
        if found.get(field) is None:
            found[field] = _value(field, written, criteria)
    values = Values(**found)
    if values.age is not None and not criteria.first_age <= values.age <= criteria.last_age:
        raise BadInput(
            f"年齢 {values.age} は特定健診の対象ではありません。",
            f"年度末の年齢が {criteria.first_age} から {criteria.last_age} の人が対象です。",
            "生年月日と年度を確かめてください。",
        )
    return values


def day_of(written: Any) -> date | None:
    """The day of the checkup, 2024-06-03 or 20240603; None when blank. Raises BadInput."""
    text = _plain(written)
    if text in _BLANK:
        return None
    try:
        return date.fromisoformat(text.replace("/", "-"))
    except ValueError as error:
        raise BadInput(
            f"健診の日「{text[:40]}」が読めません。",
            "どの基準を使うかが決まりません。",
            "2024-06-03 のように書いてください。",
        ) from error


def field_names(titles: Mapping[str, str]) -> dict[str, str]:
    """Every name a column may have → its field: the fields themselves and the given titles."""
    return {**{name: name for name in FIELDS}, **titles}


def _plain(written: Any) -> str:
    if written is None or (isinstance(written, float) and math.isnan(written)):
        return ""
    return unicodedata.normalize("NFKC", str(written)).strip().casefold()


def _value(field: str, written: Any, criteria: Criteria) -> Any:
    if written is None or isinstance(written, str | int | float):
        # A bool equals 1 or 0, so the cache is asked by the text.
        return _cached(field, str(written), criteria)
    raise _bad(field, repr(written), "数か文字が要ります。")


@cache
def _cached(field: str, written: str, criteria: Criteria) -> Any:
    text = _plain(written)
    if text in _BLANK:
        return None
    if field == "sex":
        return _one_of(field, text, _SEX)
    if field.startswith("drug_"):
        return _yes_or_no(field, text)
    if field == "smoking":
        return _smoking(text, criteria)
    if not _NUMBER.fullmatch(text):
        raise _bad(field, text, "0 以上の数が要ります。")
    number = float(text)
    if field == "age":
        if not number.is_integer():
            raise _bad(field, text, "満年齢の整数が要ります。")
        return int(number)
    return number


def _one_of(field: str, text: str, known: Mapping[str, int]) -> int:
    if text not in known:
        raise _bad(field, text, f"{'、'.join(known)} のどれかが要ります。")
    return known[text]


def _yes_or_no(field: str, text: str) -> bool:
    if text not in _YES | _NO:
        raise _bad(field, text, "1（はい）か 2（いいえ）が要ります。")
    return text in _YES


def _smoking(text: str, criteria: Criteria) -> int:
    answers = criteria.smoking_answers
    if text.isascii() and text.isdigit() and int(text) in answers:
        return int(text)
    if text in _YES | _NO and text != "2":
        return criteria.smoking_yes[0] if text in _YES else answers[-1]
    raise _bad("smoking", text, f"{criteria.name}の答えは {'、'.join(map(str, answers))} です。")


def _bad(field: str, text: str, why: str) -> BadInput:
    shown = "".join(letter if letter.isprintable() else "\ufffd" for letter in text[:40])
    return BadInput(f"{field} の値「{shown}」が読めません。", why, _WRITE_AGAIN)
