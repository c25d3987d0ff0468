"""判定の理由: 断るときは決まった順で最初の決め手を言い、何が要るかを添える。"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from azukari.config.home import ROOT
from azukari.core.policy.decide import Matrix, warn_count
from azukari.core.policy.library import load
from azukari.core.policy.terms import SCREEN, Point, role_of, terms_of
from azukari.core.policy.types import Actor, Decision, Direction, Form, Place, Subject
from property import made_up

OURS, THEIRS = "甲社", "乙社"
DAY = date(2026, 7, 1)
SITE = Place("site", "甲社作業場", made_up.OWN, OURS, ward_terminal=False)
RIVAL = Place("rival", "乙社作業場", made_up.OWN, THEIRS, ward_terminal=False)
NOBODYS = Place("nobody", "貸会議室", made_up.OWN, None, ward_terminal=False)
CENTRE = Place("centre", "事務センター", made_up.CENTRE, None, ward_terminal=True)
HOME = Place("home", "自宅", "本人の手元", None, ward_terminal=False)
LIBRARY = made_up.library()
TERMS = terms_of(LIBRARY)
MATRIX = Matrix(TERMS, {place.code: place for place in (SITE, RIVAL, NOBODYS, CENTRE, HOME)})
WORKER = Actor("worker", "operator", frozenset({"901-1", "901-2", "901-3", "901-4", "902-1", "902-2"}), OURS)


def decide(flow: str = "901-1", item: str = "氏名", **given: Any) -> Decision:
    usual: dict[str, Any] = {
        "actor": WORKER,
        "subject": Subject(OURS),
        "place": SITE,
        "medium": SCREEN,
        "on": DAY,
    } | given
    return MATRIX.decide(
        usual.pop("actor"),
        flow,
        item,
        usual.pop("subject"),
        usual.pop("place"),
        usual.pop("medium"),
        usual.pop("on"),
        **usual,
    )


def test_a_permission_names_the_paper_and_the_answer() -> None:
    """許すときは、諮問の番号と項、答申の日を根拠に言う。"""
    decision = decide()
    assert decision.allowed
    assert decision.ground == "諮問第901号 5(1)(2026年3月1日答申)"
    assert "氏名" in decision.reason


REFUSALS: dict[str, tuple[dict[str, Any], str]] = {
    "an unknown flow": ({"flow": "999-1"}, "諮問も業務の登録もありません"),
    "no answer yet": ({"flow": "903-1"}, "答申をまだ受けていません"),
    "no start": ({"flow": "901-5"}, "開始の日が定まっていません"),
    "ended before it began": ({"flow": "904-1"}, "2026年3月15日に変更又は終了しました"),
    "before the start": ({"on": date(2026, 3, 31)}, "2026年4月1日からです"),
    "on the last day": ({"flow": "901-3", "on": date(2027, 4, 1)}, "2027年4月1日に終わりました"),
    "changed by a later one": ({"flow": "902-1", "on": date(2026, 12, 1)}, "2026年12月1日に終わりました"),
    "an item of no paper": ({"item": "病歴"}, "「病歴」は諮問第901号の項目にありません"),
    "the other direction": ({"direction": Direction.SUBJECT_TO_CONTRACTOR}, "「区から委託先へ提供するもの」だけです"),
    "plain rows for tokens only": ({"flow": "901-4"}, "仮の符号に置き換えたものだけです"),
    "not on the roll": ({"actor": Actor("x", "operator", frozenset(), OURS)}, "名簿に載っていません"),
    "no place": ({"place": None}, "登録された取扱場所ではありません"),
    "an unregistered place": ({"place": Place("new", "新", made_up.OWN, OURS)}, "登録された取扱場所ではありません"),
    "another place": ({"place": CENTRE}, "「事務センター」は諮問第901号の取扱場所ではありません"),
    "nobody's facility": ({"place": NOBODYS}, "取扱場所ではありません"),
    "a rival's facility": ({"place": RIVAL}, "別の委託先の施設です"),
    "no screen there": ({"flow": "901-2"}, "「画面」は諮問第901号の授受の方法にありません"),
    "another medium": ({"medium": "ファクシミリ"}, "「ファクシミリ」は諮問第901号の授受の方法にありません"),
    "a rival's row": ({"subject": Subject(THEIRS)}, "預けられたものではありません"),
    "nobody's row": ({"subject": Subject("")}, "預けられたものではありません"),
    "outside the scope": ({"flow": "901-3"}, "事業対象者に限られます"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSALS)
def test_a_refusal_tells_the_first_cause(case: str) -> None:
    """断る理由は、決め手となった最初の一つ。"""
    given, words = REFUSALS[case]
    decision = decide(**given)
    assert not decision.allowed
    assert words in decision.reason
    assert decision.reason.endswith("。")


GROUNDS: dict[str, str] = {
    "no answer yet": "諮問第903号",
    "no start": "諮問第901号 12(2026年3月1日答申)",
    "before the start": "諮問第901号 12(2026年3月1日答申)",
    "an item of no paper": "諮問第901号 5(1)(2026年3月1日答申)",
    "another place": "諮問第901号 6(2026年3月1日答申)",
    "a rival's facility": "諮問第901号 6(2026年3月1日答申)",
    "another medium": "諮問第901号 8(2026年3月1日答申)",
    "no screen there": "諮問第901号 9(2026年3月1日答申)",
    "a rival's row": "諮問第901号 5(1)(2026年3月1日答申)",
    "an unknown flow": "根拠なし",
}


@pytest.mark.parametrize("case", GROUNDS)
def test_a_refusal_rests_on_the_section_it_turns_on(case: str) -> None:
    """断る根拠は、場所なら6、授受の方法なら8、電子計算機なら9、開始時期なら12。答申がまだなら諮問そのもの。"""
    assert decide(**REFUSALS[case][0]).ground == GROUNDS[case]


def test_parts_of_a_paper_and_the_ward_s_own_register_have_their_own_sections() -> None:
    """諮問第816号は、記録・委託・回線結合の三つの部で節が違う。業務の登録は一つの根拠しか持たない。"""
    terms = terms_of(load(ROOT / "consultations", demonstration=True))
    asked = ("816-1-1", "816-2", "816-3")
    assert [terms[flow].ground_of(Point.START).split("(")[0] for flow in asked] == [
        "諮問第816号 第1の7",
        "諮問第816号 第2の12",
        "諮問第816号 第3の9",
    ]
    assert terms["816-2"].ground_of(Point.PLACE).startswith("諮問第816号 第2の6")
    assert terms["r-taxi"].ground_of(Point.PLACE) == terms["r-taxi"].ground
    assert terms["r-taxi"].title == "業務の登録「福祉タクシー券の交付」"
    assert terms["816-2"].title == "諮問第816号「管理システム運用保守業務委託」"


def test_the_order_of_causes_is_fixed() -> None:
    """いくつも欠けていても、言うのはいつも同じ一つ(期間、項目、向き、形、名簿、場所、媒体、行の順)。"""
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"on": date(2020, 1, 1)}, "からです"),
        ({"item": "病歴"}, "項目にありません"),
        ({"direction": Direction.LINE}, "だけです"),
        ({"actor": replace(WORKER, enrolled=frozenset())}, "名簿"),
        ({"place": CENTRE}, "取扱場所ではありません"),
        ({"medium": "念写"}, "授受の方法"),
        ({"subject": Subject(THEIRS)}, "預けられた"),
    ]
    for first, (_, words) in enumerate(wrong):
        together: dict[str, Any] = {}
        for given, _ in wrong[first:]:
            together |= given
        if "place" in together:
            together["place"] = CENTRE
        assert words in decide(**together).reason


ALLOWED: dict[str, dict[str, Any]] = {
    "a medium the paper's word covers": {"medium": "USBメモリ"},
    "spoken": {"medium": "口頭"},
    "tokens": {"flow": "901-4", "form": Form.PSEUDONYMISED, "medium": "文書"},
    "tokens where plain is allowed": {"form": Form.PSEUDONYMISED},
    "within the scope": {"flow": "901-3", "subject": Subject(OURS, frozenset({"事業対象者"}))},
    "the last day but one": {
        "flow": "901-3", "subject": Subject(OURS, frozenset({"事業対象者"})), "on": date(2027, 3, 31),
    },
    "no hand-over at all, so the ward's screen": {"flow": "902-2", "item": "相談内容", "place": CENTRE},
    "recorded by the ward, whoever's row": {
        "flow": "902-1", "item": "相談内容", "place": CENTRE, "subject": Subject(THEIRS),
    },
}  # fmt: skip


@pytest.mark.parametrize("case", ALLOWED)
def test_what_the_paper_says_is_allowed(case: str) -> None:
    """諮問に書かれたとおりなら許す。"""
    assert decide(**ALLOWED[case]).allowed, decide(**ALLOWED[case]).reason


def test_a_resident_sees_the_own_record_only() -> None:
    """本人は自分の記録だけを見る。"""
    resident = Actor("resident", "resident", frozenset({"r-own"}), person=7)
    own = {"flow": "r-own", "actor": resident, "place": HOME}
    assert decide(**own, subject=Subject(person=7)).allowed
    for subject in (Subject(person=8), Subject()):
        assert "ご自身の記録だけ" in decide(**own, subject=subject).reason


def test_outside_a_demonstration_a_made_up_answer_grants_nothing() -> None:
    """実演用の答申は、実際の区では何も許さない。"""
    assert terms_of(made_up.library(demonstration=False))["902-1"].gap
    assert terms_of(made_up.library(demonstration=True))["902-1"].gap is None


def test_counts_warn_and_never_block() -> None:
    """件数を超えても止めず、変更の諮問を促す。"""
    flow = LIBRARY.flows["901-1"]
    assert warn_count(flow, 10) is None
    warning = warn_count(flow, 11)
    assert warning is not None
    assert "変更の諮問" in warning.reason
    assert warn_count(LIBRARY.flows["901-2"], 10**9) is None


def test_admit_asks_everything_but_item_and_row() -> None:
    """入口では、項目と行のほかのすべてを問う。"""
    assert MATRIX.admit(WORKER, "901-1", SITE, SCREEN, DAY).allowed
    assert not MATRIX.admit(WORKER, "901-1", RIVAL, SCREEN, DAY).allowed
    assert MATRIX.admit(WORKER, "901-4", SITE, "文書", DAY).allowed
    assert not MATRIX.admit(WORKER, "999-1", SITE, SCREEN, DAY).allowed


def test_explain_lists_every_item_and_what_narrows_it() -> None:
    """なぜ見えるのかを、項目ごとに、狭める条件とともに並べる。"""
    lines = MATRIX.explain(WORKER, "901-3", SITE, SCREEN, DAY, items=("電話番号",))
    assert [(line.item, line.decision.allowed) for line in lines] == [
        ("氏名", True),
        ("病歴", True),
        ("電話番号", False),
    ]
    assert lines[0].conditions == ("事業対象者に限ります。", "自らの委託先に預けられたものに限ります。")


def test_a_medium_of_no_hand_over_is_no_medium() -> None:
    """授受「なし」は媒体ではない。"""
    assert not decide("902-2", "相談内容", place=CENTRE, medium="なし").allowed


def test_roles_are_named_after_flows() -> None:
    assert role_of("815-1") == "flow_815_1"
    assert role_of("r-taxi") == "entry_r_taxi"
