"""合わなければ締められない

作った組、印刷した紙、渡した用紙、差出票の通数。四つの式の左右が合うまで、発送は締められません。数えるのはデータベースです。
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, connections, transaction
from django.utils import timezone

from azukari.core.dispatch import api as dispatch
from azukari.core.dispatch.types import ReturnReason, State, StockKind, Unbalanced
from azukari.kernel.errors import BadInput, NotFound
from support.dispatch import Made, make_job

pytestmark = pytest.mark.usefixtures("workshop")


def _wrong(job: Made) -> list[str]:
    with pytest.raises(Unbalanced) as caught:
        dispatch.close(job.id, by="furusato")
    return [one.title.split(" ＝ ")[0] for one in caught.value.balance.identities if not one.holds]


def test_a_sealed_envelope_lost() -> None:
    """封をした封筒が一つ見つからないと、差出票と合わず、差し出せません。残りを差し出しても、締められません。"""
    job = make_job(3)
    job.sealed(1, 2, 3)
    with pytest.raises(BadInput, match="2 通と、封かん済の 3 組が合いません"):
        job.post(count=2)
    assert dispatch.lines_of(job.references[0])[0].state == State.SEALED
    job.post([1, 3], count=2)
    assert _wrong(job) == ["作った組", "印刷した紙"]
    [missing] = dispatch.balance(job.id).missing
    assert (missing.reference, missing.why) == (job.references[1], "封をしましたが、差出しの記録がありません")


def test_a_spoiled_set_counts_as_paper() -> None:
    """書損の紙も一枚ずつ数えます。刷り直して差し出せば、式は合います。"""
    job = make_job(2)
    dispatch.spoil(job.id, reference=job.references[0], why="破れ", by="worker-a")
    assert dispatch.balance(job.id).missing[0].why == "書損のあと、第2版をまだ印刷していません"
    dispatch.printed(job.id, by="worker-a")
    job.sealed(1, 2)
    job.post()
    found = dispatch.close(job.id, by="furusato")
    assert found.identities[1].right == (("差出し", 6), ("書損", 3), ("引抜き", 0))


def test_a_withdrawal_needs_the_paper_in_the_bin() -> None:
    """印刷した組を引き抜くと、その紙を箱に入れて読み取るまで締められません。封をした封筒は、窓のしるし一つで足ります。"""
    job = make_job(3)
    open_codes, sealed_codes = job.texts(1), job.texts(2)
    job.sealed(2, 3)
    assert dispatch.withdraw(job.id, job.references[0], why="取り下げ", by="furusato") is State.WITHDRAWING
    assert dispatch.withdraw(job.id, job.references[1], why="取り下げ", by="furusato") is State.WITHDRAWING
    job.post([3], count=1)
    assert dispatch.destroy(job.id, open_codes[0], by="worker-a")[1] == 2
    assert _wrong(job) == ["作った組", "印刷した紙"]
    with pytest.raises(BadInput, match="もう箱に入れました"):
        dispatch.destroy(job.id, open_codes[0], by="worker-a")
    assert [dispatch.destroy(job.id, text, by="worker-a")[1] for text in open_codes[1:]] == [1, 0]
    assert dispatch.destroy(job.id, sealed_codes[0], by="worker-a")[1] == 0
    assert dispatch.close(job.id, by="furusato").identities[1].right == (("差出し", 3), ("書損", 0), ("引抜き", 6))


def test_a_withdrawal_before_paper_is_done_at_once() -> None:
    """まだ印刷していない組の引抜きは、それだけで済みます。しるしも、もう作られません。"""
    job = make_job(1, printed=False)
    assert dispatch.withdraw(job.id, job.references[0], why="二重の申込み", by="furusato") is State.WITHDRAWN
    assert dispatch.codes(job.id) == {}
    assert dispatch.printed(job.id, by="worker-a") == 0
    assert dispatch.close(job.id, by="furusato").holds


def test_no_reprint_after_a_withdrawal() -> None:
    """引き抜いた組は、刷り直せません。差し出した組は、引き抜けません。"""
    job = make_job(2)
    dispatch.withdraw(job.id, job.references[0], why="取り下げ", by="furusato")
    with pytest.raises(BadInput, match="書損にできません"):
        dispatch.spoil(job.id, reference=job.references[0], why="破れ", by="worker-a")
    job.sealed(2)
    job.post([2])
    for call in (dispatch.withdraw, dispatch.withdraw):
        with pytest.raises(BadInput, match="もう引き抜けません"):
            call(job.id, job.references[1], why="取り下げ", by="furusato")


def test_blank_paper() -> None:
    """番号のある用紙は、渡した枚数が、印刷、試し刷り、返却のどれかになるまで締められません。"""
    job = make_job(2)
    job.sealed(1, 2)
    job.post()
    paper = "受領証明書"
    dispatch.stock(job.id, paper, StockKind.ISSUED, 10, by="furusato")
    dispatch.stock(job.id, paper, StockKind.USED, 4, by="worker-a")
    dispatch.stock(job.id, paper, StockKind.RETURNED, 6, by="worker-a")
    assert _wrong(job) == ["使った用紙"], "two more were used than were printed"
    dispatch.stock(job.id, paper, StockKind.WASTED, 1, by="worker-a")
    assert _wrong(job) == ["使った用紙"]
    dispatch.stock(job.id, paper, StockKind.USED, -1, by="worker-a")
    assert _wrong(job) == ["渡した用紙"], "one blank sheet is nowhere"
    dispatch.stock(job.id, paper, StockKind.RETURNED, 1, by="worker-a")
    assert dispatch.close(job.id, by="furusato").holds
    with pytest.raises(BadInput):
        dispatch.stock(job.id, paper, StockKind.ISSUED, 1, by="furusato")


def test_a_correction_never_goes_below_nothing() -> None:
    """用紙の訂正は負の数で書き足します。記録した枚数より多くは減らせません。"""
    job = make_job(1)
    dispatch.stock(job.id, "礼状", StockKind.ISSUED, 3, by="furusato")
    with pytest.raises(BadInput, match="これまでの記録は 3 枚"):
        dispatch.stock(job.id, "礼状", StockKind.ISSUED, -4, by="furusato")


def test_handed_over_once() -> None:
    """一組は一度だけ差し出せます。同じ差出票を二度記録することもできません。"""
    job = make_job(2)
    job.sealed(1, 2)
    job.post([1], slip="同じ番号")
    with pytest.raises(BadInput, match="封かん済でない組"):
        job.post([1])
    with pytest.raises(BadInput, match="もう記録されています"):
        job.post([2], slip="同じ番号")
    with pytest.raises(NotFound, match="ない番号"):
        dispatch.hand_over(
            job.id, number="9", office="局", on=timezone.localdate(), count=1, references=["ない番号"], by="furusato"
        )


def test_returned_mail_after_the_close() -> None:
    """戻ってきた手紙は、締めた後でも記録できます。差し出した日より前に戻ることはありません。"""
    job = make_job(1)
    job.sealed(1)
    job.post()
    dispatch.close(job.id, by="furusato")
    today, reference = timezone.localdate(), job.references[0]
    with pytest.raises(BadInput):
        dispatch.returned(job.id, reference, reason=ReturnReason.MOVED, on=today - timedelta(1), by="furusato")
    dispatch.returned(job.id, reference, reason=ReturnReason.UNKNOWN, on=today, by="furusato")
    assert "戻ってきました（宛所不明）" in dispatch.lines_of(reference)[0].answer
    assert dispatch.balance(job.id).holds


def test_closed_is_closed() -> None:
    """締めた発送は、もう変えられず、締めを取り消すこともできません。"""
    job = make_job(1)
    job.sealed(1)
    job.post()
    dispatch.close(job.id, by="furusato")
    with pytest.raises(BadInput, match="もう締められています"):
        dispatch.close(job.id, by="furusato")
    with pytest.raises(BadInput, match="もう締められています"):
        dispatch.scan(job.id, job.texts(1)[0], by="worker-a")
    with pytest.raises(IntegrityError, match="締めは変えられません"), transaction.atomic(using="owner"):
        connections["owner"].cursor().execute("UPDATE dispatch_job SET closed_at = NULL WHERE id = %s", [job.id])
