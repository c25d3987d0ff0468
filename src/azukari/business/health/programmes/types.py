"""Words of the programmes, and what crosses their border. Plain Python.

Periods are half-open (`since <= day < until`); keys of persons are those of the ward's register.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from azukari.business.health.types import CALLS, GUIDANCE, LETTERS, VISITS, WARD_ENTRY

# 支援措置等により区が直接対応する方を、保健事業の担当からも分けて持つ (consultations/ward-register.toml).
HAND_ENTRY = "r-health-hand"
REGISTER_ENTRY = "r-juki"
LISTED, CALLED, GUIDED, VISITED, WRITTEN = (
    "health_listed",
    "health_callsubject",
    "health_guidancemember",
    "health_visitmember",
    "health_letterline",
)
BY_HAND, PROTECTED = "health_byhand", "health_protected"


class Programme(StrEnum):
    """The five lists of 諮問809 §2, by the codes that every part of the package uses."""

    CHECKUP = "checkup"
    GUIDANCE = "guidance"
    KIDNEY = "kidney"
    VISITS = "visits"
    DRUGS = "drugs"

    @property
    def label(self) -> str:
        """As people of the section call it."""
        return TITLES[self]

    @property
    def channel(self) -> Channel:
        """The flow to whose contractor the list is handed."""
        return CHANNELS[self]

    @property
    def steps(self) -> tuple[str, str, str]:
        """What being reached, joining and finishing are called."""
        return STEPS[self]


class Channel(StrEnum):
    """To whom persons of a list are handed: by the flow of 諮問809 §5(1), or to the ward's own letters (POST)."""

    CALLS = CALLS
    POST = WARD_ENTRY
    LETTERS = LETTERS
    GUIDANCE = GUIDANCE
    VISITS = VISITS

    @property
    def label(self) -> str:
        """In words of a button."""
        return CHANNEL_TITLES[self]


TITLES: Mapping[Programme, str] = {
    Programme.CHECKUP: "特定健診の受診勧奨",
    Programme.GUIDANCE: "特定保健指導の利用勧奨",
    Programme.KIDNEY: "糖尿病性腎症の重症化予防",
    Programme.VISITS: "重複・頻回受診の訪問指導",
    Programme.DRUGS: "重複服薬の訪問指導",
}
CHANNELS: Mapping[Programme, Channel] = {
    Programme.CHECKUP: Channel.CALLS,
    Programme.GUIDANCE: Channel.CALLS,
    Programme.KIDNEY: Channel.GUIDANCE,
    Programme.VISITS: Channel.VISITS,
    Programme.DRUGS: Channel.VISITS,
}
STEPS: Mapping[Programme, tuple[str, str, str]] = {
    Programme.CHECKUP: ("通知・電話", "受診", "結果の受領"),
    Programme.GUIDANCE: ("通知・電話", "初回面接", "評価の完了"),
    Programme.KIDNEY: ("委託先の案内", "参加", "完了"),
    Programme.VISITS: ("委託先の案内", "訪問", "完了"),
    Programme.DRUGS: ("委託先の案内", "訪問", "完了"),
}
CHANNEL_TITLES: Mapping[Channel, str] = {
    Channel.CALLS: "勧奨の電話",
    Channel.POST: "区で印刷する通知",
    Channel.LETTERS: "通知の発送の委託",
    Channel.GUIDANCE: "保健指導",
    Channel.VISITS: "訪問指導",
}


class CallResult(StrEnum):
    """All that may be recorded of a call (諮問809(1): nothing is collected from the person)."""

    CONNECTED = "接続"
    ABSENT = "不在"
    UNREACHED = "不通"
    REFUSED = "拒否"


class LetterKind(StrEnum):
    """What is printed for persons of a list (諮問809 §2(2))."""

    RECOMMENDATION = "受診勧奨通知"
    RECORD_FORM = "情報提供票"


class ReasonLike(Protocol):
    """Why somebody is a target, as the extraction says it."""

    @property
    def table(self) -> str:
        """The table of the store."""

    @property
    def receipt(self) -> int | None:
        """The receipt's key, where the record has one."""

    @property
    def line(self) -> int | None:
        """The line of the file."""

    @property
    def words(self) -> str:
        """What stands there, for people."""


class TargetLike(Protocol):
    """A target as the extraction gives it out."""

    @property
    def person(self) -> int:
        """Key of the register."""

    @property
    def group(self) -> str:
        """Of the programme's own groups."""

    @property
    def reasons(self) -> Sequence[ReasonLike]:
        """At least one."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a list holds of a person beside name and address, as the words of 諮問809 §5(1). "" or None is unknown."""

    checked_on: date | None = None
    ticket: str = ""
    guidance_ticket: str = ""
    guidance_until: date | None = None
    guidance_level: str = ""
    cancer_ticket: str = ""
    phone: str = ""
    history: str = ""
    results: str = ""
    answers: str = ""
    receipts: str = ""
    number: str = ""
    symbol: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """A person as the ward's register has them on the day of the hand-over; `address` is the address service's."""

    person: int
    name: str
    born: date
    sex: str
    address: str
    household: int | None


@dataclass(frozen=True, slots=True)
class ListCard:
    """A list without anybody in it: `people` are 人."""

    key: int
    programme: Programme
    fiscal_year: int
    as_of: date
    definition: str
    taken_on: date
    people: int
    groups: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class HandingCard:
    """What was entrusted of a list under a flow: 人 now in it. `attempts` is the most calls to one person."""

    key: int
    flow: Channel
    list: int
    contractor: str
    made_on: date
    people: int
    attempts: int


@dataclass(frozen=True, slots=True)
class Callee:
    """One person to call as 諮問809(1) lists them, in the words of the paper, and which attempt this would be."""

    key: int
    name: str
    phone: str
    born: date
    attempt: int
    items: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Turn:
    """Where a person stands in the calls: how often called, when last, done or not, and who has them open since when."""

    household: int
    calls: int
    last_called: datetime | None
    closed: bool
    taken_by: str
    taken_at: datetime | None


@dataclass(frozen=True, slots=True)
class Funnel:
    """対象 → 通知・電話 → 受診・参加 → 完了, in 人; `reached` had a letter or came to the telephone."""

    targets: int
    reached: int
    joined: int
    finished: int
    notified: int = 0
    connected: int = 0


@dataclass(frozen=True, slots=True)
class Against:
    """What was entrusted under a flow in a fiscal year beside what the council was told, in 件; `warning` in words."""

    flow: str
    business: str
    entrusted: int
    approved: int | None
    warning: str
    gap: str


@dataclass(frozen=True, slots=True)
class Month:
    """What happened in a month, in 人: letters, calls that came through, joined, finished."""

    month: date
    notified: int = 0
    connected: int = 0
    joined: int = 0
    finished: int = 0
