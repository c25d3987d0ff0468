"""What is known of an applicant, and the names under which rules and registers speak of it.

A fact is a single value with a name. The same names are the columns of a register (`register.COLUMNS`) and the `fact`
of a test in `data/eligibility.toml`. None is a fact nobody has established; it is never read as no.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from azukari.kernel.errors import BadInput

LOWEST_GRADE = 7
NONE = "なし"

Fact = int | str | bool | date | None
Facts = Mapping[str, Fact]


class Impairment(StrEnum):
    """What a 身体障害者手帳 may list, as far as the rules tell it apart (諮問815 §4(1)①; 身体障害者福祉法施行規則別表第5号).

    The consultation does not divide the impairment by an early lesion of the brain; the certificate does.
    """

    LOWER_LIMB = "下肢機能障害"
    INTERNAL = "内部機能障害"
    TRUNK = "体幹機能障害"
    BALANCE = "平衡機能障害"
    SIGHT = "視覚障害"
    EARLY_BRAIN_WALK = "乳幼児期以前の非進行性の脳病変による運動機能障害（移動機能）"
    EARLY_BRAIN_ARM = "乳幼児期以前の非進行性の脳病変による運動機能障害（上肢機能）"
    OTHER = "そのほかの障害"

    @property
    def fact(self) -> str:
        """The fact that holds its grade: 1 (heaviest) to 7, 0 for not listed."""
        return f"grade_{self.name.lower()}"


class AiDegree(StrEnum):
    """愛の手帳 (Tokyo): degree 1 is the heaviest."""

    NONE = NONE
    FIRST = "1度"
    SECOND = "2度"
    THIRD = "3度"
    FOURTH = "4度"


class CareLevel(StrEnum):
    """要介護状態区分 and 要支援状態区分 (介護保険法7条1項・2項)."""

    NONE = NONE
    SUPPORT_1 = "要支援1"
    SUPPORT_2 = "要支援2"
    CARE_1 = "要介護1"
    CARE_2 = "要介護2"
    CARE_3 = "要介護3"
    CARE_4 = "要介護4"
    CARE_5 = "要介護5"


class Facility(StrEnum):
    """Where the applicant has been admitted to live."""

    NONE = NONE
    SPECIAL_NURSING = "特別養護老人ホーム"
    OTHER = "そのほかの施設"


class Departure(StrEnum):
    """A notice that ends residence."""

    NONE = NONE
    MOVED = "転出"
    DIED = "死亡"


GRADES: Mapping[str, Impairment] = {impairment.fact: impairment for impairment in Impairment}
CHOICES: Mapping[str, type[StrEnum]] = {
    "ai_degree": AiDegree,
    "care_level": CareLevel,
    "facility": Facility,
    "departure": Departure,
}
FLAGS = ("wheelchair", "resident", "fuel_aid", "inpatient")
DAYS = ("resident_since", "departed_on", "applied_on")


@dataclass(frozen=True, slots=True)
class Applicant:
    """One applicant. Every fact may be None: not established.

    `impairments` are those the 身体障害者手帳 lists, each with its own grade 1–7 (not the overall grade), or None for a
    grade that was not given; the empty set is to have no such certificate. Of several grades of one impairment the
    heaviest counts. `wheelchair`: always uses a wheelchair or a stretcher outdoors. `departed_on` is the day of
    moving away or death. Raises BadInput for a grade that does not exist, and for an impairment with and without grade.
    """

    impairments: frozenset[tuple[Impairment, int | None]] | None = None
    ai_degree: AiDegree | None = None
    care_level: CareLevel | None = None
    wheelchair: bool | None = None
    resident: bool | None = None
    resident_since: date | None = None
    fuel_aid: bool | None = None
    facility: Facility | None = None
    inpatient: bool | None = None
    applied_on: date | None = None
    departure: Departure | None = None
    departed_on: date | None = None

    def __post_init__(self) -> None:
        for impairment, grade in self.impairments or ():
            if grade is not None and not 1 <= grade <= LOWEST_GRADE:
                raise BadInput(
                    f"「{impairment}」の等級「{grade}」は使えません。",
                    "障害の等級は1級から7級までです。",
                    "手帳に書かれた等級を確かめてください。",
                )
        self._refuse_half_known_grades()

    def _refuse_half_known_grades(self) -> None:
        listed = self.impairments or frozenset()
        ungraded = {impairment for impairment, grade in listed if grade is None}
        if mixed := sorted(impairment for impairment, grade in listed if grade is not None and impairment in ungraded):
            raise BadInput(
                f"「{mixed[0]}」に、等級のあるものと、ないものがあります。",
                "どちらで判定するのか分かりません。",
                "手帳に書かれた等級を確かめて、一つにしてください。",
            )

    @property
    def declared(self) -> frozenset[str]:
        """The facts the applicant has said something of, other than no: only these may be named to them as theirs."""
        certificates = {impairment.fact for impairment, _ in self.impairments or ()}
        chosen = {name for name in CHOICES if getattr(self, name) not in {None, NONE}}
        return frozenset(certificates | chosen)


def facts_of(applicant: Applicant) -> Facts:
    """Every fact by name. An impairment's grade is 0 when the certificate does not list it."""
    others = {name: getattr(applicant, name) for name in (*CHOICES, *FLAGS, *DAYS)}
    return _grades(applicant.impairments) | others


def _grades(listed: frozenset[tuple[Impairment, int | None]] | None) -> dict[str, int | None]:
    if listed is None:
        return dict.fromkeys(GRADES)
    grades: dict[str, int | None] = dict.fromkeys(GRADES, 0)
    for impairment, grade in sorted(listed, key=lambda one: one[1] or 0, reverse=True):
        grades[impairment.fact] = grade
    return grades
