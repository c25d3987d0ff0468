"""申請と認定の台帳

申請の内容から、券種ごとに該当するかを理由つきで示し、区の職員が確かめて保存すると、認定番号ができます。
停止、紛失・破棄・返還の届け、再交付は、台帳の画面から行います。
"""

from __future__ import annotations

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from html import unescape

import pytest
from django.db import connections
from django.test import Client

from azukari.business.taxi import serials
from azukari.core.audit import api as audit
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


def save(officer: Client, atena: str, **changes: object) -> str:
    """Decide and save what was decided; the page that says so."""
    sent = {"atena": atena, "step": "save", "seen": seen(decided(officer, atena, **changes)), **DECLARED, **changes}
    return officer.post("/taxi/apply/", sent).content.decode()


UNKNOWN_GRADE = {"impairment1-grade": ""}


def test_a_waiting_application_is_decided_when_the_paper_comes() -> None:
    """確認待ちの申請は、書類が届いたときに同じ申請の日のまま判定し直せます。前の入力が画面に入っています。決まったあとは変えられません。"""
    officer, atena = signed_in("officer"), somebody()
    save(officer, atena, **UNKNOWN_GRADE)
    form = officer.post("/taxi/apply/", {"atena": atena, "step": "find"}).content.decode()
    assert "確認待ちの申請があります" in form
    assert 'value="2020-03-02"' in form
    assert '<option value="下肢機能障害" selected>' in form
    save(officer, atena)
    applied = (
        "SELECT a.applied_on::text, a.results FROM taxi_application a JOIN people_person p ON p.id = a.person_id"
        " WHERE p.atena = %s"
    )
    assert rows(applied, atena) == [("2020-03-02", ["福祉タクシー券:該当"])]
    assert len(numbers(atena)) == 1
    assert "すでに保存されています" in save(officer, atena, fuel_aid="はい")
    assert rows(applied, atena) == [("2020-03-02", ["福祉タクシー券:該当"])]


def test_only_what_was_looked_at_is_saved() -> None:
    """見ていた結果と違う結果は保存されません。新しい結果を示し、もう一度確かめてもらいます。"""
    officer, atena = signed_in("officer"), somebody()
    looked_at = seen(decided(officer, atena, **UNKNOWN_GRADE))
    answer = officer.post("/taxi/apply/", {"atena": atena, "step": "save", "seen": looked_at, **DECLARED})
    assert answer.status_code == 409
    assert "判定が変わりました" in answer.content.decode()
    assert numbers(atena) == []


def test_two_officers_certify_one_person_at_the_same_moment() -> None:
    """二人の職員が同じ人の申請を同時に保存しても、認定は一つです。後の人には、そのことを知らせます。"""
    atena, gate = somebody(), threading.Barrier(2)
    days = {"officer": "2020-03-02", "responsible": "2020-03-03"}
    people = {login: signed_in(login) for login in days}
    ready = {login: seen(decided(people[login], atena, applied_on=day)) for login, day in days.items()}

    def press(login: str) -> int:
        sent = {"atena": atena, "step": "save", "seen": ready[login], **DECLARED, "applied_on": days[login]}
        gate.wait()
        try:
            return people[login].post("/taxi/apply/", sent).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(press, days))
    assert 200 in answers
    assert len(numbers(atena)) == 1


def test_what_was_seen_and_written_is_in_the_ledger() -> None:
    """申請する人を調べたこと、申請と認定を書いたことは、それぞれの取扱いで、本人の台帳に残ります。"""
    officer, atena = signed_in("officer"), somebody()
    [(person,)] = rows("SELECT id FROM people_person WHERE atena = %s", atena)
    before = len(audit.of_person(int(str(person))))
    save(officer, atena)
    added = audit.of_person(int(str(person)))[:-before] if before else audit.of_person(int(str(person)))
    assert {(line.action, line.flow) for line in added} == {("view", "r-juki"), ("change", "r-taxi")}
    assert {"申請年月日", "認定の結果", "福祉タクシー券等認定番号"} <= {item for line in added for item in line.items}


def test_the_list_is_looked_over() -> None:
    """保存したすべての申請を今日の基準と住民記録で判定し直し、結果が変わる認定番号を示します。転出した人がここに出ます。"""
    officer, atena = signed_in("officer"), somebody()
    save(officer, atena)
    [(number, _)] = numbers(atena)
    assert str(number) not in officer.get("/taxi/review/").content.decode()
    move_away(atena)
    page = officer.get("/taxi/review/").content.decode()
    assert f'name="number" value="{number}"' in page
    assert "決定のときは" in page
    officer.post(
        "/taxi/register/stop/", {"number": number, "stop-reason": "転出", "stop-on": "2020-05-01", "sure": "1"}
    )
    assert str(number) not in officer.get("/taxi/review/").content.decode()


def move_away(atena: str) -> None:
    """Their household's records end yesterday, as a notice of moving away has it."""
    with connections["owner"].cursor() as cursor:
        for table in ("people_membership", "people_address"):
            cursor.execute(
                f"UPDATE {table} SET valid = daterange(lower(valid), current_date - 1)"
                " WHERE valid @> current_date AND person_id = (SELECT id FROM people_person WHERE atena = %s)",
                [atena],
            )


def test_refused_input_keeps_what_was_typed() -> None:
    """食い違う入力は、どこを直すかを示して断り、入力した内容を残します。"""
    officer, atena = signed_in("officer"), somebody()
    wrong = {
        "handbook": "持っていない", "ai_degree": "9度", "applied_on": "2999-01-01", "impairment2-grade": "3",
        "care_level": "要介護4",
    }  # fmt: skip
    page = decided(officer, atena, **wrong)
    assert "直すところがあります" in page
    assert "先の日付です" in page
    assert "級だけが選ばれています" in page
    assert '<option value="要介護4" selected>' in page
    assert "手帳を持っていないのに" in decided(officer, atena, handbook="持っていない")
    assert "申請する券を、一つは選んでください" in decided(officer, atena, kinds=[])
    hostile = decided(officer, atena, kinds=["<b>x</b>"])
    assert "直すところがあります" in hostile
    assert "<b>x</b>" not in hostile


def test_fuel_aid_stops_one_kind_only() -> None:
    """自動車燃料費助成で停止できるのは、福祉タクシー券だけです（諮問第815号4(2)）。"""
    officer, atena = signed_in("officer"), somebody()
    save(officer, atena, wheelchair="はい", kinds=["福祉タクシー券", "予約料・迎車料補助券"])
    [(number, _), _] = numbers(atena)
    sent = {"number": number, "stop-reason": "自動車燃料費助成", "stop-on": "2020-06-01", "sure": "1"}
    both = officer.post("/taxi/register/stop/", {**sent, "stop-kinds": ["福祉タクシー券", "予約料・迎車料補助券"]})
    assert both.status_code == 409
    assert officer.post("/taxi/register/stop/", {**sent, "stop-kinds": ["福祉タクシー券"]}).status_code == 200
    stopped = "SELECT kind FROM taxi_certificate WHERE number = %s AND stopped_on IS NOT NULL"
    assert rows(stopped, number) == [("福祉タクシー券",)]


def test_a_second_certificate_after_a_stop_has_a_new_number() -> None:
    """停止したあとでもう一度申請した人には、新しい認定番号ができます。前の番号の停止はそのまま残ります。"""
    officer, atena = signed_in("officer"), somebody()
    save(officer, atena)
    [(number, kind)] = numbers(atena)
    sent = {"number": number, "stop-reason": "入所・入院", "stop-kinds": [kind], "stop-on": "2020-04-01", "sure": "1"}
    assert officer.post("/taxi/register/stop/", sent).status_code == 200
    save(officer, atena, applied_on="2020-09-01")
    assert len({one for one, _ in numbers(atena)}) == 2
