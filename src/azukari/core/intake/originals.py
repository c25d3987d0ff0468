"""The store of originals: files as they arrived, each under the SHA-256 of its bytes. Written once, never changed.

A file appears under its name only when all of it is on the disk: a killed process leaves at most a `.part` beside it,
which goes when the same file is kept again. So keeping may be repeated at any time, by any number of processes.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Iterable
from pathlib import Path

from azukari.core.intake.sources import blocks, digest
from azukari.core.intake.types import Entry, Original, Page, Source
from azukari.kernel.errors import Broken

_PART = ".part"
_PRIVATE = 0o700


def path(store: Path, sha256: str) -> Path:
    """Where the file with this hash lies, or would lie. Raises ValueError for what is no hash."""
    if not re.fullmatch("[0-9a-f]{64}", sha256):
        raise ValueError(f"SHA-256 ではありません: {sha256!r}")
    return store / sha256[:2] / sha256


def keep(store: Path, source: Source | Original | Page) -> Original:
    """Copy a file into the store (mode 0600) and say where it now lies.

    An original or a page must still be the bytes that were read. Raises Broken when it is not, or when the file already
    in the store under this hash is no longer what its name says; BadInput when the source cannot be read.
    """
    if isinstance(source, Original | Page):
        where, sha256 = source.path, source.sha256
    else:
        where, sha256 = source, digest(source).sha256
    final = path(store, sha256)
    if not final.exists():
        _write(final, sha256, blocks(where))
    size = _verified(final, sha256)
    name, read_as = (source.name, source.read_as) if isinstance(source, Original) else (_name(where), "")
    return Original(name, sha256, size, final, read_as)


def _name(source: Source) -> str:
    return source.name.rpartition("/")[2] if isinstance(source, Entry) else source.name


def _write(final: Path, sha256: str, content: Iterable[bytes]) -> None:
    folder = final.parent
    _make(folder)
    handle, part = tempfile.mkstemp(dir=folder, prefix=f"{sha256}.", suffix=_PART)
    found = hashlib.sha256()
    try:
        with os.fdopen(handle, "wb") as file:
            for block in content:
                found.update(block)
                file.write(block)
            file.flush()
            os.fsync(file.fileno())
        if found.hexdigest() != sha256:
            raise Broken(
                "読んだあとにファイルが変わりました。",
                "読んだものと同じものを残せません。",
                "もう一度受け取ってください。",
            )
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
    for left in final.parent.glob(f"{final.name}.*{_PART}"):
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


def _verified(final: Path, sha256: str) -> int:
    found = digest(final)
    if found.sha256 != sha256:
        raise Broken(
            f"保管した原本「{sha256[:12]}…」が変わっています。",
            "名前とハッシュが合いません。",
            "控えから戻し、いつ変わったかを調べてください。",
        )
    return found.size
