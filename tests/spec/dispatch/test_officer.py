"""区の発送の画面

どこまで進んだか、式の左右、足りない組を言葉で示します。差出し、引抜き、返戻、用紙、締めをここで記録します。
"""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.utils import timezone

from azukari.core.dispatch import api as dispatch
from azukari.core.dispatch.types import State, StockKind
from support.dispatch import enter, make_job

pytestmark = pytest.mark.usefixtures("workshop")


def _words(client: Client, address: str) -> str:
    page = client.get(address).content.decode()
    return " ".join(re.sub(r"<[^>]+>", " ", page.split("<main", 1)[1]).split())


def test_both_sides_of_every_equation() -> None:
    """途中の発送では、合わない式の左右と、足りない組が一つずつ言葉で並びます。"""
    officer, job = enter("furusato"), make_job(2)
    job.sealed(1)
    page = _words(officer, f"/dispatch/{job.id}/")
    assert "作った組＝差出し＋引抜き2組0組（差出し0、引抜き0）合いません" in page.replace(" ", "")
    assert "封をしましたが、差出しの記録がありません" in page
    assert "印刷しましたが、照合が済んでいません（0 / 3 枚）" in page


def test_from_sealed_to_closed() -> None:
    """差出票の番号と通数を入れて差し出し、数が合えば締めます。通数が違えば、何も変わりません。"""
    officer, job = enter("furusato"), make_job(2)
    job.sealed(1, 2)
    slip = {"number": "S-813", "office": "世田谷郵便局", "on": timezone.localdate().isoformat(), "references": ""}
    wrong = officer.post(f"/dispatch/{job.id}/hand-over/", slip | {"count": "3"}, follow=True).content.decode()
    assert "3 通と、封かん済の 2 組が合いません" in wrong
    assert "締められません" in officer.post(f"/dispatch/{job.id}/close/", follow=True).content.decode()
    officer.post(f"/dispatch/{job.id}/hand-over/", slip | {"count": "2"})
    closed = officer.post(f"/dispatch/{job.id}/close/", follow=True).content.decode()
    assert "すべての数が合いました" in closed
    back = {"reference": job.references[0], "reason": "宛所不明", "on": timezone.localdate().isoformat()}
    assert (
        "戻ったことを記録しました" in officer.post(f"/dispatch/{job.id}/returned/", back, follow=True).content.decode()
    )


def test_withdraw_and_the_list_of_what_to_pull_out() -> None:
    """引き抜くと、作業場で紙を箱に入れるまで「引き抜く組」に残ります。刷り直しを待つ組も並びます。"""
    officer, job = enter("furusato"), make_job(2)
    torn = {"reference": job.references[1], "why": "封筒の破れ"}
    assert "刷り直します" in officer.post(f"/dispatch/{job.id}/spoil/", torn, follow=True).content.decode()
    asked = {"reference": job.references[0], "why": "本人の取り下げ"}
    page = officer.post(f"/dispatch/{job.id}/withdraw/", asked, follow=True).content.decode()
    assert "引抜待ちです" in page
    words = _words(officer, f"/dispatch/{job.id}/")
    assert "引き抜く組 1" in words
    assert "箱に入れた紙 0 / 3 本人の取り下げ" in words
    assert "刷り直す組 1" in words
    assert officer.post(f"/dispatch/{job.id}/withdraw/", {"reference": "", "why": ""}).status_code == 422
    assert officer.post(f"/dispatch/{job.id}/explode/").status_code == 404


def test_paper_and_the_set_of_somebody_who_went_home() -> None:
    """用紙の枚数を記録し、帰った人の手元に残った組を束に戻せます。"""
    officer, job = enter("furusato"), make_job(1)
    dispatch.scan(job.id, job.texts(1)[0], by="worker-b")
    officer.post(f"/dispatch/{job.id}/stock/", {"name": "受領証明書", "kind": StockKind.ISSUED.value, "count": "5"})
    assert "渡した用紙 ＝ 使用 ＋ 返却（受領証明書） 5 枚 0 枚" in _words(officer, f"/dispatch/{job.id}/")
    officer.post(f"/dispatch/{job.id}/aside/", {"reference": "worker-b"})
    assert dispatch.stage(job.id, by="worker-b").seq is None


def test_was_it_sent() -> None:
    """番号を一度調べれば、送ったか、いつ、どの差出票かが答えになります。"""
    officer, job = enter("furusato"), make_job(1)
    job.sealed(1)
    job.post(slip="S-42")
    assert "差出票 S-42" in _words(officer, f"/dispatch/?reference={job.references[0]}")
    assert "発送に入っていません" in _words(officer, "/dispatch/?reference=nothing")


def test_in_the_menu_once() -> None:
    """「発送」は区の担当課の職員に、「発送の作業」は名簿に載った委託先の人に、一度だけ出ます。"""
    links = [
        ("furusato", "/dispatch/", 1),
        ("worker-a", "/workshop/", 1),
        ("officer", "/dispatch/", 0),
        ("operator", "/workshop/", 0),
    ]
    for login, address, times in links:
        nav = enter(login).get("/").content.decode().split("<main")[0]
        assert nav.count(f'href="{address}"') == times, login


def test_what_is_not_closed_is_told_at_home() -> None:
    """締めていない発送の数と、一番古いものが、担当課の職員のホームに出ます。ほかの課の職員には出ません。"""
    make_job(1)
    assert "締めていない発送が" in enter("furusato").get("/").content.decode()
    assert "締めていない発送が" not in enter("officer").get("/").content.decode()


def test_another_sections_jobs_look_absent() -> None:
    """諮問した課の職員だけに見えます。ほかの課には、ない番号と同じ答えになります。委託先の人には、区の画面がありません。"""
    job = make_job(1)
    other = enter("officer")
    assert other.get(f"/dispatch/{job.id}/").status_code == other.get("/dispatch/999999/").status_code == 404
    assert (
        job.references[0]
        not in other.get(f"/dispatch/?reference={job.references[0]}")
        .content.decode()
        .split("<main")[1]
        .split("<form")[0]
    )
    assert "発送に入っていません" in _words(other, f"/dispatch/?reference={job.references[0]}")
    assert enter("worker-a").get(f"/dispatch/{job.id}/").status_code == 403
    assert enter("workshop-lead").get(f"/dispatch/{job.id}/").status_code == 404
    assert enter("furusato", place="own-device").get(f"/dispatch/{job.id}/").status_code == 403
    assert dispatch.lines_of(job.references[0])[0].state == State.PRINTED
