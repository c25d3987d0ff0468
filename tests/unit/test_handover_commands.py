"""`./azukari handover …` as it is typed: at the ward, and offline at the contractor's."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from azukari.config.home import ROOT
from azukari.core.handover import api
from azukari.core.handover.api import Stage
from azukari.kernel import container
from azukari.kernel.container import keys
from azukari.kernel.errors import BadInput, Busy, NotFound, Refused, Unavailable
from support.handover import OWNER, TERM, WORKSHOP, Ward, refused, row, typed, without_starting

WORDS = "harukaze-ga-fuku-hi"


@pytest.fixture(autouse=True)
def _here(monkeypatch: pytest.MonkeyPatch) -> None:
    without_starting(monkeypatch)


def proposed(ward: Ward, *other: str) -> int:
    until = str(ward.today + TERM)
    to = ("--contractor", WORKSHOP, "--medium", ward.serial, "--until", until)
    done = typed("propose", "--source", "test", "--batch", "2026-12", *to, "--json", *other)
    assert done.exit_code == 0, done.exception
    return int(json.loads(done.output)["id"])


def test_from_the_proposal_to_the_certificate(fresh_ward: Ward, stick: Path, tmp_path: Path) -> None:
    """The contractor's key is made at the contractor's, and its container opened there without a database."""
    key, passphrase = tmp_path / "workshop.key", tmp_path / "words"
    passphrase.write_text(f"{WORDS}\n")
    assert typed("keygen", "--out", str(key), "--passphrase-file", str(passphrase)).exit_code == 0
    assert b"AGE-SECRET-KEY" not in key.read_bytes()
    assert key.stat().st_mode & 0o077 == 0
    [known] = api.recipients(using=OWNER)
    assert typed("recipient", "end", known.key, "--on", str(fresh_ward.today)).exit_code == 0
    assert typed("recipient", "add", f"{key}.pub", "--contractor", WORKSHOP).exit_code == 0
    number = str(proposed(fresh_ward))
    assert typed("approve", number, "--login", "responsible").exit_code == 0
    written = typed("write", number, "--to", str(stick))
    assert written.exit_code == 0, written.exception
    public = tmp_path / "ward.pub"
    assert "照合番号" in typed("ward-key", "--out", str(public)).output
    done = offline(stick / f"{number}.azukari.age", key, public, tmp_path / "out", passphrase)
    assert "項目: 氏名、住所、希望する寄附金の使途、寄附金額、納付方法、申込日" in done
    assert re.search(r"受領番号: ([0-9A-F]{4}-){3}[0-9A-F]{4}", done)
    assert typed("receipt", str(tmp_path / "out" / "receipt.json")).exit_code == 0
    assert typed("used", number).exit_code == 0
    assert typed("return", number, "--login", "officer").exit_code == 0
    certificate = tmp_path / "erased.pdf"
    assert typed("erase", number, "--how", "上書き消去", "--certificate", str(certificate)).exit_code == 0
    assert certificate.read_bytes().startswith(b"%PDF")
    assert api.find(int(number), using=OWNER).stage is Stage.ERASED


def offline(path: Path, key: Path, public: Path, out: Path, passphrase: Path) -> str:
    """As on the contractor's machine: no home, no settings, no Django, and a clock that stands twenty hours behind Japan's."""
    script = (
        "import sys; sys.modules['django'] = sys.modules['psycopg'] = None\n"
        "from azukari.cli.__main__ import main; main()"
    )
    told = ["--identity", key, "--ward-key", public, "--out", out, "--passphrase-file", passphrase]
    done = subprocess.run(
        [sys.executable, "-c", script, "handover", "open", path, *told],
        env={"PYTHONPATH": str(ROOT / "src"), "PYTHONUTF8": "1", "PATH": "", "TZ": "Pacific/Pago_Pago"}, cwd=out.parent,
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_one_person_does_not_do_both(ward: Ward) -> None:
    number = str(proposed(ward, "--login", "responsible"))
    with refused("提案した人は承認できません", Refused):
        raise_of(typed("approve", number, "--login", "responsible").exception)
    with refused("利用者番号を持つ別の人", Refused):
        raise_of(typed("approve", number).exception)
    assert typed("cancel", number).exit_code == 0


def raise_of(error: BaseException | None) -> None:
    assert error
    raise error


def test_who_is_not_on_the_roll_of_hand_overs(ward: Ward) -> None:
    number = str(proposed(ward))
    with refused("privacy は授受を扱えません", Refused):
        raise_of(typed("approve", number, "--login", "privacy").exception)
    with refused("本人と確かめられませんでした", Refused):
        raise_of(typed("approve", number, "--login", "officer", "--secrets", "-", answers="wrong\n000000\n").exception)


def test_lists_in_words(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    number = proposed(ward)
    assert "提案" in typed("list").output
    assert any(one["id"] == number for one in json.loads(typed("list", "--json").output))
    assert "試しの束" in typed("sources").output
    assert ward.serial in typed("medium", "list").output
    assert "age1" in typed("recipient", "list").output
    assert json.loads(typed("medium", "list", "--json").output)


def test_the_count_is_told(fresh_ward: Ward) -> None:
    fresh_ward.batches.rows = [row(number) for number in range(1, 902)]
    to = ("--contractor", WORKSHOP, "--medium", fresh_ward.serial, "--until", str(fresh_ward.today + timedelta(days=3)))
    given = ("propose", "--source", "test", "--batch", "1", *to)
    with refused("理由を書いてください", BadInput):
        raise_of(typed(*given).exception)
    done = typed(*given, "--reason", "年末に増えたため")
    assert "901 件 (諮問 900 件)" in done.output


@pytest.mark.parametrize(
    ("arguments", "kind"),
    [
        (("approve", "999999", "--login", "responsible"), NotFound),
        (("write", "999999", "--to", "/"), NotFound),
        (("receipt", "nothing.json"), BadInput),
        (("medium", "add", "X" * 41, "--contractor", WORKSHOP), BadInput),
        (("medium", "add", "USB-Y", "--contractor", "長" * 201), BadInput),
        (("erase", "1", "--how", "長" * 201), BadInput),
        (
            ("propose", "--source", "test", "--batch", "束" * 121, "--contractor", WORKSHOP, "--until", "2999-01-01"),
            BadInput,
        ),
        (("propose", "--source", "test", "--batch", "1", "--contractor", WORKSHOP, "--until", "あした"), BadInput),
        (
            (
                "propose",
                "--source",
                "test",
                "--batch",
                "1",
                "--contractor",
                WORKSHOP,
                "--until",
                "2999-01-01",
                "--kind",
                "念写",
            ),
            BadInput,
        ),
        (("medium", "add", "違う番号", "--contractor", WORKSHOP), BadInput),
        (("medium", "add", "USB-X", "--contractor", WORKSHOP, "--kind", "文書"), BadInput),
        (("medium", "end", "USB-NONE", "--why", "紛失"), NotFound),
        (("medium", "end", "USB-NONE", "--why", "忘れた"), BadInput),
        (("recipient", "add", "age1wrong", "--contractor", WORKSHOP), BadInput),
        (("recipient", "end", "age1wrong", "--on", "2026-01-01"), NotFound),
        (("return", "1", "--on", "2999-01-01"), BadInput),
        (("open", "none.age", "--identity", "k", "--ward-key", "p", "--out", "o"), NotFound),
    ],
)
def test_wrong_input_is_told_by_its_class(ward: Ward, arguments: tuple[str, ...], kind: type[Exception]) -> None:
    if arguments[0] == "return":
        arguments = ("return", str(proposed(ward)), *arguments[2:])
    if arguments[0] == "erase":
        card = api.give(*_counted(ward), by="officer", now=ward.now(), using=OWNER)
        arguments = ("erase", str(ward.returned(card, pages=3).id), *arguments[2:])
    assert isinstance(typed(*arguments).exception, kind)


def test_a_medium_is_not_counted_and_paper_not_written(ward: Ward, stick: Path) -> None:
    sealed, paper = ward.approved(), ward.approved(serial=None, kind=api.Kind.PAPER)
    for arguments, words in (
        (("write", str(sealed.id), "--pages", "3"), "媒体で渡すものです"),
        (("write", str(sealed.id)), "枚数がありません"),
        (("write", str(paper.id), "--to", str(stick)), "紙で渡すものです"),
    ):
        assert words in str(typed(*arguments).exception)
    assert typed("write", str(paper.id), "--pages", "3").exit_code == 0
    assert typed("receipt", str(paper.id), "--pages", "3").exit_code == 0
    assert typed("return", str(paper.id), "--pages", "3").exit_code == 0


def _counted(ward: Ward) -> tuple[int, int, api.Batch]:
    card = ward.approved(serial=None, kind=api.Kind.PAPER)
    return card.id, 3, api.batch_of(card, ward.today)


def test_two_writers_at_once(ward: Ward, stick: Path) -> None:
    from azukari.core.handover import writing

    card = ward.approved()
    with writing._alone(card.id), refused("いま書き込んでいます", Busy):
        ward.write(card, stick)


def test_keys_are_never_written_over_and_short_words_refused(tmp_path: Path) -> None:
    key = tmp_path / "k"
    for words, expected in (("short", "短すぎます"), (WORDS, "")):
        done = typed("keygen", "--out", str(key), "--passphrase-file", "-", answers=f"{words}\n")
        assert expected in str(done.exception or "")
    with refused("もうあります", BadInput):
        container.make_identity(key, WORDS)
    with refused("合言葉が違います", BadInput):
        container.read_identity(key, "another-word-2026")
    with refused("開く鍵がありません", BadInput):
        container.read_identity(Path(f"{key}.pub"), None)
    with refused("区の公開鍵ではありません", BadInput):
        container.read_ward_key(Path(f"{key}.pub"))


def test_the_wards_key_is_private_and_stays(tmp_path: Path) -> None:
    file = container.KeyFile(tmp_path / "secrets" / "handover.key")
    public = file.public_text()
    assert file.path.stat().st_mode & 0o777 == 0o600
    assert file.public_text() == public
    file.path.write_text("broken")
    with refused("区の署名の鍵が読めません"):
        file.load()


def test_a_key_is_whole_under_its_name_or_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Cut off on the way, on a stick that knows no second names, beside what a killed run left, over another's key."""
    path = tmp_path / "a.key"
    with monkeypatch.context() as full:
        full.setattr(os, "fsync", lambda _handle: (_ for _ in ()).throw(OSError(28, "full")))
        with refused("full", Unavailable):
            keys.write_new(path, b"half")
    assert list(tmp_path.iterdir()) == []

    (tmp_path / "a.key.0a0b0c0d.part").write_bytes(b"ha")
    keys.write_new(path, b"whole")
    assert [(one.name, one.read_bytes(), one.stat().st_mode & 0o777) for one in tmp_path.iterdir()] == [
        ("a.key", b"whole", 0o600)
    ]

    for stick in (False, True):
        with monkeypatch.context() as there:
            if stick:
                there.setattr(Path, "hardlink_to", lambda *_paths: (_ for _ in ()).throw(PermissionError("FAT")))
            with pytest.raises(FileExistsError):
                keys.write_new(path, b"another")
            keys.write_new(tmp_path / f"b{stick}.key", b"whole")
    assert sorted((one.name, one.read_bytes()) for one in tmp_path.iterdir()) == [
        ("a.key", b"whole"), ("bFalse.key", b"whole"), ("bTrue.key", b"whole"),
    ]  # fmt: skip
