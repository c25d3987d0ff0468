"""The container that leaves on a medium, beside plain age: CPU seconds for the same bytes.

Ours hashes every file for the manifest, signs it, wraps all in a tar and encrypts; plain age encrypts the same tar, made
beforehand. The peers are pyrage's three ways to do that. All of them end with the file on the disk (fsync). Reading back from the medium and opening at the contractor's,
hash by hash, are measured by themselves: plain age does neither.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pyrage
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from azukari.kernel import container
from azukari.kernel.container import writing
from azukari.kernel.container.age import Box
from azukari.kernel.container.types import Manifest, Who

SIZE = 74_500_000
LETTERS = 10
ROUNDS = 7
GOAL = 1.2
DAY = date(2026, 12, 1)
WHO = Who("officer", "北沢 みどり", "2026-11-25T10:00:00+09:00")


def run() -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as name:
        return {"rows": _rows(Path(name))}


def _rows(folder: Path) -> list[dict[str, Any]]:
    identity, ward = pyrage.x25519.Identity.generate(), Ed25519PrivateKey.generate()
    paths = _files(folder)
    work = Work(folder, paths, identity, ward)
    work.ours()
    plain = folder / "plain.tar"
    plain.write_bytes(bytes(pyrage.decrypt(work.part.read_bytes(), [identity])))
    recipient = identity.to_public()
    spent = _cpu(
        {
            "ours": work.ours,
            "pyrage.encrypt_file": lambda: _by_file(plain, folder / "file.age", recipient),
            "pyrage.encrypt_io": lambda: _by_io(plain, folder / "io.age", recipient),
            "pyrage.encrypt": lambda: _in_memory(plain, folder / "memory.age", recipient),
            "read back": work.read_back,
            "open": work.open,
            "pyrage.decrypt_file": lambda: pyrage.decrypt_file(
                str(folder / "file.age"), str(folder / "opened.tar"), [identity]
            ),
        }
    )
    back, opened, decrypted = (spent.pop(name) for name in ("read back", "open", "pyrage.decrypt_file"))
    ours = spent.pop("ours")
    size = f"{SIZE / 1e6:.1f} MB"
    return [
        _row(f"容器を作る: 目録のハッシュ、署名、暗号化、書込み ({size})", ours, spent, f"≤ {GOAL}"),
        _row("媒体から読み返して確かめる", back, {}, None),
        _row("委託先で開く: 署名とハッシュをすべて確かめて書き出す", opened, {"pyrage.decrypt_file": decrypted}, None),
        {
            "what": "容器の大きさ", "ours": work.part.stat().st_size / 1e6, "unit": "MB",
            "peers": {"age": (folder / "file.age").stat().st_size / 1e6}, "goal": None, "met": None,
            "ratio": work.part.stat().st_size / (folder / "file.age").stat().st_size,
        },
    ]  # fmt: skip


class Work:
    """The same hand-over, made again and again."""

    def __init__(
        self, folder: Path, paths: list[Path], identity: pyrage.x25519.Identity, ward: Ed25519PrivateKey
    ) -> None:
        self.folder, self.paths, self.identity, self.ward = folder, paths, identity, ward
        self.part = folder / "ours.age"
        self.box = Box(str(identity.to_public()))
        self.times = 0

    def ours(self) -> None:
        """Everything from the files to the container on the disk."""
        manifest = self._manifest().as_bytes()
        self.box = Box(str(self.identity.to_public()))
        writing.write(self.part, self.box, manifest, self.ward.sign(manifest), self.paths)

    def read_back(self) -> None:
        """What follows before the container gets its name."""
        writing._read_back(self.part, self.box)

    def open(self) -> None:
        """The contractor's side."""
        self.times += 1
        out = self.folder / f"out-{self.times}"
        container.open_container(self.part, self.identity, self.ward.public_key(), out, DAY)

    def _manifest(self) -> Manifest:
        return Manifest(
            handover=1, flow="813-1", consultation="813", title="件名", business="業務", ground="根拠",
            items=("氏名", "住所"), rows=13_300, contractor="委託先", recipient=str(self.identity.to_public()),
            medium="USBメモリ", serial="USB-1", place="委託先事業者の施設", proposed=WHO, approved=WHO, written=WHO,
            valid_from=DAY, valid_until=DAY, over_reason="", receipt="0", files=container.packed(self.paths),
        )  # fmt: skip


def _files(folder: Path) -> list[Path]:
    """Rows and letters; random, as a PDF's compressed pages are."""
    paths = [folder / "rows.csv", *(folder / f"letters-{at:02}.pdf" for at in range(LETTERS))]
    for path in paths:
        path.write_bytes(os.urandom(SIZE // len(paths)))
    return paths


def _by_file(source: Path, target: Path, recipient: Any) -> None:
    pyrage.encrypt_file(str(source), str(target), [recipient])
    with target.open("rb") as written:
        os.fsync(written.fileno())


def _by_io(source: Path, target: Path, recipient: Any) -> None:
    with source.open("rb") as reading, target.open("wb") as written:
        pyrage.encrypt_io(reading, written, [recipient])
        written.flush()
        os.fsync(written.fileno())


def _in_memory(source: Path, target: Path, recipient: Any) -> None:
    with target.open("wb") as written:
        written.write(pyrage.encrypt(source.read_bytes(), [recipient]))
        written.flush()
        os.fsync(written.fileno())


def _cpu(works: dict[str, Callable[[], object]]) -> dict[str, list[float]]:
    """CPU seconds of this process in each round, in turns with the others; the first round does not count."""
    spent: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(ROUNDS + 1):
        for name, work in works.items():
            began = time.process_time()
            work()
            spent[name].append(time.process_time() - began)
    return {name: times[1:] for name, times in spent.items()}


def _row(what: str, ours: list[float], peers: dict[str, list[float]], goal: str | None) -> dict[str, Any]:
    """The ratio is to the fastest peer, round by round: what else the machine does slows both."""
    medians = {name: statistics.median(times) for name, times in peers.items()}
    ratio = None
    if medians:
        fastest = peers[min(medians, key=lambda name: medians[name])]
        ratio = statistics.median(mine / theirs for mine, theirs in zip(ours, fastest, strict=True))
    met = None if goal is None or ratio is None else ratio <= GOAL
    return {
        "what": what, "ours": statistics.median(ours), "unit": "CPU秒", "peers": medians, "ratio": ratio, "goal": goal,
        "met": met,
    }  # fmt: skip
