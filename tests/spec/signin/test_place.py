"""取扱場所の外では使えない

諮問が「区の執務室内」と書いた業務は、その部屋の回線からしか使えません。
"""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from azukari.core.audit.api import search
from support.signing import signed_in, try_sign_in

pytestmark = pytest.mark.django_db


def test_operator_of_the_wards_room_enters_from_that_room() -> None:
    """諮問第812号(3)の従事者は、入園担当の執務室からサインインできる。"""
    assert signed_in("operator-812", place="ward-nursery").get(reverse("web:home")).status_code == 200


@pytest.mark.parametrize("place", ["asunaro", "ward", "ward-taxi", "centre", "hidamari", "-"])
def test_operator_of_the_wards_room_is_refused_from_elsewhere(place: str) -> None:
    """その執務室の外からは、パスワードと確認番号が正しくても入れない。

    画面は諮問の番号と項を挙げて理由を示し、拒んだことと理由が台帳に残る。
    """
    response = try_sign_in(Client(), "operator-812", place=place)
    page = response.content.decode()
    assert response.status_code == 403
    assert "諮問第812号" in page
    assert "世田谷区保育担当部保育認定・調整課入園担当執務室内" in page
    line = search(action="signin.refused").lines[0]
    assert (line.actor, line.flow, line.detail["reason"]) == ("operator-812", "812-3", "place")
    assert str(line.detail["ground"]).startswith("諮問第812号 6(")


def test_reason_is_told_only_to_who_knows_the_secrets() -> None:
    """場所が理由だと分かるのは、パスワードと確認番号が正しい人だけである。"""
    page = try_sign_in(Client(), "operator-812", place="ward", code="000000").content.decode()
    assert "諮問第812号" not in page


def test_taxi_operator_works_in_the_contractors_facility() -> None:
    """諮問第815号の従事者は、委託先の施設からは入れ、区役所からは入れない。"""
    assert try_sign_in(Client(), "operator", place="hidamari").status_code == 302
    assert try_sign_in(Client(), "operator", place="ward").status_code == 403


def test_facility_of_another_contractor_is_another_place() -> None:
    """別の委託先の施設は、同じ「委託先事業者の施設」でも別の場所である。"""
    response = try_sign_in(Client(), "operator", place="asunaro")
    assert response.status_code == 403
    assert "別の委託先の施設" in response.content.decode()


def test_session_ends_at_the_edge_of_the_place() -> None:
    """サインインした場所を離れると、そこで終わる。理由は画面と台帳に残る。"""
    client = signed_in("operator")
    client.post(reverse("accounts:choose_place"), {"place": "ward"})
    assert client.get(reverse("taxi:check"))["Location"].startswith(reverse("accounts:sign_in"))
    page = client.get(reverse("accounts:sign_in")).content.decode()
    assert "場所が変わったので、サインインを終えました" in page
    line = search(action="signin.ended").lines[0]
    assert (line.actor, line.place, line.detail["reason"]) == ("operator", "ward", "place")


def test_the_one_who_keeps_the_system_running_sees_no_personal_information() -> None:
    """システムの保守の担当は、個人情報の画面をどこからも一つも開けない。"""
    client = signed_in("it")
    for name in ("taxi:check", "taxi:register", "web:people", "web:my_record", "web:my_disclosures"):
        assert client.get(reverse(name)).status_code in {403, 405}, name
