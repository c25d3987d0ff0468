"""What the consultation pages say, on the real consultations."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from azukari.core.policy.library import Library, load
from azukari.web import words
from azukari.web.show import consultation as show
from azukari.web.show.matrix import Cell, Matrix, matrix, new_items

TODAY = date(2019, 7, 1)


@pytest.fixture(scope="module")
def library() -> Library:
    return load(Path(__file__).resolve().parents[3] / "consultations", demonstration=True)


def table_of(library: Library, number: str) -> Matrix:
    paper = library.consultations[number]
    return matrix(paper, {flow.id: library.items_of(flow.id) for flow in paper.flows})


def cell(table: Matrix, item: str, flow: str) -> Cell:
    at = [column.id for column in table.columns].index(flow)
    return next(row for row in table.rows if row.item == item).cells[at]


def test_old_and_new_items_are_told_apart_in_words(library: Library) -> None:
    table = table_of(library, "809")
    assert cell(table, "氏名", "809-1").word == "従来"
    assert cell(table, "問診結果", "809-1").word == "新たな"
    assert cell(table, "性別", "809-2-2").word == "新たな"
    assert cell(table, "電話番号", "809-2-3") == Cell()


def test_a_flow_handed_with_tokens_says_so_in_every_cell(library: Library) -> None:
    table = table_of(library, "809")
    assert cell(table, "レセプトデータ", "809-2-1").masked
    assert not cell(table, "レセプトデータ", "809-3").masked


def test_items_by_reference_stand_in_the_matrix(library: Library) -> None:
    table = table_of(library, "816")
    assert cell(table, "支援措置の有無", "816-2").word
    assert cell(table, "支援措置の有無", "816-3").word


def test_815_permits_four_items(library: Library) -> None:
    assert [row.item for row in table_of(library, "815").rows] == [
        "氏名", "タクシー利用日", "タクシー代金", "福祉タクシー券等認定番号",
    ]  # fmt: skip


def test_every_fact_of_a_flow_has_its_lines(library: Library) -> None:
    flow = library.flows["815-1"]
    sheet = show.sheet(flow, flow.items, frozenset(), in_force=True)
    facts = {fact.term: fact for fact in sheet.facts}
    assert facts["件数"].value == "約1,200,000枚／年"
    assert facts["件数"].cite
    assert facts["開始時期及び期間"].value == "令和元年6月1日から継続"
    assert sheet.direction == "区及び本人以外から委託先へ提供するもの"


def test_the_made_up_answer_is_marked(library: Library) -> None:
    steps = show.life(library.consultations["815"], TODAY)
    answer = next(step for step in steps if step.title == "答申")
    assert answer.demonstration
    assert steps[-1].title == "取扱いの開始"
    assert steps[-1].done


def test_a_start_that_has_not_come_is_open(library: Library) -> None:
    starts = [step for step in show.life(library.consultations["809"], TODAY) if step.title == "取扱いの開始"]
    assert [step.done for step in starts] == [step.on <= TODAY for step in starts if step.on]


@pytest.mark.parametrize(
    ("actual", "word", "width", "limit"),
    [
        (0, "実績なし", "0.00", "100.00"),
        (600_000, "承認の範囲内", "50.00", "100.00"),
        (1_100_000, "承認件数に近づいています", "91.67", "100.00"),
        (2_400_000, "超過：変更の諮問が必要です", "100.00", "50.00"),
    ],
)
def test_approved_against_actual(library: Library, actual: int, word: str, width: str, limit: str) -> None:
    (row,) = show.amounts([library.flows["815-1"]], {"815-1": actual})
    assert (row.word, row.width, row.limit) == (word, width, limit)


def test_where_nobody_counts_the_page_does_not_say_zero(library: Library) -> None:
    (row,) = show.amounts([library.flows["812-1"]], {})
    assert row.actual == "—"


def test_what_is_newly_recorded_is_new_and_then_carried(library: Library) -> None:
    table = table_of(library, "816")
    assert new_items(library.consultations["816"])["816-1-1"] == frozenset(library.items_of("816-1-1"))
    assert cell(table, "氏名", "816-1-1").word == "新たな"
    assert cell(table, "氏名", "816-2").word == "取り扱う"


def test_a_report_is_told_not_asked(library: Library) -> None:
    paper = library.consultations["mobile-work"]
    assert words.stage_words(paper, paper.life)[0] == "報告済"
