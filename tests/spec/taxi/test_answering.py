"""差異通知への回答

保留になった券は、事業者の回答を受けて、支払うか支払わないかを決めます。確定した月は直さず、次の支払に一行の過不足として入れます。
"""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client

from azukari.business.taxi import api
from azukari.business.taxi.types import Ground
from support.claims import BY, JULY, JUNE, made_month, receive
from support.signing import signed_in
from support.taxi import rows

pytestmark = pytest.mark.usefixtures("scratch")
HELD = """
SELECT v.id, v.denomination FROM taxi_presentedvoucher v JOIN taxi_batch b ON b.id = v.batch_id
 WHERE b.month = %s AND v.outcome = '保留' AND v.grounds = %s ORDER BY v.id LIMIT 1"""


@pytest.fixture
def officer(tmp_path: Path) -> Client:
    """A settled June, and the officer who looks after it."""
    receive(made_month(tmp_path / "june").claims)
    api.settle(JUNE, tmp_path / "out", pay_on=None, by=BY)
    return signed_in("officer")


def held(ground: Ground) -> tuple[int, int]:
    [(voucher, face)] = rows(HELD, JUNE, ground.bit)
    return int(str(voucher)), int(str(face))


def answer(officer: Client, voucher: int, serial: str = "") -> int:
    sent = {"received_on": "2019-09-02", "serial": serial}
    return officer.post(f"/taxi/pay/answer/{voucher}/", sent).status_code


def decide(officer: Client, voucher: int, result: str, amount: int) -> int:
    return officer.post(f"/taxi/pay/answer/{voucher}/", {"result": result, "amount": amount}).status_code


def test_an_answer_is_paid_in_a_later_month(officer: Client, tmp_path: Path) -> None:
    """回答を受けて支払うと決めた券は、次に確定する月の支払に、過不足の一行として入ります。前の月の支払は一円も変わりません。"""
    voucher, face = held(Ground.MISSING_ENTRY)
    before = rows("SELECT claimed, unpaid, corrected, paid FROM taxi_run")
    assert answer(officer, voucher) == decide(officer, voucher, "支払う", face) == 303
    receive(made_month(tmp_path / "july", JULY).claims)
    [july] = api.settle(JULY, tmp_path / "out", pay_on=None, by=BY).runs
    assert july.corrected == face
    assert july.paid == july.claimed - july.unpaid + face == july.trailer
    assert rows("SELECT claimed, unpaid, corrected, paid FROM taxi_run WHERE month = %s", JUNE) == before


def test_an_answer_is_decided_once(officer: Client) -> None:
    """一枚の券への回答と決定は、一度ずつです。二度目は、記録していない理由が示されます。"""
    voucher, face = held(Ground.OVER_FARE)
    assert decide(officer, voucher, "支払う", face) == 422
    assert answer(officer, voucher) == 303
    assert answer(officer, voucher) == 422
    assert decide(officer, voucher, "支払わない", 0) == 303
    assert decide(officer, voucher, "支払う", face) == 422
    assert rows("SELECT count(*) FROM taxi_correction") == [(0,)]


@pytest.mark.parametrize("amount", [0, 100_000])
def test_no_more_than_the_face_value(officer: Client, amount: int) -> None:
    """支払う額は、1円から券面額までです。"""
    voucher, _ = held(Ground.MISSING_ENTRY)
    answer(officer, voucher)
    assert decide(officer, voucher, "支払う", amount) == 422
    assert rows("SELECT result FROM taxi_answer WHERE voucher_id = %s", voucher) == [("",)]


def test_an_unreadable_number_must_be_told_and_not_be_paid_already(officer: Client) -> None:
    """番号の読めない券は、事業者が番号を答えなければ支払えません。すでに支払った番号を答えても、データベースが断ります。"""
    voucher, face = held(Ground.UNREADABLE)
    answer(officer, voucher)
    assert decide(officer, voucher, "支払う", face) == 422
    [(paid,)] = rows("SELECT serial FROM taxi_acceptance ORDER BY serial LIMIT 1")
    rows("UPDATE taxi_answer SET serial = %s WHERE voucher_id = %s RETURNING id", paid, voucher)
    assert decide(officer, voucher, "支払う", face) == 422
    assert rows("SELECT count(*) FROM taxi_correction") == [(0,)]


def test_the_payers_screens_show_no_name(officer: Client) -> None:
    """支払と回答の画面には、券の番号・券種・券面額・理由が出ます。氏名と認定番号は出ません。"""
    voucher, _ = held(Ground.MISSING_ENTRY)
    pages = [officer.get(path).content.decode() for path in ("/taxi/pay/", f"/taxi/pay/answer/{voucher}/")]
    names = {str(name) for (name,) in rows("SELECT DISTINCT name FROM taxi_presentedvoucher WHERE name <> ''")}
    numbers = {str(number) for (number,) in rows("SELECT DISTINCT number FROM taxi_certificate")}
    assert not [word for word in names | numbers for page in pages if word in page]


def test_a_settlement_by_company(officer: Client) -> None:
    """確定した支払は、事業者ごとに、請求額・支払わない額・過不足・支払額で見られます。"""
    [(key, paid)] = rows("SELECT id, paid FROM taxi_run")
    page = officer.get(f"/taxi/pay/{key}/")
    assert page.status_code == 200
    assert f"{paid:,}円" in page.content.decode()
    assert officer.get("/taxi/pay/999999/").status_code == 404


def test_a_voucher_that_is_not_held_looks_absent(officer: Client) -> None:
    """支払った券、支払わないと決まった券、ない券の回答の画面は、どれも「ありません」です。"""
    others = rows("SELECT min(id) FROM taxi_presentedvoucher WHERE outcome IN ('支払', '不支給') GROUP BY outcome")
    assert {
        officer.get(f"/taxi/pay/answer/{key}/").status_code for key in (*(one for (one,) in others), 999_999_999)
    } == {404}


@pytest.mark.parametrize("login", ["operator", "it", "council"])
def test_others_do_not_see_payments(officer: Client, login: str) -> None:
    """委託先の従事者、IT、審議会の委員は、支払の画面を使えません。"""
    assert signed_in(login).get("/taxi/pay/").status_code in {403, 404}
