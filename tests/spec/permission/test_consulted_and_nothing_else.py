"""諮問にあることだけが許される

だれが・どの取扱いで・どの項目を・だれの・どこで・どの媒体で・いつ、を尋ねると、許可か拒否と、根拠と理由が返ります。
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.conf import settings

from azukari.core.policy.api import SCREEN, Actor, Decision, Direction, Form, Library, Place, Subject, load
from azukari.core.policy.decide import Matrix
from azukari.core.policy.terms import terms_of

OURS = "ひだまり事務センター（見本）"
SITE = Place("site", "委託先の作業室", "委託先事業者の施設", OURS, ward_terminal=True)
OWN_MACHINE = Place("own", "委託先の機械の部屋", "委託先事業者の施設", OURS, ward_terminal=False)
RIVAL = Place("rival", "よその委託先", "委託先事業者の施設", "よその会社", ward_terminal=True)
ROOM = Place("room", "入園担当執務室", "世田谷区保育担当部保育認定・調整課入園担当執務室内")
LIBRARY: Library = load(settings.CONSULTATIONS, demonstration=True)
MATRIX = Matrix(terms_of(LIBRARY), {place.code: place for place in (SITE, OWN_MACHINE, RIVAL, ROOM)})
OPERATOR = Actor("operator", "operator", frozenset(LIBRARY.flows), OURS)


def ask(flow: str = "815-1", item: str = "氏名", **other: Any) -> Decision:
    given: dict[str, Any] = {"actor": OPERATOR, "subject": Subject(OURS), "place": SITE, "medium": SCREEN}
    given |= {"on": date(2019, 6, 1)} | other
    order = [given.pop(name) for name in ("subject", "place", "medium", "on")]
    return MATRIX.decide(given.pop("actor"), flow, item, *order, **given)


@pytest.mark.parametrize("item", ["氏名", "タクシー利用日", "タクシー代金", "福祉タクシー券等認定番号"])
def test_items_of_the_paper_are_allowed(item: str) -> None:
    """諮問815号の4項目は、開始の日から、根拠の号を添えて許される。"""
    decision = ask(item=item)
    assert decision.allowed
    assert decision.ground.startswith("諮問第815号")


@pytest.mark.parametrize("item", ["住所", "生年月日", "電話番号", "障害の内容", "宛名番号", "病名"])
def test_any_other_item_is_refused(item: str) -> None:
    """諮問815号にない項目は、何であっても断られ、その項目の名が理由に出る。"""
    decision = ask(item=item)
    assert not decision.allowed
    assert item in decision.reason


def test_the_day_before_the_start_is_refused() -> None:
    """開始の前の日は断られる。"""
    assert not ask(on=date(2019, 5, 31)).allowed


def test_another_contractors_place_is_refused() -> None:
    """「委託先事業者の施設」は自分の施設であって、よその委託先の施設ではない。"""
    assert not ask(place=RIVAL).allowed


def test_a_place_that_is_not_registered_is_refused() -> None:
    """登録のない場所からは断られる。"""
    assert not ask(place=None).allowed


def test_a_contractors_own_computer_needs_the_papers_word() -> None:
    """委託先の電子計算機は、諮問に「あり」とある取扱いでだけ使える。815号は「なし」、812号の電話対応は「あり」。"""
    assert not ask(place=OWN_MACHINE).allowed
    assert ask("812-2", place=OWN_MACHINE).allowed


def test_a_medium_that_is_not_listed_is_refused() -> None:
    """授受の方法にない媒体は断られる。812号の電話対応にファクシミリは書かれていない。"""
    assert ask("812-2", medium="文書").allowed
    assert not ask("812-2", medium="ファクシミリ").allowed


def test_a_wider_word_covers_the_narrower() -> None:
    """「電磁的記録媒体」は USBメモリ を含む。"""
    assert ask("813-1", medium="USBメモリ").allowed


def test_directions_are_separate_permissions() -> None:
    """本人から受け取る許可は、区から渡す許可ではない。"""
    assert ask("814-2", direction=Direction.SUBJECT_TO_CONTRACTOR).allowed
    assert not ask("814-2", direction=Direction.WARD_TO_CONTRACTOR).allowed


def test_pseudonymised_items_are_not_given_plain() -> None:
    """匿名化して渡すとされた項目は、そのままの形では渡せない。"""
    day = date(2020, 6, 1)
    assert ask("809-2-1", "レセプトデータ", medium="CD-R", on=day, form=Form.PSEUDONYMISED).allowed
    assert not ask("809-2-1", "レセプトデータ", medium="CD-R", on=day, form=Form.PLAIN).allowed


def test_rows_outside_the_programme_are_refused() -> None:
    """「当該事業対象者に限定して」渡すとされた項目は、対象者でない人の分は渡せない。"""
    member = Subject(OURS, frozenset({"当該事業対象者"}))
    assert ask("809-3", "レセプトデータ", medium="CD-R", subject=member).allowed
    assert not ask("809-3", "レセプトデータ", medium="CD-R").allowed


def test_a_flow_without_a_start_grants_nothing() -> None:
    """開始の時期が書かれていない取扱い (809号の受診勧奨通知発送) は、人が定めるまで何も許さない。"""
    assert not ask("809-2-2", medium="CD-R", on=date(2026, 1, 1)).allowed


def test_who_is_not_on_the_roll_is_refused() -> None:
    """名簿に載っていない従事者は断られる。"""
    assert not ask(actor=Actor("stranger", "operator", frozenset(), OURS)).allowed


def test_without_an_answer_nothing_is_granted() -> None:
    """答申がなければ、諮問しただけでは何も許されない。見本の答申は実演の区でだけ数える。"""
    real = load(settings.CONSULTATIONS, demonstration=False)
    matrix = Matrix(terms_of(real), {SITE.code: SITE})
    decision = matrix.decide(OPERATOR, "815-1", "氏名", Subject(OURS), SITE, SCREEN, date(2019, 6, 1))
    assert not decision.allowed
    assert "答申" in decision.reason


def test_a_sample_register_entry_grants_nothing_in_a_real_ward() -> None:
    """区の登録簿と照らし合わせていない業務の登録 (見本) は、実演の区の外では何も許さない。"""
    officer = Actor("officer", "officer", frozenset({"r-juki"}), section="区政情報課")
    place = Place("office", "区役所", "区役所")
    asked = (officer, "r-juki", "氏名", Subject(), place, SCREEN, date(2019, 6, 1))
    for demonstration in (True, False):
        library = load(settings.CONSULTATIONS, demonstration=demonstration)
        decision = Matrix(terms_of(library), {place.code: place}).decide(*asked)
        assert decision.allowed is demonstration
    assert "登録簿と照らし合わせ" in decision.reason
