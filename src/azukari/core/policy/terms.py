"""What each flow and register entry grants, worked out once from the consultations; both walls are compiled from this.

Plain Python. A period is half-open; a flow whose period is empty (no answer, no start) grants nothing, and `gap` says why.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from azukari.core.policy.types import Consultation, Direction, Flow, Form, Kind, LifeEvent, Place, RegisterEntry, Stage

if TYPE_CHECKING:
    from azukari.core.policy.library import Library

SCREEN = "画面"
NO_MEDIUM = "なし"
# A word of the paper and the narrower media it covers (813: 電磁的記録媒体 in section 8, USBメモリ in section 2).
COVERS: Mapping[str, tuple[str, ...]] = {"電磁的記録媒体": ("USBメモリ", "CD-R")}
OWN_FACILITY = "委託先"
DIRECTION_WORDS: Mapping[Direction, str] = {
    Direction.WARD_TO_CONTRACTOR: "区から委託先へ提供するもの",
    Direction.SUBJECT_TO_CONTRACTOR: "委託先が本人から収集するもの",
    Direction.THIRD_PARTY_TO_CONTRACTOR: "区及び本人以外から委託先へ提供するもの",
    Direction.RECORDED: "区の電子計算機に記録するもの",
    Direction.LINE: "回線結合によるもの",
}


class Point(StrEnum):
    """What a decision turns on. A paper speaks of each in a section of its own."""

    ITEMS = "items"
    PLACE = "place"
    MEDIUM = "medium"
    COMPUTER = "computer"
    START = "start"


# The sections of this council's papers. Recording and line connection (第1 and 第3 of 諮問第816号) name no place: there the
# section on how it is done counts.
CONTRACT = {Point.ITEMS: "5(1)", Point.PLACE: "6", Point.MEDIUM: "8", Point.COMPUTER: "9", Point.START: "12"}
SECTIONS: Mapping[Direction, Mapping[Point, str]] = {
    Direction.RECORDED: dict.fromkeys(Point, "5") | {Point.ITEMS: "4(1)", Point.START: "7"},
    Direction.LINE: dict.fromkeys(Point, "6") | {Point.ITEMS: "5", Point.START: "9"},
}
SAMPLE_ENTRY = "区の登録簿と照らし合わせ、ward-register.toml の confirmed を true にする必要があります。"


@dataclass(frozen=True, slots=True)
class Terms:
    """One flow or register entry, ready to be asked.

    `divided` says that rows belong to contractors, each seeing only its own. `screen` says that the screen may also be
    used where there is no terminal of the ward. `own_record` narrows rows to the actor's own. `ground` is where the items
    stand, `grounds` where the rest does; what has no place of its own rests on `ground`. `count` is what the council was told,
    `per` year or month.
    """

    id: str
    name: str
    business: str
    ground: str
    items: tuple[str, ...]
    direction: Direction
    form: Form
    row_scope: str | None
    since: date
    until: date
    gap: str | None
    places: tuple[str, ...]
    media: frozenset[str]
    screen: bool
    divided: bool
    own_record: bool
    grounds: Mapping[Point, str] = field(default_factory=dict)
    count: int | None = None
    per: str | None = None

    def ground_of(self, point: Point) -> str:
        """The ground of a refusal that turns on this point."""
        return self.grounds.get(point, self.ground)

    @property
    def title(self) -> str:
        """The paper and the business in words; the name of a register entry says both."""
        return self.name if self.business in self.name else f"{self.name}「{self.business}」"

    @property
    def role(self) -> str:
        """The database role: `flow_815_1`, `entry_r_taxi`."""
        return role_of(self.id)


def role_of(flow: str) -> str:
    """The database role of a flow (`815-1` → `flow_815_1`) or register entry (`r-taxi` → `entry_r_taxi`)."""
    kind = "entry" if flow.startswith("r-") else "flow"
    return f"{kind}_{flow.replace('-', '_')}"


def terms_of(library: Library) -> dict[str, Terms]:
    """The terms of every flow and register entry, by id."""
    flows = (_of_flow(flow, library) for flow in library.flows.values())
    entries = (_of_entry(entry, library.demonstration) for entry in library.entries.values())
    return {terms.id: terms for terms in (*flows, *entries)}


def covered(media: Iterable[str]) -> frozenset[str]:
    """The media of a flow with everything they cover; なし is no medium."""
    words = [word for word in media if word != NO_MEDIUM]
    return frozenset(word for medium in words for word in (medium, *COVERS.get(medium, ())))


def is_own_facility(words: str) -> bool:
    """The paper means the contractor's own facility (委託先事業者の施設), so the place must be the actor's contractor's."""
    return words.startswith(OWN_FACILITY)


def fits(terms: Terms, place: Place) -> bool:
    """The place is one of the paper's. Whether it is the right contractor's is asked of the actor."""
    known_owner = place.contractor is not None or not is_own_facility(place.stands_for)
    return known_owner and place.stands_for in terms.places


def media_at(terms: Terms, place: Place) -> frozenset[str]:
    """The media allowed at one of the flow's places: the paper's, and the screen of the ward's own system."""
    return terms.media | {SCREEN} if terms.screen or place.ward_terminal else terms.media


def day(value: date) -> str:
    """A date in words."""
    return f"{value.year}年{value.month}月{value.day}日"


def in_force(consultation: Consultation, *, demonstration: bool) -> tuple[LifeEvent | None, date]:
    """The answer a consultation rests on, and the day it stops (changed by a later one, or ended)."""
    counted = [event for event in consultation.life if demonstration or not event.demonstration]
    answers = [event for event in counted if event.stage is Stage.ANSWERED]
    answer = min(answers, key=lambda event: event.on, default=None)
    stops = [event.on for event in counted if event.stage in {Stage.CHANGED, Stage.ENDED}]
    return answer, min(stops, default=date.max)


def _of_flow(flow: Flow, library: Library) -> Terms:
    consultation = library.consultation_of(flow.id)
    answer, stop = in_force(consultation, demonstration=library.demonstration)
    since = max(flow.start, answer.on) if flow.start and answer else date.max
    return Terms(
        id=flow.id,
        name=title(consultation),
        business=flow.business,
        ground=_ground(consultation, flow, answer, Point.ITEMS),
        grounds={point: _ground(consultation, flow, answer, point) for point in Point},
        items=tuple(library.items_of(flow.id)),
        direction=flow.direction,
        form=flow.form,
        row_scope=flow.row_scope,
        since=since,
        until=max(since, min(flow.end or date.max, stop)),
        gap=_gap(consultation, flow, answer, since, stop),
        places=flow.places,
        media=covered(flow.media),
        screen=flow.contractor_computer is True,
        divided=flow.direction is not Direction.RECORDED,
        own_record=False,
        count=flow.count,
        per=flow.per,
    )


def _of_entry(entry: RegisterEntry, demonstration: bool) -> Terms:
    """A sample entry grants in a demonstration only: a real ward first holds it against its own register."""
    counts = entry.confirmed or demonstration
    since = entry.start if counts else date.max
    return Terms(
        id=entry.id,
        name=f"業務の登録「{entry.business}」",
        business=entry.business,
        ground=f"業務の登録「{entry.business}」({'、'.join(entry.sections)})",
        items=entry.items,
        direction=Direction.RECORDED,
        form=Form.PLAIN,
        row_scope=None,
        since=since,
        until=max(since, entry.end or date.max),
        gap=None if counts else f"業務の登録「{entry.business}」は見本のままです。{SAMPLE_ENTRY}",
        places=entry.places,
        media=frozenset(),
        screen=entry.own_record,
        divided=False,
        own_record=entry.own_record,
    )


def title(consultation: Consultation) -> str:
    """諮問第815号, or the report's own title."""
    if consultation.number.isdigit():
        return f"諮問第{consultation.number}号"
    return f"報告「{consultation.title}」"


def _ground(consultation: Consultation, flow: Flow, answer: LifeEvent | None, point: Point) -> str:
    """諮問第815号 6(2019年2月12日答申). What waits for its answer rests on the paper as a whole."""
    if answer is None and point is Point.START:
        return title(consultation)
    where = f"{title(consultation)} {_section(consultation, flow, point)}"
    if answer is None:
        return where
    answered = f"{day(answer.on)}答申" + ("(実演)" if answer.demonstration else "")
    conditions = f"、条件: {'、'.join(answer.conditions)}" if answer.conditions else ""
    return f"{where}({answered}{conditions})"


def _section(consultation: Consultation, flow: Flow, point: Point) -> str:
    """Where a paper of this council speaks of it, with the part where the paper has several (諮問第816号)."""
    asked = {Kind.NEW_ITEMS, Kind.CONTRACT, Kind.LINE} & set(consultation.kinds)
    part = "" if len(asked) < 2 else {Direction.RECORDED: "第1の", Direction.LINE: "第3の"}.get(flow.direction, "第2の")
    return part + SECTIONS.get(flow.direction, CONTRACT)[point]


def _gap(consultation: Consultation, flow: Flow, answer: LifeEvent | None, since: date, stop: date) -> str | None:
    name = title(consultation)
    if answer is None:
        return f"{name}は審議会の答申をまだ受けていません。答申を受けた後、開始の日から取り扱えます。"
    if flow.start is None:
        return f"{name}の「{flow.business}」は開始の日が定まっていません。開始の日を定める必要があります。"
    if stop <= since:
        return f"{name}は{day(stop)}に変更又は終了しました。後の諮問によってください。"
    return None
