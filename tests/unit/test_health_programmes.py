"""What the store says of persons, in the words that a call or a hand-over may carry; and the chapters of diseases."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from azukari.business.health.programmes import chapters, drawing, facts, figures, parameters, places, rules
from azukari.business.health.programmes.types import Funnel, Month, Programme
from azukari.cli.health import programmes as commands
from azukari.kernel.errors import BadInput
from support.programmes import store_of

ON = date(2026, 6, 1)


def test_the_latest_checkup_before_the_day_is_told() -> None:
    links = [{"identity": 1, "person": 7}, {"identity": 2, "person": 7}, {"identity": 3, "person": 8}]
    checkups = [
        {"identity": 1, "date": date(2024, 7, 1), "hba1c": 7.9},
        {
            "identity": 2,
            "date": date(2025, 7, 1),
            "hba1c": 6.2,
            "systolic": 141,
            "urine_protein": 3,
            "smoking": 2,
            "level": 1,
        },
        {"identity": 2, "date": date(2026, 6, 1), "hba1c": 5.5},
    ]
    guidance = [
        {"identity": 1, "fiscal_year": 2023, "level": 2, "first": date(2023, 9, 1), "last": date(2024, 2, 1)},
        {"identity": 2, "fiscal_year": 2024, "level": 1, "first": date(2024, 9, 1), "last": None},
    ]
    found = facts.of(store_of(links=links, checkups=checkups, guidance=guidance), [7, 8], on=ON)
    assert found[7].checked_on == date(2025, 7, 1)
    assert found[7].results == "収縮期血圧 141mmHg、HbA1c 6.2%、尿蛋白 +"
    assert found[7].answers == "喫煙 以前は吸っていたが最近1か月は吸わない"
    assert found[7].guidance_level == "積極的支援"
    assert found[7].history == "2023年度 動機付け支援（評価まで完了）、2024年度 積極的支援（途中）"
    assert found[8] == facts.Facts()


def test_receipts_of_the_persons_asked_for_and_of_nobody_else() -> None:
    links = [{"identity": 1, "person": 7}, {"identity": 3, "person": 8}]
    receipt = {"kind": "医科", "facility": "1312345", "inpatient": False}
    receipts = [
        {"receipt": 10, "identity": 1, "month": 202605, "days": 2, "points": 1234, **receipt},
        {"receipt": 11, "identity": 3, "month": 202605, "days": 9, "points": 99, **receipt},
        {"receipt": 12, "identity": 1, "month": 202504, "days": 1, "points": 5, **receipt},
        {"receipt": 13, "identity": 1, "month": 202606, "days": 1, "points": 5, **receipt},
    ]
    diagnoses = [
        {"receipt": 10, "line": 2, "code": "2500015"},
        {"receipt": 10, "line": 3, "code": "8830052", "suspected": True},
        {"receipt": 11, "line": 2, "code": "9999999"},
    ]
    acts = [
        {"receipt": 10, "line": 5, "record": "IY", "code": "620000001", "drug_days": 28},
        {"receipt": 10, "line": 6, "record": "SI", "code": "112007410", "drug_days": None},
    ]
    found = facts.of(
        store_of(links=links, receipts=receipts, diagnoses=diagnoses, acts=acts), [7], on=ON, receipts=True
    )
    assert list(found) == [7]
    assert found[7].receipts == "2026年5月 医科 外来 1312345 2日 1,234点 傷病 2500015 薬 620000001 28日分"


def test_costs_go_to_the_main_disease_and_small_ones_stay_hidden() -> None:
    persons = range(1, 31)
    links = [{"identity": key, "person": key} for key in persons]
    receipts = [{"receipt": key, "identity": key, "month": 202404, "points": 100} for key in persons]
    receipts.append({"receipt": 99, "identity": 1, "month": 202504, "points": 7_777})
    diagnoses = [
        {"receipt": key, "line": line, "code": code, "main": main, "suspected": doubt}
        for key in persons
        for line, code, main, doubt in (
            (1, "I", False, False),
            (2, "E" if key <= 21 else "C", key <= 21, key > 21),
        )
    ]
    found = figures.numbers(
        store_of(links=links, receipts=receipts, diagnoses=diagnoses),
        2024,
        districts={},
        chapters={"E": "内分泌", "I": "循環器", "C": "新生物"},
        smallest=10,
    )
    assert [(one.chapter, one.yen, one.receipts, one.people) for one in found.costs] == [
        ("内分泌", 21_000, 21, 21),
        ("循環器", None, None, None),
    ]


@pytest.mark.parametrize(
    ("icd", "title"),
    [
        ("E112", "内分泌・栄養・代謝疾患"),
        ("I675", "循環器系の疾患"),
        ("D48", "新生物"),
        ("D50", "血液・免疫の障害"),
        ("H599", "眼及び付属器の疾患"),
        ("H60", "耳及び乳様突起の疾患"),
        ("", None),
        ("V", None),
    ],
)
def test_the_chapter_of_a_code(icd: str, title: str | None) -> None:
    assert chapters.chapter(icd) == title


def test_the_master_is_read_by_its_columns() -> None:
    row = ["0", "B", "4375001", "4375001", "5", "もやもや病,両側", *[""] * 9, "I675", *[""] * 3]
    text = ",".join(f'"{cell}"' for cell in row)
    assert chapters.chapters_by_code(f"{text}\r\n".encode("cp932")) == {"4375001": "循環器系の疾患"}


def test_towns_and_their_districts() -> None:
    assert places.district("駒沢", 2) == "世田谷地域"
    assert places.district("駒沢", 4) == "玉川地域"
    assert places.district("南烏山", 6) == "烏山地域"
    assert places.district("千代田", 1) is None


def test_a_funnel_hides_a_small_stage_and_all_below_it() -> None:
    told = drawing.stages(Funnel(100, 60, 4, 0), Programme.KIDNEY.steps, smallest=10)
    assert [(stage.name, stage.count, stage.width) for stage in told] == [
        ("対象", 100, 1000),
        ("委託先の案内", 60, 600),
        ("参加", None, 0),
        ("完了", None, 0),
    ]
    assert [stage.count for stage in drawing.stages(Funnel(0, 0, 0, 0), Programme.CHECKUP.steps)] == [0, 0, 0, 0]


def test_a_timeline_ends_at_a_round_number() -> None:
    told = drawing.timeline([Month(date(2026, 4, 1), notified=37), Month(date(2026, 5, 1))], Programme.CHECKUP.steps)
    assert told.most == 50
    assert [bar.height for bar in told.columns[0].bars] == [round(240 * 37 / 50, 1)]
    assert told.columns[1].bars == ()
    assert [drawing.round_up(value) for value in (0, 1, 3, 6, 11, 501)] == [1, 1, 5, 10, 20, 1000]
    assert [drawing.round_tens(value) for value in (0, 10, 41.2, 100)] == [10, 10, 50, 100]


def test_age_is_that_of_the_end_of_the_year() -> None:
    assert rules.age_in(date(1985, 3, 31), 2024) == 40
    assert rules.age_in(date(1985, 4, 1), 2024) == 39


def test_numbers_without_a_paper_are_said_to_be() -> None:
    assert {one.words for one in parameters.unconfirmed()} >= {"一人に電話する回数の上限"}
    assert all(one.source for one in parameters.parameters().values())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "読めません"),
        ("[]", "足りないもの"),
        ('{"programme": "kidney"}', "足りないもの"),
        ("\udcff", "読めません"),
    ],
)
def test_a_broken_extraction_is_refused(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "targets.json"
    path.write_bytes(text.encode("utf-8", errors="surrogateescape"))
    with pytest.raises(BadInput, match=words):
        commands._read(str(path))


@pytest.mark.parametrize(
    "row",
    [
        {"person": "7", "group": "A", "reasons": []},
        {"person": True, "group": "A", "reasons": []},
        {"person": 7, "reasons": []},
        {"person": 7, "group": "A", "reasons": [{"table": "acts"}]},
        7,
    ],
)
def test_a_target_that_cannot_be_read_is_named(row: object) -> None:
    with pytest.raises(BadInput, match="2 番目"):
        commands._targets([{"person": 1, "group": "A", "reasons": [{"table": "acts", "words": "x"}]}, row], {})
