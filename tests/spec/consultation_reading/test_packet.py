"""平成31年2月12日の審議会

諮問第809号、812号から816号までと、モバイルワークの報告を読み取ります。
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from azukari.config.home import ROOT
from azukari.core.policy.library import load
from azukari.core.policy.reading import read_file
from azukari.core.policy.store import without_resolved
from azukari.core.policy.types import Consultation, Direction, Flow, Form

PACKET = ROOT / "tests/data/packet/council-2019-02-12.txt"
COMMITTED = ROOT / "consultations"


@pytest.fixture(scope="module")
def read() -> dict[str, Consultation]:
    return {each.number: each for each in read_file(PACKET)}


@pytest.fixture(scope="module")
def flows(read: dict[str, Consultation]) -> dict[str, Flow]:
    return {flow.id: flow for each in read.values() for flow in each.flows}


def test_every_paper_of_the_meeting_is_found(read: dict[str, Consultation]) -> None:
    """諮問6件と報告1件を、綴じられた順に読み取る。"""
    assert list(read) == ["812", "813", "814", "815", "809", "816", "mobile-work"]


def test_twenty_flows_carry_items(flows: dict[str, Flow]) -> None:
    """項目を持つ取扱いは20、ほかの取扱いの項目をそのまま使うものが2つある。"""
    with_items = {name: len(flow.items) for name, flow in flows.items() if flow.items}
    assert with_items == {
        "812-1": 14, "812-2": 9, "812-3": 22, "813-1": 6, "813-2": 8, "814-1": 6, "814-2": 20, "815-1": 4,
        "809-1": 15, "809-2-1": 6, "809-2-2": 6, "809-2-3": 2, "809-3": 10, "809-4": 8, "809-5": 9,
        "816-1-1": 33, "816-1-2": 26, "816-1-3": 12, "816-1-4": 12, "816-1-5": 15,
    }  # fmt: skip
    five = ("816-1-1", "816-1-2", "816-1-3", "816-1-4", "816-1-5")
    assert {name: flow.items_of for name, flow in flows.items() if not flow.items} == {"816-2": five, "816-3": five}


def test_the_committed_files_are_what_the_reader_gives(read: dict[str, Consultation]) -> None:
    """consultations/ のファイルは、人が決めた欄を除いて、読み取ったものと同じである。"""
    library = load(COMMITTED, demonstration=True)
    assert set(library.consultations) == set(read)
    for number, found in read.items():
        assert without_resolved(library.consultations[number], found) == found


def test_what_a_person_settled_is_listed() -> None:
    """人が決めた欄は、理由とともに次のものだけである。"""
    library = load(COMMITTED, demonstration=True)
    counts = [f"flows.809-{n}.count" for n in ("1", "2-1", "2-2", "2-3", "3", "4", "5")]
    assert {number: [entry.field for entry in each.resolved] for number, each in library.consultations.items()} == {
        "812": ["life", "flows.812-1.start", "flows.812-2.start", "flows.812-3.start", "flows.812-2.row_scope"],
        "813": ["life"],
        "814": ["life", "flows.814-1.count", "flows.814-2.count"],
        "815": ["life"],
        "809": ["life", *counts, "flows.809-2-1.start", "flows.809-2-3.start"],
        "816": ["life"],
        "mobile-work": ["life"],
    }


def test_the_answer_of_the_packet_is_a_sample_only() -> None:
    """答申はこの資料にない。見本の答申は実演の区でだけ数え、ほかの区では無いものとする。"""
    shown = load(COMMITTED, demonstration=True)
    real = load(COMMITTED, demonstration=False)
    assert all(any(step.stage == "answered" for step in each.life) for each in shown.consultations.values())
    assert not any(step.stage == "answered" for each in real.consultations.values() for step in each.life)


def test_three_directions_are_three_permissions(flows: dict[str, Flow]) -> None:
    """区から・本人から・それ以外からの三つの方向を取り違えない。"""
    assert flows["812-1"].direction is Direction.WARD_TO_CONTRACTOR
    assert flows["812-2"].direction is Direction.SUBJECT_TO_CONTRACTOR
    assert flows["815-1"].direction is Direction.THIRD_PARTY_TO_CONTRACTOR
    assert flows["816-1-1"].direction is Direction.RECORDED
    assert flows["816-3"].direction is Direction.LINE


def test_the_taxi_contractor_gets_four_items(flows: dict[str, Flow]) -> None:
    """諮問815号の委託先が受け取るのは4項目、文書で、年約120万枚である。"""
    flow = flows["815-1"]
    assert flow.items == ("氏名", "タクシー利用日", "タクシー代金", "福祉タクシー券等認定番号")
    assert (flow.count, flow.unit, flow.per, flow.approximate) == (1_200_000, "枚", "year", True)
    assert (flow.media, flow.places, flow.contractor_computer) == (("文書",), ("委託先事業者の施設",), False)


def test_a_person_in_front_belongs_to_each_item(flows: dict[str, Flow]) -> None:
    """「同一世帯全員の氏名、生年月日、続柄及び住所」は、どれも同一世帯全員のものである。"""
    assert flows["812-1"].items[:5] == (
        "同一世帯全員の氏名", "同一世帯全員の生年月日", "同一世帯全員の続柄", "同一世帯全員の住所", "連絡先（保護者、勤務先）",
    )  # fmt: skip


def test_new_items_are_told_from_old_ones(flows: dict[str, Flow]) -> None:
    """新たな項目だけを新たなものとして数え、従来の項目もそのまま残す。"""
    assert flows["809-1"].items_new == ("特定保健指導利用履歴", "受診結果", "問診結果")
    assert flows["814-2"].items_new == ("ID", "パスワード")
    assert flows["809-2-2"].items_new == ("生年月日", "性別", "被保険者証記号番号")


def test_a_broken_word_is_joined(flows: dict[str, Flow]) -> None:
    """行をまたいだ「乳幼児医療証の番・号」「被保険者識別番・号」を一つの語に戻す。"""
    assert "乳幼児医療証の番号" in flows["814-2"].items
    assert "被保険者識別番号" in flows["809-4"].items


def test_items_written_twice_count_once(flows: dict[str, Flow]) -> None:
    """816号で二度書かれている「相談内容、経過」は一つとして扱う。"""
    assert flows["816-1-1"].items.count("相談内容") == 1


def test_pseudonyms_and_row_scope(flows: dict[str, Flow]) -> None:
    """匿名化処理をするもの、事業の対象者に限るものを見分ける。"""
    assert {name for name, flow in flows.items() if flow.form is Form.PSEUDONYMISED} == {"809-2-1", "809-2-3", "809-5"}
    assert {name: flow.row_scope for name, flow in flows.items() if flow.row_scope} == {
        "809-3": "当該事業対象者",
        "809-4": "当該事業対象者",
    }


def test_each_flow_has_its_own_start(flows: dict[str, Flow]) -> None:
    """同じ諮問の中でも、開始の時期は取扱いごとに違う。"""
    assert flows["809-2-1"].start == date(2020, 6, 1)
    assert flows["809-2-3"].start == date(2019, 6, 1)
    assert flows["809-5"].start == date(2020, 4, 1)
    assert flows["816-2"].start == date(2019, 6, 1)


def test_what_is_not_written_stays_open(read: dict[str, Consultation], flows: dict[str, Flow]) -> None:
    """書かれていない開始の時期を推し量らず、空けたまま人に確かめる。"""
    assert flows["809-2-2"].start is None
    assert [each.line for each in read["809"].review if each.field == "flows.809-2-2.start"] == [842]


def test_counts_without_names_are_put_before_a_person(read: dict[str, Consultation], flows: dict[str, Flow]) -> None:
    """809号の件数7行には名前がない。書かれた順に読み、そのことを確認事項に残す。"""
    names = ("809-1", "809-2-1", "809-2-2", "809-2-3", "809-3", "809-4", "809-5")
    assert [flows[name].count for name in names] == [70_000, 130_000, 70_000, 70_000, 500, 1_000, 200_000]
    assert flows["809-5"].per == "month"
    assert {f"flows.{name}.count" for name in names} <= {each.field for each in read["809"].review}


def test_places_and_media_are_the_words_of_the_paper(flows: dict[str, Flow]) -> None:
    """場所と方法は諮問書のことばのまま、業務ごとに読み取る。"""
    assert flows["809-1"].places == ("委託先事業者の施設", "区役所")
    assert flows["816-2"].places == ("世田谷区事務センター", "クラウドサービス事業者のデータセンター")
    assert flows["809-1"].media == ("CD-R", "USBメモリ")
    assert flows["814-1"].media == ("文書", "ファクシミリ", "電磁的記録媒体", "口頭")
    assert (flows["812-1"].contractor_computer, flows["812-2"].contractor_computer) == (False, True)


def test_the_annex_and_its_counts(flows: dict[str, Flow]) -> None:
    """816号の項目と件数は別紙から、業務ごとに読み取る。「第1の4(2)のとおり」は合計の件数になる。"""
    assert [flows[f"816-1-{n}"].count for n in range(1, 6)] == [300, 270, 30, 40, 100]
    assert flows["816-2"].count == 740


def test_the_report_has_trials_and_controls(read: dict[str, Consultation]) -> None:
    """報告からは、試行する7つの所管課と8つの対策を読み取り、記号が失われた「上記～」は人に確かめる。"""
    report = read["mobile-work"]
    assert (len(report.trials), len(report.controls)) == (7, 8)
    assert [each.line for each in report.review if each.field == "trials"] == [1259]


def test_every_value_cites_its_lines(flows: dict[str, Flow]) -> None:
    """読み取った値には、元の諮問書の行番号が付いている。"""
    lines = Path(PACKET).read_text(encoding="utf-8").split("\n")
    for flow in flows.values():
        for at in flow.cite.get("count", ()):
            assert any(word in lines[at - 1] for word in ("件", "枚", "のとおり"))
        assert flow.cite.get("items") or flow.cite.get("items_of")
