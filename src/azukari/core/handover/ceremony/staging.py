"""The private folders of ceremonies: what was pseudonymised until it is on the medium, and what was delivered."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from hashlib import file_digest
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections

from azukari.kernel.container import sync_folder
from azukari.kernel.errors import Broken, NotFound

MADE, DELIVERED = "made", "delivered"


@contextmanager
def fresh(key: int, what: str) -> Iterator[Path]:
    """An empty folder that gets its name when the block ends well; what a killed run left is gone before."""
    part = folder(key, f"{what}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(mode=0o700, parents=True)
    try:
        yield part
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    to_disk(part)
    shutil.rmtree(folder(key, what), ignore_errors=True)
    part.rename(folder(key, what))
    sync_folder(part.parent)


def to_disk(made: Path) -> None:
    """Every file of a folder, to the disk, before anything says that it is there."""
    for path in made.iterdir():
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
    sync_folder(made)


def folder(key: int, what: str) -> Path:
    """Where it is kept."""
    return Path(settings.LEAVING) / "ceremony" / f"{key}-{what}"


def remove(key: int, what: str) -> None:
    """Take it away, and what a killed run had begun of it."""
    for name in (what, f"{what}.part"):
        shutil.rmtree(folder(key, name), ignore_errors=True)


def listed(paths: Sequence[tuple[Path, int]]) -> list[dict[str, Any]]:
    """Files as the record has them: name, 行, SHA-256."""
    return [{"name": path.name, "rows": rows, "sha256": sha_of(path)} for path, rows in paths]


def sha_of(path: Path) -> str:
    """The SHA-256 of a file; empty where there is none."""
    if not path.is_file():
        return ""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def made_of(key: int) -> Mapping[str, Any]:
    """What the step 仮名化 recorded; also outside every flow. Empty before it."""
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute("SELECT public.ceremony_made(%s)::text", [key])
        row = cursor.fetchone()[0]
    return dict(json.loads(row)) if row else {}


def checked(key: int, what: str, files: Sequence[Mapping[str, Any]]) -> list[Path]:
    """The files of the record, unchanged since. Raises Broken."""
    paths = [folder(key, what) / str(one["name"]) for one in files]
    for path, one in zip(paths, files, strict=True):
        if sha_of(path) != one["sha256"]:
            raise Broken(
                f"立会い {key} の {path.name} が、記録したものと違います。",
                "記録した後に変わったか、失われています。使いません。",
                "媒体に書く前なら、この立会いを取り消し、新しく提案してください。",
            )
    return paths


def flow_of(batch: str) -> str:
    """The flow of the ceremony that made a batch; also outside every flow. Raises NotFound."""
    made = made_of(int(batch)) if batch.isascii() and batch.isdigit() else {}
    if "flow" not in made:
        raise NotFound(
            f"立会い {batch[:20]!r} で仮名にしたものはありません。",
            "番号が違うか、まだ仮名にしていません。",
            "立会いの一覧を確かめてください。",
        )
    return str(made["flow"])
