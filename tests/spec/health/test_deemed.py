"""みなし健診（診療における検査データの活用）の候補

健診を受けていない人の診療のレセプトから、健診の項目がどこまでそろっているかを探し、足りないものを一つずつ示します。
検査の値はレセプトにないため、候補は「行われたこと」だけで探します。決まりはすべて未確認で、設定として持っています。
"""

from __future__ import annotations

from datetime import date

import duckdb
import polars as pl
import pytest

from azukari.business.health import columns
from azukari.business.health.checkups import api, deemed
from azukari.business.health.checkups.types import Candidate
from azukari.kernel.fiscal import FiscalYear

YEAR = FiscalYear(2024)
TG, HDL, LDL, AST, ALT, GGT, HBA1C, URINE = (
    "160020910", "160023410", "160167250", "160022510", "160022610", "160020410", "160010010", "160000310",
)  # fmt: skip
BLOOD = (TG, HDL, LDL, AST, ALT, GGT, HBA1C)
Done = tuple[date, str]


def candidates(
    *done: Done, birth: date = date(1965, 5, 5), until: date | None = None, checkup: date | None = None
) -> list[Candidate]:
    """The candidates where person 1 had these acts (each in a receipt of its own, line 7)."""
    rows: dict[str, list[dict[str, object]]] = {
        "members": [{"person": 1, "birth": birth, "since": date(2020, 4, 1), "until": until}],
        "links": [{"identity": 10, "person": 1}],
        "receipts": [
            {"receipt": 100 + at, "identity": 10, "month": day.year * 100 + day.month}
            for at, (day, _) in enumerate(done)
        ],
        "acts": [
            {"receipt": 100 + at, "line": 7, "code": code, "days": 1 << (day.day - 1)}
            for at, (day, code) in enumerate(done)
        ],
        "checkups": [{"identity": 10, "date": checkup}] if checkup else [],
    }
    with duckdb.connect() as connection:
        for name, some in rows.items():
            wanted = columns.TABLES[name]
            frame = pl.DataFrame([{key: row.get(key) for key in wanted} for row in some], schema=wanted)
            connection.register(f"_{name}", frame.to_arrow())
            connection.execute(f"CREATE TABLE {name} AS FROM _{name}")
        return deemed.candidates(connection, YEAR)


def all_of(*codes: str, on: date = date(2024, 7, 10)) -> list[Done]:
    return [(on, code) for code in codes]


def states(one: Candidate) -> dict[str, str]:
    return {need.item: need.state for need in one.needs}


def test_each_item_is_present_missing_or_unknown() -> None:
    """項目ごとに、行われた（レセプトと行と日）、行われていない、レセプトからは分からない、のどれかを示します。"""
    [found] = candidates(*all_of(TG, HDL, AST, ALT, GGT, HBA1C))
    assert states(found) == {
        "interview": "unknown", "body": "unknown", "pressure": "unknown", "triglyceride": "present", "hdl": "present",
        "ldl": "absent", "ast": "present", "alt": "present", "ggt": "present", "glucose": "present", "urine": "absent",
        "consent": "absent", "judgement": "absent",
    }  # fmt: skip
    glucose = next(need for need in found.needs if need.item == "glucose")
    assert (glucose.receipt, glucose.line, glucose.on) == (105, 7, date(2024, 7, 10))


def test_consent_is_always_missing() -> None:
    """本人の書面の同意と医師の総合判断は、検査がそろっていても「ない」と示します。得るまで健診にはなりません。"""
    [found] = candidates(*all_of(*BLOOD, URINE))
    assert [need.label for need in found.gaps if need.state == "absent"] == ["本人の書面の同意", "医師の総合判断"]


def test_tests_must_lie_within_three_months_of_one_fiscal_year() -> None:
    """最初の検査から3か月の中の検査だけを合わせます。年度をまたいでは合わせません。いちばん多くそろう期間を選びます。"""
    [found] = candidates(*all_of(*BLOOD), (date(2024, 10, 9), URINE))
    assert (states(found)["urine"], found.last) == ("present", date(2024, 10, 9))
    [found] = candidates(*all_of(*BLOOD), (date(2024, 10, 10), URINE))
    assert states(found)["urine"] == "absent"
    [found] = candidates(*all_of(*BLOOD, on=date(2025, 3, 20)), (date(2025, 4, 1), URINE), (date(2024, 3, 31), URINE))
    assert states(found)["urine"] == "absent"


@pytest.mark.parametrize(
    ("birth", "there"),
    [
        (date(1985, 4, 1), True),
        (date(1985, 4, 2), False),
        (date(1950, 4, 2), True),
        (date(1950, 4, 1), False),
    ],
)
def test_candidates_are_40_to_74_at_the_end_of_the_fiscal_year(birth: date, *, there: bool) -> None:
    """年度の末に40歳から74歳に達している人だけが候補です。4月1日生まれは、前の日に達します。"""
    assert bool(candidates(*all_of(*BLOOD), birth=birth)) is there


def test_only_tests_while_insured_count() -> None:
    """区の国保の資格がある日の検査だけを数えます。"""
    assert candidates(*all_of(*BLOOD), until=date(2024, 7, 11))
    assert not candidates(*all_of(*BLOOD), until=date(2024, 7, 10))


def test_whoever_had_the_checkup_is_no_candidate() -> None:
    """その年度に特定健診を受けた人は候補になりません。前の年度の健診は妨げません。"""
    assert not candidates(*all_of(*BLOOD), checkup=date(2025, 3, 31))
    assert candidates(*all_of(*BLOOD), checkup=date(2024, 3, 31))


def test_bundled_tests_are_unknown_not_absent() -> None:
    """検査を包括する管理料（生活習慣病管理料1）のある月は、書かれていない検査を「行われていない」とせず「分からない」とします。"""
    [found] = candidates(*all_of(TG, HDL, AST, ALT, "113041910"))
    assert states(found)["urine"] == "unknown"
    assert states(found)["consent"] == "absent"


def test_too_few_tests_make_no_candidate() -> None:
    """行われたと分かる項目が、決めた数に足りない人は候補にしません。"""
    assert not candidates(*all_of(TG, HDL))
    assert candidates(*all_of(TG, HDL, AST))


def test_every_term_is_shown_as_unconfirmed() -> None:
    """この決まりと、確かめていない基準・項目コードは、未確認の一覧に出ます。"""
    told = api.unconfirmed()
    assert any("みなし健診" in one for one in told)
    assert any("FKAC165" in one for one in told)
    assert any("事業者健診" in one for one in told)
    assert any("平成25年度からの基準" in one for one in told)
