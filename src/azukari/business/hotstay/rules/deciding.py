"""May this child stay then? The rule that binds in words, and the nearest time that fits.

`decide` asks the rules in the order in which a parent would: is the child of age, does the station take bookings now,
is it open, is the stay of a length it may have, is there room. Days are given as they are known now.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from azukari.business.hotstay.rules import ages, fees, windows
from azukari.business.hotstay.rules.counting import NOBODY, Counts, Limits, Staff, binds, need, plus, room_left
from azukari.business.hotstay.rules.law import in_force, law, ratio_on
from azukari.business.hotstay.types import (
    Channel,
    DayCard,
    Mark,
    Refusal,
    Rule,
    SlotCard,
    Span,
    StationTerms,
    clock,
)

FEW = 2
# How far the nearest other time is looked for, in days: first closely around, then within two weeks.
REACHES = (2, 14)
# Which parameter of a station each rule rests on, to show 未確認.
PARAMETERS: Mapping[Rule, tuple[str, ...]] = {
    Rule.WINDOW: ("book_days", "book_minute", "deadlines"),
    Rule.CARERS: ("rounding", "min_staff", "transitional"),
    Rule.QUALIFIED: ("half_rule",),
    Rule.ROOM: ("room",),
    Rule.CAPACITY: ("capacity",),
    Rule.AGE: ("youngest_months",),
}


@dataclass(frozen=True, slots=True)
class DayState:
    """What is known of a station's day: children by age and staff, each by half-hour, and why it is closed ("" if not)."""

    counts: Mapping[int, Counts] = field(default_factory=dict)
    staff: Mapping[int, Staff] = field(default_factory=dict)
    closed: str = ""

    def with_stay(self, span: Span, band: int) -> DayState:
        """The same day with one more child."""
        more = {slot: plus(self.counts.get(slot, NOBODY), band) for slot in range(span.start, span.end)}
        return DayState({**self.counts, **more}, self.staff, self.closed)

    def without_stay(self, span: Span, band: int) -> DayState:
        """The same day without one child that is counted in it."""
        less = {
            slot: plus(self.counts[slot], band, -1)
            for slot in range(span.start, span.end)
            if self.counts.get(slot, NOBODY)[band]
        }
        return DayState({**self.counts, **less}, self.staff, self.closed)

    def binding(self, slot: int, band: int, limits: Limits) -> Rule | None:
        """What one more child of that age would break in the half-hour."""
        return binds(plus(self.counts.get(slot, NOBODY), band), self.staff.get(slot, Staff()), limits)


@dataclass(frozen=True, slots=True)
class Case:
    """A child's stay as it is asked for: its birth, the channel, the moment, and its other stays that day."""

    born: date
    channel: Channel
    now: datetime
    others: tuple[Span, ...] = ()


def limits_on(terms: StationTerms, on: date) -> Limits:
    """What the station is held against on that day."""
    room = in_force(law().rooms, on)
    return Limits(
        ratio_on(on, transitional=terms.transitional).heads,
        room.infant,
        room.child,
        terms.capacity,
        terms.room,
        terms.rounding,
        terms.min_staff,
        terms.half_rule,
    )


def why_closed(terms: StationTerms, day: date, state: DayState) -> str:
    """Why nobody is taken on the day; "" when the station is open."""
    if day < terms.opened:
        return "開所の前です。"
    if day.weekday() in terms.closed_weekdays:
        return f"{'月火水木金土日'[day.weekday()]}曜日は休みです。"
    return state.closed


def decide(terms: StationTerms, case: Case, span: Span, state: DayState, *, windows_too: bool = True) -> Refusal | None:
    """None when the stay fits; else the first rule that binds. Does not look for another time.

    Without `windows_too` the time of asking does not matter: a child that is there stays longer.
    """
    for rule, words, slot in _checks(terms, case, span, state):
        if rule is Rule.WINDOW and not windows_too:
            continue
        return Refusal(rule, words, slot, confirmed=not terms.unconfirmed.intersection(PARAMETERS.get(rule, ())))
    return None


Check = tuple[Rule, str, int | None]


def _checks(terms: StationTerms, case: Case, span: Span, state: DayState) -> Iterator[Check]:
    """Every rule that binds, in order; lazily, since the later ones take the earlier for granted."""
    if not ages.may_come(case.born, span.day, terms.youngest_months):
        yield Rule.AGE, f"この日にお預かりできるのは、{age_words(terms)}のお子さまです。", None
    yield from _windows(terms, case, span)
    closed = why_closed(terms, span.day, state)
    if closed:
        yield Rule.CLOSED, closed, None
    if not terms.opens <= span.start < span.end <= terms.closes:
        yield Rule.HOURS, f"お預かりできるのは {clock(terms.opens)} から {clock(terms.closes)} までです。", None
    yield from _lengths(terms, case, span)
    if any(span.day == one.day and span.start < one.end and one.start < span.end for one in case.others):
        yield Rule.OWN, "同じお子さまの予約と時間が重なります。", None
    yield from _room(terms, case, span, state)


def age_words(terms: StationTerms) -> str:
    """生後4か月から就学前まで."""
    years, months = divmod(terms.youngest_months, 12)
    youngest = f"満{years}歳" if years and not months else f"生後{terms.youngest_months}か月"
    return f"{youngest}から就学前まで"


def _windows(terms: StationTerms, case: Case, span: Span) -> Iterator[Check]:
    opening = windows.opening(span.day, terms)
    if case.now < opening:
        yield Rule.WINDOW, f"この日の予約は {windows.words(opening)} に始まります。", None
    closing = windows.closing(span.day, span.start, case.channel, terms)
    if case.now >= closing:
        yield Rule.WINDOW, f"{case.channel}での予約は {windows.words(closing)} に締め切りました。", None


def _lengths(terms: StationTerms, case: Case, span: Span) -> Iterator[Check]:
    length, longest = span.end - span.start, fees.longest(case.born, span.day)
    if length < terms.shortest:
        yield Rule.LENGTH, f"一回の利用は{hours(terms.shortest)}からです。", None
    if length > longest:
        yield Rule.LENGTH, f"一回の利用は{hours(longest)}までです。", None


def hours(slots: int) -> str:
    """1時間30分."""
    return f"{slots // 2}時間" * bool(slots // 2) + "30分" * (slots % 2)


def _room(terms: StationTerms, case: Case, span: Span, state: DayState) -> Iterator[Check]:
    limits, band = limits_on(terms, span.day), ages.band(case.born, span.day, terms.age_basis)
    for slot in range(span.start, span.end):
        rule = state.binding(slot, band, limits)
        if rule:
            yield (
                rule,
                _full(rule, slot, plus(state.counts.get(slot, NOBODY), band), state.staff.get(slot, Staff()), limits),
                slot,
            )


def _full(rule: Rule, slot: int, counts: Counts, staff: Staff, limits: Limits) -> str:
    at, needed = clock(slot), need(counts, limits)
    if rule is Rule.CAPACITY:
        return f"{at} からは、定員{limits.capacity}人がいっぱいです。"
    if rule is Rule.ROOM:
        return f"{at} からは、部屋の広さに余裕がありません。"
    if rule is Rule.CARERS:
        return f"{at} からは、このお子さまの年齢では職員{needed}人が要りますが、{staff.carers}人の配置です。"
    return f"{at} からは、保育士{(needed + 1) // 2}人が要りますが、{staff.qualified}人の配置です。"


Days = Mapping[date, tuple[StationTerms, DayState]]


def nearest(case: Case, span: Span, days: Days) -> Span | None:
    """The nearest time of the same length that fits: on the day itself, closest start first, then on the days around."""
    length = span.end - span.start
    for day in sorted(days, key=lambda one: (abs((one - span.day).days), one)):
        terms, state = days[day]
        free = _free(terms, case, day, state)
        starts = [one for one in free if free.issuperset(range(one, one + length))]
        for start in sorted(starts, key=lambda one: (abs(one - span.start), one)):
            other = Span(day, start, start + length)
            if other != span and decide(terms, case, other, state) is None:
                return other
    return None


def _free(terms: StationTerms, case: Case, day: date, state: DayState) -> set[int]:
    """Half-hours of the day with room for this child; none on a day on which it cannot come at all."""
    if why_closed(terms, day, state) or decide_day(terms, case, Span(day, terms.opens, terms.closes)):
        return set()
    limits, band = limits_on(terms, day), ages.band(case.born, day, terms.age_basis)
    return {slot for slot in range(terms.opens, terms.closes) if state.binding(slot, band, limits) is None}


def around(day: date, reach: int) -> tuple[date, date]:
    """The half-open days up to that many before and after the day."""
    return day - timedelta(days=reach), day + timedelta(days=reach + 1)


def ring(day: date, beyond: int, reach: int) -> list[date]:
    """The days further from the day than `beyond` and no further than `reach`."""
    return [day + timedelta(days=sign * far) for far in range(beyond + 1, reach + 1) for sign in (-1, 1)]


def day_card(terms: StationTerms, case: Case, day: date, state: DayState) -> DayCard:
    """A day for this child, half-hour by half-hour."""
    closed = why_closed(terms, day, state)
    if closed:
        return DayCard(day, Mark.CLOSED, why=closed)
    whole = Span(day, terms.opens, terms.closes)
    unable = decide_day(terms, case, whole)
    if unable:
        return DayCard(day, Mark.FULL, why=unable.words)
    limits, band = limits_on(terms, day), ages.band(case.born, day, terms.age_basis)
    slots = tuple(_slot_card(terms, case, day, slot, band, limits, state) for slot in range(terms.opens, terms.closes))
    return DayCard(day, _of_day(slots, terms.shortest), slots)


def decide_day(terms: StationTerms, case: Case, whole: Span) -> Refusal | None:
    """What keeps the child from the whole day, whatever the time: its age, or the booking window."""
    if not ages.may_come(case.born, whole.day, terms.youngest_months):
        return Refusal(Rule.AGE, f"この日にお預かりできるのは、{age_words(terms)}のお子さまです。")
    last = Span(whole.day, whole.end - 1, whole.end)
    found = next(_windows(terms, case, last), None)
    return Refusal(found[0], found[1]) if found else None


def _slot_card(
    terms: StationTerms, case: Case, day: date, slot: int, band: int, limits: Limits, state: DayState
) -> SlotCard:
    rule = state.binding(slot, band, limits)
    if rule is None and case.now >= windows.closing(day, slot, case.channel, terms):
        rule = Rule.WINDOW
    if rule:
        return SlotCard(slot, Mark.FULL, 0, rule)
    free = room_left(state.counts.get(slot, NOBODY), band, state.staff.get(slot, Staff()), limits)
    return SlotCard(slot, Mark.FREE if free > FEW else Mark.FEW, free)


def _of_day(slots: tuple[SlotCard, ...], shortest: int) -> Mark:
    """○ or △ when the shortest stay fits somewhere: the best that can be had."""
    runs = [slots[at : at + shortest] for at in range(len(slots) - shortest + 1)]
    best = max((min(one.free for one in run) for run in runs), default=0)
    return Mark.FREE if best > FEW else Mark.FEW if best else Mark.FULL
