"""原本の保管

レセプト、健診、資格の一覧の原本は、暗号文だけを残します。名前は平文の SHA-256 で、取り出したものはハッシュで確かめます。
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pytest
from pytest_django import Settings

from azukari.business.health import models
from azukari.business.health.arrivals import api
from azukari.business.health.originals import keep_original, where
from azukari.core.intake.api import keep, originals
from azukari.kernel.atrest import Lock
from azukari.kernel.errors import BadInput, Broken, NotFound
from support.donations import one as ledger
from support.uke import PLAIN, uke

pytestmark = pytest.mark.django_db(databases=["default", "owner"])
BY = "cli:test"
NAME = "見本　太郎"
CONTENT = uke(PLAIN)
SHA256 = hashlib.sha256(CONTENT).hexdigest()
ROOT = Path(__file__).parents[3]
# Synced in turn: the store's new folders, the file, the folder it is renamed in.
KILLED_AT = {"file": ("nth(3)", False), "rename": ("pathlib.Path.replace = die", False), "folder": ("nth(4)", True)}
PROGRAM = """
import itertools, os, pathlib, signal, sys
from azukari.core.intake.api import keep
from azukari.kernel.atrest import Lock

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

def nth(last, sync=os.fsync):
    calls = itertools.count(1)
    os.fsync = lambda handle: die() if next(calls) == last else sync(handle)

{step}
keep(pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[1]), Lock(bytes(32)))
"""


@pytest.fixture(autouse=True)
def home(tmp_path: Path, settings: Settings) -> Path:
    settings.HEALTH_STORE, settings.ORIGINALS = tmp_path / "home" / "health", tmp_path / "home" / "originals"
    return tmp_path / "home"


def receive(folder: Path, content: bytes = CONTENT, name: str = "202405.uke") -> None:
    (folder / name).write_bytes(content)
    [found] = api.receive([folder / name], by=BY, progress=lambda *_: None)
    assert not found.problems


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_no_plain_byte_of_a_name_is_on_the_disk(tmp_path: Path, home: Path) -> None:
    """受け取ったあと、保存場所のどのファイルにも、氏名の平文がありません。同じファイルをまた受け取っても、原本は一つです。"""
    receive(tmp_path)
    models.ReceivedFile.objects.using("owner").all().delete()
    receive(tmp_path)
    [kept] = files(home / "originals")
    assert (kept.name, kept.stat().st_mode & 0o777) == (f"{SHA256}.age", 0o600)
    words = [word.encode(coding) for word in (NAME, "ミホンタロウ") for coding in ("cp932", "utf-8", "utf-16-le")]
    for file in files(home):
        assert not any(word in file.read_bytes() for word in (*words, b"0001234")), file.name


def test_an_original_comes_back_byte_for_byte(tmp_path: Path) -> None:
    """原本は、ハッシュで名ざして、受け取ったときのバイトのまま取り出せます。求めたことは台帳に残ります。"""
    receive(tmp_path)
    out = tmp_path / "back.uke"
    assert api.bring_back(SHA256, out, by=BY) == len(CONTENT)
    assert (out.read_bytes(), out.stat().st_mode & 0o777) == (CONTENT, 0o600)
    assert ledger("SELECT count(*) FROM audit_entry WHERE action = 'health.original'") == 1
    with pytest.raises(BadInput, match="もうあります"):
        api.bring_back(SHA256, out, by=BY)
    with pytest.raises(NotFound, match="ありません"):
        api.bring_back("0" * 64, tmp_path / "none", by=BY)
    with pytest.raises(BadInput, match="ハッシュではありません"):
        api.bring_back("../../etc/passwd", tmp_path / "none", by=BY)
    assert files(tmp_path / "home" / "originals")
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize(
    "harm", ["a bit", "cut", "a chunk", "another file", "not ours", "plain", "empty", "another key"]
)
def test_what_cannot_be_opened_is_refused_in_words(tmp_path: Path, home: Path, settings: Settings, harm: str) -> None:
    """壊れたもの、途中で切れたもの、別の原本とすり替わったもの、別の鍵のものは断り、何も書き出しません。"""
    content = CONTENT + bytes(200_000)
    sha256 = hashlib.sha256(content).hexdigest()
    (tmp_path / "a").write_bytes(content)
    keep_original(tmp_path / "a", "a", sha256)
    held = where(sha256).read_bytes()
    (tmp_path / "b").write_bytes(b"b")
    other = hashlib.sha256(b"b").hexdigest()
    keep_original(tmp_path / "b", "b", other)
    if harm == "another key":
        settings.HEALTH_KEY = "another"
    else:
        where(sha256).write_bytes(
            {
                "a bit": held[:150_000] + bytes([held[150_000] ^ 1]) + held[150_001:],
                "cut": held[:-20],
                "a chunk": held[: -(len(held) % 65_536)],
                "another file": where(other).read_bytes(),
                "not ours": locked(b"foreign", bytes(32)),
                "plain": content,
                "empty": b"",
            }[harm]
        )
    own = harm in {"another key", "not ours"}
    with pytest.raises(BadInput if own else Broken, match="開けません" if own else "ままではありません|変わっています"):
        api.bring_back(sha256, tmp_path / "out", by=BY)
    with pytest.raises(BadInput if own else Broken):
        keep_original(tmp_path / "a", "a", sha256)
    assert not list(tmp_path.glob("out*"))
    assert not list(home.rglob("*.part"))


def locked(content: bytes, key: bytes) -> bytes:
    file = BytesIO()
    Lock(key).write([content], file)
    return file.getvalue()


@pytest.mark.parametrize("step", KILLED_AT)
def test_killed_while_keeping_under_a_lock(tmp_path: Path, step: str) -> None:
    """途中で殺されても、名前の付いた原本は全部そろっているか、無いかのどちらかです。もう一度受け取れば、残りかすも消えます。"""
    source, store = tmp_path / "a.uke", tmp_path / "store"
    source.write_bytes(CONTENT * 3000)
    change, is_there = KILLED_AT[step]
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(step=change), str(source), str(store)],
        env={"PYTHONPATH": str(ROOT / "src")},
        check=False,
    )
    assert done.returncode < 0
    sha256, lock = hashlib.sha256(source.read_bytes()).hexdigest(), Lock(bytes(32))
    assert originals.path(store, sha256, lock).exists() == is_there
    assert not any(NAME.encode("cp932") in file.read_bytes() for file in files(store))
    assert keep(store, source, lock).path == originals.path(store, sha256, lock)
    assert len(files(store)) == 1
    assert originals.bring_back(store, sha256, tmp_path / "out", lock) == source.stat().st_size
    assert (tmp_path / "out").read_bytes() == source.read_bytes()


@pytest.mark.parametrize("size", [0, 1, 65_535, 65_536, 65_537, 131_072, 300_001])
def test_any_size_comes_back(tmp_path: Path, size: int) -> None:
    """どの大きさのファイルも、同じバイトで戻ります。"""
    source, lock = tmp_path / "a", Lock(b"k" * 32)
    source.write_bytes(bytes(range(256)) * (size // 256) + bytes(size % 256))
    kept = keep(tmp_path / "store", source, lock)
    assert originals.bring_back(tmp_path / "store", kept.sha256, tmp_path / "out", lock) == kept.size == size
    assert (tmp_path / "out").read_bytes() == source.read_bytes()
