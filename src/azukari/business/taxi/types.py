"""The words of the business, and what crosses its border. Values are the field's own terms."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

CONTRACTOR_FLOW = "815-1"
WARD_ENTRY = "r-taxi"
VOUCHERS = "taxi_presentedvoucher"
CERTIFICATES = "taxi_certificate"


class Kind(StrEnum):
    """The three kinds of voucher, each with its own agreement with the companies (諮問815 §2)."""

    TAXI = "福祉タクシー券"
    PICKUP = "予約料・迎車料補助券"
    STRETCHER = "ストレッチャー料免除券"


class State(StrEnum):
    """How far the contractor's check of one voucher has come."""

    UNCHECKED = "未確認"
    CHECKED = "確認済"
    QUERIED = "区へ照会"


class Reason(StrEnum):
    """Why a voucher is passed to the ward. A code and no free text, so that nothing personal can be written down."""

    UNREADABLE = "字が読めない"
    MISSING_ENTRY = "書かれていない欄がある"
    DIFFERS = "紙の券と画面が違う"
    DUPLICATE = "同じ券が二度ある"
    OVER_FARE = "券の合計が代金を超える"
    LATE_CLAIM = "利用日がこの月でない"


class StopReason(StrEnum):
    """Why a certificate ended before its time (諮問815 §4)."""

    MOVED = "転出"
    DIED = "死亡"
    ADMITTED = "入所・入院"
    FUEL_AID = "自動車燃料費助成"


@dataclass(frozen=True, slots=True)
class Mark:
    """What an operator decided about one voucher, and the version of it that was on the screen."""

    voucher: int
    version: int
    state: State
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """Vouchers by state, in lines."""

    total: int = 0
    checked: int = 0
    queried: int = 0

    @property
    def left(self) -> int:
        """Lines nobody has looked at yet."""
        return self.total - self.checked - self.queried

    def __add__(self, other: Progress) -> Progress:
        return Progress(self.total + other.total, self.checked + other.checked, self.queried + other.queried)


@dataclass(frozen=True, slots=True)
class Bundle:
    """One company's batch of one month, and how far its check has come. Nothing personal."""

    id: int
    company: str
    month: date
    number: int
    received_on: date
    contractor: str
    progress: Progress
