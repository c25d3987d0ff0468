"""仮名化の立会いの画面と命令

両責任者は区役所の端末でサインインし、立会い、点検の承認、署名、廃棄の報告を画面で記録します。鍵と媒体を使う段階は、区の機械の命令です。
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from django.test import Client
from typer.testing import CliRunner, Result

from azukari.cli import manage
from azukari.cli.health import app
from azukari.core.handover.api import ceremony
from azukari.kernel.errors import AzukariError
from support import signing
from support.ceremony import OFFICER, OWNER, PASSPHRASE, THEIRS, WARD, Meeting

Step = ceremony.Step
AT = {OFFICER: "ward-health", WARD: "ward", THEIRS: "ward", "caller-responsible": "calls", "guide": "guides"}


@pytest.fixture
def at_desk(hall: Meeting, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Client]:
    for login, place in AT.items():
        monkeypatch.setitem(signing.AT, login, place)
    return signing.signed_in


def page_of(client: Client, key: int) -> str:
    return client.get(f"/health/ceremonies/{key}/").content.decode()


def sign_on_page(client: Client, hall: Meeting, key: int, step: str, login: str, how: str = "") -> int:
    """Fetch the text, sign it on one's own machine, post the signature."""
    text = client.get(f"/health/ceremonies/{key}/text.txt", {"how": how} if how else {}).content
    signature = ceremony.signature_of(hall.keys[login], text)
    return client.post(f"/health/ceremonies/{key}/{step}/", {"signature": signature, "how": how}).status_code


def test_the_whole_ceremony_on_the_screen(hall: Meeting, at_desk: Callable[..., Client]) -> None:
    """立会いから終了まで、責任者の画面には、いまその人ができることだけが出ます。"""
    key = hall.propose().id
    ward, theirs = at_desk(WARD), at_desk(THEIRS)
    for client, login in ((ward, WARD), (theirs, THEIRS)):
        assert "立会いを記録する" in page_of(client, key)
        assert client.post(f"/health/ceremonies/{key}/attend/", {"public": hall.public(login)}).status_code == 302
    assert f"./azukari health ceremony key {key} --login {WARD}" in page_of(ward, key)
    assert "./azukari health ceremony" not in page_of(theirs, key)
    hall.use_key(key)
    hall.make(key)
    page = page_of(ward, key)
    assert "渡す前の点検" in page
    assert "人に満たない組" in page
    assert "承認する" not in page_of(theirs, key)
    assert ward.post(f"/health/ceremonies/{key}/accepted/").status_code == 302
    hall.write(key)
    assert sign_on_page(ward, hall, key, "ward-signed", WARD) == 302
    assert sign_on_page(theirs, hall, key, "theirs-signed", THEIRS) == 302
    path = hall.folder / "list.csv"
    pl.read_parquet(hall.opened(key) / "members.parquet").select("token").write_csv(path)
    ceremony.deliver(key, [path], **hall.by(OFFICER))
    for client, login in ((ward, WARD), (theirs, THEIRS)):
        client.post(f"/health/ceremonies/{key}/attend/", {"public": hall.public(login)})
    ceremony.restore(key, hall.keystore, PASSPHRASE, hall.folder / "back", **hall.by(WARD))
    assert sign_on_page(theirs, hall, key, "destroyed", THEIRS, "上書き消去。写しはありません。") == 302
    hall.medium_back(key)
    assert sign_on_page(ward, hall, key, "closed", WARD) == 302
    assert ceremony.find(key, using=OWNER).ended
    record = ward.get(f"/health/ceremonies/{key}/record.pdf")
    assert record["Content-Type"] == "application/pdf"
    assert "終了の確認" in ward.get("/health/ceremonies/").content.decode()


def test_refused_on_the_page_in_words(hall: Meeting, at_desk: Callable[..., Client]) -> None:
    """断るときは、理由と次にすることを示し、何も記録しません。読めない公開鍵や署名も、入力を残して断ります。"""
    key = hall.propose().id
    ward = at_desk(WARD)
    address = f"/health/ceremonies/{key}"
    unreadable = ward.post(f"{address}/attend/", {"public": "zz"})
    assert unreadable.status_code == 409
    assert "公開鍵が読めません" in unreadable.content.decode()
    early = ward.post(f"{address}/accepted/")
    assert early.status_code == 409
    assert "順序が違います" in early.content.decode()
    assert ward.post(f"{address}/attend/", {}).status_code == 422
    assert ward.post(f"{address}/made/").status_code == 404
    assert ward.get(f"{address}/text.txt").status_code == 404
    officer = at_desk(OFFICER).post(f"{address}/attend/", {"public": hall.public(OFFICER)})
    assert officer.status_code == 409
    assert "責任者ではありません" in officer.content.decode()
    assert ceremony.find(key, using=OWNER).steps == ()


def test_from_another_place_nobody_attends(
    hall: Meeting, at_desk: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    """自分の施設からサインインした委託先の責任者には、立会いのボタンがなく、送っても断ります。"""
    monkeypatch.setitem(signing.AT, THEIRS, "analysts")
    key = hall.propose().id
    away = at_desk(THEIRS)
    assert "立会いを記録する" not in page_of(away, key)
    refused = away.post(f"/health/ceremonies/{key}/attend/", {"public": hall.public(THEIRS)})
    assert refused.status_code == 409
    assert "立会いの場所が違います" in refused.content.decode()


def test_others_see_no_ceremony(hall: Meeting, at_desk: Callable[..., Client]) -> None:
    """ほかの取扱いの委託先からは、ない番号と同じに見えます。"""
    key = hall.propose().id
    other = at_desk("caller-responsible")
    assert other.get(f"/health/ceremonies/{key}/").status_code == 404
    assert other.get("/health/ceremonies/").status_code == 404
    assert at_desk(WARD).get("/health/ceremonies/987654/").status_code == 404


def typed(*arguments: Any) -> Result:
    result = CliRunner().invoke(app, ["ceremony", *map(str, arguments)])
    assert result.exception is None or isinstance(result.exception, AzukariError | SystemExit), result.exc_info
    return result


def test_the_whole_ceremony_by_commands(hall: Meeting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """同じことが命令でもできます。二人がそれぞれ自分の署名の鍵を使い、区の場所を示します。"""
    monkeypatch.setattr(manage, "ready", nullcontext)
    words = tmp_path / "words.txt"
    words.write_text(f"{PASSPHRASE}\n", encoding="utf-8")
    lock = ("--passphrase-file", words)
    for login in (WARD, THEIRS):
        assert "公開鍵: " in typed("signing-key", "--out", tmp_path / login, *lock).output
    proposed = typed(
        "propose", "--flow", "809-2-1", "--contractor", "株式会社NTTデータ", "--medium", hall.serial, "--until",
        "2099-01-01", "--from", "2025-04-01", "--to", "2025-05-31", "--place", "ward", "--login", OFFICER,
    )  # fmt: skip
    key = int(re.findall(r"立会い (\d+) を提案", proposed.output)[0])
    store = ("--keystore", hall.keystore, *lock)
    for login in (WARD, THEIRS):
        typed("attend", key, "--login", login, "--place", "ward", "--key", tmp_path / login, *lock)
    assert "照合の言葉" in typed("key", key, "--login", WARD, "--backup", tmp_path / "b.pdf", *store).output
    assert "仮名のままでも個人情報です" in typed("make", key, "--login", WARD, *store).output
    assert "点検を承認しました" in typed("accept", key, "--login", WARD).output
    assert "媒体に書きました" in typed("write", key, "--login", WARD, "--to", hall.stick).output
    for login in (WARD, THEIRS):
        typed("sign", key, "--login", login, "--key", tmp_path / login, *lock)
    members = pl.read_parquet(hall.opened(key) / "members.parquet")
    members.select("token").write_parquet(tmp_path / "list.parquet")
    assert "40 行" in typed("receive", key, tmp_path / "list.parquet", "--login", OFFICER).output
    for login in (WARD, THEIRS):
        typed("attend", key, "--login", login, "--place", "ward", "--key", tmp_path / login, *lock)
    typed("restore", key, "--login", WARD, "--to", tmp_path / "back", *store)
    assert pl.read_parquet(tmp_path / "back" / "list.parquet")["person"].min() == 70_000_000_001
    how = "上書き消去。写しはありません。"
    text = tmp_path / "text.txt"
    typed("text", key, "--login", THEIRS, "--report", how, "--out", text)
    signature = typed("signature", "--key", tmp_path / THEIRS, "--record", text, *lock).output.strip()
    typed("destroy", key, "--login", THEIRS, "--how", how, "--signature", signature)
    hall.medium_back(key)
    assert "終了の確認" in typed("close", key, "--login", WARD, "--key", tmp_path / WARD, *lock).output
    assert "委託先の復元データの廃棄" in typed("show", key).output
    assert f'"id": {key}' in typed("list", "--json").output
    typed("paper", key, "--out", tmp_path / "record.pdf")
    assert (tmp_path / "record.pdf").read_bytes().startswith(b"%PDF")


def test_commands_say_what_is_missing(hall: Meeting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """ない場所、署名のない署名、ない立会いは、次にすることを示して断ります。"""
    monkeypatch.setattr(manage, "ready", nullcontext)
    key = hall.propose().id
    nowhere = typed("attend", key, "--login", WARD, "--place", "moon", "--public", "ab" * 32)
    assert "取扱場所 'moon' はありません" in str(nowhere.exception)
    assert "どちらか一つが要ります" in str(typed("sign", key, "--login", WARD).exception)
    assert "立会い 999999 はありません" in str(typed("show", 999999).exception)
    typed("cancel", key, "--login", OFFICER)
    assert ceremony.find(key, using=OWNER).last(Step.CANCELLED)
