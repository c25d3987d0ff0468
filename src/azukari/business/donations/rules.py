"""What the law and the ward's own rules say of a donation. Plain Python: no clock, no database.

Each rule that decides about money or a right is decided a second time by PostgreSQL (migration 0002); a property test
asks both the same questions.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime, timedelta, timezone

from azukari.business.donations.types import Method
from azukari.kernel.errors import BadInput
from azukari.kernel.text import length

TOKYO = timezone(timedelta(hours=9), "Asia/Tokyo")
MOST_BODIES = 5
NAME_LENGTH, ADDRESS_LINES, ADDRESS_LINE = 40, 5, 40
# U+3000 becomes U+0020 by NFKC; the rest are what a form lets through.
_BLANKS = re.compile("[ \t\r\n]")
_LED = re.compile("^〒?[0-9-]*")
_IN_WARD = re.compile("^(東京都?)?世田(谷|ヶ谷|ケ谷|が谷)[区區]")
_ROMAN = re.compile("setagaya-?ku|setagayaku|setagaya(city|ward)")
_BODY_NUMBER = re.compile("[0-9〇一二三四五六七八九十]|無番地")


def day_in_tokyo(moment: datetime) -> date:
    """The day of an instant in Asia/Tokyo: 23:59:59 of 31 December still belongs to the old year."""
    return moment.astimezone(TOKYO).date()


def donated_on(method: Method, paid_on: date | None, arrived_on: date | None) -> date | None:
    """寄附日, the date on the 受領証明書; None while it is not known.

    The day on which the donor paid (at the counter of the bank, or finishing the card's procedure), and for 現金書留 the
    day on which the ward received it (南丹市 index_19001). When the money reached the ward is another date.
    """
    return arrived_on if method is Method.CASH_MAIL else paid_on


def year_of(day: date) -> int:
    """The calendar year whose tax a donation of that day lowers."""
    return day.year


def form_deadline(year: int) -> date:
    """The last day on which the 申告特例申請書, or a change notice, of a year's donations may arrive (必着)."""
    return date(year + 1, 1, 10)


def in_time(received_on: date, year: int) -> bool:
    """The form arrived by 10 January of the next year. Not posted: arrived."""
    return received_on <= form_deadline(year)


def bodies(names: Iterable[str]) -> int:
    """How many bodies a donor applied to: two donations to one body are one."""
    return len({same_text(name) for name in names if name.strip()})


def too_many_bodies(declared: int) -> bool:
    """More than five bodies void every application of the year (declared by the donor; the ward knows its own only)."""
    return declared > MOST_BODIES


def in_ward(address: str) -> bool:
    """The address, as written, lies in 世田谷区: with or without 東京都, postcode, blanks, full width, or in letters."""
    plain = _LED.sub("", _BLANKS.sub("", unicodedata.normalize("NFKC", address)))
    return bool(_IN_WARD.match(plain) or _ROMAN.search(plain.lower()))


def gift_error(address: str, donated: date | None, designated: bool) -> BadInput | None:
    """Why no gift may go with the donation; None when it may (区の案内: 区民には贈らない。地方税法第37条の2: 指定対象期間)."""
    if in_ward(address):
        return BadInput(
            "区内の方には贈呈品を贈れません。",
            "寄附者の住所が世田谷区です。",
            "寄附者に伝え、贈呈品の欄を空にしてください。",
        )
    if donated is not None and not designated:
        return BadInput(
            "この寄附日には贈呈品を贈れません。",
            f"{donated:%Y-%m-%d} は、どの指定対象期間にも入っていません。",
            "寄附日を確かめるか、贈呈品の欄を空にしてください。",
        )
    return None


def same_text(text: str) -> str:
    """Texts that only differ in width and blanks are one. 異体字 and their selectors stay: they may be two people."""
    return _BLANKS.sub("", unicodedata.normalize("NFKC", text))


def donor_mark(name: str, address: str) -> str:
    """What two donations of one donor share: SHA-256 (hex) of name and address. It reads as nothing."""
    return hashlib.sha256(f"{same_text(name)}\n{same_text(address)}".encode()).hexdigest()


def letter_troubles(name: str, address: str) -> list[str]:
    """Why a letter to this name and address would go wrong, in words. The donation itself is received all the same."""
    lines = [line for line in address.split("\n") if line.strip()]
    found = []
    if length(name) > NAME_LENGTH:
        found.append(f"氏名が{length(name)}文字あります。宛名に入るのは{NAME_LENGTH}文字までです。")
    if len(lines) > ADDRESS_LINES:
        found.append(f"住所が{len(lines)}行あります。宛名に入るのは{ADDRESS_LINES}行までです。")
    if any(length(line) > ADDRESS_LINE for line in lines):
        found.append(f"住所に{ADDRESS_LINE}文字を超える行があります。行を分けてください。")
    if not _BODY_NUMBER.search(unicodedata.normalize("NFKC", address)):
        found.append("住所に番地がありません。")
    return found


def certificate_number(year: int, sequence: int) -> str:
    """The number of a 受領証明書: the calendar year of issue and a running number."""
    return f"{year}-{sequence:06}"


def reference_of(kind: str, key: int) -> str:
    """The business's own key as people write it: M00000012 (申込み), K00000012 (寄附)."""
    return f"{kind}{key:08}"


def key_of(reference: str) -> tuple[str, int] | None:
    """What a reference names; None when it is none."""
    found = re.fullmatch("([MK])([0-9]{8})", unicodedata.normalize("NFKC", reference).strip().upper())
    return (found[1], int(found[2])) if found else None
