"""Receiving checkup files for good: the original kept, the tables in the store, the row and the ledger written last.

A killed process leaves the tables without their row at worst; the same file given again does the rest, since every step
may be repeated. A file that arrived before is not taken again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from azukari.business.health import models
from azukari.business.health.checkups import receiving
from azukari.business.health.checkups.types import Received
from azukari.business.health.store import Store, open_store
from azukari.business.health.types import WARD_ENTRY
from azukari.core.audit import api as audit
from azukari.core.intake.api import digest, keep
from azukari.kernel.errors import BadInput

OWNER = "owner"
Progress = Callable[[str, int, int], None]


def silent(_title: str, _done: int, _total: int) -> None:
    """Progress that nobody watches."""


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
    kept = keep(Path(settings.ORIGINALS), path)
    if kept.sha256 != found.sha256:
        raise BadInput(
            f"{path.name} が、読んでいるあいだに変わりました。",
            "読んだものと同じものを残せません。",
            "もう一度受け取ってください。",
        )
    with transaction.atomic(using=OWNER):
        _record(found, by)
    return found


def _record(found: Received, by: str) -> None:
    models.ReceivedFile.objects.using(OWNER).create(
        sha256=found.sha256,
        name=found.name[:200],
        kind=found.kind,
        size=found.size,
        counts=found.counts,
        received_at=timezone.now(),
    )
    rows = found.counts.get("checkups", 0) + found.counts.get("guidance", 0)
    audit.record(
        "health.received", actor=by, flow=WARD_ENTRY, detail={"rows": rows, "sha256": found.sha256}, using=OWNER
    )
