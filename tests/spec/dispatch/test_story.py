"""「わたしの手紙は送られましたか」

番号か本人の鍵を一度調べれば、いつ印刷し、だれが照合し、どの差出票で出たかが言葉で分かります。
"""

from __future__ import annotations

import pytest
from django.utils import timezone

from azukari.core.dispatch import api as dispatch
from azukari.core.dispatch.types import NewSet, ReturnReason
from azukari.kernel import era
from azukari.kernel.errors import BadInput, NotFound
from support.dispatch import FLOW, SCOPO, make_job, new_sets

pytestmark = pytest.mark.usefixtures("workshop")


def test_answered_in_one_search() -> None:
    """差し出した手紙には、日、郵便局、差出票の番号を答えます。"""
    job = make_job(1)
    assert dispatch.lines_of(job.references[0])[0].answer == "まだ送っていません。いまは「印刷済」です。"
    job.sealed(1)
    job.post(slip="813-0001")
    [letter] = dispatch.lines_of(job.references[0])
    today = era.long(timezone.localdate())
    assert letter.answer == f"{today}に世田谷郵便局から送りました（差出票 813-0001）。"
    assert [line.state for line in letter.lines] == ["予定", "印刷済", "照合済", "封かん済", "差出済"]
    assert [line.by for line in letter.lines] == ["furusato", "worker-a", "worker-a", "worker-a", "furusato"]
    dispatch.returned(job.id, job.references[0], reason=ReturnReason.MOVED, on=timezone.localdate(), by="furusato")
    assert dispatch.lines_of(job.references[0])[0].answer.endswith(f"{today}に戻ってきました（転居先不明）。")


def test_a_reprint_is_part_of_the_story() -> None:
    """刷り直した手紙の経過には、書損の理由と版が残ります。"""
    job = make_job(1)
    dispatch.spoil(job.id, reference=job.references[0], why="破れ", by="worker-a")
    dispatch.printed(job.id, by="worker-b")
    texts = [line.text for line in dispatch.lines_of(job.references[0])[0].lines]
    assert texts[2:] == ["書損になり、第2版を刷り直すことにしました（破れ）", "第2版を印刷しました"]


def test_one_envelope_for_a_household() -> None:
    """一つの世帯の何人分かを一つの封筒に入れても、だれの鍵で調べても同じ手紙が見つかります。"""
    family = NewSet((700001, 700002), "D-setai", ("宛名票", "受領証明書", "受領証明書"))
    job = dispatch.plan(FLOW, "donations", "世帯合封", SCOPO, [family], by="furusato")
    letters = [dispatch.lines_of(subject=subject) for subject in family.subjects]
    assert [[one.reference for one in found] for found in letters] == [["D-setai"], ["D-setai"]]
    assert len(dispatch.codes(job)["D-setai"]) == 3
    assert dispatch.lines_of(subject=700003) == []


def test_codes_say_everything_and_nothing() -> None:
    """紙のしるしは、発送、組、枚目、枚数、版と確かめの8文字です。人が読む番号も同じことを言い、だれの紙かは言いません。"""
    job = make_job(2)
    code = dispatch.codes(job.id)[job.references[1]][1]
    assert code.words == f"{job.id:04d}-000002 2/3 第1版"
    assert code.text.startswith(f"AZ1/{job.id}/2/2/3/1/")
    assert len(code.text) <= 60
    assert set(code.text) <= set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:")


@pytest.mark.parametrize(
    ("sets", "why"),
    [
        ([], "発送する組がありません"),
        ([NewSet((1,), "a", ("x",)), NewSet((2,), "a", ("x",))], "2 番目の組"),
        ([NewSet((), "a", ("x",))], "1 番目の組"),
        ([NewSet((1,), "", ("x",))], "1 番目の組"),
        ([NewSet((1,), "名前", ("x",))], "1 番目の組"),
        ([NewSet((1,), "a", ())], "1 番目の組"),
        ([NewSet((1,), "a", ("紙" * 41,))], "1 番目の組"),
        ([NewSet((1,), "a", ("x",) * 100)], "1 番目の組"),
    ],
)
def test_a_bad_plan_makes_nothing(sets: list[NewSet], why: str) -> None:
    """組が一つもない、番号が二つある、だれの手紙かがないといった発送は、何番目の組かを示して、何も作りません。"""
    before = len(dispatch.jobs())
    with pytest.raises(BadInput, match=why):
        dispatch.plan(FLOW, "donations", "誤り", SCOPO, sets, by="furusato")
    assert len(dispatch.jobs()) == before


def test_only_the_contractor_of_the_paper() -> None:
    """諮問が挙げていない委託先には、発送を任せられません。諮問にない取扱いの発送も作れません。"""
    with pytest.raises(BadInput, match="任せられません"):
        dispatch.plan(FLOW, "donations", "別の委託先", "どこかの印刷所", new_sets(1), by="furusato")
    with pytest.raises(NotFound, match="取扱い"):
        dispatch.plan("999-1", "donations", "ない諮問", SCOPO, new_sets(1), by="furusato")
