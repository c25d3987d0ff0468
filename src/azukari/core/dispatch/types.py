"""What crosses the border of this package: letters to be sent, the codes on their sheets, and how a job stands.

Plain Python: no Django, no clock, no network.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from azukari.kernel.errors import BadInput

LONGEST_REFERENCE = 64
MOST_SHEETS = 99


class State(StrEnum):
    """Where the set of sheets for one envelope stands. Which may follow which is the database's to hold (`guards`)."""

    PLANNED = "予定"
    PRINTED = "印刷済"
    SPOILED = "再印刷待ち"
    MATCHED = "照合済"
    SEALED = "封かん済"
    HANDED = "差出済"
    RETURNED = "返戻"
    WITHDRAWING = "引抜待ち"
    WITHDRAWN = "引抜済"


class SheetState(StrEnum):
    """What became of one sheet of one generation. CANCELLED was never printed; GONE lies in the destruction bin."""

    PLANNED = "予定"
    PRINTED = "印刷済"
    SCANNED = "照合済"
    SPOILED = "書損"
    GONE = "引抜"
    CANCELLED = "取消"


class StockKind(StrEnum):
    """How blank paper moves, in 枚. WASTED is the part of USED that carries no code (試し刷り、紙づまり)."""

    ISSUED = "払出"
    USED = "使用"
    WASTED = "試し刷り"
    RETURNED = "返却"


class ReturnReason(StrEnum):
    """Why the post office brought a letter back."""

    UNKNOWN = "宛所不明"
    MOVED = "転居先不明"
    EXPIRED = "保管期間経過"
    REFUSED = "受取拒絶"
    INCOMPLETE = "あて名不完全"


class StopReason(StrEnum):
    """Why a scan stops the work. Every one is recorded and waits until somebody says that they have seen it."""

    UNREADABLE = "読めないしるし"
    FORGED = "本物でないしるし"
    OTHER_JOB = "別の発送の紙"
    OLD = "古い版の紙"
    OTHER_SET = "違う組の紙"
    TWICE = "同じ紙を二度"
    SOMEBODY = "ほかの人が照合している組"
    SEAL_FIRST = "前の組の封がまだ"
    NOT_PRINTED = "印刷の記録がない紙"
    DONE = "もう封をした組"
    WITHDRAWN = "引き抜く組"


@dataclass(frozen=True, slots=True)
class NewSet:
    """The sheets of one envelope. `subjects` are 本人 keys as the ledger knows them (several of one household: 世帯合封).

    `reference` is the business's own opaque key, unique in the job. `sheets` are the names of the enclosures in order,
    the one behind the window first: ("宛名票", "礼状", "受領証明書").
    """

    subjects: tuple[int, ...]
    reference: str
    sheets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SheetCode:
    """`text` is what the QR holds (≤ 60 characters of QR's alphanumeric mode), `words` what stands beside it."""

    text: str
    words: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A code as read, once its MAC was right."""

    job: int
    seq: int
    sheet: int
    of: int
    generation: int


@dataclass(frozen=True, slots=True)
class Job:
    """One dispatch (発送). `contractor` prints, inserts and seals under `flow`."""

    id: int
    flow: str
    business: str
    title: str
    contractor: str
    made_on: date
    closed_on: date | None

    @property
    def number(self) -> str:
        """The number people see: 0012."""
        return f"{self.id:04d}"


@dataclass(frozen=True, slots=True)
class Stopped:
    """A stop that waits to be acknowledged. `words` names the sheet that was read, "" when no code of ours was."""

    reason: StopReason
    words: str


@dataclass(frozen=True, slots=True)
class Stage:
    """What one worker sees now: the stop, else the set in their hands (`seq`), else nothing.

    `scanned` of `of` sheets were read; `waiting` are the names of those still to come; `matched` asks for the seal.
    `sealed` and `total` count sets (組) of the job, those withdrawn left out of `total`.
    """

    stop: Stopped | None
    seq: int | None
    scanned: int
    of: int
    waiting: tuple[str, ...]
    matched: bool
    sealed: int
    total: int


@dataclass(frozen=True, slots=True)
class Identity:
    """One equation that must hold at close: `left` = the sum of `right`. `unit` is 組, 枚 or 通; `paper` a blank's name."""

    number: int
    title: str
    left: int
    right: tuple[tuple[str, int], ...]
    unit: str
    paper: str = ""

    @property
    def total(self) -> int:
        """The right-hand side."""
        return sum(count for _, count in self.right)

    @property
    def holds(self) -> bool:
        """Whether both sides are equal."""
        return self.left == self.total


@dataclass(frozen=True, slots=True)
class Missing:
    """A set that stands between the job and its close: its number, reference, state, and what is missing in words."""

    words: str
    reference: str
    state: State
    why: str


@dataclass(frozen=True, slots=True)
class Balance:
    """The identities of a job, its numbers of sets by state (`funnel`), and the sets still open (at most `LISTED`)."""

    identities: tuple[Identity, ...]
    funnel: tuple[tuple[State, int], ...]
    missing: tuple[Missing, ...]
    open: int

    @property
    def holds(self) -> bool:
        """Whether the job may be closed."""
        return not self.open and all(one.holds for one in self.identities)


@dataclass(frozen=True, slots=True)
class StoryLine:
    """One step of one letter: when, what became of it, by whom."""

    at: datetime
    state: State
    text: str
    by: str


@dataclass(frozen=True, slots=True)
class Letter:
    """The story of one envelope, oldest step first. `answer` says in one sentence whether it was sent."""

    job: Job
    words: str
    reference: str
    state: State
    generation: int
    subjects: tuple[int, ...]
    sheets: tuple[str, ...]
    answer: str
    lines: tuple[StoryLine, ...]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A set on the reprint list or the withdrawal list (再印刷、引抜き), and why it is there."""

    words: str
    reference: str
    generation: int
    why: str
    found: int
    of: int


class Unbalanced(BadInput):
    """A job cannot be closed: an equation does not hold. `balance` says which, and which sets are missing."""

    def __init__(self, balance: Balance) -> None:
        wrong = [
            f"{one.title}: {one.left:,} ≠ {one.total:,}（{one.unit}）" for one in balance.identities if not one.holds
        ]
        listed = [f"{one.words} {one.why}" for one in balance.missing[:5]]
        rest = balance.open - len(listed)
        super().__init__(
            "この発送は、まだ締められません。",
            "。".join((*wrong, *listed, *([f"ほか {rest:,} 組"] if rest > 0 else []))),
            "足りない組と用紙を探し、差出し、引抜き、返却のどれかを記録してください。",
        )
        self.balance = balance
