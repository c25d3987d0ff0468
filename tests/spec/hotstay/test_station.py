"""施設の一日

職員は、自分の施設の一日だけを見ます。来所とお迎えを記録し、電話と窓口の予約を入れ、申込みからIDの発行までを行います。
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from uuid import uuid4

import psycopg
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from azukari.business.hotstay.registering import CHILD_FIELDS, GUARDIAN_FIELDS
from azukari.business.hotstay.types import CHILD_FLOW, GUARDIAN_FLOW
from azukari.core.policy import api as policy
from support.signing import signed_in
from support.taxi import as_flow

pytestmark = pytest.mark.django_db
LOGIN = "hotstay-karasuyama"
CONTRACTORS = {
    "hotstay-karasuyama": "株式会社ポピンズ",
    "hotstay-umegaoka": "株式会社京王子育てサポート",
}


@pytest.fixture
def staff(db: None) -> Client:
    return signed_in(LOGIN)


def shown(client: Client, name: str, *args: object, **query: str) -> str:
    response = client.get(reverse(f"hotstay:{name}", args=args), query)
    assert response.status_code == 200, response.content.decode()
    return response.content.decode()


def first_child(client: Client) -> int:
    found = re.search(r"/hotstay/children/(\d+)/", shown(client, "children"))
    assert found
    return int(found.group(1))


def open_day() -> date:
    """A weekday a week or so from today on which the made-up roster has carers."""
    day = timezone.localdate() + timedelta(days=12)
    return day + timedelta(days=day.weekday() == 6)


def asked(client: Client, **changes: object) -> dict[str, object]:
    values = {"child": first_child(client), "day": open_day(), "start": "20", "end": "24", "channel": "電話"}
    return {**values, "submit": uuid4(), **changes}


def test_the_day_shows_what_to_be_careful_about(staff: Client) -> None:
    """一日の表には、時間の順に、年齢、アレルギー・障害・既往歴、連絡先、料金、状態が、印と言葉で並びます。"""
    staff.post(reverse("hotstay:book"), asked(staff))
    page = shown(staff, "day", day=f"{open_day()}")
    assert "10:00〜12:00" in page
    assert re.search(r"\d歳\d+か月", page)
    assert "090-0000-" in page
    assert "30分ごとの人数と職員" in page
    assert "未確認" in page


def test_the_telephone_has_the_same_rules(staff: Client) -> None:
    """電話で受けた予約も、決まりに合わなければ入りません。理由が示され、一番近い空きが、そのまま送れる形で入ります。"""
    response = staff.post(reverse("hotstay:book"), asked(staff, start="18", end="34"))
    page = response.content.decode()
    assert response.status_code == 422
    assert "一回の利用は" in page
    assert "（一回の時間）" in page


def test_pressed_twice_it_is_one_booking(staff: Client) -> None:
    """予約のボタンを二度押しても、戻るボタンでもう一度送っても、予約は一つです。"""
    values = asked(staff)
    for words in ("予約しました。", "同じ申込みは、すでに予約になっています。"):
        response = staff.post(reverse("hotstay:book"), values, follow=True)
        assert words in response.content.decode()
    assert shown(staff, "day", day=f"{open_day()}").count("10:00〜12:00") - 2 in {0, 1}


def test_from_application_to_id(staff: Client) -> None:
    """申込みを入力し、面接の日を決め、結果を記録すると、IDと最初の合言葉を発行できます。合言葉は一度だけ表示します。"""
    empty = {f"c-{name}": "" for name in CHILD_FIELDS} | {f"g-{name}": "" for name in GUARDIAN_FIELDS}
    told = {"c-name": "見本　ひなた", "c-born": "2024-02-29", "c-allergy": "卵（完全除去）", "g-name": "見本　花子"}
    response = staff.post(reverse("hotstay:application"), empty | told | {"g-mobile_phone": "090-0000-0001"})
    assert response.status_code == 303, response.content.decode()
    page = staff.get(response.url).content.decode()
    assert "面接の日を決める" in page
    assert "アレルギー" in page
    key = int(response.url.rstrip("/").rsplit("/", 1)[1])
    planned = staff.post(reverse("hotstay:interview", args=[key]), {"day": f"{open_day()}", "slot": "35"}, follow=True)
    assert "面接の日を登録しました。" in planned.content.decode()
    decided = staff.post(reverse("hotstay:interview", args=[key]), {"outcome": "登録"}, follow=True)
    assert "IDと合言葉を発行する" in decided.content.decode()
    slip = staff.post(reverse("hotstay:issue_id", args=[key]))
    found = re.search(r"<dt>ID</dt><dd>([\w-]+)</dd><dt>最初の合言葉</dt><dd>([\w-]+)</dd>", slip.content.decode())
    assert found
    assert slip["Cache-Control"] == "no-store"
    assert found.group(2) not in shown(staff, "child", key)


def test_what_the_family_tells_anew(staff: Client) -> None:
    """アレルギーなど、ご家庭から新しく聞いたことは、いつでも直せます。利用を終えたお子さまの予約は入りません。"""
    key = first_child(staff)
    address = reverse("hotstay:edit", args=[key])
    page = staff.get(address).content.decode()
    known = dict(re.findall(r'name="(\w+)" value="([^"]*)"', page))
    known |= dict.fromkeys(("sex", "blood", "kept_before"), "")
    saved = staff.post(address, known | {"allergy": "落花生（完全除去）"}, follow=True).content.decode()
    assert "項目を直しました。" in saved
    assert "落花生（完全除去）" in saved
    assert staff.post(address, known | {"born": "きのう"}).status_code == 422
    ended = staff.post(reverse("hotstay:end", args=[key]), follow=True).content.decode()
    assert "利用を終えています。" in ended
    refused = staff.post(reverse("hotstay:book"), asked(staff, child=key)).content.decode()
    assert "正しく選択してください" in refused or "選択" in refused
    assert signed_in("hotstay-umegaoka").get(address).status_code == 404


def test_the_code_at_the_door(staff: Client) -> None:
    """受付の二次元コードは5分ごとに変わります。読み取ったご家庭だけが、来所とお迎えを自分で記録できます。"""
    page = shown(staff, "code")
    assert 'alt="来所とお迎えの受付の二次元コード"' in page
    assert "data:image/png;base64," in page
    assert staff.get(reverse("hotstay:code"))["Refresh"] == "240"


def test_an_application_holds_nothing_else(staff: Client) -> None:
    """利用の理由、写真、所得、口座など、諮問814にない項目を入れる欄はありません。"""
    page = shown(staff, "application")
    names = set(re.findall(r'name="[cg]-(\w+)"', page))
    assert names == {*CHILD_FIELDS, *GUARDIAN_FIELDS}
    for word in ("利用の理由</label>", "口座", "個人番号"):
        assert f"<label>{word}" not in page


def test_fewer_carers_cancel_nothing(staff: Client) -> None:
    """職員を減らすと、足りなくなる予約が、あとから予約した方から順に示されます。予約は取り消されません。"""
    staff.post(reverse("hotstay:book"), asked(staff))
    address = f"{reverse('hotstay:roster')}?day={open_day()}"
    assert 'name="carers0"' in staff.get(address).content.decode()
    empty = {f"{name}{row}": "" for row in range(4) for name in ("first", "end", "carers", "qualified")}
    cut = empty | {"first0": "18", "end0": "34", "carers0": "1", "qualified0": "1", "closed": ""}
    page = staff.post(address, cut, follow=True).content.decode()
    assert "予約は取り消していません" in page
    assert "職員の配置が足りません" in page
    wrong = staff.post(address, cut | {"qualified0": "3"})
    assert wrong.status_code == 422
    assert "保育士の数が職員の数を超えています" in wrong.content.decode()


def test_a_station_never_sees_another(staff: Client) -> None:
    """ほかの施設のお子さまは、番号を知っていても、無いのと同じに見えます。"""
    other = signed_in("hotstay-umegaoka")
    key = first_child(staff)
    assert staff.get(reverse("hotstay:child", args=[key])).status_code == 200
    assert other.get(reverse("hotstay:child", args=[key])).status_code == 404
    refused = other.post(reverse("hotstay:issue_id", args=[key]))
    assert refused.status_code == 404
    assert other.post(reverse("hotstay:act", args=[1]), {"what": "cancel"}).status_code in {303, 404}


@pytest.mark.parametrize("flow", [CHILD_FLOW, GUARDIAN_FLOW])
def test_only_the_items_of_the_paper_reach_the_contractor(web_connection: psycopg.Connection, flow: str) -> None:
    """委託先の役割は、諮問814の項目と、個人を含まない事実のほかの列を、一つも読めません。"""
    table = "hotstay_child" if flow == CHILD_FLOW else "hotstay_guardian"
    with as_flow(web_connection, flow=flow, actor=LOGIN, place=LOGIN, on=timezone.localdate()) as entered:
        columns = {name for (name,) in entered.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND table_schema = %s",
            [f"v_{table}", policy.role_of(flow)],
        )}  # fmt: skip
        contractor = entered.execute(f"SELECT count(*), min(contractor), max(contractor) FROM v_{table}").fetchone()
    facts = {"id", "family_id", "contractor", "station_id", "registered_on", "left_on", "calls_first"}
    fields = {*CHILD_FIELDS} if flow == CHILD_FLOW else {*GUARDIAN_FIELDS}
    assert columns - facts == fields - facts
    assert contractor is not None
    assert contractor[0] > 0
    assert contractor[1:] == (CONTRACTORS[LOGIN],) * 2
    with (
        as_flow(web_connection, flow=flow, actor=LOGIN, place=LOGIN, on=timezone.localdate()) as entered,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        entered.execute("SELECT verifier FROM public.hotstay_public_credential")


def test_the_ward_sees_numbers_only(staff: Client) -> None:
    """区の職員が見るのは施設ごとの件数だけです。お子さまの画面は開けません。"""
    staff.post(reverse("hotstay:book"), asked(staff))
    officer = signed_in("officer-hotstay")
    page = shown(officer, "numbers", month=f"{open_day():%Y-%m}")
    assert "ほっとステイ烏山" in page
    assert "合計" in page
    assert not re.search(r"\d+歳\d+か月", page)
    assert officer.get(reverse("hotstay:children")).status_code == 403


def test_come_and_gone(staff: Client) -> None:
    """来所とお迎えは当日だけ記録できます。当日でない予約に記録しようとすると、そのまま残ります。"""
    staff.post(reverse("hotstay:book"), asked(staff))
    page = shown(staff, "day", day=f"{open_day()}")
    found = re.search(r"/hotstay/act/(\d+)/", page)
    assert found
    answer = staff.post(reverse("hotstay:act", args=[found.group(1)]), {"what": "come"}, follow=True)
    assert "記録していません" in answer.content.decode()
    gone = staff.post(
        reverse("hotstay:act", args=[found.group(1)]), {"what": "cancel", "day": f"{open_day()}"}, follow=True
    )
    assert "予約を取り消しました。" in gone.content.decode()
