"""What a station's screens show, read under its flow: the day sheet, the children, the waiting list."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from azukari.business.hotstay import desk as at
from azukari.business.hotstay import stations
from azukari.business.hotstay.models import BookingSeen, ChildSeen, GuardianSeen, InterviewSeen, WaitingGroupSeen
from azukari.business.hotstay.rules import ages, counting, deciding, fees, windows
from azukari.business.hotstay.rules.counting import NOBODY, Staff
from azukari.business.hotstay.types import Desk, Span, StationCard, StationTerms, Unfit, Waiting, clock

# What stands on the day sheet, in the words of 諮問814.
SHEET_ITEMS = (
    "氏名",
    "生年月日",
    "アレルギーの有無及び程度",
    "障害の有無及び程度",
    "既往歴",
    "かかりつけ医",
    "生活習慣",
)
PHONE_ITEMS = ("氏名", "電話番号（自宅・勤務先・携帯）")


@dataclass(frozen=True, slots=True)
class Flag:
    """Something to be careful about: the kind as a word with its sign, and what it is."""

    kind: str
    tone: str
    words: str


@dataclass(frozen=True, slots=True)
class Line:
    """One stay of the day sheet."""

    booking: BookingSeen
    child: ChildSeen
    span: Span
    age: str
    flags: tuple[Flag, ...]
    fee: int
    late: bool
    came_before: bool

    @property
    def time(self) -> str:
        """9:00〜11:00."""
        return f"{clock(self.span.start)}〜{clock(self.span.end)}"


@dataclass(frozen=True, slots=True)
class HalfHour:
    """One half-hour of the day: children there, carers needed and on the roster, and whether that is too few."""

    at: str
    children: int
    needed: int
    carers: int
    qualified: int
    over: bool


@dataclass(frozen=True, slots=True)
class Sheet:
    """A station's day."""

    day: date
    terms: StationTerms
    closed: str
    lines: tuple[Line, ...]
    half_hours: tuple[HalfHour, ...]
    unfit: tuple[Unfit, ...]
    late: tuple[Line, ...]


def day_sheet(desk: Desk, station: StationCard, day: date) -> Sheet:
    """The day's stays that were not given back, in the order of their time, with what to be careful about."""
    after = day + timedelta(days=1)
    found = at.frame(desk, station.id, day, after)
    terms, state = found.on(day), found.state(day)
    rows = BookingSeen.objects.filter(station_id=station.id, day=day).exclude(state="取消").select_related("child")
    lines = tuple(_line(row, desk.now) for row in sorted(rows, key=lambda row: (row.slots.lower, row.child_id)))
    limits = deciding.limits_on(terms, day)
    return Sheet(
        day,
        terms,
        deciding.why_closed(terms, day, state),
        lines,
        tuple(_half_hour(slot, state, limits) for slot in range(terms.opens, terms.closes)),
        tuple(stations.unfit(desk, station.id, day, after)),
        tuple(line for line in lines if line.late),
    )


def _line(row: BookingSeen, now: datetime) -> Line:
    child, span = row.child, Span(row.day, row.slots.lower, row.slots.upper)
    there = row.arrived is not None and row.left is None
    late = there and row.state == "予約" and now > windows.moment(row.day, 0) + timedelta(minutes=30 * span.end)
    total = fees.fee(child.born, span).total
    return Line(row, child, span, age_words(child.born, row.day), flags(child), total, late, row.arrived is not None)


def age_words(born: date, day: date) -> str:
    """3歳2か月, as the law counts on that day."""
    months = ages.months(born, day)
    return f"{months // 12}歳{months % 12}か月"


def flags(child: ChildSeen) -> tuple[Flag, ...]:
    """Allergy, disability, medical history, each only where there is something."""
    found = (
        Flag("アレルギー", "stop", child.allergy),
        Flag("障害", "info", child.disability),
        Flag("既往歴", "warn", child.history),
    )
    return tuple(flag for flag in found if flag.words)


def _half_hour(slot: int, state: deciding.DayState, limits: counting.Limits) -> HalfHour:
    counts, staff = state.counts.get(slot, NOBODY), state.staff.get(slot, Staff())
    over = sum(counts) > 0 and counting.binds(counts, staff, limits) is not None
    needed = counting.need(counts, limits)
    return HalfHour(clock(slot), sum(counts), needed, staff.carers, staff.qualified, over)


def phones(families: Iterable[int]) -> dict[int, GuardianSeen]:
    """Whom to call, by family: who is called first, else who stands first. Under flow 814-1."""
    found: dict[int, GuardianSeen] = {}
    for row in GuardianSeen.objects.filter(family_id__in=list(families)).order_by("-calls_first", "pk"):
        found.setdefault(row.family_id, row)
    return found


@dataclass(frozen=True, slots=True)
class Registered:
    """A child of the list: whether it may book, or where it stands on its way there."""

    child: ChildSeen
    age: str
    stage: str
    interview: InterviewSeen | None
    flags: tuple[Flag, ...]


def children(station: StationCard, today: date) -> list[Registered]:
    """The station's children, those on their way first, then by key."""
    interviews = {
        row.child_id: row for row in InterviewSeen.objects.filter(station_id=station.id).order_by("day", "pk")
    }
    rows = ChildSeen.objects.filter(station_id=station.id).order_by("pk")
    found = [_registered(row, interviews.get(row.pk), today) for row in rows]
    return sorted(found, key=lambda one: (one.stage == "登録済み", one.child.pk))


def child(key: int, today: date) -> Registered | None:
    """One child; None for one that is not the station's."""
    row = ChildSeen.objects.filter(pk=key).first()
    if row is None:
        return None
    return _registered(row, InterviewSeen.objects.filter(child_id=key).order_by("day", "pk").last(), today)


def _registered(row: ChildSeen, interview: InterviewSeen | None, today: date) -> Registered:
    if row.left_on:
        stage = "利用終了"
    elif row.registered_on:
        stage = "登録済み"
    elif interview is None:
        stage = "申込み"
    else:
        stage = "見送り" if interview.outcome == "見送り" else "面接待ち"
    return Registered(row, age_words(row.born, today), stage, interview, flags(row))


@dataclass(frozen=True, slots=True)
class WaitingLine:
    """A group on the waiting list: its turn, and each stay with the child's name."""

    turn: int
    group: WaitingGroupSeen
    stays: tuple[tuple[str, Span], ...]


def waiting(station: StationCard) -> list[WaitingLine]:
    """Groups that wait at the station, first come first."""
    groups = WaitingGroupSeen.objects.filter(station_id=station.id, state=Waiting.WAITS.value).order_by("since", "pk")
    return [
        WaitingLine(
            turn, group, tuple(_stay(wish) for wish in group.wishes.select_related("child").order_by("day", "pk"))
        )
        for turn, group in enumerate(groups, 1)
    ]


def _stay(wish: object) -> tuple[str, Span]:
    return wish.child.name, Span(wish.day, wish.slots.lower, wish.slots.upper)  # type: ignore[attr-defined]


def roster_rows(desk: Desk, station: StationCard, day: date) -> list[tuple[int, int, int, int]]:
    """The day's roster as (first, end, carers, qualified)."""
    rows = at.fetch(
        desk.using,
        "SELECT lower(slots), upper(slots), carers, qualified FROM v_hotstay_roster"
        " WHERE station_id = %s AND day = %s ORDER BY slots",
        station.id,
        day,
    )
    return [(first, end, carers, qualified) for first, end, carers, qualified in rows]


def child_keys(groups: Sequence[WaitingLine]) -> list[int]:
    """Keys of the children that wait."""
    return sorted({wish.child_id for line in groups for wish in line.group.wishes.all()})
