"""What an applicant declared, between the form, the row of the application and the rules. Plain Python.

Nothing is filled in: what nobody knows stays None in the rules, and empty (or NULL) in the row.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from azukari.business.taxi.eligibility import AiDegree, Applicant, CareLevel, Departure, Facility, Impairment, Result
from azukari.business.taxi.types import Kind

NO_HANDBOOK = "なし"
PART = ":"
Impairments = frozenset[tuple[Impairment, int | None]]
# 愛の手帳 in the row: its degree, 0 for none.
DEGREES: Mapping[int, AiDegree] = dict(enumerate(AiDegree))


@dataclass(frozen=True, slots=True)
class Residence:
    """What 住民記録 says on one day. None where it does not say. `since` is the first day at the address of that day."""

    resident: bool | None = None
    since: date | None = None
    departure: Departure | None = None
    departed_on: date | None = None


@dataclass(frozen=True, slots=True)
class Declared:
    """The declaration of one application (諮問815 §4). None is 分からない; the empty set is to have no 身体障害者手帳."""

    applied_on: date
    kinds: tuple[Kind, ...]
    impairments: Impairments | None = None
    ai_degree: AiDegree | None = None
    care_level: CareLevel | None = None
    wheelchair: bool | None = None
    facility: Facility | None = None
    inpatient: bool | None = None
    fuel_aid: bool | None = None

    def applicant(self, residence: Residence) -> Applicant:
        """For the rules. Raises BadInput for impairments that contradict each other."""
        return Applicant(
            impairments=self.impairments,
            ai_degree=self.ai_degree,
            care_level=self.care_level,
            wheelchair=self.wheelchair,
            resident=residence.resident,
            resident_since=residence.since,
            fuel_aid=self.fuel_aid,
            facility=self.facility,
            inpatient=self.inpatient,
            applied_on=self.applied_on,
            departure=residence.departure,
            departed_on=residence.departed_on,
        )


class Row(Protocol):
    """An application as its table has it, or its view."""

    applied_on: date
    kinds: list[str]
    impairments: list[str]
    ai_no_techo: int | None
    care_level: str
    always_wheelchair: bool | None
    facility: str
    in_hospital: bool | None
    fuel_aid: bool | None


def columns(declared: Declared) -> dict[str, object]:
    """The declaration in the columns of its row."""
    return {
        "applied_on": declared.applied_on,
        "kinds": [kind.value for kind in declared.kinds],
        "impairments": _written(declared.impairments),
        "ai_no_techo": None if declared.ai_degree is None else list(AiDegree).index(declared.ai_degree),
        "care_level": declared.care_level or "",
        "always_wheelchair": declared.wheelchair,
        "facility": declared.facility or "",
        "in_hospital": declared.inpatient,
        "fuel_aid": declared.fuel_aid,
    }


def of_row(row: Row) -> Declared:
    """The declaration that a row holds."""
    return Declared(
        row.applied_on,
        tuple(Kind(kind) for kind in row.kinds),
        _read(row.impairments),
        None if row.ai_no_techo is None else DEGREES[row.ai_no_techo],
        CareLevel(row.care_level) if row.care_level else None,
        row.always_wheelchair,
        Facility(row.facility) if row.facility else None,
        row.in_hospital,
        row.fuel_aid,
    )


def _written(impairments: Impairments | None) -> list[str]:
    """障害の区分:級, the grade left out where it is not known; なし for no certificate, nothing for not known."""
    if impairments is None:
        return []
    return sorted(f"{name}{PART}{grade or ''}" for name, grade in impairments) or [NO_HANDBOOK]


def _read(written: Sequence[str]) -> Impairments | None:
    if not written:
        return None
    parts = (one.rpartition(PART) for one in written if one != NO_HANDBOOK)
    return frozenset((Impairment(name), int(grade) if grade else None) for name, _, grade in parts)


def results_written(results: Mapping[Kind, Result]) -> list[str]:
    """券種:結果, in the order of the kinds."""
    return [f"{kind}{PART}{results[kind]}" for kind in Kind if kind in results]


def results_told(written: Iterable[str]) -> str:
    """The same for people: 福祉タクシー券 該当、…"""
    return "、".join(f"{kind} {result}" for kind, result in results_read(written).items())


def results_read(written: Iterable[str]) -> dict[Kind, Result]:
    """What was decided of each kind."""
    parts = (one.partition(PART) for one in written)
    return {Kind(kind): Result(result) for kind, _, result in parts}
