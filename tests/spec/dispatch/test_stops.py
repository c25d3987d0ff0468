"""照合が止まるとき

封筒に違う紙が入るのは、いつも手元の取り違えからです。読み取った紙が手元の組のものでなければ、そこで止まります。
"""

from __future__ import annotations

import pytest
from django.conf import settings

from azukari.config.home import home
from azukari.core.audit.api import search
from azukari.core.dispatch import api as dispatch
from azukari.core.dispatch import rules
from azukari.core.dispatch.types import Mark, StopReason
from azukari.kernel.errors import BadInput
from support.dispatch import make_job

pytestmark = pytest.mark.usefixtures("workshop")


def _stopped(job: int, text: str, by: str = "worker-a") -> StopReason | None:
    """What the scan was stopped by; the stop is acknowledged."""
    found = dispatch.scan(job, text, by=by).stop
    dispatch.acknowledge(job, by=by)
    return found.reason if found else None


def test_sheets_of_two_sets_swapped() -> None:
    """二組の紙が入れ替わると、入れ替わった紙を読んだところで止まります。どちらの組も照合済になりません。"""
    job = make_job(2)
    first, second = job.texts(1), job.texts(2)
    assert _stopped(job.id, first[0]) is None
    assert _stopped(job.id, second[1]) is StopReason.OTHER_SET
    dispatch.put_aside(job.id, by="worker-a")
    assert _stopped(job.id, second[0]) is None
    assert _stopped(job.id, first[1]) is StopReason.OTHER_SET
    dispatch.put_aside(job.id, by="worker-a")
    with pytest.raises(BadInput, match="封をする組がありません"):
        dispatch.seal(job.id, by="worker-a")


def test_a_sheet_missing() -> None:
    """一枚足りないまま次の組に移ろうとすると、止まります。足りない組には封をできません。"""
    job = make_job(2)
    for text in job.texts(1)[:2]:
        assert _stopped(job.id, text) is None
    assert _stopped(job.id, job.texts(2)[0]) is StopReason.OTHER_SET
    assert dispatch.stage(job.id, by="worker-a").waiting == ("受領証明書",)
    with pytest.raises(BadInput, match="封をする組がありません"):
        dispatch.seal(job.id, by="worker-a")
    dispatch.put_aside(job.id, by="worker-a")


def test_a_sheet_twice() -> None:
    """同じ紙を二度読んでも、一枚と数えます。"""
    job = make_job(1)
    assert _stopped(job.id, job.texts(1)[0]) is None
    assert _stopped(job.id, job.texts(1)[0]) is StopReason.TWICE
    assert dispatch.put_aside(job.id, by="worker-a").scanned == 0


def test_an_old_generation() -> None:
    """刷り直した後は、前の版の紙を読むと止まります。"""
    job = make_job(1)
    old = job.texts(1)
    dispatch.spoil(job.id, reference=job.references[0], why="破れ", by="worker-a")
    assert _stopped(job.id, old[0]) is StopReason.OLD
    assert _stopped(job.id, job.texts(1)[0]) is StopReason.NOT_PRINTED
    dispatch.printed(job.id, by="worker-a")
    assert _stopped(job.id, job.texts(1)[0]) is None
    assert _stopped(job.id, old[1]) is StopReason.OLD
    dispatch.put_aside(job.id, by="worker-a")


def test_a_sheet_of_another_job() -> None:
    """別の発送の紙は、しるしが本物でも、番が同じでも、止まります。"""
    job, other = make_job(1), make_job(1)
    assert _stopped(job.id, other.texts(1)[0]) is StopReason.OTHER_JOB


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda text: text.replace("AZ1", "AZ2"), StopReason.UNREADABLE),
        (lambda text: text[:-1] + ("A" if text[-1] != "A" else "B"), StopReason.FORGED),
        (lambda text: text.replace("/1/3/1/", "/2/3/1/"), StopReason.FORGED),
        (lambda text: text.replace("/3/1/", "/3/2/"), StopReason.FORGED),
        (lambda text: text.replace("/1/3/1/", "/1/1/1/"), StopReason.FORGED),
        (lambda _: "4901234567894", StopReason.UNREADABLE),
        (lambda _: "", StopReason.UNREADABLE),
        (lambda _: "A" * 10_000, StopReason.UNREADABLE),
        (lambda _: "AZ1/1/1/1/1/1/\x00\u202e'; DROP", StopReason.UNREADABLE),
    ],
)
def test_a_forged_code(change: object, reason: StopReason) -> None:
    """区の鍵で作っていないしるしは、一文字でも違えば通らず、読んだ人とともに台帳に残ります。"""
    job = make_job(1)
    assert callable(change)
    assert _stopped(job.id, change(job.texts(1)[0])) is reason
    line = search(action="dispatch.stopped").lines[0]
    assert (line.actor, line.detail) == ("worker-a", {"job": job.id, "stop": reason.name})


def test_a_code_made_with_another_key() -> None:
    """形も番号も合うしるしでも、区の鍵で作ったものでなければ通りません。鍵は保存場所にだけあり、持ち主しか読めません。"""
    job = make_job(1)
    assert _stopped(job.id, rules.code("another key", Mark(job.id, 1, 1, 3, 1)).text) is StopReason.FORGED
    key = home() / "secrets" / "dispatch"
    assert key.read_text() == settings.DISPATCH_KEY
    assert key.stat().st_mode & 0o777 == 0o600


def test_a_right_code_of_a_set_that_is_not_there() -> None:
    """鍵が合っていても、作っていない組や、枚数の違う紙は通りません。"""
    job = make_job(1)
    for seq, of in ((7, 3), (1, 2)):
        text = rules.code(settings.DISPATCH_KEY, Mark(job.id, seq, 1, of, 1)).text
        assert _stopped(job.id, text) is StopReason.FORGED


def test_keyboards_are_forgiven() -> None:
    """読み取り機の文字が全角や小文字になっていても、同じ紙と分かります。"""
    job = make_job(1)
    wide = job.texts(1)[0].lower().translate({code: code + 0xFEE0 for code in range(0x21, 0x7F)})
    assert _stopped(job.id, f" {wide}\t") is None
    dispatch.put_aside(job.id, by="worker-a")


def test_another_workers_set() -> None:
    """一組は一人の手元でだけ照合します。ほかの人の組の紙を読むと、止まります。"""
    job = make_job(1)
    assert _stopped(job.id, job.texts(1)[0], "worker-a") is None
    assert _stopped(job.id, job.texts(1)[1], "worker-b") is StopReason.SOMEBODY
    assert dispatch.put_aside(job.id, by="workshop-lead", of="worker-a").seq is None
    assert job.match(1, "worker-b").matched


def test_seal_first() -> None:
    """そろった組に封をするまで、次の組の紙は読めません。封をした組の紙は、もう通りません。"""
    job = make_job(2)
    assert job.match(1).matched
    assert _stopped(job.id, job.texts(2)[0]) is StopReason.SEAL_FIRST
    dispatch.seal(job.id, by="worker-a")
    assert _stopped(job.id, job.texts(1)[0]) is StopReason.DONE


def test_a_set_withdrawn_in_somebodys_hands() -> None:
    """照合している最中に引き抜くことになった組は、その人の画面が止まり、封をできません。"""
    job = make_job(1)
    assert job.match(1).matched
    dispatch.withdraw(job.id, job.references[0], why="取り下げ", by="furusato")
    found = dispatch.stage(job.id, by="worker-a")
    assert found.stop
    assert found.stop.reason is StopReason.WITHDRAWN
    with pytest.raises(BadInput, match="封をする組がありません"):
        dispatch.seal(job.id, by="worker-a")
