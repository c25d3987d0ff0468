"""Receiving checkup files for good: the original kept, the tables in the store, the row and the ledger written last.

A killed process leaves the tables without their row at worst; the same file given again does the rest, since every step
may be repeated. A file that arrived before is not taken again.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from django.db import transaction

from azukari.business.health import models
from azukari.business.health.checkups import receiving
from azukari.business.health.checkups.types import Received
from azukari.business.health.noting import OWNER, note
from azukari.business.health.originals import keep_original
from azukari.business.health.store import Store, open_store
from azukari.business.health.types import Progress, silent
from azukari.core.intake.api import digest
from azukari.kernel.errors import BadInput


def take(paths: Sequence[Path], *, by: str, progress: Progress = silent) -> tuple[Received | BadInput, ...]:
    """Receive each file by itself into the installation's store: what came of it, or why nothing of it was taken.

    Raises Busy while another process receives.
    """
    store = open_store()
    found: list[Received | BadInput] = []
    with store.alone():
        for done, path in enumerate(paths):
            progress("健診を受領", done, len(paths))
            try:
                found.append(_one(store, path, by))
            except BadInput as error:
                found.append(error)
        progress("健診を受領", len(paths), len(paths))
    return tuple(found)


def _one(store: Store, path: Path, by: str) -> Received:
    seen = digest(path)
    row = models.ReceivedFile.objects.using(OWNER).filter(sha256=seen.sha256).first()
    if row:
        told = "前に受け取っています。何も変えていません。"
        return Received(path.name, row.kind, seen.sha256, seen.size, (), row.counts, (told,), known=True)
    found = receiving.receive(path, store)
    keep_original(path, path.name, found.sha256)
    rows = found.counts.get("checkups", 0) + found.counts.get("guidance", 0)
    with transaction.atomic(using=OWNER):
        note(
            sha256=found.sha256, name=found.name, kind=found.kind, size=found.size, counts=found.counts, rows=rows, by=by
        )  # fmt: skip
    return found
