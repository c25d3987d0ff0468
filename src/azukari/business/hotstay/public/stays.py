"""What the pages say about children, days and stays, ready for the templates."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import DEFAULT_DB_ALIAS
from django.utils import timezone
from django.utils.datastructures import MultiValueDict

from azukari.business.hotstay import api as hotstay
from azukari.business.hotstay.public.signin import actor
from azukari.business.hotstay.rules import ages
from azukari.business.hotstay.types import (
    BookingCard,
    Channel,
    ChildCard,
    DayCard,
    Desk,
    Fee,
    Mark,
    Rule,
    Span,
    State,
    Waiting,
    Wish,
    clock,
)
from azukari.kernel.errors import BadInput

KEY = re.compile("[0-9]{1,18}")
WEEKDAYS = "月火水木金土日"
TONES = {Mark.FREE: "free", Mark.FEW: "few", Mark.FULL: "full", Mark.CLOSED: "closed"}
# Refusals that end when somebody else gives a place back: for these one may wait.
OF_PLACES = frozenset({Rule.CAPACITY, Rule.CARERS, Rule.QUALIFIED, Rule.ROOM})
OWN = ("予約済み", "own")
# The style sheet draws the symbol of a tone; what is read out are the words.
LEGEND = (("free", "空きあり"), ("few", "残りわずか"), ("full", "空きなし"), ("closed", "休み・受付外"))


@dataclass(frozen=True, slots=True)
class Child:
    """A child of the family as the page names it: by age, since a telephone is looked at by others too."""

    key: int
    label: str
    card: ChildCard


@dataclass(frozen=True, slots=True)
class Cell:
    """One day of the month grid. `open` days lead on; `words` are read out for all of them."""

    day: date
    words: str
    tone: str
    open: bool
    booked: bool

    @property
    def title(self) -> str:
        """12月5日（土）空きあり、予約があります."""
        return f"{day_words(self.day)}{self.words}{'、予約があります' if self.booked else ''}"


@dataclass(frozen=True, slots=True)
class Stay:
    """A booking in words."""

    card: BookingCard
    who: str
    when: str
    time: str
    state: str

    @property
    def is_booked(self) -> bool:
        """It still takes a place."""
        return self.card.state is State.BOOKED


@dataclass(frozen=True, slots=True)
class Quote:
    """What one child's stay costs."""

    who: str
    fee: Fee


def desk_of(child: int) -> Desk:
    """The family at this moment, through the internet."""
    return Desk(Channel.WEB, timezone.now(), actor(child), None, DEFAULT_DB_ALIAS)


def family_of(desk: Desk, child: int) -> dict[int, Child]:
    """The children of the family at this station, the eldest first, by key."""
    today = timezone.localdate(desk.now)
    cards = hotstay.family(desk, child)
    years = [ages.years(card.born, today) for card in cards]
    alike, seen = Counter(years), Counter[int]()
    made = {}
    for card, age in zip(cards, years, strict=True):
        seen[age] += 1
        turn = f"（{seen[age]}人目）" if alike[age] > 1 else ""
        made[card.id] = Child(card.id, f"{age}歳のお子さま{turn}", card)
    return made


def chosen(given: Mapping[str, str], family: Mapping[int, Child], mine: int) -> Child:
    """The child that a page is about: the one named in the address if it is of the family, else the one signed in."""
    wanted = given.get("child", "")
    return family[int(wanted)] if wanted.isascii() and wanted.isdigit() and int(wanted) in family else family[mine]


def all_chosen(given: MultiValueDict[str, str], family: Mapping[int, Child], mine: int) -> list[Child]:
    """The children that were ticked; the one signed in when none was."""
    wanted = set(given.getlist("child"))
    return [one for one in family.values() if str(one.key) in wanted] or [family[mine]]


def keys_chosen(given: MultiValueDict[str, str], mine: int) -> list[int]:
    """The keys of the children that were ticked, as they were sent; whose they are, the desk asks. Mine when none was."""
    return [int(one) for one in dict.fromkeys(given.getlist("child")) if KEY.fullmatch(one)] or [mine]


def span_of(given: Mapping[str, str], suffix: str = "") -> Span:
    """The time in an address or a form. Raises BadInput."""
    try:
        span = Span(date.fromisoformat(given[f"day{suffix}"]), int(given[f"start{suffix}"]), int(given[f"end{suffix}"]))
    except (KeyError, ValueError) as error:
        raise _no_time("日にちと時間が選ばれていません。") from error
    if not 0 <= span.start < span.end <= 48:
        raise _no_time("終わりの時間が、始まりの時間より前です。")
    return span


def _no_time(why: str) -> BadInput:
    return BadInput("時間を選び直してください。", why, "前の画面で、日にちと始まり・終わりの時間を選んでください。")


def month_of(text: str, today: date) -> date:
    """The first day of the month in an address; this month when it says none."""
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        return today.replace(day=1)


def weeks(days: Sequence[DayCard], booked: frozenset[date], today: date) -> list[list[Cell | None]]:
    """The month in weeks from Sunday; None outside the month."""
    lead = (days[0].day.weekday() + 1) % 7
    cells: list[Cell | None] = [None] * lead + [_cell(one, one.day in booked, today) for one in days]
    cells += [None] * (-len(cells) % 7)
    return [cells[at : at + 7] for at in range(0, len(cells), 7)]


def _cell(card: DayCard, booked: bool, today: date) -> Cell:
    if card.day < today:
        return Cell(card.day, "過ぎた日", "closed", open=False, booked=booked)
    if not card.slots:
        return Cell(card.day, card.why or card.words, "closed", open=False, booked=booked)
    return Cell(card.day, card.words, TONES[card.mark], open=True, booked=booked)


def starts(card: DayCard) -> list[tuple[int, str]]:
    """Every time at which a stay may begin, as a choice."""
    return [(one.slot, one.at if one.mark is Mark.FREE else f"{one.at}　{one.words}") for one in card.slots]


def ends(card: DayCard) -> list[tuple[int, str]]:
    """Every time at which a stay may end."""
    return [(slot.slot + 1, clock(slot.slot + 1)) for slot in card.slots]


def usual(card: DayCard, own: frozenset[int], length: int) -> tuple[int, int]:
    """What stands chosen at first: the first free time of that length, else the longest there is; (0, 0) on a closed day."""
    best = (0, 0)
    for one in card.slots:
        run = 0
        while (
            run < length and any(s.slot == one.slot + run and s.free for s in card.slots) and one.slot + run not in own
        ):
            run += 1
        if run > best[1] - best[0]:
            best = (one.slot, one.slot + run)
    return best


def rows(card: DayCard, own: frozenset[int]) -> list[tuple[str, str, str]]:
    """Half-hours of a day: time, words, tone; `own` are those the child has booked already."""
    return [
        (
            f"{one.at}〜{clock(one.slot + 1)}",
            *(OWN if one.slot in own else (one.words, TONES[one.mark])),
        )
        for one in card.slots
    ]


def own_slots(cards: Iterable[BookingCard], day: date) -> frozenset[int]:
    """The half-hours of the day that these bookings take."""
    spans = [one.span for one in cards if one.state is State.BOOKED and one.span.day == day]
    return frozenset(slot for span in spans for slot in range(span.start, span.end))


def day_words(day: date) -> str:
    """12月5日（土）."""
    return f"{day.month}月{day.day}日（{WEEKDAYS[day.weekday()]}）"


def time_words(span: Span) -> str:
    """9:00〜12:00."""
    return f"{clock(span.start)}〜{clock(span.end)}"


def stays(cards: Iterable[BookingCard], family: Mapping[int, Child]) -> list[Stay]:
    """Bookings in words."""
    return [
        Stay(card, family[card.child].label, day_words(card.span.day), time_words(card.span), str(card.state))
        for card in cards
    ]


def coming(cards: Iterable[BookingCard], now: datetime) -> list[BookingCard]:
    """The bookings that are not over yet."""
    today, minute = timezone.localdate(now), timezone.localtime(now).hour * 60 + timezone.localtime(now).minute
    return [
        one
        for one in cards
        if one.state is State.BOOKED and (one.span.day > today or one.span.end * 30 > minute) and one.left is None
    ]


def quotes(children: Iterable[Child], span: Span) -> list[Quote]:
    """What the stay costs for each child."""
    return [Quote(one.label, hotstay.fee(one.card.born, span)) for one in children]


def waits(desk: Desk, family: Mapping[int, Child]) -> list[dict[str, object]]:
    """The family's groups on the waiting list that still wait, in words."""
    return [
        {"card": one, "lines": [f"{wish_words(wish, family)}" for wish in one.wishes]}
        for one in hotstay.waiting(desk, list(family))
        if one.state is Waiting.WAITS
    ]


def wish_words(wish: Wish, family: Mapping[int, Child]) -> str:
    """12月5日（土） 9:00〜12:00　1歳のお子さま."""
    return f"{day_words(wish.span.day)} {time_words(wish.span)}　{family[wish.child].label}"


def next_month(first: date) -> date:
    """The first day of the month after."""
    return (first + timedelta(days=32)).replace(day=1)
