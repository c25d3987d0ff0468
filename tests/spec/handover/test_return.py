"""返り、消すまで

期限を過ぎたものはホームに出ます。返却の前に消去は記録できず、消去すると証明書 (PDF) ができます。紙は枚数を数えて渡し、数えて返します。
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connections

from azukari.core.audit.api import search
from azukari.core.handover import api
from azukari.core.handover.api import Kind, Stage
from azukari.core.policy import api as policy
from azukari.core.policy import service as policy_service
from azukari.kernel.errors import Refused
from support.handover import FLOW, OWNER, TERM, Ward, refused
from support.pdf import says


def test_a_whole_life(ward: Ward, stick: Path, tmp_path: Path) -> None:
    """提案から消去まで、一歩ずつ、誰がいつを残して進みます。台帳には、だれの、どの項目が渡り、返り、消えたかが残ります。"""
    card = ward.approved()
    path = ward.write(card, stick).container
    assert path
    number = ward.open(path, tmp_path / "out").manifest.receipt
    ledger = api.find(card.id, using=OWNER).ledger
    subjects = api.subjects_of(ledger)
    assert subjects == (1, 2, 3)
    api.opened(card.id, by="workshop-lead", now=ward.now(), receipt=number, subjects=subjects, using=OWNER)
    api.used(card.id, by="workshop-lead", on=ward.today, using=OWNER)
    api.returned(card.id, by="officer", on=ward.today, subjects=subjects, using=OWNER)
    done = api.erased(card.id, by="officer", on=ward.today, how="上書き消去", subjects=subjects, using=OWNER)
    assert [step.stage for step in done.steps] == [one for one in Stage if one is not Stage.CANCELLED]
    said = {line.action: line.subjects for line in search(action="handover", limit=50, using=OWNER).lines
            if line.detail.get("handover") == card.id}  # fmt: skip
    left = {f"handover.{step}" for step in ("sent", "received", "returned", "erased")}
    assert {action for action, whose in said.items() if whose == (1, 2, 3)} == left
    assert set(said) == left | {f"handover.{step}" for step in ("proposed", "approved", "used")}
    pdf = api.erasure(done)
    assert says(pdf, "消去証明書")
    assert says(pdf, "上書き消去")
    assert ward.propose().serial == ward.serial


def test_no_erasure_before_the_return(ward: Ward, stick: Path) -> None:
    """媒体は、返却を記録する前に消去を記録できません。"""
    card = ward.write(ward.approved(), stick).card
    with refused("返却の前に消去は記録できません", Refused):
        ward.erased(card)
    with refused("証明書はまだありません", Refused):
        api.erasure(card)
    assert ward.erased(ward.returned(card)).stage is Stage.ERASED


def test_an_unopened_medium_may_come_back(ward: Ward, stick: Path) -> None:
    """開かないまま返すこともできます。"""
    assert ward.returned(ward.write(ward.approved(), stick).card).stage is Stage.RETURNED


def test_nothing_comes_back_that_did_not_leave(ward: Ward) -> None:
    """渡していないものの返却は記録できません。"""
    with refused("いま「承認」の段階です", Refused):
        ward.returned(ward.approved())


def test_paper_is_counted_out_and_back(ward: Ward) -> None:
    """紙は枚数を数えて渡します。返った枚数が違うときは、理由を書かなければ記録できません。"""
    card = ward.on_paper(12)
    assert (card.pages_out, card.stage) == (12, Stage.WRITTEN)
    assert [line.medium for line in ward.sent_lines(card)] == ["文書"]
    api.opened(card.id, by="workshop-lead", now=ward.now(), pages=12, using=OWNER)
    with refused("枚数が違います", Refused):
        api.returned(card.id, by="officer", on=ward.today, pages=11, using=OWNER)
    back = api.returned(card.id, by="officer", on=ward.today, pages=11, remark="刷り損じ1枚は裁断済み", using=OWNER)
    assert (back.pages_back, back.note) == (11, "刷り損じ1枚は裁断済み")
    assert says(api.slip(back), "12 枚")


def test_late_from_the_day_after_the_term(ward: Ward, stick: Path) -> None:
    """期限の次の日から、過ぎた日数とともに「返っていない」に並び、返ると消えます。"""
    card = ward.write(ward.approved(), stick).card
    last = ward.today + TERM

    def late(days: int) -> list[int]:
        return [one.id for one in api.late(last + timedelta(days=days))]

    assert card.id not in late(0)
    assert card.id in late(1)
    assert [card.overdue(last + timedelta(days=days)) for days in (0, 1, 30)] == [0, 1, 30]
    ward.returned(card)
    assert card.id not in late(1)


def test_a_flow_that_ends_recalls_what_is_out(fresh_ward: Ward, stick: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """諮問が終わると、出ている媒体はその日に返してもらうものになり、まだ渡していないものは渡せません。"""
    out = fresh_ward.write(fresh_ward.approved(), stick).card
    waiting = fresh_ward.approved(serial=None, kind=Kind.PAPER)
    changed = dict(policy_service.terms())
    changed[FLOW] = replace(changed[FLOW], until=fresh_ward.today)
    monkeypatch.setattr(policy_service, "terms", lambda: changed)
    assert policy.apply(connections[OWNER])
    found = api.find(out.id, using=OWNER)
    assert found.recalled_on is not None
    assert found.overdue(fresh_ward.today + timedelta(days=1)) == 1
    assert fresh_ward.returned(out).stage is Stage.RETURNED
    monkeypatch.undo()
    batch = api.batch_of(waiting, fresh_ward.today)
    with refused("許可が終わりました", Refused):
        api.give(waiting.id, 3, batch, by="officer", now=fresh_ward.now(), using=OWNER)


def test_what_is_unchanged_recalls_nothing(fresh_ward: Ward, stick: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """諮問の期間が延びたり、別の項目が変わっただけでは、返してもらうことになりません。"""
    out = fresh_ward.write(fresh_ward.approved(), stick).card
    changed = dict(policy_service.terms())
    changed[FLOW] = replace(changed[FLOW], until=fresh_ward.today + TERM * 9)
    monkeypatch.setattr(policy_service, "terms", lambda: changed)
    assert policy.apply(connections[OWNER])
    assert api.find(out.id, using=OWNER).recalled_on is None


def test_a_lost_medium(ward: Ward, stick: Path) -> None:
    """媒体の紛失を記録すると、もう使えません。出ている授受は「返っていない」まま残ります。"""
    card = ward.write(ward.approved(), stick).card
    with refused("使われています", Refused):
        api.end_medium(ward.serial, "廃棄", on=ward.today, by="officer", using=OWNER)
    api.end_medium(ward.serial, "紛失", on=ward.today, by="officer", using=OWNER)
    assert ward.stage(card) is Stage.WRITTEN
    with refused("紛失として記録されています", Refused):
        ward.prepare()
