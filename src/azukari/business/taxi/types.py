"""The words of the business, and what crosses its border. Values are the field's own terms."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

CONTRACTOR_FLOW = "815-1"
WARD_ENTRY = "r-taxi"
PAY_ENTRY = "r-taxi-pay"
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


class Ground(StrEnum):
    """Why a voucher is not paid, in order of precedence: the first that applies decides, all are kept.

    The value is the code in files and tables; words for people are in `data/grounds.toml`.
    """

    NOT_ISSUED = "NOT_ISSUED"
    DUPLICATE = "DUPLICATE"
    DENOM = "DENOM"
    LOST = "LOST"
    EARLY = "EARLY"
    EXPIRED = "EXPIRED"
    STOPPED = "STOPPED"
    NO_AGREEMENT = "NO_AGREEMENT"
    OVER_FARE = "OVER_FARE"
    TYPE_LIMIT = "TYPE_LIMIT"
    UNREADABLE = "UNREADABLE"
    MISSING_ENTRY = "MISSING_ENTRY"
    LATE_CLAIM = "LATE_CLAIM"
    QUERIED = "QUERIED"
    OVER_INVOICE = "OVER_INVOICE"

    @property
    def bit(self) -> int:
        """Its bit in a mask of grounds; the lowest bit set is the one that decides."""
        return 1 << list(type(self)).index(self)


class Outcome(StrEnum):
    """What became of a presented voucher when the month was checked."""

    WAITING = "未判定"
    ACCEPTED = "支払"
    HELD = "保留"
    REFUSED = "不支給"


class StopReason(StrEnum):
    """Why a certificate ended before its time (諮問815 §4)."""

    MOVED = "転出"
    DIED = "死亡"
    ADMITTED = "入所・入院"
    FUEL_AID = "自動車燃料費助成"


class EventKind(StrEnum):
    """What was reported of a voucher in a holder's hands."""

    LOST = "紛失"
    VOIDED = "破棄"
    RETURNED = "返還"


class PaperWay(StrEnum):
    """Which way a bundle of paper went."""

    OUT = "渡した"
    BACK = "戻った"


class Hold(StrEnum):
    """Why a whole claim waits for an officer. It was received and is kept."""

    OUT_OF_TERM = "受付期間外"
    TWICE = "同じ月の二度目"


class AnswerResult(StrEnum):
    """What the ward decided on a company's answer to a notice."""

    PAID = "支払う"
    KEPT = "支払わない"


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
