"""What a paper says, as it comes from the donations. Plain Python."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from azukari.core.dispatch.types import SheetCode


class Kind(StrEnum):
    """The papers (諮問813 §5: 寄附申込書等、納付書、礼状、受領証明書、ワンストップ特例申請書等) and the address sheet."""

    APPLICATION = "申込書"
    PAYMENT_SLIP = "納付書"
    THANKS = "礼状"
    CERTIFICATE = "受領証明書"
    ONE_STOP = "ワンストップ特例申請書"
    ADDRESS = "宛名票"


@dataclass(frozen=True, slots=True)
class Certificate:
    """受領証明書: its number and the day it was first issued; a reissued one keeps both and is marked 再発行."""

    number: str
    first_issued_on: date
    reissued: bool = False


@dataclass(frozen=True, slots=True)
class PaymentSlip:
    """納付書: `number` of up to 21 digits, the last day to pay, and how many times it was issued again (0 to 9)."""

    number: str
    due: date
    reissued: int = 0


@dataclass(frozen=True, slots=True)
class Letter:
    """One donation as its papers tell it. `amount` in 円; `address` begins with its postcode (「〒154-8504 東京都…」).

    `applied_on` is 申込日, `donated_on` 寄附日 (受領年月日); a paper that needs one that is missing is refused. `gift` is the
    kind of 贈呈品, None without one. `sheets` has a code for every sheet of the paper, all of which have one sheet.
    """

    reference: str
    name: str
    address: str
    use: str
    amount: int
    method: str
    sheets: tuple[SheetCode, ...]
    applied_on: date | None = None
    donated_on: date | None = None
    onestop: bool = False
    gift: str | None = None
    certificate: Certificate | None = None
    slip: PaymentSlip | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """Something about one letter by its reference: why it cannot be printed, or what it is printed without."""

    reference: str
    what: str
    why: str
    next_step: str


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found out about letters before printing: those that cannot be printed, and those without a barcode."""

    faults: tuple[Note, ...]
    notes: tuple[Note, ...]
