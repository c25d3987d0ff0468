"""Two evaluations written apart, row by row and in SQL, find the same people in worlds where everything is near a limit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import closing
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from azukari.business.health.targets import api, checking, reading
from azukari.business.health.targets.codes import Masters, read_codes
from azukari.business.health.targets.extracting import Listing
from azukari.business.health.targets.judging import judge_all
from azukari.business.health.targets.rules import kleene, language
from azukari.business.health.targets.rules.definitions import Pack
from azukari.business.health.targets.rules.records import last_month, month_number, record_of, seen_of, tables_of
from azukari.business.health.targets.rules.scalar import judge
from azukari.business.health.targets.types import Target
from support.health_targets import connected

DISEASES = ["8830042", "8830031", "2500013", "4375001", "1000001", "2000001", "0000999"]
PROCEDURES = ["140058110", "160000190"]
TEXTS = st.sampled_from([None, "糖尿病性腎症", "糖尿病", "肩こり", "胃癌"])
KINDS = st.sampled_from(["医科", "医科", "DPC", "調剤", "歯科"])
FACILITIES = st.sampled_from(["a", "a", "b", "c", "d"])
FEW = st.sampled_from([None, 0, 1, 4, 5, 8, 9, 10, 14, 15, 16])
DRUG_DAYS = st.sampled_from([None, 7, 14, 30, 31, 61, 90, 270])
RARELY = st.sampled_from([False, False, False, True])


def months_before(as_of: date) -> st.SearchStrategy[int]:
    last = month_number(last_month(as_of))
    near = [last - back for back in (0, 0, 1, 1, 2, 2, 3, 4, 5, 6, 7, 11, 12, 13)]
    return st.sampled_from([number // 12 * 100 + number % 12 + 1 for number in near])


def days_before(as_of: date) -> st.SearchStrategy[date]:
    return st.sampled_from([as_of, as_of.replace(day=1), date(as_of.year - 1, 4, 1), date(as_of.year - 1, 3, 31)])


@st.composite
def diagnosis(draw: st.DrawFn) -> dict[str, Any]:
    code = draw(st.sampled_from(DISEASES))
    return {"code": code, "text": draw(TEXTS), "suspected": draw(RARELY), "main": False}


@st.composite
def act(draw: st.DrawFn, drugs: list[str]) -> dict[str, Any]:
    if draw(RARELY):
        return {
            "record": "SI",
            "code": draw(st.sampled_from(PROCEDURES)),
            "category": 40,
            "drug_days": None,
            "dispensed": None,
        }
    dispensed = draw(st.sampled_from([None, date(2025, 7, 1), date(2025, 12, 31)]))
    code = draw(st.sampled_from([*drugs, "629999999"]))
    return {"record": "IY", "code": code, "category": 21, "drug_days": draw(DRUG_DAYS), "dispensed": dispensed}


@st.composite
def receipts(draw: st.DrawFn, as_of: date, drugs: list[str]) -> list[dict[str, Any]]:
    """One receipt, perhaps the same in the months before it."""
    row = {
        "kind": draw(KINDS), "facility": draw(FACILITIES), "prescriber": draw(st.sampled_from([None, "a", "b"])),
        "inpatient": draw(RARELY), "days": draw(FEW), "receipt_type": None,
        "diagnoses": draw(st.lists(diagnosis(), max_size=2)), "acts": draw(st.lists(act(drugs), max_size=2)),
    }  # fmt: skip
    last = month_number(draw(months_before(as_of)))
    run = draw(st.sampled_from([1, 2, 3, 3]))
    return [{**row, "month": number // 12 * 100 + number % 12 + 1} for number in range(last - run + 1, last + 1)]


def values(name: str) -> st.SearchStrategy[Any]:
    limits: Mapping[str, list[Any]] = {
        "hba1c": [6.4, 6.5], "glucose_fasting": [125, 126], "glucose_casual": [126], "urine_protein": [2, 3],
        "creatinine": [0.0, 0.8, 2.0], "egfr": [29.9, 30.0, 44.9, 58.0, 64.0], "systolic": [139, 140], "ldl": [140],
        "level": [1, 2, 3, 4],
    }  # fmt: skip
    return st.sampled_from([None, None, *limits[name]])


@st.composite
def checkup(draw: st.DrawFn, as_of: date) -> dict[str, Any]:
    names = [
        "hba1c",
        "glucose_fasting",
        "glucose_casual",
        "urine_protein",
        "creatinine",
        "egfr",
        "systolic",
        "ldl",
        "level",
    ]
    day = draw(days_before(as_of))
    year = day.year if day.month >= 4 else day.year - 1
    return {"date": day, "fiscal_year": year, **{name: draw(values(name)) for name in names}}


CHANGES: Mapping[str, Mapping[str, st.SearchStrategy[Any]]] = {
    "members": {"until": st.sampled_from([None, date(2000, 1, 1)]), "birth": st.just(None), "sex": st.sampled_from([1, 2])},
    "receipts": {
        "facility": FACILITIES, "days": FEW, "kind": KINDS, "inpatient": st.booleans(), "prescriber": st.sampled_from([None, "a"]),
    },
    "diagnoses": {"code": st.sampled_from(DISEASES), "suspected": st.booleans(), "text": TEXTS},
    "acts": {"drug_days": DRUG_DAYS},
    "checkups": {name: values(name) for name in ("hba1c", "urine_protein", "egfr", "creatinine", "systolic", "level")},
    "guidance": {"first": st.sampled_from([None, date(2025, 9, 1), date(2026, 3, 1)])},
}  # fmt: skip


@st.composite
def world(draw: st.DrawFn, pack: Pack) -> dict[str, list[dict[str, Any]]]:
    """The invented patients of a pack with a few values and rows changed, and persons nobody thought of."""
    tables = tables_of(pack)
    for table in draw(st.lists(st.sampled_from([*CHANGES, "receipts", "diagnoses"]), max_size=12)):
        if rows := tables[table]:
            row = draw(st.sampled_from(rows))
            column = draw(st.sampled_from([*CHANGES[table], "gone"]))
            if column == "gone":
                rows.remove(row)
            else:
                row[column] = draw(CHANGES[table][column])
    for person in range(1001, draw(st.integers(1, 4)) + 1001):
        put_person(draw, tables, person, pack.on, sorted(pack.drugs) or ["620000001"])
    return tables


def put_person(
    draw: st.DrawFn, tables: dict[str, list[dict[str, Any]]], person: int, as_of: date, drugs: list[str]
) -> None:
    """Somebody with two identities; some have no span of insurance, some nothing else."""
    tables["links"] += [{"identity": person * 10 + place, "person": person} for place in (0, 1)]
    born = draw(st.sampled_from([None, date(1960, 5, 1), date(1986, 4, 1), date(1986, 4, 2), date(1951, 4, 1), as_of]))
    for until in draw(st.sampled_from([[None], [as_of], [as_of, None], []])):
        sex = draw(st.sampled_from([1, 2, None]))
        tables["members"].append(
            {"person": person, "birth": born, "sex": sex, "since": date(1990, 1, 1), "until": until}
        )
    for row in draw(st.lists(receipts(as_of, drugs), max_size=5)):
        for one in row:
            put(tables, {**one, "identity": person * 10 + draw(st.sampled_from([0, 1]))})
    for place, row in enumerate(draw(st.lists(checkup(as_of), max_size=2))):
        tables["checkups"].append({**row, "identity": person * 10 + place})


def put(tables: dict[str, list[dict[str, Any]]], row: dict[str, Any]) -> None:
    receipt = max((one["receipt"] for one in tables["receipts"]), default=0) + 1
    for table in ("diagnoses", "acts"):
        tables[table] += [{**line, "receipt": receipt, "line": place} for place, line in enumerate(row[table], 2)]
    rest = {name: value for name, value in row.items() if name not in {"diagnoses", "acts"}}
    tables["receipts"].append({**rest, "receipt": receipt, "line": 1, "points": 1})


@st.composite
def asked(draw: st.DrawFn) -> tuple[str, bool, dict[str, Any], dict[str, list[dict[str, Any]]]]:
    pack = draw(st.sampled_from(list(reading.packs().values())))
    flags = [each.id for each in pack.parameter if isinstance(each.value, bool)]
    given = {name: draw(st.booleans()) for name in flags}
    return (
        pack.name,
        draw(st.sampled_from([True, True, False])),
        given,
        draw(world(pack)),
    )


@settings(max_examples=8)
@given(asked())
def test_row_by_row_and_in_sql_alike(one: Any) -> None:
    name, masters, given_, tables = one
    pack = reading.packs()[name]
    codes = checking.codes_of(pack) if masters else read_codes(Masters())
    definition, seen = reading.defined(pack, codes, given_), seen_of(tables, pack.on)
    persons = sorted({row["person"] for row in tables["links"]})
    alone = {person: judge(definition, codes, record_of(tables, person), pack.on, seen).result for person in persons}
    with closing(connected(tables)) as connection, api.opened(connection, pack.on, codes) as store:
        listing = Listing.of(judge_all(store, definition))
        together, targets = listing.people.select("person", "group").to_polars(), listing.targets()
        person = persons[-1]
        why = api.explain(pack.programme, connection, person, pack.on, pack.name, parameters=given_, codes=codes)
    assert dict(together.iter_rows()) == alone
    assert {each.person: each.group for each in targets} == {
        person: group for person, group in alone.items() if group not in {"none", "unknown"}
    }
    assert (why.group or "") == (alone[person] if alone[person] not in {"none", "unknown"} else "")
    assert_reasons_are_their_own(targets, tables)


def assert_reasons_are_their_own(targets: Iterable[Target], tables: Mapping[str, list[dict[str, Any]]]) -> None:
    """Every record line shown is there, and is of that person."""
    persons = {row["identity"]: row["person"] for row in tables["links"]}
    owner = {row["receipt"]: persons[row["identity"]] for row in tables["receipts"]}
    lines = {
        (table, row["receipt"], row["line"]) for table in ("receipts", "diagnoses", "acts") for row in tables[table]
    }
    for target in targets:
        assert target.reasons
        for reason in target.reasons:
            if reason.receipt is not None:
                assert owner[reason.receipt] == target.person
                assert (reason.table, reason.receipt, reason.line) in lines


FLAGS = st.sampled_from([True, False, None])


@given(FLAGS, FLAGS, FLAGS)
def test_kleene(a: bool | None, b: bool | None, c: bool | None) -> None:
    both = kleene.all_of([a, b])
    assert kleene.negated(both) == kleene.any_of([kleene.negated(a), kleene.negated(b)])
    assert kleene.all_of([both, c]) == kleene.all_of([a, kleene.all_of([b, c])])
    # What becomes known later never overturns what was said: only an unknown may change.
    for known in (True, False):
        later = kleene.all_of([known if a is None else a, b])
        assert both is None or later is both


NAMES = {"x": "number", "y": "number", "f": "flag", "g": "flag", "k": "flag"}


@st.composite
def expressions(draw: st.DrawFn, depth: int = 3) -> str:
    if depth == 0 or draw(RARELY):
        return draw(
            st.sampled_from(
                ["f", "g", "k", "x > 1", "x == y", "x - y >= 2", "known(x)", "unless(x, 1) < 2", "x in [0, 1]"]
            )
        )
    parts = [draw(expressions(depth=depth - 1)) for _ in range(2)]
    how = draw(st.sampled_from(["({0}) and ({1})", "({0}) or ({1})", "not ({0})", "either({0}, {1})"]))
    return how.format(*parts)


NUMBERS = st.sampled_from([None, 0, 1, 2, 3])


@given(expressions(), NUMBERS, NUMBERS, FLAGS, FLAGS, st.booleans())
def test_folding_changes_no_truth(
    text: str, x: int | None, y: int | None, f: bool | None, g: bool | None, k: bool
) -> None:
    node = language.flag(text, NAMES)  # type: ignore[arg-type]
    row = {"x": x, "y": y, "f": f, "g": g, "k": k}
    assert kleene.truth(language.folded(node, {"k": k}), row) is kleene.truth(node, row)


@settings(max_examples=40)
@given(st.text(max_size=60) | st.text(alphabet="xyf()[]<>=.,'\"+-*/ andornotinlambda:_0129", max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        node, kind = language.read(text, NAMES)  # type: ignore[arg-type]
    except language.Unreadable:
        return
    row = {"x": 1, "y": 2, "f": True, "g": None, "k": False}
    found = kleene.evaluate(node, row)
    assert found is None or language.type_of(found) == kind


@pytest.mark.parametrize(
    "text",
    ["__import__('os')", "x.__class__ > 1", "[x for x in y]", "lambda: f", "x if f else y", "f := g", "x ** 9999"],
)
def test_nothing_but_the_language_is_read(text: str) -> None:
    with pytest.raises(language.Unreadable):
        language.read(text, NAMES)  # type: ignore[arg-type]
