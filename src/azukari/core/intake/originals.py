"""The store of originals: files as they arrived, each under the SHA-256 of its bytes. Written once, never changed.

A file appears under its name only when all of it is on the disk: a killed process leaves at most a `.part` beside it,
which goes when the same file is kept again. So keeping may be repeated at any time, by any number of processes.

With a `Lock` the bytes lie encrypted, and only so; the name is the SHA-256 of the plain ones all the same. Without one they
lie as they arrived. `bring_back` is the way out of a locked store.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from glob import escape
from pathlib import Path
from typing import BinaryIO

from azukari.core.intake.sources import blocks, digest, open_file
from azukari.core.intake.types import Entry, Original, Page, Source
from azukari.kernel.atrest import Lock
from azukari.kernel.errors import BadInput, Broken, NotFound

_PART = ".part"
_PRIVATE = 0o700


def path(store: Path, sha256: str, lock: Lock | None = None) -> Path:
    """Where the file with this hash lies, or would lie. Raises ValueError for what is no hash."""
    if not re.fullmatch("[0-9a-f]{64}", sha256):
        raise ValueError(f"SHA-256 ではありません: {sha256!r}")
    return store / sha256[:2] / (sha256 + lock.suffix if lock else sha256)


def keep(store: Path, source: Source | Original | Page, lock: Lock | None = None) -> Original:
    """Copy a file into the store (mode 0600) and say where it now lies.

    An original or a page must still be the bytes that were read. Raises Broken when it is not, or when the file already
    in the store under this hash is no longer what its name says; BadInput when the source cannot be read, or when what is
    there was locked with another key.
    """
    if isinstance(source, Original | Page):
        where, sha256 = source.path, source.sha256
    else:
        where, sha256 = source, digest(source).sha256
    final = path(store, sha256, lock)
    if not final.exists():
        _write(final, sha256, blocks(where), lock)
    size = _read(final, sha256, _Hashing(), lock)
    name, read_as = (source.name, source.read_as) if isinstance(source, Original) else (_name(where), "")
    return Original(name, sha256, size, final, read_as)


def bring_back(store: Path, sha256: str, out: Path, lock: Lock | None = None) -> int:
    """Write a kept file, proved by its hash, under a new name (mode 0600); its size in bytes.

    Raises NotFound, BadInput when `out` is there or the key is another one, and Broken when the file is no longer what its
    name says. Nothing stands at `out` then.
    """
    kept = path(store, sha256, lock)
    if not kept.exists():
        raise NotFound(
            f"原本「{sha256[:12]}…」はありません。",
            "このハッシュのファイルは保管していません。",
            "受け取ったときに示したハッシュを確かめてください。",
        )
    if out.exists() or out.is_symlink():
        raise BadInput(f"{out} は、もうあります。", "上書きはしません。", "新しい名前を指定してください。")
    with _aside(out) as file:
        return _read(kept, sha256, _Hashing(file), lock)


class _Hashing:
    """Counts and hashes the bytes that pass, on to a file if there is one."""

    def __init__(self, file: BinaryIO | None = None) -> None:
        self.file, self.sha, self.size = file, hashlib.sha256(), 0

    def write(self, content: bytes) -> int:
        self.sha.update(content)
        self.size += len(content)
        if self.file:
            self.file.write(content)
        return len(content)

    def flush(self) -> None:
        """Whoever opened the file flushes it."""

    def passing(self, content: Iterable[bytes]) -> Iterator[bytes]:
        """The blocks themselves, counted on the way."""
        for block in content:
            self.write(block)
            yield block


def _name(source: Source) -> str:
    return source.name.rpartition("/")[2] if isinstance(source, Entry) else source.name


def _write(final: Path, sha256: str, content: Iterable[bytes], lock: Lock | None) -> None:
    found = _Hashing()
    _make(final.parent)
    with _aside(final) as file:
        if lock:
            lock.write(found.passing(content), file)
        else:
            file.writelines(found.passing(content))
        if found.sha.hexdigest() != sha256:
            raise Broken(
                "読んだあとにファイルが変わりました。",
                "読んだものと同じものを残せません。",
                "もう一度受け取ってください。",
            )


@contextmanager
def _aside(final: Path) -> Iterator[BinaryIO]:
    """A file beside its place, which gets its name when all of it is on the disk; whatever fails leaves nothing."""
    handle, part = tempfile.mkstemp(dir=final.parent, prefix=f"{final.name}.", suffix=_PART)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        _put_in_place(Path(part), final)
    finally:
        Path(part).unlink(missing_ok=True)


def _put_in_place(part: Path, final: Path) -> None:
    """Rename, and take away what killed processes left of the same file."""
    try:
        part.replace(final)
    except FileNotFoundError:
        # Another process finished the same file first and took ours for a left-over.
        if not final.exists():
            raise
    _to_disk(final.parent)
    for left in final.parent.glob(f"{escape(final.name)}.*{_PART}"):
        left.unlink(missing_ok=True)


def _make(folder: Path) -> None:
    for new in (folder.parent, folder):
        if not new.is_dir():
            new.mkdir(mode=_PRIVATE, parents=True, exist_ok=True)
            _to_disk(new.parent)


def _to_disk(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _read(kept: Path, sha256: str, found: _Hashing, lock: Lock | None) -> int:
    """Read a kept file through, its plain bytes into `found`; their number. Raises Broken when they are others."""
    if lock:
        with open_file(kept) as file:
            lock.read(file, found)
    else:
        for block in blocks(kept):
            found.write(block)
    if found.sha.hexdigest() != sha256:
        raise Broken(
            f"保管した原本「{sha256[:12]}…」が変わっています。",
            "名前とハッシュが合いません。",
            "控えから戻し、いつ変わったかを調べてください。",
        )
    return found.size
