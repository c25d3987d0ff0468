"""月のまとめと支払えない券

区の職員は、月の券がどこまで進んだか、何がなぜ支払えないかを、券一枚まで見ます。保留の請求は、職員が受け付けるまで確認に回りません。
"""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.test import Client

from azukari.business.taxi.checking.grounds import rules
from azukari.business.taxi.types import Ground, Hold
from azukari.core.audit import api as audit
from support.signing import signed_in
from support.taxi import rows

pytestmark = pytest.mark.django_db(databases=["default", "owner"])
BY_OUTCOME = """
SELECT outcome, count(*), sum(denomination) FROM taxi_presentedvoucher v JOIN taxi_batch b ON b.id = v.batch_id
 WHERE b.month = %s GROUP BY 1"""
UNPAID = """
SELECT v.id, v.person_id FROM taxi_presentedvoucher v JOIN taxi_batch b ON b.id = v.batch_id
 WHERE b.month = %s AND v.outcome IN ('保留', '不支給') ORDER BY v.id"""
DUPLICATES = """
SELECT v.id, v.first FROM taxi_presentedvoucher v JOIN taxi_batch b ON b.id = v.batch_id
 WHERE b.month = %s AND v.grounds & -v.grounds = %s ORDER BY v.id"""


@pytest.fixture
def officer() -> Client:
    """The ward's officer. The demonstration's month was received and checked, with every kind of error in it."""
    return signed_in("officer")


@pytest.fixture
def month() -> date:
    """The month that the demonstration has claims of."""
    [(found,)] = rows("SELECT max(month) FROM taxi_batch")
    return date.fromisoformat(str(found))


def page(officer: Client, address: str) -> str:
    answer = officer.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def held_claim(hold: Hold) -> int:
    [(batch,), *_] = rows("SELECT id FROM taxi_batch WHERE hold = %s ORDER BY id", hold.value)
    return int(str(batch))


def cards(text: str) -> list[int]:
    return [int(key) for key in re.findall(r'<article class="[^"]*" id="v(\d+)"', text)]


def test_every_outcome_in_numbers(officer: Client, month: date) -> None:
    """月の画面に、支払、保留、不支給、未判定の枚数と金額が、図と同じ数の表で出ます。"""
    text = page(officer, f"/taxi/?month={month:%Y-%m}")
    outcomes = rows(BY_OUTCOME, month)
    assert {str(outcome) for outcome, *_ in outcomes} == {"支払", "保留", "不支給", "未判定"}
    for outcome, count, yen in outcomes:
        if outcome != "未判定":
            assert f'data-label="区分">{outcome}</td><td data-label="枚数" class="number">{count:,}枚' in text
            assert f"{int(str(yen)):,}円" in text


def test_every_reason_has_its_words_and_source(officer: Client, month: date) -> None:
    """支払えない理由には、説明と根拠が付きます。要綱で確かめていないものには「未確認」と出ます。"""
    text = page(officer, f"/taxi/?month={month:%Y-%m}")
    masks = rows(
        "SELECT DISTINCT v.grounds & -v.grounds FROM taxi_presentedvoucher v JOIN taxi_batch b ON b.id = v.batch_id"
        " WHERE b.month = %s AND v.grounds > 0",
        month,
    )
    found = {ground for ground in Ground if (ground.bit,) in masks}
    assert len(found) > 8
    for ground, rule in rules().items():
        part = re.search(f'ground={ground.value}">(.*?)</tr>', text, re.DOTALL)
        assert bool(part) == (ground in found)
        if part:
            assert rule.told in part[1]
            assert rule.source in part[1]
            assert ("未確認" in part[1]) == (not rule.confirmed)


@pytest.mark.parametrize("hold", list(Hold))
def test_a_held_claim_waits_for_an_officer(officer: Client, month: date, hold: Hold) -> None:
    """保留の請求は、委託先の画面に出ません。職員が「受け付ける」と、確認に加わります。"""
    batch, operator = held_claim(hold), signed_in("operator")
    assert hold.value in page(officer, f"/taxi/?month={month:%Y-%m}")
    assert operator.get(f"/taxi/check/{batch}/").status_code == 404
    assert f"/taxi/check/{batch}/" not in operator.get(f"/taxi/check/?month={month:%Y-%m}").content.decode()
    assert officer.post(f"/taxi/release/{batch}/?month={month:%Y-%m}").status_code == 303
    assert operator.get(f"/taxi/check/{batch}/").status_code == 200


def test_a_held_claim_cannot_be_marked(officer: Client) -> None:
    """保留の請求の券は、委託先のだれにも印を付けられません。"""
    batch = held_claim(Hold.TWICE)
    [(key, version)] = rows("SELECT id, version FROM taxi_presentedvoucher WHERE batch_id = %s LIMIT 1", batch)
    sent = {"version": version, "state": "確認済", "reason": ""}
    assert signed_in("operator").post(f"/taxi/check/{batch}/{key}/", sent).status_code == 404


def test_releasing_is_recorded_once(officer: Client, month: date) -> None:
    """受け付けたことは、券の本人ごとに台帳に残ります。二人が押しても、受け付けるのは一度です。"""
    batch = held_claim(Hold.OUT_OF_TERM)
    people = {person for (person,) in rows("SELECT person_id FROM taxi_presentedvoucher WHERE batch_id = %s", batch)}
    before = audit.search(action="change", flow="r-taxi").lines
    officer.post(f"/taxi/release/{batch}/?month={month:%Y-%m}")
    again = signed_in("responsible").post(f"/taxi/release/{batch}/?month={month:%Y-%m}", follow=True)
    assert "ほかの人が先に受け付けています" in again.content.decode()
    [line] = [line for line in audit.search(action="change", flow="r-taxi").lines if line not in before]
    assert line.actor == "officer"
    assert set(line.subjects) == people - {None}


def test_a_contractor_releases_nothing(officer: Client) -> None:
    """委託先の従事者は、請求を受け付けることも、支払えない券を見ることもできません。"""
    batch, operator = held_claim(Hold.TWICE), signed_in("contractor-lead")
    assert operator.post(f"/taxi/release/{batch}/").status_code == 403
    assert operator.get("/taxi/held/").status_code == 403
    assert signed_in("operator").get(f"/taxi/check/{batch}/").status_code == 404


def test_every_unpaid_voucher_once(officer: Client, month: date) -> None:
    """支払えない券は、50枚ずつ、受け取った順に、一枚も漏らさず重ねず並びます。"""
    shown, address = [], f"/taxi/held/?month={month:%Y-%m}"
    while address:
        text = page(officer, address)
        assert len(cards(text)) <= 50
        shown += cards(text)
        further = re.search(r'href="(\?[^"]*)" rel="next"', text)
        address = f"/taxi/held/{further[1].replace('&amp;', '&')}" if further else ""
    assert shown == [key for key, _ in rows(UNPAID, month)]


def test_filters(officer: Client, month: date) -> None:
    """事業者、理由、扱いで絞り込めます。理由は、扱いを決めた理由です。"""
    wanted = [key for key, _ in rows(DUPLICATES, month, Ground.DUPLICATE.bit)]
    assert wanted
    assert cards(page(officer, f"/taxi/held/?month={month:%Y-%m}&ground=DUPLICATE")) == wanted[:50]
    assert not cards(page(officer, f"/taxi/held/?month={month:%Y-%m}&ground=DUPLICATE&outcome=保留"))
    [(company, count)] = rows(
        "SELECT b.company_id, count(*) FROM taxi_presentedvoucher v JOIN taxi_batch b ON b.id = v.batch_id"
        " WHERE b.month = %s AND v.outcome IN ('保留', '不支給') GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 1",
        month,
    )
    assert f"{count}枚あります" in page(officer, f"/taxi/held/?month={month:%Y-%m}&company={company}")


def test_the_voucher_before_a_duplicate(officer: Client, month: date) -> None:
    """先に提出された券があるときは、その券を開いて比べられます。"""
    key, first = rows(DUPLICATES, month, Ground.DUPLICATE.bit)[0]
    assert f'href="/taxi/held/{first}/"' in page(officer, f"/taxi/held/{key}/")
    assert cards(page(officer, f"/taxi/held/{first}/")) == [first]
    assert officer.get("/taxi/held/999999999/").status_code == 404


def test_what_was_seen_is_in_the_ledger(officer: Client, month: date) -> None:
    """支払えない券を見たことは、画面に出たすべての本人について台帳に残ります。"""
    officer.get(f"/taxi/held/?month={month:%Y-%m}")
    line = audit.search(action="view", flow="r-taxi").lines[0]
    assert set(line.subjects) == {person for _, person in rows(UNPAID, month)[:50]} - {None}
    assert {"氏名", "券の番号", "券の状態"} <= set(line.items)


def test_the_whole_picture_is_the_wards(officer: Client) -> None:
    """券の全体の画像は、区の職員だけが見ます。画像のない券は、ない券と同じ答えになります。"""
    [(pictured,)] = rows("SELECT id FROM taxi_presentedvoucher WHERE image <> '' ORDER BY id LIMIT 1")
    [(plain,)] = rows("SELECT id FROM taxi_presentedvoucher WHERE image = '' ORDER BY id LIMIT 1")
    assert officer.get(f"/taxi/image/{pictured}/")["Cache-Control"] == "no-store"
    assert [officer.get(f"/taxi/image/{key}/").status_code for key in (plain, 999_999_999)] == [404, 404]
    assert signed_in("operator").get(f"/taxi/image/{pictured}/").status_code == 403
