"""作業場の画面

大きな字で、一度に一つのことだけを頼みます。個人情報は一つも出ません。読み取り機が打つ文字と Enter だけで進みます。
"""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.test import Client

from azukari.core.audit.api import search
from azukari.core.dispatch import api as dispatch
from azukari.core.dispatch import rules
from azukari.core.dispatch.api import Mark, StopReason
from azukari.core.policy import api as policy
from azukari.demo.names import CONTRACTOR
from azukari.web.views.workshop import STOPS
from support.dispatch import FLOW, SCOPO, SINCE, Made, enter, make_job

pytestmark = pytest.mark.usefixtures("workshop")


def _scan(client: Client, job: Made, text: str) -> str:
    answer = client.post(f"/workshop/{job.id}/", {"code": text})
    assert answer.status_code == 303
    return _page(client, job)


def _page(client: Client, job: Made) -> str:
    page = client.get(f"/workshop/{job.id}/").content.decode()
    return re.sub(r"<r[pt] .*?</r[pt]>", "", page)


def _words(page: str) -> str:
    main = page.split("<main", 1)[1].split("</main>", 1)[0]
    return " ".join(re.sub(r"<[^>]+>", "", main).split())


def test_from_todays_work_to_the_box() -> None:
    """「今日の仕事」から一つ選び、紙を一枚ずつ読み取り、そろったら封をして、箱に入れます。"""
    worker, job = enter("worker-a"), make_job(2)
    assert f'href="/workshop/{job.id}/"' in worker.get("/workshop/").content.decode()
    first, second, third = job.texts(1)
    assert "最初の紙を読み取る" in _words(_page(worker, job))
    assert "1 / 3" in _words(_scan(worker, job, first))
    assert "あと 受領証明書" in _words(_scan(worker, job, second))
    said = _words(_scan(worker, job, third))
    assert "そろいました" in said
    assert "封をしました" in said
    worker.post(f"/workshop/{job.id}/sealed/")
    said = _words(_page(worker, job))
    assert "箱に入れてください" in said
    assert "できた封筒 1 / 2" in said


def test_a_wrong_sheet_stops_until_it_was_seen() -> None:
    """違う紙を読むと、✕の画面で止まります。「わかりました」を押すまで、ほかの紙を読んでも数えません。"""
    worker, job = enter("worker-a"), make_job(2)
    _scan(worker, job, job.texts(1)[0])
    said = _words(_scan(worker, job, job.texts(2)[1]))
    assert "止まってください" in said
    assert "違う組の紙です" in said
    assert "止まってください" in _words(_scan(worker, job, job.texts(1)[1]))
    worker.post(f"/workshop/{job.id}/seen/")
    assert "1 / 3" in _words(_page(worker, job))
    assert "2 / 3" in _words(_scan(worker, job, job.texts(1)[1]))
    worker.post(f"/workshop/{job.id}/aside/")


def test_every_stop_says_what_to_do() -> None:
    """止まる理由のどれにも、言葉と、次にすることがあります。"""
    assert set(STOPS) == set(StopReason)
    assert all(said and todo.endswith("。") for said, todo in STOPS.values())


def test_a_torn_sheet_is_one_button() -> None:
    """紙が破れたら、ボタン一つで組の紙がすべて書損になり、次の版を印刷してから続けます。古い版の紙は、もう通りません。"""
    worker, job = enter("worker-a"), make_job(1)
    old = job.texts(1)
    _scan(worker, job, old[0])
    worker.post(f"/workshop/{job.id}/spoiled/")
    assert "書損の箱に入れてください" in _words(_page(worker, job))
    worker.post(f"/workshop/{job.id}/printed/")
    assert "古い版の紙です" in _words(_scan(worker, job, old[1]))
    worker.post(f"/workshop/{job.id}/seen/")
    for text in job.texts(1):
        said = _words(_scan(worker, job, text))
    assert "そろいました" in said
    worker.post(f"/workshop/{job.id}/sealed/")


def test_sheets_into_the_bin() -> None:
    """送らないことになった組の紙は、箱に入れるときに一枚ずつ読み取ります。ほかの紙は、箱に入れられません。"""
    worker, job = enter("worker-a"), make_job(2)
    dispatch.withdraw(job.id, job.references[0], why="取り下げの連絡", by="furusato")
    codes = job.texts(2)
    asked = _words(worker.get(f"/workshop/{job.id}/bin/").content.decode())
    assert "0 / 3" in asked
    worker.post(f"/workshop/{job.id}/bin/", {"code": codes[0]})
    assert "引き抜く紙ではありません" in _words(worker.get(f"/workshop/{job.id}/bin/").content.decode())
    for text in withdrawn_texts(job, 1):
        worker.post(f"/workshop/{job.id}/bin/", {"code": text})
    asked = worker.get(f"/workshop/{job.id}/bin/").content.decode()
    assert "この組は終わりです" in asked
    assert dispatch.lines_of(job.references[0])[0].answer == "送っていません。取り下げの連絡"


def withdrawn_texts(job: Made, seq: int) -> list[str]:
    """What stands on sheets that are printed already, whatever became of the set since."""
    return [rules.code(settings.DISPATCH_KEY, Mark(job.id, seq, number, 3, 1)).text for number in (1, 2, 3)]


def test_other_peoples_jobs_look_absent() -> None:
    """名簿に載っていない人、ほかの委託先の人、区の職員には、ない番号と同じ答えになります。"""
    job = make_job(1)
    policy.enrol("operator", FLOW, since=SINCE, contractor=CONTRACTOR, using="owner")
    for login in ("operator", "operator-812"):
        someone = enter(login)
        assert someone.get("/workshop/").status_code == 200
        assert f"/workshop/{job.id}/" not in someone.get("/workshop/").content.decode()
        refused, absent = someone.get(f"/workshop/{job.id}/"), someone.get("/workshop/999999/")
        assert (refused.status_code, absent.status_code) == (404, 404)
        assert someone.post(f"/workshop/{job.id}/", {"code": job.texts(1)[0]}).status_code == 404
    assert enter("furusato").get(f"/workshop/{job.id}/").status_code == 403
    assert dispatch.stage(job.id, by="operator").seq is None
    policy.withdraw("operator", FLOW, on=SINCE, using="owner")


def test_only_in_the_workshop() -> None:
    """委託先の施設の外からは、作業できません。理由を示し、台帳に残します。"""
    job, worker = make_job(1), enter("workshop-lead", place="own-device")
    assert worker.get(f"/workshop/{job.id}/").status_code == 403
    assert "ここでは作業できません" in _words(worker.get("/workshop/").content.decode())
    line = search(action="refusal", flow=FLOW).lines[0]
    assert (line.actor, line.contractor) == ("workshop-lead", SCOPO)


def test_the_ledger_has_every_set() -> None:
    """照合、封かん、止まったことは、組ごとに、だれの手紙かの鍵とともに台帳に残ります。"""
    worker, job = enter("worker-a"), make_job(1)
    for text in job.texts(1):
        _scan(worker, job, text)
    worker.post(f"/workshop/{job.id}/sealed/")
    _scan(worker, job, "AZ1/1/1/1/1/1/AAAAAAAA")
    worker.post(f"/workshop/{job.id}/seen/")
    lines = [line for line in search(action="dispatch", limit=20).lines if line.detail.get("job") == job.id]
    assert [line.action for line in lines] == [
        "dispatch.stopped", "dispatch.sealed", "dispatch.matched", "dispatch.printed", "dispatch.planned",
    ]  # fmt: skip
    assert lines[1].subjects == lines[2].subjects == (1,)
    assert {line.place for line in lines[:3]} == {"scopo"}


def test_the_page_holds_nothing_personal() -> None:
    """作業場の画面には、番号と、紙の名前と、数だけがあります。"""
    worker, job = enter("worker-a"), make_job(1)
    page = _scan(worker, job, job.texts(1)[0])
    assert job.references[0] not in page
    assert job.texts(1)[1] not in page
    worker.post(f"/workshop/{job.id}/aside/")
