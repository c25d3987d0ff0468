"""A made-up library that has in few flows everything a consultation can say: every way of being refused occurs in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from azukari.core.policy.types import Consultation, Direction, Flow, Form, Kind, LifeEvent, RegisterEntry, Source, Stage

OWN = "委託先事業者の施設"
HALL = "区役所"
CENTRE = "世田谷区事務センター"
PAPER = Source(file="made-up.txt", sha256="0" * 64)


@dataclass(frozen=True)
class MadeUp:
    """The same face as `core.policy.library.Library`."""

    consultations: Mapping[str, Consultation]
    entries: Mapping[str, RegisterEntry]
    demonstration: bool = True

    @property
    def flows(self) -> dict[str, Flow]:
        return {flow.id: flow for one in self.consultations.values() for flow in one.flows}

    def consultation_of(self, flow: str) -> Consultation:
        return next(one for one in self.consultations.values() if flow in {own.id for own in one.flows})

    def items_of(self, flow: str) -> tuple[str, ...]:
        one = self.flows[flow]
        return (*one.items, *(item for other in one.items_of for item in self.flows[other].items))


def answered(on: date, *, demonstration: bool = False) -> LifeEvent:
    return LifeEvent(stage=Stage.ANSWERED, on=on, demonstration=demonstration)


def consultation(
    number: str, flows: tuple[Flow, ...], life: tuple[LifeEvent, ...], kinds: tuple[Kind, ...]
) -> Consultation:
    return Consultation(
        number=number,
        title=f"件名{number}",
        matter="件",
        kinds=kinds,
        section="課",
        source=PAPER,
        life=life,
        flows=flows,
    )


def flow(name: str, items: tuple[str, ...], **given: object) -> Flow:
    usual = {
        "id": name,
        "business": f"業務{name}",
        "direction": Direction.WARD_TO_CONTRACTOR,
        "subject": "区民",
        "items": items,
        "places": (OWN,),
        "media": ("文書",),
        "contractor_computer": True,
        "start": date(2026, 4, 1),
    }
    return Flow.model_validate(usual | given)


def _entries() -> tuple[RegisterEntry, ...]:
    return (
        RegisterEntry(
            id="r-ward", business="給付", sections=("課",), subject="区民", items=("氏名", "住所", "券種"), places=(HALL,),
            start=date(2020, 4, 1), end=date(2027, 1, 1), source="業務登録簿",
        ),
        RegisterEntry(
            id="r-own", business="本人の照会", sections=("課",), subject="区民", items=("氏名", "住所"), places=("本人の手元",),
            start=date(2020, 4, 1), source="業務登録簿", own_record=True,
        ),
    )  # fmt: skip


def library(*, demonstration: bool = True) -> MadeUp:
    contract = (Kind.CONTRACT,)
    several = (Kind.NEW_ITEMS, Kind.CONTRACT, Kind.LINE)
    papers = (
        consultation(
            "901",
            (
                flow(
                    "901-1",
                    ("氏名", "住所", "電話番号"),
                    media=("電磁的記録媒体", "口頭"),
                    count=10,
                    unit="件",
                    per="year",
                ),
                flow(
                    "901-2",
                    ("氏名", "利用日"),
                    direction=Direction.THIRD_PARTY_TO_CONTRACTOR,
                    contractor_computer=False,
                ),
                flow("901-3", ("氏名", "病歴"), row_scope="事業対象者", end=date(2027, 4, 1), places=(OWN, HALL)),
                flow("901-4", ("氏名", "病歴", "番号"), form=Form.PSEUDONYMISED, contractor_computer=None),
                flow("901-5", ("住所",), start=None),
            ),
            (answered(date(2026, 3, 1)),),
            contract,
        ),
        consultation(
            "902",
            (
                flow(
                    "902-1",
                    ("相談内容", "氏名"),
                    direction=Direction.RECORDED,
                    places=(CENTRE,),
                    media=("なし",),
                    contractor_computer=False,
                ),
                flow(
                    "902-2",
                    (),
                    items_of=("902-1",),
                    places=(CENTRE, "データセンター"),
                    media=("なし",),
                    contractor_computer=False,
                ),
                flow("902-3", (), items_of=("902-1",), direction=Direction.LINE, places=(CENTRE,), media=("回線",)),
            ),
            (
                answered(date(2026, 6, 1), demonstration=True),
                LifeEvent(stage=Stage.CHANGED, on=date(2026, 12, 1), by="903"),
            ),
            several,
        ),
        consultation(
            "903", (flow("903-1", ("相談内容",)),), (LifeEvent(stage=Stage.CONSULTED, on=date(2026, 2, 1)),), contract
        ),
        consultation(
            "904",
            (flow("904-1", ("番号",)),),
            (answered(date(2026, 3, 1)), LifeEvent(stage=Stage.ENDED, on=date(2026, 3, 15))),
            contract,
        ),
    )
    return MadeUp(
        {paper.number: paper for paper in papers},
        {entry.id: entry for entry in _entries()},
        demonstration=demonstration,
    )
