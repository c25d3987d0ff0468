"""区の画面

障害者地域生活課の職員は、月の受領と確認の進み具合、認定の台帳を見ます。
"""

from __future__ import annotations

import pytest

from support.signing import signed_in
from support.taxi import rows

pytestmark = pytest.mark.django_db(databases=["default", "owner"])


def test_month_at_a_glance() -> None:
    """月の画面に、受け取った枚数、確認済、照会、残りが、受領日ごと、事業者ごとに出ます。"""
    page = signed_in("officer").get("/taxi/").content.decode()
    [(total, left)] = rows("SELECT count(*), count(*) FILTER (WHERE state = '未確認') FROM taxi_presentedvoucher")
    assert f"{total:,}枚" in page
    assert f"{left:,}枚" in page
    assert page.count("<svg") > 10


def test_register_line_of_one_certificate() -> None:
    """認定番号から、認定の期間と停止の理由、その番号で出された券を見ます。"""
    [(number, kind, name)] = rows(
        "SELECT c.number, c.kind, v.name FROM taxi_certificate c"
        " JOIN taxi_presentedvoucher v ON v.certificate_number = c.number WHERE v.name <> '' ORDER BY c.id, v.id LIMIT 1"
    )
    page = signed_in("officer").post("/taxi/register/", {"number": str(number)}).content.decode()
    assert str(kind) in page
    assert str(name) in page


def test_contractor_cannot_open_the_register() -> None:
    """委託先の従事者は、区の画面を開けません。"""
    operator = signed_in("operator")
    assert operator.get("/taxi/").status_code == 403
    assert operator.post("/taxi/register/", {"number": "1"}).status_code == 403


def test_officer_cannot_open_the_contractors_screen() -> None:
    """区の職員も、委託先の取扱いには名前がないため、委託先の画面を開けません。"""
    assert signed_in("responsible").get("/taxi/check/").status_code == 403
