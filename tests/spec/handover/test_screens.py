"""授受の画面

区の職員は提案、承認、受領、返却、消去を画面で記録し、委託先の責任者は自分の預かった媒体だけを見ます。
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone

from azukari.core.handover import api
from azukari.core.handover.api import Stage
from azukari.core.policy import api as policy
from support import signing
from support.handover import FLOW, ITEMS, LEAD, OWNER, TERM, WORKSHOP, Ward, row
from support.signing import signed_in


@pytest.fixture(autouse=True)
def _at_the_workshop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(signing.AT, LEAD, "workshop")


_clients: dict[str, Client] = {}


def at_desk(login: str) -> Client:
    """Signed in once: these tests share their database."""
    if login not in _clients:
        _clients[login] = signed_in(login)
    return _clients[login]


@pytest.fixture
def form(ward: Ward) -> dict[str, str]:
    until = (ward.today + TERM).isoformat()
    return {
        "source": "test",
        "batch": "2026-12",
        "contractor": WORKSHOP,
        "by": ward.serial,
        "until": until,
        "reason": "",
    }


def test_proposed_by_one_and_approved_by_another(ward: Ward, form: dict[str, str]) -> None:
    """提案はまず数と項目を見せ、確かめてから書きます。提案した人に承認のボタンはなく、送っても断ります。"""
    officer, responsible = at_desk("officer"), at_desk("responsible")
    sure = officer.post("/handovers/propose/", form).content.decode()
    assert all(item in sure for item in (*ITEMS, "まだ何も書いていません", "3 件"))
    address = officer.post("/handovers/propose/", form | {"sure": "1"})["Location"]
    assert "承認する" not in officer.get(address).content.decode()
    refused = officer.post(f"{address}approve/")
    assert refused.status_code == 409
    assert "提案した人は承認できません" in refused.content.decode()
    assert "承認する" in responsible.get(address).content.decode()
    assert responsible.post(f"{address}approve/").status_code == 302
    page = officer.get(address).content.decode()
    assert "./azukari handover write" in page
    assert page.count(">同じ<") == len(ITEMS)


def test_sent_twice_does_nothing_more(ward: Ward) -> None:
    """同じボタンを二度押しても、二度目は理由を示すだけです。"""
    card = ward.propose()
    responsible = at_desk("responsible")
    assert responsible.post(f"/handovers/{card.id}/approve/").status_code == 302
    again = responsible.post(f"/handovers/{card.id}/approve/")
    assert again.status_code == 409
    assert "段階です" in again.content.decode()


def test_a_refused_proposal_keeps_what_was_typed(ward: Ward, form: dict[str, str]) -> None:
    """断られた提案は、理由と次にすることを示し、入力を残します。"""
    ward.batches.rows = [row(1, 電話番号="1")]
    page = at_desk("officer").post("/handovers/propose/", form)
    assert page.status_code == 409
    text = page.content.decode()
    assert "「電話番号」は、この取扱いの項目にありません" in text
    assert 'value="2026-12"' in text


def test_paper_by_its_pages_on_the_screen(ward: Ward, form: dict[str, str]) -> None:
    """紙は、渡した枚数、受け取った枚数、返った枚数を画面で数えて記録します。"""
    officer, responsible = at_desk("officer"), at_desk("responsible")
    address = officer.post("/handovers/propose/", form | {"by": "文書", "sure": "1"})["Location"]
    responsible.post(f"{address}approve/")
    assert officer.post(f"{address}give/", {"pages": "0"}).status_code == 422
    assert officer.post(f"{address}give/", {"pages": "12"}).status_code == 302
    today = ward.today.isoformat()
    assert officer.post(f"{address}received/", {"pages": "12"}).status_code == 302
    assert officer.post(f"{address}returned/", {"pages": "11", "on": today, "remark": ""}).status_code == 409
    tomorrow = (ward.today + timedelta(days=1)).isoformat()
    assert officer.post(f"{address}returned/", {"pages": "12", "on": tomorrow, "remark": ""}).status_code == 422
    assert officer.post(f"{address}returned/", {"pages": "12", "on": today, "remark": ""}).status_code == 302
    assert officer.post(f"{address}erased/", {"on": today, "how": "裁断"}).status_code == 302
    paper = officer.get(f"{address}erasure.pdf")
    assert paper["Content-Type"] == "application/pdf"


@pytest.fixture
def late(ward: Ward, stick: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A hand-over that is two days late, as the pages count the days."""
    card = ward.write(ward.approved(until=ward.today), stick).card
    real = timezone.localdate
    monkeypatch.setattr(timezone, "localdate", lambda *given: real(*given) if given else real() + timedelta(days=2))
    yield card.id
    monkeypatch.undo()
    ward.erased(ward.returned(card))


def test_late_on_the_home_page(late: int) -> None:
    """期限を過ぎた授受は、ホームに「重要」として言葉で出て、一覧の先頭に来ます。委託先のホームにも出ます。"""
    officer = at_desk("officer")
    home = officer.get("/").content.decode()
    assert f"授受 {late}（USBメモリ）の返却の期限を 2 日過ぎています。" in home
    listed = officer.get("/handovers/").content.decode()
    assert "返却の期限を 2 日過ぎています" in listed
    assert listed.index(f"/handovers/{late}/") == listed.index("/handovers/", listed.index("<tbody>"))
    assert f"授受 {late}" in at_desk(LEAD).get("/").content.decode()
    assert f"授受 {late}" not in at_desk("contractor-lead").get("/").content.decode()


def test_the_contractor_says_what_arrived(ward: Ward, stick: Path, tmp_path: Path) -> None:
    """委託先の責任者は、受領番号で受領を、続けて使用終了を記録します。違う番号は断ります。"""
    card = ward.write(ward.approved(), stick).card
    lead = at_desk(LEAD)
    page = lead.get("/handovers/ours/").content.decode()
    assert f"授受 {card.id}" in page
    wrong = lead.post(f"/handovers/ours/{card.id}/", {"receipt": "0000-0000-0000-0000"})
    assert wrong.status_code == 409
    assert "受領番号が違います" in wrong.content.decode()
    path = stick / f"{card.id}.azukari.age"
    number = ward.open(path, tmp_path / "out").manifest.receipt
    assert lead.post(f"/handovers/ours/{card.id}/", {"receipt": number}).status_code == 302
    assert lead.post(f"/handovers/ours/{card.id}/", {"on": ward.today.isoformat()}).status_code == 302
    found = api.find(card.id, using=OWNER)
    assert found.stage is Stage.USED
    assert {found.step(stage).by for stage in (Stage.OPENED, Stage.USED)} == {LEAD}  # type: ignore[union-attr]


def test_another_contractor_sees_nothing(fresh_ward: Ward, stick: Path) -> None:
    """ほかの委託先の授受は、無いのと同じに見えます。従事者と、名簿に載っていない職員には画面が開きません。"""
    card = fresh_ward.write(fresh_ward.approved(), stick).card
    policy.enrol(
        "contractor-lead", FLOW, since=fresh_ward.today, contractor="ひだまり事務センター（見本）", using=OWNER
    )
    other = signed_in("contractor-lead")
    assert f"授受 {card.id}" not in other.get("/handovers/ours/").content.decode()
    assert other.post(f"/handovers/ours/{card.id}/", {"receipt": "0000-0000-0000-0000"}).status_code == 404
    assert other.get(f"/handovers/{card.id}/").status_code == 403
    assert signed_in("operator").get("/handovers/").status_code == 403
    assert signed_in("privacy").get("/handovers/").status_code == 403


def test_the_register_of_media(ward: Ward) -> None:
    """媒体は番号と委託先を付けて登録し、同じ番号は二度登録できません。"""
    officer = at_desk("officer")
    new = {"serial": f"{ward.serial}-B", "kind": "CD-R", "contractor": WORKSHOP}
    assert officer.post("/handovers/media/", new).status_code == 302
    assert officer.post("/handovers/media/", new).status_code == 409
    page = officer.get("/handovers/media/").content.decode()
    assert f"{ward.serial}-B" in page
    assert "使えます" in page
