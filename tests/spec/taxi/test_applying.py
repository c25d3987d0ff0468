"""申請と認定の台帳

申請の内容から、券種ごとに該当するかを理由つきで示し、区の職員が確かめて保存すると、認定番号ができます。
停止、紛失・破棄・返還の届け、再交付は、台帳の画面から行います。
"""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.test import Client

from azukari.business.taxi import serials
from support.signing import signed_in
from support.taxi import rows

pytestmark = pytest.mark.usefixtures("scratch")
DECLARED = {
    "applied_on": "2020-03-02",
    "kinds": ["福祉タクシー券"],
    "handbook": "持っている",
    "impairment1-name": "下肢機能障害",
    "impairment1-grade": "2",
    "ai_degree": "なし",
    "care_level": "なし",
    "wheelchair": "いいえ",
    "facility": "なし",
    "inpatient": "いいえ",
    "fuel_aid": "いいえ",
}
SOMEBODY = """
SELECT p.atena FROM people_person p JOIN people_address a ON a.person_id = p.id AND a.valid @> current_date
 WHERE p.died IS NULL AND a.municipality = '東京都世田谷区' AND lower(a.valid) < '2019-01-01'
   AND NOT EXISTS (SELECT FROM taxi_certificate c WHERE c.person_id = p.id) ORDER BY p.id LIMIT 1"""


def somebody() -> str:
    [(atena,)] = rows(SOMEBODY)
    return str(atena)


def decided(officer: Client, atena: str, **changes: object) -> str:
    return officer.post("/taxi/apply/", {"atena": atena, "step": "decide", **DECLARED, **changes}).content.decode()


def seen(page: str) -> str:
    found = re.search(r'name="seen" value="([^"]*)"', page)
    assert found
    return unescape(found[1])


def numbers(atena: str) -> list[tuple[object, ...]]:
    return rows(
        "SELECT c.number, c.kind FROM taxi_certificate c JOIN people_person p ON p.id = c.person_id WHERE p.atena = %s",
        atena,
    )


def test_the_decision_is_shown_before_it_is_saved() -> None:
    """申請を入力すると、保存する前に、該当するか、その条件と根拠、交付する枚数と金額が示されます。まだ何も書かれません。"""
    officer, atena = signed_in("officer"), somebody()
    page = decided(officer, atena)
    assert "該当" in page
    assert "諮問" in page
    assert "500円" in page
    assert numbers(atena) == []


def test_saved_once_with_a_number() -> None:
    """保存すると申請と認定が記録され、認定番号ができます。同じ画面をもう一度送っても、二つ目の認定はできません。"""
    officer, atena = signed_in("officer"), somebody()
    sent = {"atena": atena, **DECLARED, "step": "save", "seen": seen(decided(officer, atena))}
    assert officer.post("/taxi/apply/", sent).status_code == 200
    [(number, kind)] = numbers(atena)
    assert re.fullmatch("[0-9]{8}", str(number))
    assert kind == "福祉タクシー券"
    officer.post("/taxi/apply/", sent)
    assert len(numbers(atena)) == 1


def test_what_nobody_knows_waits_for_a_paper() -> None:
    """分からないことがあるときは「確認待ち」になり、どの書類があれば決まるかが示されます。認定はできません。"""
    officer, atena = signed_in("officer"), somebody()
    page = decided(officer, atena, handbook="分からない", **{"impairment1-name": "", "impairment1-grade": ""})
    assert "確認待ち" in page
    assert "身体障害者手帳" in page
    officer.post(
        "/taxi/apply/",
        {"atena": atena, **DECLARED, "handbook": "分からない", "impairment1-name": "", "impairment1-grade": "", "step": "save", "seen": seen(page)},
    )  # fmt: skip
    assert numbers(atena) == []


def test_who_is_excluded_is_told_why() -> None:
    """自動車燃料費助成を受けている人は、福祉タクシー券の対象になりません。その理由が示されます。"""
    page = decided(signed_in("officer"), somebody(), fuel_aid="はい")
    assert "非該当" in page
    assert "燃料費" in page


def test_an_unknown_person_and_hostile_input() -> None:
    """ない宛名番号や、文字の並びは、そのまま断ります。"""
    officer = signed_in("officer")
    for atena in ("0000000000", "'; DROP TABLE", "<script>alert(1)</script>"):
        answer = officer.post("/taxi/apply/", {"atena": atena})
        assert answer.status_code == 422
        assert "<script>alert" not in answer.content.decode()


@pytest.mark.parametrize("login", ["operator", "it", "council", "privacy"])
def test_nobody_else_applies(login: str) -> None:
    """委託先の従事者、IT、審議会の委員、個人情報保護の担当は、申請の画面を使えません。"""
    assert signed_in(login).get("/taxi/apply/").status_code in {403, 404}


def holder() -> tuple[str, str, int, int]:
    """A certificate in force with a booklet: number, kind, booklet, and a voucher of it nobody reported or presented."""
    [(number, kind, booklet, payload)] = rows(
        "SELECT b.number, b.kind, b.id, b.last FROM taxi_booklet b JOIN taxi_certificate c"
        " ON c.number = b.number AND c.kind = b.kind WHERE c.stopped_on IS NULL AND b.fiscal_year = 2019"
        " AND NOT EXISTS (SELECT FROM taxi_voucherevent e WHERE e.payload BETWEEN b.first AND b.last)"
        " AND NOT EXISTS (SELECT FROM taxi_presentedvoucher v WHERE v.serial / 100 = b.last) ORDER BY b.id LIMIT 1"
    )
    return str(number), str(kind), int(str(booklet)), int(str(payload))


def test_a_lost_voucher_is_reported() -> None:
    """紛失の届けは、書く前に何が起こるかが示され、確かめてから書かれます。二度目は断られます。"""
    officer = signed_in("officer")
    number, _, _, payload = holder()
    sent = {
        "number": number, "report-kind": "紛失", "report-voucher": serials.written(serials.checked(payload)),
        "report-on": "2020-03-02", "report-booklet": "",
    }  # fmt: skip
    assert officer.post("/taxi/register/report/", sent).status_code == 200
    assert rows("SELECT count(*) FROM taxi_voucherevent WHERE payload = %s", payload) == [(0,)]
    assert officer.post("/taxi/register/report/", {**sent, "sure": "1"}).status_code == 200
    assert rows("SELECT kind FROM taxi_voucherevent WHERE payload = %s", payload) == [("紛失",)]
    assert officer.post("/taxi/register/report/", {**sent, "sure": "1"}).status_code == 409


def test_somebody_elses_voucher_cannot_be_reported() -> None:
    """ほかの人に交付した券は、この認定番号では届けられません。"""
    officer = signed_in("officer")
    number, _, _, payload = holder()
    [(other,)] = rows("SELECT number FROM taxi_certificate WHERE number <> %s ORDER BY number LIMIT 1", number)
    sent = {
        "number": other, "report-kind": "紛失", "report-voucher": serials.written(serials.checked(payload)),
        "report-on": "2020-03-02", "report-booklet": "", "sure": "1",
    }  # fmt: skip
    assert officer.post("/taxi/register/report/", sent).status_code == 409
    assert rows("SELECT count(*) FROM taxi_voucherevent WHERE payload = %s", payload) == [(0,)]


def test_a_certificate_is_stopped_once() -> None:
    """認定の停止は、理由と日を付けて一度だけ書かれます。"""
    officer = signed_in("officer")
    number, _, _, _ = holder()
    sent = {"number": number, "stop-reason": "転出", "stop-on": "2020-03-31", "sure": "1"}
    assert officer.post("/taxi/register/stop/", sent).status_code == 200
    found = rows("SELECT DISTINCT stop_reason, stopped_on::text FROM taxi_certificate WHERE number = %s", number)
    assert found == [("転出", "2020-03-31")]
    assert officer.post("/taxi/register/stop/", {**sent, "stop-on": "2020-04-30"}).status_code == 409


def test_a_new_years_booklets_and_a_lost_one_replaced() -> None:
    """今年度の券をまだ持たない人に冊を交付し、紛失した冊には、年度の残りの月の分を、新しい番号で再交付します。"""
    officer = signed_in("officer")
    number, _, _, _ = holder()
    this_year = (
        "SELECT id, first, last FROM taxi_booklet WHERE number = %s AND valid_until > current_date ORDER BY first"
    )
    assert officer.post("/taxi/register/issue/", {"number": number, "sure": "1"}).status_code == 200
    given = rows(this_year, number)
    assert given
    assert officer.post("/taxi/register/issue/", {"number": number, "sure": "1"}).status_code == 409
    booklet, first, last = (int(str(value)) for value in given[0])
    [(today,)] = rows("SELECT current_date::text")
    sent = {
        "number": number, "report-kind": "紛失", "report-booklet": booklet, "report-voucher": "", "report-on": today,
        "report-again": "on", "sure": "1",
    }  # fmt: skip
    assert officer.post("/taxi/register/report/", sent).status_code == 200
    [(_, new_first, new_last)] = [row for row in rows(this_year, number) if row not in given]
    assert last < int(str(new_first))
    assert 0 < int(str(new_last)) - int(str(new_first)) + 1 <= last - first + 1
    assert rows("SELECT count(*) FROM taxi_voucherevent WHERE payload BETWEEN %s AND %s", first, last) == [
        (last - first + 1,)
    ]
