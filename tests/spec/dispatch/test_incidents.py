"""ほかの自治体で起きたこと

公表された発送の事故を、起きたとおりの手順でやり直します。どれも、手紙が区を出る前の決まった段で見つかります。
"""

from __future__ import annotations

import pytest

from azukari.core.dispatch import api as dispatch
from azukari.core.dispatch.types import State, StockKind, StopReason, Unbalanced
from azukari.kernel.errors import BadInput
from support.dispatch import Made, make_job

pytestmark = pytest.mark.usefixtures("workshop")


def _fill(job: Made, texts: list[str], by: str = "worker-a") -> StopReason | None:
    """Sheets as they lie in one envelope, read in that order; what stopped it."""
    for text in texts:
        if stop := dispatch.scan(job.id, text, by=by).stop:
            dispatch.acknowledge(job.id, by=by)
            dispatch.put_aside(job.id, by=by)
            return stop.reason
    return None


def test_sendai_2004_one_sheet_off() -> None:
    """仙台市 (2004年): 機械を止めて置き直したとき一枚ずれ、102通に一つ前の人の紙が入りました。ずれた最初の組で止まります。

    河北新報 2004年4月13日。紙詰まりの後、後ろの紙だけが一枚先から始まった場合を、すべての組でやり直します。
    """
    job = make_job(6, sheets=("通知書", "共有者一覧"))
    covers, lists = [[job.texts(number)[place] for number in range(1, 7)] for place in (0, 1)]
    stopped = [_fill(job, [cover, page]) for cover, page in zip(covers, lists[1:], strict=False)]
    assert stopped == [StopReason.OTHER_SET] * 5
    assert dispatch.stage(job.id, by="worker-a").sealed == 0
    assert [_fill(job, [cover, page]) for cover, page in zip(covers[:1], lists[:1], strict=True)] == [None]


def test_miyaki_2020_two_stacks_apart() -> None:
    """みやき町 (2020年): 送付状と受納証明書の束を取り違えて機械に置き、600人に他人の証明書が届きました。初めの一通で止まります。

    朝日新聞・佐賀新聞 (2021年1月6日の発表)。
    """
    job = make_job(4, sheets=("送付状", "受納証明書"))
    mixed = [[job.texts(one)[0], job.texts(other)[1]] for one, other in ((1, 3), (2, 4), (3, 1), (4, 2))]
    assert [_fill(job, texts) for texts in mixed] == [StopReason.OTHER_SET] * 4
    with pytest.raises(BadInput, match="封をする組がありません"):
        dispatch.seal(job.id, by="worker-a")


def test_nobeoka_2024_the_next_persons_certificate() -> None:
    """延岡市 (2024年): 送付通知書の宛名と証書の人が合っているかを確かめず、4人に別人の証書が届きました。四組とも止まります。

    市の発表（児童扶養手当証書の誤送付、2024年8月の発送）。入れ替わった証書を戻すと、四組とも進みます。
    """
    job = make_job(4, sheets=("送付通知書", "証書"))
    swapped = [[job.texts(one)[0], job.texts(other)[1]] for one, other in ((1, 2), (2, 1), (3, 4), (4, 3))]
    assert [_fill(job, texts) for texts in swapped] == [StopReason.OTHER_SET] * 4
    for number in range(1, 5):
        assert _fill(job, job.texts(number)) is None
        dispatch.seal(job.id, by="worker-a")
    assert dispatch.stage(job.id, by="worker-a").sealed == 4


def test_shimane_two_in_one_envelope() -> None:
    """島根県: 一つの封筒に二人分の証明書が入り、封筒が余ったことにも気付きませんでした。二人目の紙で止まります。

    読まずに入れて封をしても、二人目の組は照合済にならず、差出票の通数とも、作った組とも合わないので締められません。
    山陰放送（11月に発送、翌年2月に判明）。
    """
    job = make_job(3, sheets=("宛名票", "受領証明書"))
    assert _fill(job, job.texts(1) + job.texts(2)) is StopReason.SEAL_FIRST
    dispatch.seal(job.id, by="worker-a")
    job.sealed(3)
    with pytest.raises(BadInput, match="3 通と、封かん済の 2 組が合いません"):
        job.post(count=3)
    job.post(count=2)
    with pytest.raises(Unbalanced) as caught:
        dispatch.close(job.id, by="furusato")
    assert [one.reference for one in caught.value.balance.missing] == [job.references[1]]


def test_tono_2016_printed_on_the_back() -> None:
    """遠野市 (2016年): 片面のはずの証明書を両面に刷り、裏に他人の証明書が出ました。裏になった組の紙がなく、用紙の枚数も合いません。

    遠野テレビ 2016年11月22日。一枚の用紙に二組目の紙が刷られると、二組目は照合済になりません。
    """
    job = make_job(2, sheets=("受領証明書",))
    dispatch.stock(job.id, "受領証明書", StockKind.ISSUED, 2, by="furusato")
    dispatch.stock(job.id, "受領証明書", StockKind.USED, 1, by="worker-a")
    dispatch.stock(job.id, "受領証明書", StockKind.RETURNED, 1, by="worker-a")
    job.sealed(1)
    found = dispatch.balance(job.id)
    assert [one.title for one in found.identities if not one.holds] == [
        "作った組 ＝ 差出し ＋ 引抜き",
        "印刷した紙 ＝ 差出し ＋ 書損 ＋ 引抜き",
        "使った用紙 ＝ 印刷した紙 ＋ 試し刷り",
        *(["差出票の通数 ＝ 差出し"] if dispatch.lines_of(job.references[0])[0].state == State.HANDED else []),
    ]
    assert [one.reference for one in found.missing] == list(job.references)


def test_fukuoka_labels_short() -> None:
    """福岡市: 委託先に渡した宛名のうち145人分がなくなり、納品の数で分かりました。足りない人の番号まで示します。

    テレビ西日本（11月7日に渡し、26日の納品で判明）。渡した組と戻った組の差が、組の番号で並びます。
    """
    job = make_job(5, sheets=("宛名票",))
    job.sealed(1, 2, 4)
    job.post([1, 2, 4], count=3)
    missing = dispatch.balance(job.id).missing
    assert [one.reference for one in missing] == [job.references[2], job.references[4]]
    assert {one.why for one in missing} == {"印刷しましたが、照合が済んでいません（0 / 1 枚）"}


def test_a_reprint_that_went_out_beside_the_first() -> None:
    """刷り直した手紙と元の手紙が両方届く事故: 元の紙は版が古いので、読んだところで止まります。"""
    job = make_job(1)
    old = job.texts(1)
    dispatch.spoil(job.id, reference=job.references[0], why="宛名の誤り", by="worker-a")
    dispatch.printed(job.id, by="worker-a")
    assert _fill(job, old) is StopReason.OLD
    assert _fill(job, [job.texts(1)[0], old[1]]) is StopReason.OLD
    job.sealed(1)
    assert _fill(job, old) is StopReason.OLD
