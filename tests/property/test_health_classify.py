"""階層化 one by one, all at once and by brute force: three ways, one answer, over the whole grid and over made-up people."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from datetime import date
from itertools import product
from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from azukari.business.health.checkups import api, columnar, criteria
from azukari.business.health.checkups.rules import levels
from azukari.business.health.checkups.types import Level, Values
from azukari.business.health.grading.api import grade
from azukari.kernel.errors import BadInput

R6 = date(2024, 4, 1)
DAYS = st.sampled_from([date(2008, 4, 1), date(2013, 3, 31), date(2013, 4, 1), date(2019, 6, 1), R6])
# Below and above each limit, in the order of the grid.
GRID: dict[str, tuple[Any, Any]] = {
    "sex": (1, 2), "age": (64, 65), "waist": (84.9, 90.0), "bmi": (24.9, 25.0), "systolic": (129.0, 130.0),
    "diastolic": (84.0, 85.0), "tg": (149.0, 150.0), "hdl": (39.0, 40.0), "fpg": (99.0, 100.0),
    "hba1c": (5.5, 5.6), "smoking": (3, 1), "drug_pressure": (False, True), "drug_glucose": (False, True),
    "drug_lipid": (False, True),
}  # fmt: skip
LEFT_OUT = ("waist", "bmi", "systolic", "hdl", "smoking", "drug_lipid")


def by_table(one: dict[str, Any]) -> int:
    """The table of the 手引き read line by line, for a complete row."""
    if one["drug_pressure"] or one["drug_glucose"] or one["drug_lipid"]:
        return 3
    risks = int(one["systolic"] >= 130 or one["diastolic"] >= 85)
    risks += int(one["tg"] >= 150 or one["hdl"] < 40)
    risks += int(one["fpg"] >= 100)
    smokes = one["smoking"] == 1
    by_waist = {0: 3, 1: 1 if smokes else 2, 2: 1, 3: 1}
    by_bmi = {0: 3, 1: 2, 2: 1 if smokes else 2, 3: 1}
    if one["waist"] >= (85 if one["sex"] == 1 else 90):
        level = by_waist[risks]
    else:
        level = by_bmi[risks] if one["bmi"] >= 25 else 3
    return 2 if level == 1 and one["age"] >= 65 else level


def test_the_whole_grid() -> None:
    """16,384 complete rows, and 98,304 with one value left out: 4 where the two ways it could be differ."""
    complete = [dict(zip(GRID, row, strict=True)) for row in product(*GRID.values())]
    expected = [by_table(row) for row in complete]
    at = {tuple(row.values()): level for row, level in zip(complete, expected, strict=True)}
    rows, names = list(complete), list(GRID)
    for field in LEFT_OUT:
        place = names.index(field)
        for row, key in zip(complete, at, strict=True):
            found = {at[(*key[:place], value, *key[place + 1 :])] for value in GRID[field]}
            expected.append(found.pop() if len(found) == 1 else 4)
            rows.append({**row, field: None})
    assert len(rows) == 114_688
    whole = columnar.classify_frame(pl.DataFrame(rows, infer_schema_length=None), R6)
    assert whole["level"].to_list() == expected
    wanted = criteria.on(R6)
    assert [int(levels.classify(Values(**row), wanted).level) for row in rows] == expected


def some(*values: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from([None, *values])


PEOPLE = st.builds(
    Values, sex=some(1, 2), age=some(40, 64, 65, 75), waist=some(84.9, 85, 89.9, 90), visceral_fat=some(99.9, 100),
    bmi=some(24.9, 25), systolic=some(129, 130), diastolic=some(84, 85), tg=some(149, 150, 300),
    tg_casual=some(149, 150, 174, 175), hdl=some(39, 40), fpg=some(99, 100, 109, 110),
    casual_glucose=some(99, 100, 110), hba1c=some(5.5, 5.6, 6.0), hba1c_jds=some(5.1, 5.2, 5.5), smoking=some(1, 2),
    drug_pressure=some(False, True), drug_glucose=some(False, True), drug_lipid=some(False, True),
)  # fmt: skip


@settings(max_examples=30, deadline=None)
@given(st.lists(PEOPLE, min_size=1, max_size=20), DAYS)
def test_one_by_one_and_all_at_once_agree(people: list[Values], day: date) -> None:
    frame = pl.DataFrame(
        [asdict(one) for one in people], schema={name: columnar._type_of(name) for name in columnar.FIELDS}
    )
    found = columnar.classify_frame(frame, day)
    assert found["level"].to_list() == [int(api.classify(one, day).level) for one in people]
    assert found["metabolic"].to_list() == [int(api.metabolic(one, day)[0]) for one in people]


@settings(max_examples=30, deadline=None)
@given(PEOPLE, DAYS, st.sampled_from(["waist", "bmi", "systolic", "hdl", "smoking", "drug_lipid", "age"]))
def test_a_level_given_stands_whatever_is_found_later(person: Values, day: date, field: str) -> None:
    """Measuring what was missing never changes a level that was given.

    A waist and a 内臓脂肪面積 stand for each other, so a waist is missing only where neither was measured.
    """
    person = replace(person, visceral_fat=None) if field == "waist" else person
    before = api.classify(replace(person, **{field: None}), day)
    after = [api.classify(replace(person, **{field: value}), day).level for value in later(field)]
    if before.level is not Level.UNDECIDED:
        assert set(after) == {before.level}
    if after == [Level.UNDECIDED] * len(after):
        assert before.level is Level.UNDECIDED


def later(field: str) -> tuple[Any, Any]:
    return {
        "waist": (60.0, 120.0), "bmi": (20.0, 30.0), "systolic": (100.0, 180.0), "hdl": (20.0, 80.0),
        "smoking": (1, 2), "drug_lipid": (False, True), "age": (40, 75),
    }[field]  # fmt: skip


@settings(max_examples=25, deadline=None)
@given(PEOPLE)
def test_only_what_is_missing_decides(person: Values) -> None:
    found = api.classify(person, R6)
    assert bool(found.missing) == (found.level is Level.UNDECIDED)
    assert all(getattr(person, item) is None for item in found.missing if item != "fpg")


LINES = st.lists(
    st.one_of(
        st.text(max_size=40),
        st.sampled_from(
            ["sex,age,waist", "1,55,80", '{"sex": 1}', '{"age": [1]}', "[", '{"id": "\\ud800"}', '"', "1,55", "\0,,"]
        ),
    ),
    max_size=5,
)


def answered(lines: list[str]) -> list[dict[str, Any]] | BadInput:
    try:
        return list(grade([f"{line}\n" for line in lines], R6))
    except BadInput as error:
        return error


@settings(max_examples=30, deadline=None)
@given(LINES)
def test_whatever_the_lines_every_row_has_its_answer(lines: list[str]) -> None:
    found = answered(lines)
    if isinstance(found, BadInput):
        assert found.next_step
        return
    assert all(("level" in one) != ("error" in one) for one in found)
    assert json.loads(json.dumps(found)) is not None


def test_ages_outside_the_law_have_no_level() -> None:
    frame = pl.DataFrame({"age": [39, 40, 75, 76, None]})
    assert columnar.classify_frame(frame, R6)["level"].to_list() == [None, 4, 4, None, 4]
