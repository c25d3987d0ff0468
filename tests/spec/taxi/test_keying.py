"""画像から入力する

画像だけで届いた券は、委託先の従事者が、4つの項目の部分だけの画像を見ながら入力します。提出されたものは変わりません。
"""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client

from azukari.business.taxi import api
from azukari.business.taxi.types import Ground
from azukari.demo.names import OTHER_CONTRACTOR
from support.claims import BY, JUNE, made_month, receive
from support.signing import signed_in
from support.taxi import rows

pytestmark = pytest.mark.usefixtures("scratch")
WAITING = """
SELECT v.batch_id, v.id, v.version FROM taxi_presentedvoucher v JOIN taxi_batch b ON b.id = v.batch_id
 WHERE b.month = %s AND v.image <> '' AND v.name = '' AND v.serial IS NOT NULL ORDER BY v.batch_id, v.sequence LIMIT 1"""
TYPED = {"name": "世田谷　花子", "used_on": "6/3", "fare": "1,200円", "certificate_number": "12345678"}


@pytest.fixture
def operator(tmp_path: Path) -> Client:
    """A month with pictures, and the contractor's operator."""
    receive(made_month(tmp_path, pages=40).claims)
    return signed_in("operator")


def waiting() -> tuple[int, dict[str, object]]:
    [(batch, voucher, version)] = rows(WAITING, JUNE)
    return int(str(batch)), {"voucher": voucher, "version": version, "known": ""}


def test_typed_beside_the_picture(operator: Client) -> None:
    """入力した4つの項目は、提出された内容とは別に残ります。次の確認から、空いていた欄の代わりに使われます。"""
    batch, hidden = waiting()
    assert operator.get(f"/taxi/check/{batch}/key/").status_code == 200
    answer = operator.post(f"/taxi/check/{batch}/key/", {**hidden, **TYPED})
    assert answer.status_code == 303
    kept = rows(
        "SELECT name, used_on::text, fare, certificate_number, by FROM taxi_keyed WHERE voucher_id = %s",
        hidden["voucher"],
    )
    assert kept == [("世田谷　花子", "2019-06-03", 1200, "12345678", "operator")]
    assert rows("SELECT name, fare FROM taxi_presentedvoucher WHERE id = %s", hidden["voucher"]) == [("", None)]
    api.check(JUNE, by=BY)
    [(mask,)] = rows("SELECT grounds FROM taxi_presentedvoucher WHERE id = %s", hidden["voucher"])
    assert not int(str(mask)) & Ground.MISSING_ENTRY.bit


@pytest.mark.parametrize("wrong", [{"used_on": "2/31"}, {"fare": "-100"}, {"certificate_number": "十二"}, {"name": ""}])
def test_what_makes_no_sense_is_told_beside_its_field(operator: Client, wrong: dict[str, str]) -> None:
    """読めない日付や金額は、欄のそばに理由が出ます。入力したほかの欄は消えません。"""
    batch, hidden = waiting()
    answer = operator.post(f"/taxi/check/{batch}/key/", {**hidden, **TYPED, **wrong})
    assert answer.status_code == 422
    assert any(value in answer.content.decode() for name, value in TYPED.items() if name not in wrong)
    assert rows("SELECT count(*) FROM taxi_keyed") == [(0,)]


def test_two_people_type_one_voucher(operator: Client) -> None:
    """同じ券を二人が入力したときは、あとの人に、先に入力されたことが知らされます。先の入力は消えません。"""
    batch, hidden = waiting()
    operator.post(f"/taxi/check/{batch}/key/", {**hidden, **TYPED})
    second = signed_in("contractor-lead").post(f"/taxi/check/{batch}/key/", {**hidden, **TYPED, "name": "別の名"})
    assert second.status_code in {303, 409, 422}
    assert rows("SELECT name, by FROM taxi_keyed WHERE voucher_id = %s", hidden["voucher"]) == [
        ("世田谷　花子", "operator")
    ]


def test_the_picture_holds_the_four_items_only(operator: Client) -> None:
    """委託先に見える画像は、4つの項目の部分だけを切り取ったものです。区には券の全体が見えます。"""
    batch, hidden = waiting()
    part = operator.get(f"/taxi/check/{batch}/{hidden['voucher']}/image/")
    whole = signed_in("officer").get(f"/taxi/image/{hidden['voucher']}/")
    assert part.status_code == whole.status_code == 200
    assert part["Content-Type"] == whole["Content-Type"] == "image/png"
    assert "no-store" in part["Cache-Control"]
    assert operator.get(f"/taxi/image/{hidden['voucher']}/").status_code in {403, 404}


def test_another_contractors_picture_looks_absent(operator: Client) -> None:
    """ほかの委託先の券の画像と、ない券の画像とは、同じ答えになります。"""
    batch, hidden = waiting()
    rows("UPDATE taxi_batch SET contractor = %s WHERE id = %s RETURNING id", OTHER_CONTRACTOR, batch)
    answers = [
        operator.get(f"/taxi/check/{batch}/{key}/image/").status_code for key in (hidden["voucher"], 999_999_999)
    ]
    assert answers == [404, 404]
    assert operator.post(f"/taxi/check/{batch}/key/", {**hidden, **TYPED}).status_code == 404


def test_paper_is_counted_out_and_back(operator: Client) -> None:
    """紙の束を渡したとき、戻ったときの枚数を残します。画面の枚数と合わなければ知らせますが、仕事は止めません。"""
    batch, _ = waiting()
    sent = {"way": "渡した", "counted": "9999", "on": "2019-07-12"}
    answer = operator.post(f"/taxi/check/{batch}/paper/", sent, follow=True)
    assert "枚数が合いません" in answer.content.decode()
    assert rows("SELECT way, counted FROM taxi_papermove WHERE batch_id = %s", batch) == [("渡した", 9999)]
