"""What arrives in files, whichever it is: 資格の一覧, checkups, receipts. One command takes them all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from azukari.business.health import models
from azukari.business.health.checkups import api as checkups
from azukari.business.health.insured import reading, service
from azukari.business.health.receipts import api as receipts
from azukari.business.health.receipts.types import ReceivedFile
from azukari.business.health.store import open_store
from azukari.business.health.types import WARD_ENTRY
from azukari.core.audit import api as audit
from azukari.core.intake.api import digest, keep, open_file

OWNER = "owner"
NAMES = {"checkups": "健診", "guidance": "保健指導"}
_HEAD = 1 << 16
Progress = Callable[[str, int, int], None]


def receive(paths: Sequence[Path], *, by: str, progress: Progress) -> tuple[ReceivedFile, ...]:
    """Receive every file by itself, whole or not at all. Raises BadInput for a path that cannot be opened, and Busy."""
    found: list[ReceivedFile] = []
    ours = {path: _reader_of(path) for path in paths}
    others = [path for path, read in ours.items() if read]
    for done, path in enumerate(others):
        progress("資格と健診を受領", done, len(others))
        if read := ours[path]:
            found.append(read(path, by))
    if others:
        progress("資格と健診を受領", len(others), len(others))
    rest = [path for path, read in ours.items() if not read]
    return (*found, *(receipts.receive(rest, by=by, progress=progress) if rest else ()))


def _reader_of(path: Path) -> Callable[[Path, str], ReceivedFile] | None:
    with open_file(path) as file:
        head = file.read(_HEAD)
    if checkups.recognises(path):
        return _checkups
    whole = path.read_bytes() if path.suffix.casefold() == ".xlsx" else head.rpartition(b"\n")[0]
    return _members if reading.recognises(whole, path.name) else None


def _members(path: Path, by: str) -> ReceivedFile:
    found = service.receive(path, by=by)
    return ReceivedFile(
        found.name,
        found.sha256,
        path.stat().st_size,
        known=found.known,
        kinds={"資格": found.spans, "人": found.persons, "住民の台帳にない人": found.strangers},
        problems=found.problems,
        rest=found.rest,
    )


def _checkups(path: Path, by: str) -> ReceivedFile:
    """The store first, then the row: killed in between, the same file given again comes to the same."""
    seen = digest(path)
    if models.ReceivedFile.objects.using(OWNER).filter(sha256=seen.sha256).exists():
        return ReceivedFile(path.name, seen.sha256, seen.size, known=True)
    store = open_store()
    with store.alone():
        try:
            found = checkups.receive(path, store)
        except checkups.Unreadable as error:
            return ReceivedFile(path.name, seen.sha256, seen.size, problems=error.problems, rest=error.rest)
        keep(Path(settings.ORIGINALS), path)
        with transaction.atomic(using=OWNER):
            _record(path.name, found.kind, seen.sha256, seen.size, found.counts, by)
    kinds = {NAMES[table]: rows for table, rows in found.counts.items() if table in NAMES and rows}
    return ReceivedFile(path.name, seen.sha256, seen.size, kinds=kinds, counts=dict(found.counts))


def _record(name: str, kind: str, sha256: str, size: int, counts: dict[str, int], by: str) -> None:
    models.ReceivedFile.objects.using(OWNER).create(
        sha256=sha256, name=name[:200], kind=kind, size=size, counts=dict(counts), received_at=timezone.now()
    )
    rows = sum(counts.get(table, 0) for table in NAMES)
    audit.record("health.received", actor=by, flow=WARD_ENTRY, detail={"rows": rows, "sha256": sha256}, using=OWNER)
