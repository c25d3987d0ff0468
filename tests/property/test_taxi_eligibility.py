"""対象者の判定: one definition, asked one by one and all at once; three-valued logic that is exact."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import product
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from azukari.business.taxi.eligibility import (
    AiDegree,
    Applicant,
    CareLevel,
    Departure,
    Eligibility,
    Facility,
    Impairment,
    Result,
    Standing,
    decide,
    entitlement,
    read_rules,
)
from azukari.business.taxi.eligibility.register import decide_all, frame_of, ids_of
from azukari.business.taxi.eligibility.rulebook import data_text
from azukari.business.taxi.types import Kind
from azukari.kernel.fiscal import FiscalYear

DAY = timedelta(days=1)
ON = date(2019, 6, 14)
KINDS = st.sampled_from(Kind)
DAYS = st.dates(ON - 3 * DAY, ON + 3 * DAY)
GRADED = st.dictionaries(st.sampled_from(Impairment), st.integers(1, 7), max_size=3)
LISTED = st.dictionaries(st.sampled_from(Impairment), st.none() | st.integers(1, 7), max_size=3)
FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "impairments": LISTED.map(lambda grades: frozenset(grades.items())),
    "ai_degree": st.sampled_from(AiDegree),
    "care_level": st.sampled_from(CareLevel),
    "wheelchair": st.booleans(),
    "resident": st.booleans(),
    "resident_since": DAYS,
    "fuel_aid": st.booleans(),
    "facility": st.sampled_from(Facility),
    "inpatient": st.booleans(),
    "applied_on": DAYS,
    "departure": st.sampled_from(Departure),
    "departed_on": DAYS,
}
GOOD = Applicant(
    impairments=frozenset({(Impairment.LOWER_LIMB, 1)}),
    ai_degree=AiDegree.NONE,
    care_level=CareLevel.NONE,
    wheelchair=True,
    resident=True,
    resident_since=ON - 400 * DAY,
    fuel_aid=False,
    facility=Facility.NONE,
    inpatient=False,
    applied_on=ON - 10 * DAY,
    departure=Departure.NONE,
    departed_on=ON,
)
KNOWN_FIELDS = FIELDS | {"impairments": GRADED.map(lambda grades: frozenset(grades.items()))}
NAMES = st.lists(st.sampled_from(sorted(FIELDS)), max_size=5, unique=True)


def changed(fields: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[dict[str, Any]]:
    """A few facts to change in a good applicant, so that all three results come up often."""
    return NAMES.flatmap(lambda names: st.fixed_dictionaries({name: fields[name] for name in names}))


MAYBE = {name: st.none() | values for name, values in FIELDS.items()}
APPLICANTS = changed(MAYBE).map(lambda facts: replace(GOOD, **facts)) | st.builds(Applicant, **MAYBE)
FULLY_KNOWN = changed(KNOWN_FIELDS).map(lambda facts: replace(GOOD, **facts)) | st.builds(Applicant, **KNOWN_FIELDS)
LATER = read_rules(
    data_text("eligibility.toml").replace('id = "ai"\n', f'id = "ai"\nvalid_until = {ON}\n')
    + f"""
[[condition]]
id = "ai"
valid_from = {ON}
words = "愛の手帳が1度から3度までであること"
ground = "見本"
mark = "M"
papers = ["ai_card"]
test = {{ of = "choice", fact = "ai_degree", one_of = ["1度", "2度", "3度"] }}
"""
)


@given(st.lists(APPLICANTS, max_size=12), KINDS, DAYS, st.sampled_from([None, LATER]))
@settings(max_examples=50, deadline=None)
def test_one_by_one_and_all_at_once_agree(applicants: list[Applicant], kind: Kind, on: date, rules: Any) -> None:
    people = {f"{number}": applicant for number, applicant in enumerate(applicants)}
    decided = decide_all(frame_of(people), kind, on, rules)
    assert decided["person"].to_list() == list(people)
    for row, applicant in zip(decided.iter_rows(named=True), applicants, strict=True):
        single = decide(applicant, kind, on, rules)
        assert row["result"] == single.result
        unmet, unknown = (set(ids_of(row[mask], kind, on, rules)) for mask in ("unmet", "unknown"))
        assert not unmet & unknown
        every = set(ids_of(2**64 - 1, kind, on, rules))
        said = {standing: {r.id for r in single.reasons if r.standing is standing} & every for standing in Standing}
        assert said[Standing.UNMET] <= unmet
        assert said[Standing.UNKNOWN] <= unknown
        assert said[Standing.MET] <= every - unmet - unknown


def written_out(who: Applicant, kind: Kind, on: date) -> bool:
    """諮問815 §4 for an applicant of whom all is known, written a second time as a person would check it."""
    here = who.resident and who.resident_since is not None and who.resident_since <= on
    gone = who.departure is not Departure.NONE and who.departed_on is not None and who.departed_on <= on
    if not here or gone or who.applied_on is None or who.applied_on > on:
        return False
    limit = dict.fromkeys(Impairment, 3) | {Impairment.SIGHT: 2, Impairment.OTHER: 0}
    body = any(grade is not None and grade <= limit[impairment] for impairment, grade in who.impairments or ())
    certificate = body or who.ai_degree in {AiDegree.FIRST, AiDegree.SECOND}
    if kind is Kind.TAXI:
        return certificate and not who.fuel_aid and who.facility is Facility.NONE and not who.inpatient
    care = who.care_level in {CareLevel.CARE_3, CareLevel.CARE_4, CareLevel.CARE_5}
    return bool(who.wheelchair) and (certificate or care) and who.facility is not Facility.SPECIAL_NURSING


@given(FULLY_KNOWN, KINDS, DAYS)
@settings(max_examples=100, deadline=None)
def test_what_is_known_is_decided_as_the_paper_says(who: Applicant, kind: Kind, on: date) -> None:
    decided = decide(who, kind, on)
    assert decided.result is (Result.ELIGIBLE if written_out(who, kind, on) else Result.INELIGIBLE)
    assert not decided.missing


@given(APPLICANTS, KINDS, st.sampled_from([*Impairment, AiDegree.FIRST, CareLevel.CARE_5]))
@settings(deadline=None)
def test_one_more_certificate_never_hurts(who: Applicant, kind: Kind, more: Impairment | AiDegree | CareLevel) -> None:
    assume(who.impairments is not None or more is not Impairment.OTHER)
    order = [Result.INELIGIBLE, Result.PENDING, Result.ELIGIBLE]
    before, after = decide(who, kind, ON), decide(with_one_more(who, more), kind, ON)
    assert order.index(after.result) >= order.index(before.result)


def with_one_more(who: Applicant, more: Impairment | AiDegree | CareLevel) -> Applicant:
    if isinstance(more, AiDegree):
        return replace(who, ai_degree=more)
    if isinstance(more, CareLevel):
        return replace(who, care_level=more)
    kept = {(each, grade) for each, grade in who.impairments or () if each is not more}
    return replace(who, impairments=frozenset({*kept, (more, 1)}))


@given(APPLICANTS, KINDS)
@settings(deadline=None)
def test_what_excludes_excludes_whoever_it_is(who: Applicant, kind: Kind) -> None:
    excluded: list[dict[str, Any]] = [
        {"resident": False},
        {"departure": Departure.DIED, "departed_on": ON},
        {"applied_on": ON + DAY},
    ]
    excluded += [{"facility": Facility.SPECIAL_NURSING}]
    if kind is Kind.TAXI:
        excluded += [{"fuel_aid": True}, {"inpatient": True}, {"facility": Facility.OTHER}]
    else:
        excluded += [{"wheelchair": False}]
    for facts in excluded:
        assert decide(replace(who, **facts), kind, ON).result is Result.INELIGIBLE
    if kind is not Kind.TAXI:
        aided = replace(who, fuel_aid=True, inpatient=True)
        assert decide(aided, kind, ON).result is decide(who, kind, ON).result


# Which facts a paper proves, and two values or more on either side of every limit.
PROVES = {
    "application": ("applied_on",),
    "handbook": ("impairments",),
    "ai_card": ("ai_degree",),
    "care_card": ("care_level",),
    "wheelchair_statement": ("wheelchair",),
    "facility_statement": ("facility",),
    "hospital_statement": ("inpatient",),
    "residence_record": ("resident", "resident_since", "departure", "departed_on"),
    "fuel_record": ("fuel_aid",),
}
ENDS: dict[str, tuple[Any, ...]] = {
    "impairments": (
        frozenset(),
        frozenset({(Impairment.SIGHT, 3)}),
        frozenset({(Impairment.SIGHT, 2)}),
        frozenset({(Impairment.TRUNK, 3)}),
    ),
    "ai_degree": (AiDegree.NONE, AiDegree.SECOND),
    "care_level": (CareLevel.CARE_2, CareLevel.CARE_3),
    "facility": tuple(Facility),
    "departure": (Departure.NONE, Departure.MOVED),
    **dict.fromkeys(("wheelchair", "resident", "fuel_aid", "inpatient"), (False, True)),
    **dict.fromkeys(("resident_since", "departed_on", "applied_on"), (ON, ON + DAY)),
}


def completions(who: Applicant, unknown: list[str]) -> Iterator[tuple[dict[str, Any], Applicant]]:
    for values in product(*(ENDS[name] for name in unknown)):
        facts = dict(zip(unknown, values, strict=True))
        yield facts, replace(who, **facts)


def turns(results: list[tuple[dict[str, Any], Result]], fields: tuple[str, ...]) -> bool:
    """Two completions that differ in these fields only have different results."""
    seen: dict[tuple[Any, ...], Result] = {}
    return any(
        seen.setdefault(tuple(value for name, value in facts.items() if name not in fields), result) is not result
        for facts, result in results
    )


@given(changed(KNOWN_FIELDS), NAMES, KINDS)
@settings(max_examples=40, deadline=None)
def test_the_papers_listed_are_those_that_can_change_the_result(
    known: dict[str, Any], open_facts: list[str], kind: Kind
) -> None:
    who = replace(GOOD, **(known | dict.fromkeys(open_facts)))
    results = [(facts, decide(whole, kind, ON).result) for facts, whole in completions(who, open_facts)]

    decided = decide(who, kind, ON)

    outcomes = {result for _, result in results}
    assert decided.result is (outcomes.pop() if len(outcomes) == 1 else Result.PENDING)
    assert {missing.paper.id for missing in decided.missing} == {
        paper for paper, fields in PROVES.items() if turns(results, fields)
    }
    for missing in decided.missing:
        effect(missing, decided, who, open_facts)


def effect(missing: Any, decided: Eligibility, who: Applicant, open_facts: list[str]) -> None:
    """What the paper alone can lead to is exactly the two results it promises."""
    shown = [name for name in PROVES[missing.paper.id] if name in open_facts]
    reached = {decide(whole, decided.kind, ON).result for _, whole in completions(who, shown)}
    assert {missing.if_met, missing.if_unmet} == reached
    assert missing.paper.name in missing.words


NAMED = {
    Impairment.LOWER_LIMB: "下肢",
    Impairment.INTERNAL: "内部",
    Impairment.TRUNK: "体幹",
    Impairment.BALANCE: "平衡",
    Impairment.SIGHT: "視覚",
    Impairment.EARLY_BRAIN_WALK: "移動機能",
    Impairment.EARLY_BRAIN_ARM: "上肢機能",
    Impairment.OTHER: "そのほかの障害",
}


@given(APPLICANTS, KINDS)
@settings(deadline=None)
def test_no_impairment_is_named_that_was_not_declared(who: Applicant, kind: Kind) -> None:
    decided = decide(who, kind, ON)
    said = "".join([*(reason.words for reason in decided.reasons), *(missing.words for missing in decided.missing)])
    declared = {impairment for impairment, _ in who.impairments or ()}
    assert not [word for impairment, word in NAMED.items() if impairment not in declared and word in said]
    assert "脳病変" not in said or declared & {Impairment.EARLY_BRAIN_WALK, Impairment.EARLY_BRAIN_ARM}
    assert "{" not in said
    assert who.ai_degree not in {None, AiDegree.NONE} or "度か2度" not in said


@given(st.dates(date(2018, 1, 1), date(2022, 12, 31)), st.integers(2018, 2022), KINDS)
@settings(deadline=None)
def test_a_months_vouchers_for_every_month_left(applied_on: date, year: int, kind: Kind) -> None:
    fiscal = FiscalYear(year)
    got = entitlement(kind, applied_on, fiscal)
    month = {Kind.TAXI: 3900, Kind.PICKUP: 1600, Kind.STRETCHER: 2000}[kind]
    assert got.yen == month * got.months
    assert got.months == sum(first >= applied_on.replace(day=1) for first in fiscal.months)
    later = entitlement(kind, applied_on + 40 * DAY, fiscal)
    assert later.yen <= got.yen
