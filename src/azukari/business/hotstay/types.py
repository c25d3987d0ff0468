"""What crosses the border of the package. Plain Python: frozen, no Django, no clock.

Time within a day is counted in half-hours from midnight: the half-hour `k` is [k·30 min, (k+1)·30 min), and a stay is
`start <= k < end`. So one child's end and another's start at 12:00 (`24`) do not overlap. Money is integer yen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from azukari.core.policy.types import Actor, Place

GUARDIAN_FLOW = "814-1"
CHILD_FLOW = "814-2"
WARD_ENTRY = "r-hotstay"
CHILDREN = "hotstay_child"
GUARDIANS = "hotstay_guardian"
BOOKINGS = "hotstay_booking"
SLOTS_A_DAY = 48
SCREEN = "画面"


class Channel(StrEnum):
    """By which way a booking is asked for. All three pass the same guard; their deadlines differ."""

    WEB = "インターネット"
    PHONE = "電話"
    COUNTER = "窓口"


class State(StrEnum):
    """Of a booking. Only 予約 takes a place."""

    BOOKED = "予約"
    CANCELLED = "取消"
    NO_SHOW = "不参加"


class Waiting(StrEnum):
    """Of a group on the waiting list."""

    WAITS = "待機"
    PLACED = "成立"
    LEFT = "取下げ"


class Rule(StrEnum):
    """Which rule binds where something does not fit."""

    REGISTRATION = "登録"
    AGE = "対象の年齢"
    WINDOW = "受付の期間"
    CLOSED = "休み"
    HOURS = "受入れの時間"
    LENGTH = "一回の時間"
    OWN = "お子さまのほかの予約"
    CAPACITY = "定員"
    CARERS = "職員の配置"
    QUALIFIED = "保育士の割合"
    ROOM = "部屋の広さ"


class Mark(StrEnum):
    """A half-hour or a day for one child, as symbol; `MARK_WORDS` says the same in words."""

    FREE = "○"
    FEW = "△"
    FULL = "×"
    CLOSED = "−"


MARK_WORDS = {Mark.FREE: "空きあり", Mark.FEW: "残りわずか", Mark.FULL: "空きなし", Mark.CLOSED: "休み"}


def clock(slot: int) -> str:
    """`19` → 9:30."""
    return f"{slot // 2}:{slot % 2 * 30:02d}"


@dataclass(frozen=True, slots=True)
class Span:
    """Some half-hours of one day, `start <= k < end`."""

    day: date
    start: int
    end: int

    @property
    def hours(self) -> float:
        """Length in hours."""
        return (self.end - self.start) / 2

    def __str__(self) -> str:
        return f"{self.day.month}月{self.day.day}日 {clock(self.start)}〜{clock(self.end)}"


@dataclass(frozen=True, slots=True)
class Wish:
    """One child's stay that is asked for."""

    child: int
    span: Span


@dataclass(frozen=True, slots=True)
class Desk:
    """Who asks, by which channel, at which moment (aware), through which database alias; `place` is for the ledger.

    `whole`: the caller's transaction is for this one call and fails with it, so that no savepoint is needed.
    """

    channel: Channel
    now: datetime
    by: Actor | str
    place: Place | str | None = None
    using: str = "default"
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a stay cannot be had: the rule that binds, in words, the child and half-hour it binds at, and what fits.

    `nearest` is the nearest time of the same length that fits now, None when there is none within two weeks.
    `confirmed` is False where the rule rests on a parameter nobody has confirmed (shown as 未確認).
    """

    rule: Rule
    words: str
    slot: int | None = None
    nearest: Span | None = None
    confirmed: bool = True
    child: int | None = None


@dataclass(frozen=True, slots=True)
class Fee:
    """A stay's fee in yen with its steps in words. `due` is what remains after the reduction of that day."""

    total: int
    steps: tuple[tuple[str, int], ...]
    due: int
    source: str
    confirmed: bool


@dataclass(frozen=True, slots=True)
class BookingCard:
    """A booking as its family and its station see it. Times of arrival and leaving are aware, None when not yet."""

    id: int
    child: int
    station: int
    span: Span
    channel: Channel
    state: State
    submit: str
    arrived: datetime | None = None
    left: datetime | None = None
    cancel_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a submit: all its bookings, or one refusal and nothing done.

    `repeated`: the same submit had been answered before, and these are the bookings it made then.
    """

    bookings: tuple[BookingCard, ...] = ()
    refusal: Refusal | None = None
    repeated: bool = False
    promoted: int = 0

    @property
    def done(self) -> bool:
        """Everything asked for is booked."""
        return self.refusal is None


@dataclass(frozen=True, slots=True)
class WaitingCard:
    """A group on the waiting list: all of it is booked together, or nothing. `place` is its turn, 1 is next."""

    id: int
    wishes: tuple[Wish, ...]
    state: Waiting
    place: int | None
    since: datetime


@dataclass(frozen=True, slots=True)
class SlotCard:
    """One half-hour of a day for one child. `free`: how many children of the same age would still fit."""

    slot: int
    mark: Mark
    free: int
    rule: Rule | None = None

    @property
    def words(self) -> str:
        """空きあり…"""
        return MARK_WORDS[self.mark]

    @property
    def at(self) -> str:
        """The clock time at which it starts."""
        return clock(self.slot)


@dataclass(frozen=True, slots=True)
class DayCard:
    """One day for one child: its half-hours while the station is open; none on a closed day. `why` says why not."""

    day: date
    mark: Mark
    slots: tuple[SlotCard, ...] = ()
    why: str = ""

    @property
    def words(self) -> str:
        """空きあり…"""
        return MARK_WORDS[self.mark]


@dataclass(frozen=True, slots=True)
class ChildCard:
    """A registered child at its station. `family` are the keys of the siblings registered there, itself included."""

    id: int
    name: str
    born: date
    station: int
    contractor: str
    family: tuple[int, ...]
    may_book: bool


@dataclass(frozen=True, slots=True)
class Deadline:
    """Until when: `days` days before the day, at `minute` (of 1,440) Japan time."""

    days: int
    minute: int


@dataclass(frozen=True, slots=True)
class StationTerms:
    """A station's parameters on a day (half-open periods). `room` in 0.01 m², `unconfirmed` are names of its fields.

    `rounding`: "official" (each class to one decimal, sum rounded 四捨五入) or "ceil". `age_basis`: "当日" or "年度".
    `by_weekday` (0 is Monday, then channel or 取消) holds the deadlines that differ on that weekday.
    """

    station: int
    name: str
    contractor: str
    opened: date
    opens: int
    closes: int
    closed_weekdays: frozenset[int]
    youngest_months: int
    capacity: int
    room: int
    rounding: str
    min_staff: int
    half_rule: bool
    transitional: bool
    age_basis: str
    shortest: int
    book_days: int
    book_minute: int
    deadlines: dict[Channel, Deadline]
    cancel: Deadline
    unconfirmed: frozenset[str] = frozenset()
    by_weekday: Mapping[int, Mapping[str, Deadline]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StationCard:
    """A station by its key and its code, and the contractor that runs it."""

    id: int
    code: str
    name: str
    contractor: str
    opened: date


@dataclass(frozen=True, slots=True)
class Unfit:
    """A booking that no longer fits after a change of roster, closing or law. `turn`: in which order to call, 1 first.

    The order is the reverse of booking: who booked last is called first. Nothing is cancelled by itself.
    """

    booking: BookingCard
    turn: int
    rule: Rule
    words: str


@dataclass(frozen=True, slots=True)
class StationReport:
    """A month of one station in numbers: uses (件), half-hours used, cancelled, no-shows, late leavings, yen."""

    station: str
    contractor: str
    uses: int
    half_hours: int
    by_age: tuple[int, int, int, int, int]
    cancelled: int
    no_shows: int
    late: int
    fees: int
    channels: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Report:
    """A month of all stations."""

    month: date
    stations: Sequence[StationReport]
