"""Words of the business that others may use. Plain Python."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

# 諮問第813号: 納付希望者 (§5 の前段) と納付者 (後段) は別の取扱い。
INTENTION_FLOW, PAYMENT_FLOW, WARD_ENTRY = "813-1", "813-2", "r-donations"
INTENTIONS, DONATIONS = "donations_intention", "donations_donation"
GIFT_ITEM = "贈呈品の希望（有無、種類、送付先の氏名（寄附者と同一でない場合）、送付先の住所（寄附者と同一でない場合））"
ONE_STOP_ITEM = "ワンストップ特例制度利用希望の有無"


class Method(StrEnum):
    """納付方法. The day of the donation depends on it (`rules.donated_on`)."""

    SLIP = "納付書"
    TRANSFER = "口座払い"
    CARD = "クレジットカード"
    CASH_MAIL = "現金書留"
    COUNTER = "窓口"


class EventKind(StrEnum):
    """What happened to an intention or a donation. Nothing is deleted: an event ends it, and stays."""

    SETTLED = "入金確認"
    CANCELLED = "取消"
    REFUNDED = "還付"
    CORRECTED = "記載の訂正"
    FORM = "申請書の受付"
    CHANGED = "変更届の受付"
    VOID = "みなし無効"
    TOLD = "無効のお知らせ"
    REISSUED = "証明書の再発行"


ENDS = (EventKind.CANCELLED, EventKind.REFUNDED)


class Why(StrEnum):
    """Why something was cancelled, refunded, corrected or reissued: chosen, never free text."""

    ASKED = "寄附者の申し出"
    DOUBLE = "二重の納付"
    CHARGEBACK = "決済の取消し"
    MISTAKE = "入力の誤り"
    LOST = "証明書の紛失"
    SPOILED = "証明書の汚損・不着"


class VoidGround(StrEnum):
    """Why a 申告特例 application counts as not made (地方税法附則第7条; the ward learns the first two from others)."""

    FILED = "確定申告・住民税の申告をした"
    MOVED = "1月1日の住所が申請書と違い、変更届が期限までにない"
    BODIES = "申請した団体が5を超える"
    LATE = "申請書が1月10日までに届かなかった"


class BatchKind(StrEnum):
    """What a batch sends. 納付書: 申込書 and slip (813-1). 礼状: letter, certificate, form (813-2). 再発行: certificate."""

    SLIPS = "納付書"
    LETTERS = "礼状"
    REISSUES = "再発行"

    @property
    def flow(self) -> str:
        """The flow under which its rows are handed over."""
        return INTENTION_FLOW if self is BatchKind.SLIPS else PAYMENT_FLOW


class State(StrEnum):
    """Where an intention or a donation stands, worked out from its dates, events and letters."""

    PAID = "納付済み"
    UNSETTLED = "入金確認待ち"
    DUE = "手紙待ち"
    HELD = "印刷できない文字"
    BATCHED = "発送の準備"
    SENT = "引渡し済み"
    CANCELLED = "取消"
    REFUNDED = "還付"


@dataclass(frozen=True, slots=True)
class BatchRow:
    """One donation or intention of a batch, as its flow sees it.

    `subject` is the 本人 key for the ledger, `reference` the business's own key (`K00000012`), `values` the items by their
    names in the consultation, as text. The rest says nothing personal: `envelope` is the number of the envelope in the
    batch (a household's share one), `number` and `copy` the certificate (copy 0 is the first, 1 the first 再発行),
    `issued_on` its day and `first_issued_on` that of copy 0; all None or "" for slips.
    """

    subject: int
    reference: str
    values: Mapping[str, str]
    sequence: int
    envelope: int
    number: str = ""
    copy: int = 0
    issued_on: date | None = None
    first_issued_on: date | None = None
    one_stop_form: bool = False


@dataclass(frozen=True, slots=True)
class BatchCard:
    """One batch: how many rows (件) are in it, how many left it again, and in how many envelopes (通)."""

    key: int
    kind: BatchKind
    contractor: str
    made_on: date
    rows: int
    withdrawn: int
    envelopes: int
    handed_over_on: date | None
