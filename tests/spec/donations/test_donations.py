"""寄附の規則

寄附日、年の切り替わり、贈呈品、ワンストップ特例の申請の期限と無効、取消・還付。お金と権利を決める規則は、
プログラムとデータベースの二か所で決め、どちらか一方の誤りでは通りません。
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from django.db import IntegrityError, connections, transaction

from azukari.business.donations import acting
from azukari.business.donations.acting import Acting
from azukari.business.donations.types import BatchKind, EventKind, VoidGround, Why
from azukari.kernel.errors import BadInput, Refused
from support.donations import BY, OWNER, given, made, one, rows

pytestmark = pytest.mark.django_db(databases=["default", "owner"])
WHO = Acting(BY, date(2020, 4, 1), OWNER)


def donation(folder: Path, **changes: str) -> int:
    """The key of one new donation."""
    number = changes.setdefault("受付番号", "T-1")
    found = given(folder, changes, name=f"{number}.csv")
    assert not found.problems, found.problems
    return int(str(one("SELECT id FROM donations_donation WHERE number = %s", number)))


def refused_by_the_database(statement: str, *values: object) -> None:
    with pytest.raises(IntegrityError), transaction.atomic(using=OWNER), connections[OWNER].cursor() as cursor:
        cursor.execute(statement, values)


@pytest.mark.parametrize(
    ("written", "day", "year"),
    [
        ("2019-12-31 23:59:59", "2019-12-31", 2019),
        ("2020-01-01 00:00:00", "2020-01-01", 2020),
        ("2019-12-31T14:59:59Z", "2019-12-31", 2019),
        ("2019-12-31T15:00:00Z", "2020-01-01", 2020),
    ],
)
def test_the_year_ends_at_midnight_in_tokyo(tmp_path: Path, written: str, day: str, year: int) -> None:
    """12月31日23時59分59秒に手続きを終えた寄附は、その年のものです。日本時間で決めます。入金が翌年でも変わりません。"""
    key = donation(tmp_path, 申込日="2019-12-30", 納付日=written, 入金確認日="2020-01-20")
    assert rows("SELECT donated_on::text, year FROM donations_donation WHERE id = %s", key) == [(day, year)]
    refused_by_the_database("UPDATE donations_donation SET year = year + 1 WHERE id = %s", key)
    refused_by_the_database(
        "UPDATE donations_donation SET paid_on = paid_on - 1, donated_on = donated_on - 1 WHERE id = %s", key
    )


def test_the_day_depends_on_the_way_of_payment(tmp_path: Path) -> None:
    """現金書留の寄附日は、出した日ではなく区に届いた日です。ほかは納付した日です。"""
    changes = {"納付方法": "現金書留", "申込日": "", "納付日": "2019-12-30", "受領日": "2020-01-04"}
    assert rows(
        "SELECT donated_on::text, year FROM donations_donation WHERE id = %s", donation(tmp_path, **changes)
    ) == [("2020-01-04", 2020)]


def test_a_card_of_the_wrong_year_is_refused(tmp_path: Path) -> None:
    """書かれた寄附年と、寄附日の年が違う行は断ります。"""
    path = tmp_path / "b.csv"
    path.write_text(
        "order_id,donor_name,donor_address,purpose,amount,payment_method,ordered_at,paid_at,onestop,tax_year\n"
        "1,見本 花子,北海道札幌市中央区1-1,children,1000,card,2019-12-31,2020-01-01 00:00:01,0,2019\n",
        encoding="utf-8",
    )
    from azukari.business.donations import api

    [problem] = api.receive(path, by=BY, on=date(2020, 4, 1)).problems
    assert problem.column == "tax_year"
    assert "2020-01-01" in problem.what


@pytest.mark.parametrize(
    "address",
    [
        "東京都世田谷区太子堂1-2-3",
        "世田谷区太子堂１－２－３",
        "〒154-0004 東京都 世田谷区太子堂1-2-3",
        "1-2-3 Taishido, Setagaya-ku, Tokyo",
    ],
)
def test_no_gift_goes_to_a_resident(tmp_path: Path, address: str) -> None:
    """区内の方には贈呈品を贈れません。書き方が違っても区内と分かり、データベースも受け付けません。"""
    found = given(tmp_path, {"住所": address, "贈呈品の希望": "有", "贈呈品の種類": "はちみつ"})
    [problem] = found.problems
    assert "区内の方には贈呈品を贈れません" in problem.what
    key = donation(tmp_path, 住所=address)
    refused_by_the_database("UPDATE donations_donation SET gift = true, gift_kind = 'はちみつ' WHERE id = %s", key)
    refused_by_the_database("UPDATE donations_donation SET in_ward = false WHERE id = %s", key)


def test_a_gift_may_go_to_somebody_else(tmp_path: Path) -> None:
    """贈呈品の送付先が寄附者と違うときだけ、その氏名と住所を残します。同じなら残しません。"""
    wish = {"贈呈品の希望": "有", "贈呈品の種類": "はちみつ"}
    same = donation(
        tmp_path, **wish, 贈呈品の送付先氏名="見本 花子", 贈呈品の送付先住所="北海道札幌市中央区北一条西２－１－１"
    )
    other = donation(tmp_path, **wish, 受付番号="T-2", 贈呈品の送付先氏名="友達 次郎")
    query = "SELECT gift_name, gift_address FROM donations_donation WHERE id = %s"
    assert rows(query, same) == [("", "")]
    assert rows(query, other) == [("友達 次郎", "北海道札幌市中央区北一条西2-1-1")]


@pytest.mark.parametrize(("day", "timely"), [(date(2020, 1, 10), True), (date(2020, 1, 11), False)])
def test_the_form_must_arrive_by_10_january(tmp_path: Path, day: date, timely: bool) -> None:
    """申請書は翌年1月10日までに届いたものが有効です（必着）。遅れたものは、みなし無効になります。"""
    key = donation(tmp_path, 申込日="2019-11-01", 納付日="2019-11-01", 入金確認日="2019-11-05")
    form = acting.receive_form(WHO, key, day, None)
    assert form.in_time is timely
    assert form.void_ground == ("" if timely else VoidGround.LATE)
    refused_by_the_database("UPDATE donations_form SET in_time = NOT in_time WHERE donation_id = %s", key)


@pytest.mark.parametrize(("bodies", "void"), [(5, ""), (6, VoidGround.BODIES.value), (None, "")])
def test_more_than_five_bodies_are_void(tmp_path: Path, bodies: int | None, void: str) -> None:
    """寄附者が申告した団体の数が5を超えると、申請は無効です。同じ団体への二度の寄附は一つと数えます。"""
    key = donation(tmp_path, 申込日="2019-11-01", 納付日="2019-11-01")
    assert acting.receive_form(WHO, key, date(2019, 12, 1), bodies).void_ground == void
    if void:
        refused_by_the_database(
            "UPDATE donations_form SET void_on = NULL, void_ground = '' WHERE donation_id = %s", key
        )


def test_each_donation_needs_its_own_form(tmp_path: Path) -> None:
    """申請書は寄附一件に一枚です。二枚目は断ります。同じ方の二度目の寄附には、別の一枚が要ります。"""
    first, second = donation(tmp_path), donation(tmp_path, 受付番号="T-2")
    acting.receive_form(WHO, first, date(2020, 3, 15), None)
    with pytest.raises(Refused, match="受け付けています"):
        acting.receive_form(WHO, first, date(2020, 3, 16), None)
    acting.receive_form(WHO, second, date(2020, 3, 16), None)


def test_a_change_notice_has_the_same_deadline(tmp_path: Path) -> None:
    """変更届（第55号の6様式）も翌年1月10日までです。1月1日の住所が違ったまま届かなければ、無効を記録して知らせます。"""
    key = donation(tmp_path, 申込日="2019-11-01", 納付日="2019-11-01")
    acting.receive_form(WHO, key, date(2019, 12, 1), 1)
    with pytest.raises(Refused, match="期限"):
        acting.change_form(WHO, key, date(2020, 1, 11))
    acting.void_form(WHO, key, VoidGround.MOVED, date(2020, 2, 1))
    acting.tell_void(WHO, key, date(2020, 2, 3))
    kinds = [kind for (kind,) in rows("SELECT kind FROM donations_event WHERE donation_id = %s ORDER BY id", key)]
    assert kinds == [EventKind.FORM, EventKind.VOID, EventKind.TOLD]


def test_nothing_is_deleted(tmp_path: Path) -> None:
    """取消も還付も、日と理由のある出来事として残ります。二度はできず、書き換えも消去もデータベースが断ります。"""
    key = donation(tmp_path)
    acting.end_donation(WHO, key, EventKind.REFUNDED, Why.DOUBLE, date(2020, 3, 20))
    with pytest.raises(Refused):
        acting.end_donation(WHO, key, EventKind.CANCELLED, Why.ASKED, date(2020, 3, 21))
    refused_by_the_database("DELETE FROM donations_event WHERE donation_id = %s", key)
    refused_by_the_database("UPDATE donations_event SET kind = '取消' WHERE donation_id = %s", key)


def test_only_money_that_came_can_be_refunded(tmp_path: Path) -> None:
    """入金を確認していない寄附は、還付できません。取り消します。"""
    key = donation(tmp_path, 入金確認日="")
    with pytest.raises(Refused, match="還付"):
        acting.end_donation(WHO, key, EventKind.REFUNDED, Why.ASKED, date(2020, 3, 20))
    acting.end_donation(WHO, key, EventKind.CANCELLED, Why.CHARGEBACK, date(2020, 3, 20))


def test_a_day_to_come_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    """先の日付の出来事は断り、何も残しません。"""
    key = donation(tmp_path)
    with pytest.raises(BadInput, match="先の日付"):
        acting.receive_form(WHO, key, date(2020, 4, 2), None)
    assert rows("SELECT count(*) FROM donations_form WHERE donation_id = %s", key) == [(0,)]


def test_a_corrected_name_can_be_printed_again(tmp_path: Path) -> None:
    """印刷できない字で止まった寄附は、寄附者に確かめて直すと、次の束に入ります。直したことは経過に残ります。"""
    key = donation(tmp_path, 氏名="𠮷田 花子")
    from azukari.business.donations.models import Donation

    acting.correct(
        WHO, Donation.objects.using(OWNER).get(pk=key), "吉田 花子", "0600001", "北海道札幌市中央区1-1", Why.ASKED
    )
    assert rows("SELECT name, hold FROM donations_donation WHERE id = %s", key) == [("吉田 花子", "")]
    made(BatchKind.LETTERS)
    assert one("SELECT count(*) FROM donations_letterline WHERE donation_id = %s", key) == 1
