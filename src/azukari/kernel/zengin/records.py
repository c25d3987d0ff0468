"""The 120-byte records as a table, and what may stand in each field. Reader, examiner and writer all go by this table.

A field stands behind the one before it, so no offset is written down. N fields are digits, to the right, filled up with
zeros; C fields are characters, to the left, filled up with blanks. Every permitted character is one byte of JIS X 0201.

Source [S]: 全国銀行協会「全銀協パーソナル・コンピュータ用標準通信プロトコル 適用業務およびレコード・フォーマット」
(令和元年12月) §8 総合振込, §15 and §16 預金口座振替, 付録1 使用文字, 付録3 預金種目コード; 群馬銀行「全銀協制定ファイル
フォーマット【総合振込】」. Of the characters the narrow reading is taken (ｦ in EDI情報 only), which every bank accepts.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from enum import StrEnum

LENGTH = 120
TRANSFER, DEBIT = "21", "91"
KINDS = {TRANSFER: "総合振込", DEBIT: "口座振替"}
HEADER, DATA, TRAILER, END = "1", "2", "8", "9"
RECORDS = {HEADER: "ヘッダー", DATA: "データ", TRAILER: "トレーラ", END: "エンド"}
WITH_EDI = "2Y"
_EDI_MARK_AT = 112
# Bytes that are no character of JIS X 0201 stand in a private area, so that one byte stays one character.
_UNKNOWN, _HALF_WIDTH = 0xE000, 0xFEC0
_JIS = "".join(
    chr(byte if byte < 0x80 else byte + (_HALF_WIDTH if 0xA1 <= byte <= 0xDF else _UNKNOWN)) for byte in range(256)
)
_VOICED, _HALF_VOICED = "ｳｶ-ﾄﾊ-ﾎ", "ﾊ-ﾎ"
STRANDED = re.compile(rf"(?<![{_VOICED}])ﾞ|(?<![{_HALF_VOICED}])ﾟ")


class Chars(StrEnum):
    """What a field holds: digits of some meaning, or characters of one of the three classes of 付録1."""

    NUMBER = "数字"
    CUSTOMER = "顧客コード"
    DAY = "月日"
    MARK = "識別"
    BLANK = "空白"
    OFFICE = "銀行名・支店名"
    PARTY = "依頼人名・受取人名"
    EDI = "EDI情報"


# The inside of a regular expression's brackets.
PERMITTED = {
    Chars.OFFICE: r"ｱ-ﾟA-Z0-9 \-",
    Chars.PARTY: r"ｱ-ﾟA-Z0-9 \-().",
    Chars.EDI: r"ｱ-ﾟA-Z0-9 \-().\\/｢｣ｦ",
}
_DAYS = r"(?:0[13578]|1[02])(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)(?:0[1-9]|[12][0-9]|30)|02(?:0[1-9]|[12][0-9])"


@dataclass(frozen=True, slots=True)
class Field:
    """One item of a record: its name in the standard, its key, its length in bytes and what it holds.

    `allowed`: the values a code may have, or the one a fixed item has, with `meaning` in words. `needed`: neither zero
    nor blank. `whole`: written in full length, since filling up a code would make it another's. `spare`: many banks do
    not use it and let it stay blank where the standard fills it with zeros.
    """

    name: str
    key: str
    length: int
    chars: Chars = Chars.NUMBER
    allowed: tuple[str, ...] = ()
    meaning: str = ""
    needed: bool = False
    whole: bool = False
    spare: bool = False

    @property
    def is_text(self) -> bool:
        """A C field of names or messages."""
        return self.chars in PERMITTED

    @property
    def pattern(self) -> str:
        """What the standard lets stand there, as a regular expression; a stranded ﾞ is looked for apart."""
        size = self.length
        if self.allowed:
            return f"(?:{'|'.join(self.allowed)})"
        if self.is_text:
            text = f"(?! )[{PERMITTED[self.chars]}]{{{size}}}"
            return text if self.needed else f"(?: {{{size}}}|{text})"
        if self.chars is Chars.DAY:
            return f"(?:{_DAYS})"
        if self.chars is Chars.BLANK:
            return f" {{{size}}}"
        return f"{f'(?!0{{{size}}})' if self.needed else ''}[0-9]{{{size}}}"


def _code(name: str, key: str, *allowed: str, meaning: str, spare: bool = False) -> Field:
    return Field(name, key, len(allowed[0]), allowed=allowed, meaning=meaning, spare=spare)


def _office(side: str, bank: str = "銀行", branch: str = "支店") -> tuple[Field, ...]:
    return (
        Field(f"{side}{bank}番号", "bank", 4, whole=True),
        Field(f"{side}{bank}名", "bank_name", 15, Chars.OFFICE),
        Field(f"{side}{branch}番号", "branch", 3, whole=True),
        Field(f"{side}{branch}名", "branch_name", 15, Chars.OFFICE),
    )


def _record(code: str) -> Field:
    return _code("データ区分", "record", code, meaning=f"{RECORDS[code]}レコードは {code} です。")


def _blank(size: int) -> Field:
    return Field("ダミー", "dummy", size, Chars.BLANK)


def _account(*kinds: str) -> tuple[Field, ...]:
    words = {"1": "1 普通", "2": "2 当座", "3": "3 納税準備", "4": "4 貯蓄", "9": "9 その他"}
    meaning = f"{'、'.join(words[kind] for kind in kinds)}のどれかです。"
    return _code("預金種目", "deposit", *kinds, meaning=meaning), Field("口座番号", "number", 7, needed=True)


def _header(kind: str, party: str, day: str, side: str) -> tuple[Field, ...]:
    return (
        _record(HEADER),
        _code("種別コード", "kind", kind, meaning=f"{KINDS[kind]}は {kind} です。"),
        _code("コード区分", "encoding", "0", meaning="0 (JIS) だけを扱います。1 は EBCDIC です。"),
        Field(f"{party}コード", "code", 10),
        Field(f"{party}名", "name", 40, Chars.PARTY, needed=True),
        Field(day, "day", 4, Chars.DAY),
        *_office(side),
        *_account("1", "2", "9"),
        _blank(17),
    )


_NEW = _code("新規コード", "new_code", "0", "1", "2", meaning="1 第1回、2 変更、0 その他のどれかです。", spare=True)
_AMOUNT = Field("振込金額", "amount", 10, needed=True)
_TOTALS = (Field("合計件数", "count", 6), Field("合計金額", "total", 12))
_END = (_record(END), _blank(119))


def _payment(*customer: Field) -> tuple[Field, ...]:
    return (
        _record(DATA),
        *_office("被仕向"),
        Field("手形交換所番号", "clearing", 4, spare=True),
        *_account("1", "2", "4", "9"),
        Field("受取人名", "holder", 30, Chars.PARTY, needed=True),
        _AMOUNT,
        _NEW,
        *customer,
        _code(
            "振込指定区分",
            "transfer_class",
            "7",
            "8",
            "0",
            meaning="7 テレ振込、8 文書振込、0 指定なしです。",
            spare=True,
        ),
        Field("識別表示", "edi_mark", 1, Chars.MARK, (" ", "Y"), "EDI情報があるときは Y、ないときは空白です。"),
        _blank(7),
    )


_DEBIT = (
    _record(DATA),
    *_office("引落"),
    _blank(4),
    *_account("1", "2", "3", "9"),
    Field("預金者名", "holder", 30, Chars.PARTY, needed=True),
    Field("引落金額", "amount", 10, needed=True),
    _NEW,
    Field("顧客番号", "customer", 20, Chars.CUSTOMER, spare=True),
    _code("振替結果コード", "result", "0", "1", "2", "3", "4", "8", "9", meaning="0 振替済、1〜4・8・9 振替不能です。"),
    _blank(8),
)
_DEBIT_TOTALS = (
    Field("振替済件数", "paid_count", 6),
    Field("振替済金額", "paid_total", 12),
    Field("振替不能件数", "unpaid_count", 6),
    Field("振替不能金額", "unpaid_total", 12),
)
LAYOUTS: dict[str, dict[str, tuple[Field, ...]]] = {
    TRANSFER: {
        HEADER: _header(TRANSFER, "振込依頼人", "振込指定日", "仕向"),
        DATA: _payment(
            Field("顧客コード1", "customer_1", 10, Chars.CUSTOMER, spare=True),
            Field("顧客コード2", "customer_2", 10, Chars.CUSTOMER, spare=True),
        ),
        WITH_EDI: _payment(Field("EDI情報", "edi", 20, Chars.EDI)),
        TRAILER: (_record(TRAILER), *_TOTALS, _blank(101)),
        END: _END,
    },
    DEBIT: {
        HEADER: _header(DEBIT, "委託者", "引落日", "取引"),
        DATA: _DEBIT,
        TRAILER: (_record(TRAILER), *_TOTALS, *_DEBIT_TOTALS, _blank(65)),
        END: _END,
    },
}
PATTERNS = {
    kind: {name: re.compile("".join(field.pattern for field in fields)) for name, fields in layout.items()}
    for kind, layout in LAYOUTS.items()
}


def decoded(data: bytes) -> str:
    """Bytes as JIS X 0201, one character a byte; those that are none of it become private characters."""
    return codecs.charmap_decode(data, "strict", _JIS)[0]


def encoded(text: str) -> bytes:
    """Permitted characters as JIS X 0201, one byte each. Raises UnicodeEncodeError for any other."""
    return text.encode("shift_jis")


def byte_of(char: str) -> str:
    """A character of `decoded` for people: itself between brackets, or its byte when it cannot be shown."""
    code = ord(char)
    if char.isprintable():
        return f"「{char}」"
    return f"0x{code - _UNKNOWN if code >= _UNKNOWN else code:02X}"


def shown(text: str) -> str:
    """Characters of `decoded` for people, between brackets; those that cannot be shown as their bytes."""
    return f"「{''.join(char if char.isprintable() else byte_of(char) for char in text)}」"


def layout_name(kind: str, text: str) -> str:
    """Which layout of its kind a record has: its データ区分, or `WITH_EDI`. `text` is 120 characters."""
    has_edi = kind == TRANSFER and text[0] == DATA and text[_EDI_MARK_AT] == "Y"
    return WITH_EDI if has_edi else text[0]


def is_right(kind: str, name: str, text: str) -> bool:
    """Whether a record is wholly as the standard has it. Quick: one expression for the record, one for its ﾞ and ﾟ."""
    return PATTERNS[kind][name].fullmatch(text) is not None and STRANDED.search(text) is None
