"""The store of originals: whole or absent, whatever happens."""

from __future__ import annotations

import hashlib
import signal
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from azukari.business.taxi.intake import Rejected, find, keep, originals, read_claim
from azukari.config.home import ROOT
from azukari.kernel.errors import BadInput, Broken
from unit.taxi_intake.made import INVOICE, PNG, VOUCHERS, folder, read, zipped

# Which call dies, and whether the file then stands under its name. Folders are synced first, the file second.
KILLED_AT = {
    "file": ("nth(3)", False),
    "rename": ("pathlib.Path.replace = die", False),
    "folder": ("nth(4)", True),
}
PROGRAM = """
import itertools, os, pathlib, signal, sys
from azukari.business.taxi.intake import keep

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

def nth(last, sync=os.fsync):
    calls = itertools.count(1)
    os.fsync = lambda handle: die() if next(calls) == last else sync(handle)

{step}
keep(pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[1]))
"""


def parts(store: Path) -> list[Path]:
    return list(store.rglob("*.part"))


def test_bytes_are_kept_under_their_hash(tmp_path: Path) -> None:
    source = tmp_path / "a.csv"
    source.write_bytes(b"abc")
    kept = keep(tmp_path / "store", source)
    sha256 = hashlib.sha256(b"abc").hexdigest()
    assert kept.path == originals.path(tmp_path / "store", sha256) == tmp_path / "store" / sha256[:2] / sha256
    assert (kept.name, kept.sha256, kept.size, kept.path.read_bytes()) == ("a.csv", sha256, 3, b"abc")
    assert stat.S_IMODE(kept.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(kept.path.parent.stat().st_mode) == 0o700
    before = kept.path.stat().st_ino
    assert keep(tmp_path / "store", source) == kept
    assert kept.path.stat().st_ino == before
    assert parts(tmp_path) == []


def test_every_file_of_a_claim_is_kept_from_folder_and_zip(tmp_path: Path) -> None:
    store = tmp_path / "store"
    on_disk = read(folder(tmp_path, {"pages/1.png": PNG}))
    [package] = find(
        [zipped(tmp_path / "a.zip", {"invoice.csv": INVOICE, "vouchers.csv": VOUCHERS, "pages/1.png": PNG})]
    )
    in_zip = read_claim(package)
    assert not isinstance(in_zip, Rejected)
    for claim in (on_disk, in_zip):
        kept = [keep(store, original) for original in claim.originals]
        assert [(one.name, one.sha256, one.size, one.read_as) for one in kept] == [
            (one.name, one.sha256, one.size, one.read_as) for one in claim.originals
        ]
        assert keep(store, claim.pages[0]).path == originals.path(store, claim.pages[0].sha256)
    assert len([path for path in store.rglob("*") if path.is_file()]) == 3


def test_a_file_that_changed_after_it_was_read(tmp_path: Path) -> None:
    claim = read(folder(tmp_path))
    (tmp_path / "0012" / "vouchers.csv").write_text("x", encoding="utf-8")
    with pytest.raises(Broken, match="変わりました"):
        keep(tmp_path / "store", claim.originals[1])
    assert [path for path in (tmp_path / "store").rglob("*") if path.is_file()] == []


def test_a_kept_file_that_changed(tmp_path: Path) -> None:
    claim = read(folder(tmp_path))
    kept = keep(tmp_path / "store", claim.originals[0])
    assert isinstance(kept.path, Path)
    kept.path.write_bytes(b"x")
    with pytest.raises(Broken, match="ハッシュ"):
        keep(tmp_path / "store", claim.originals[0])


def test_no_link_is_kept(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(__file__)
    with pytest.raises(BadInput):
        keep(tmp_path / "store", tmp_path / "link")


@pytest.mark.parametrize("sha256", ["", "../../etc/passwd", "A" * 64, "0" * 63, "0" * 64 + "\n"])
def test_a_hash_is_a_hash(tmp_path: Path, sha256: str) -> None:
    with pytest.raises(ValueError, match="SHA-256"):
        originals.path(tmp_path, sha256)


@pytest.mark.parametrize("step", KILLED_AT)
def test_killed_while_keeping(tmp_path: Path, step: str) -> None:
    """Killed at each step: nothing stands under the name, or all of it does; keeping again clears up."""
    source, store = tmp_path / "a.png", tmp_path / "store"
    source.write_bytes(b"x" * 3_000_000)
    change, is_there = KILLED_AT[step]
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(step=change), str(source), str(store)],
        env={"PYTHONPATH": str(ROOT / "src")},
        check=False,
    )
    assert done.returncode == -signal.SIGKILL
    final = originals.path(store, hashlib.sha256(source.read_bytes()).hexdigest())
    assert final.exists() == is_there
    assert bool(parts(store)) != is_there
    assert keep(store, source).path == final
    assert final.read_bytes() == source.read_bytes()
    assert parts(store) == []


def test_left_overs_go_when_the_same_file_is_kept_again(tmp_path: Path) -> None:
    source, store = tmp_path / "a.png", tmp_path / "store"
    source.write_bytes(b"abc")
    final = originals.path(store, hashlib.sha256(b"abc").hexdigest())
    final.parent.mkdir(parents=True)
    (final.parent / f"{final.name}.dead.part").write_bytes(b"a")
    keep(store, source)
    assert parts(store) == []


def test_many_keep_the_same_file_at_once(tmp_path: Path) -> None:
    source, store = tmp_path / "a.png", tmp_path / "store"
    source.write_bytes(b"x" * 500_000)
    with ThreadPoolExecutor(8) as pool:
        kept = list(pool.map(lambda _: keep(store, source), range(24)))
    assert len(set(kept)) == 1
    assert parts(store) == []
