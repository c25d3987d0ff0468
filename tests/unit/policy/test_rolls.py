"""名簿に載せる・場所を登録する: 持ち主が書いたことを、画面が読む。"""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from azukari.core.policy import api
from azukari.core.policy.types import Actor, Place
from azukari.kernel.errors import BadInput

pytestmark = pytest.mark.usefixtures("scratch")
OWNER = "owner"
DAY = date(2026, 11, 20)
FLOW = "815-1"
SITE = Place("t-site", "作業場", "委託先事業者の施設", "甲社", ward_terminal=True)
WORKER = Actor("t-worker", "operator", frozenset({FLOW}), "甲社")


def test_enrolling_and_withdrawing() -> None:
    """名簿は期間で持つ。始まりの日を含み、終わりの日を含まない。"""
    api.enrol("t-worker", FLOW, since=DAY, contractor="甲社", using=OWNER)
    assert api.enrolled("t-worker", DAY - timedelta(days=1)) == frozenset()
    assert api.enrolled("t-worker", DAY) == {FLOW}
    assert "t-worker" in api.people_of(FLOW, DAY)
    api.withdraw("t-worker", FLOW, on=DAY + timedelta(days=10), using=OWNER)
    assert api.enrolled("t-worker", DAY + timedelta(days=9)) == {FLOW}
    assert api.enrolled("t-worker", DAY + timedelta(days=10)) == frozenset()
    api.enrol("t-worker", FLOW, since=DAY + timedelta(days=10), contractor="甲社", using=OWNER)
    api.withdraw("t-worker", FLOW, on=DAY, using=OWNER)
    assert api.enrolled("t-worker", DAY + timedelta(days=20)) == frozenset()


def test_periods_of_one_person_do_not_overlap() -> None:
    """同じ取扱いに重ねて載せようとすると、理由を言って断る。空の期間も断る。"""
    api.enrol("t-worker", FLOW, since=DAY, contractor="甲社", using=OWNER)
    with pytest.raises(BadInput, match="既に載っています"):
        api.enrol("t-worker", FLOW, since=DAY + timedelta(days=1), contractor="甲社", using=OWNER)
    with pytest.raises(BadInput, match="期間が空"):
        api.enrol("t-other", FLOW, since=DAY, until=DAY, using=OWNER)


def test_a_new_place_counts_from_the_next_request() -> None:
    """登録した場所は、次に入口を通るときから効く。"""
    assert not api.admit(WORKER, FLOW, SITE, api.SCREEN, DAY).allowed
    api.save_place(SITE, using=OWNER)
    assert api.places()[SITE.code] == SITE
    assert api.admit(WORKER, FLOW, SITE, api.SCREEN, DAY).allowed
    assert api.decide(WORKER, FLOW, "氏名", api.Subject("甲社"), SITE, api.SCREEN, DAY).allowed
    assert [line.decision.allowed for line in api.explain(WORKER, FLOW, SITE, api.SCREEN, DAY)] == [True] * 4
