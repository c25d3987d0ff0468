"""Single values of a donation as portals and people write them. A blank is "" or None; what cannot be meant is BadInput."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime, timedelta, timezone

from azukari.business.donations.rules import TOKYO, day_in_tokyo, key_of, same_text
from azukari.business.donations.types import Method
from azukari.core.intake.api import amount as yen_amount
from azukari.core.intake.api import day as plain_day
from azukari.core.intake.types import EXCEL_1900
from azukari.kernel.errors import BadInput

MOST_YEN = 999_999_999
_FORMULA = ("=", "+", "-", "@")
# Control characters and what changes the direction or is not seen at all: broken data or an attack, never a name.
_FORBIDDEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_YES = frozenset({"有", "あり", "有り", "希望する", "希望", "はい", "1", "○", "◯", "yes", "true", "する"})
_NO = frozenset({"", "無", "なし", "無し", "希望しない", "いいえ", "0", "×", "no", "false", "しない", "不要"})
_INSTANT = re.compile(
    r"(?P<day>.*?[0-9日])(?:\s+|T)(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?:\.[0-9]+)?)?"
    r"\s*(?P<zone>Z|[+-][0-9]{2}:?[0-9]{2})?"
)
_WRITE_AGAIN = "元の記録で確かめて、直してください。"


def text(value: str, most: int, *, lines: bool = False) -> str:
    """A text as written, without blanks around it. Raises BadInput for control characters, formulas, and what is too long."""
    found = value.replace("\r\n", "\n").strip()
    bad = next((one for one in found if unicodedata.category(one) in _FORBIDDEN and not (lines and one == "\n")), None)
    if bad is not None:
        raise BadInput(
            f"見えない文字 (U+{ord(bad):04X}) があります。",
            "制御文字は氏名や住所の文字ではありません。",
            "その文字を消して、もう一度書き出してください。",
        )
    if unicodedata.normalize("NFKC", found[:1]).startswith(_FORMULA):
        raise BadInput(
            f"「{found[0]}」で始まっています。",
            "表計算で開くと式として働きます。",
            "元の記録で確かめ、先頭の記号を除いてください。",
        )
    if len(found) > most:
        raise BadInput("長すぎます。", f"{len(found):,} 文字あります。{most:,} 文字まで受け取ります。", _WRITE_AGAIN)
    return found


def needed(value: str, most: int, *, lines: bool = False) -> str:
    """The same for what must not be blank."""
    found = text(value, most, lines=lines)
    if not found:
        raise BadInput("書かれていません。", "寄附の受領に要ります。", _WRITE_AGAIN)
    return found


def postcode(value: str) -> str:
    """Seven digits, or "" when blank."""
    digits = re.sub(r"[〒\s-]|[\u2010-\u2015\u2212ー]", "", unicodedata.normalize("NFKC", value))
    if digits and not re.fullmatch("[0-9]{7}", digits):
        raise BadInput("郵便番号が読めません。", "7桁の数字ではありません。", "「154-8504」のように書いてください。")
    return digits


def phone(value: str) -> str:
    """A telephone number as written; it is for asking back only."""
    found = unicodedata.normalize("NFKC", value).strip()
    if found and not re.fullmatch(r"\+?[0-9() -]{5,19}", found):
        raise BadInput("電話番号が読めません。", "数字とハイフンで書きます。", _WRITE_AGAIN)
    return found


def email(value: str) -> str:
    """An address of e-mail; it is for asking back only."""
    found = text(value, 254)
    if found and not re.fullmatch(r"[^@\s,;<>]+@[^@\s,;<>]+", found):
        raise BadInput("メールアドレスが読めません。", "「名前@あて先」の形ではありません。", _WRITE_AGAIN)
    return found


def amount(value: str) -> int:
    """Yen, at least one."""
    found = yen_amount(value, MOST_YEN)
    if found == 0:
        raise BadInput("寄附金額が0円です。", "受け取る寄附がありません。", _WRITE_AGAIN)
    return found


def method(value: str) -> Method:
    """納付方法 by its own name."""
    wanted = same_text(value)
    found = next((one for one in Method if same_text(one.value) == wanted), None)
    if found is None:
        raise BadInput(
            "納付方法が分かりません。",
            f"分かるのは {'、'.join(Method)} です。",
            "どれかに直すか、様式の読み替えに加えてください。",
        )
    return found


def flag(value: str) -> bool:
    """有 or 無; a blank is 無."""
    wanted = same_text(value).lower()
    if wanted in _YES:
        return True
    if wanted in _NO:
        return False
    raise BadInput("有か無か分かりません。", "「有」か「無」で書きます。", _WRITE_AGAIN)


def day(value: str, excel: date = EXCEL_1900) -> date | None:
    """A day in 西暦 or 和暦, also with a time; None when blank."""
    return instant(value, excel)[1] if value.strip() else None


def instant(value: str, excel: date = EXCEL_1900) -> tuple[datetime | None, date | None]:
    """The instant (None when only the day is written) and its day in Tokyo, where no other zone is written."""
    plain = unicodedata.normalize("NFKC", value).strip()
    if not plain:
        return None, None
    found = _INSTANT.fullmatch(plain)
    if found is None:
        return None, plain_day(plain, excel)
    written = plain_day(found["day"], excel)
    try:
        moment = datetime(
            written.year, written.month, written.day, int(found["hour"]), int(found["minute"]), int(found["second"] or 0),
            tzinfo=_zone(found["zone"]),
        )  # fmt: skip
        return moment, day_in_tokyo(moment)
    except (ValueError, OverflowError) as error:
        raise BadInput("時刻が読めません。", "0時から23時59分59秒までです。", _WRITE_AGAIN) from error


def _zone(written: str | None) -> timezone:
    if not written:
        return TOKYO
    if written == "Z":
        return UTC
    sign = -1 if written[0] == "-" else 1
    return timezone(sign * timedelta(hours=int(written[1:3]), minutes=int(written[-2:])))


def year(value: str) -> int | None:
    """寄附年: 2019, 2019年, 令和元年分, 平成31年; None when blank. 平成31年 and 令和元年 are one year."""
    plain = same_text(value).removesuffix("分")
    if not plain:
        return None
    if re.fullmatch("[0-9]{4}年?", plain):
        return int(plain[:4])
    era = re.fullmatch("(令和|平成)(元|[0-9]{1,2})年", plain)
    if era is None:
        raise BadInput(
            "年が読めません。", "西暦4桁か和暦で書きます。", "「2019」「令和元年分」のように書いてください。"
        )
    return (2018 if era[1] == "令和" else 1988) + (1 if era[2] == "元" else int(era[2]))


def intention(value: str) -> int | None:
    """The key of the intention that is paid (M00000012); None when blank."""
    if not value.strip():
        return None
    found = key_of(value)
    if found is None or found[0] != "M":
        raise BadInput("申込番号が読めません。", "M と8桁の数字です。", "「M00000012」のように書いてください。")
    return found[1]
