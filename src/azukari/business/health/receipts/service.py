"""Receiving receipt files: read and reconciled aside, then into the store and the database in one step, or not at all.

A file is one part of the store, named by its 請求年月 and hash. The part is renamed into place inside the transaction that
writes its row, so what is killed leaves a part without a row at worst; the next `receive` takes that away before it begins.
A file that arrived before is not taken again: a killed command is simply given once more.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from django.db import transaction

from azukari.business.health import models
from azukari.business.health.noting import OWNER, note
from azukari.business.health.originals import keep_original
from azukari.business.health.receipts.known import Known
from azukari.business.health.receipts.reading import Reader
from azukari.business.health.receipts.types import ReceivedFile
from azukari.business.health.store import Staged, Store, open_store
from azukari.business.health.types import Progress, silent
from azukari.core.intake.api import blocks, digest, entries_of, is_junk, open_file
from azukari.core.intake.types import Entry, Limits, Problem, Source
from azukari.kernel.errors import BadInput

KIND = "receipts"
# A month of a large city is some hundred megabytes; a delivery of years may be several of them.
_ZIPS = Limits(total=16 << 30)
_PART = re.compile(r"[0-9]{6}-[0-9a-f]{16}")


def receive(paths: Sequence[Path], *, by: str, progress: Progress = silent) -> tuple[ReceivedFile, ...]:
    """Receive every file (a zip is the files in it), each by itself, into the installation's store.

    Raises BadInput when a path or a zip cannot be opened at all, and Busy while another one receives.
    """
    sources = [source for path in paths for source in _sources(path)]
    store = open_store()
    with store.alone():
        _tidy(store)
        found, known = [], Known()
        for done, source in enumerate(sources):
            progress("レセプトを受領", done, len(sources))
            found.append(_one(store, source, known, by))
        progress("レセプトを受領", len(sources), len(sources))
    return tuple(found)


def _sources(path: Path) -> list[Source]:
    with open_file(path) as file:
        if not file.read(4).startswith(b"PK"):
            return [path]
        entries, faults = entries_of(file, path, _ZIPS)
    if faults:
        raise faults[0]
    wanted: list[Source] = [entry for entry in entries if not is_junk(entry.name)]
    if not wanted:
        raise BadInput(f"{path.name} にファイルがありません。", "zip が空です。", "もう一度送ってもらってください。")
    return wanted


def _tidy(store: Store) -> None:
    """A part without its row was never received: the process was killed between the two."""
    rows = models.ReceivedFile.objects.using(OWNER).filter(kind=KIND)
    known = {sha256[:16] for sha256 in rows.values_list("sha256", flat=True)}
    for part in store.parts():
        if _PART.fullmatch(part) and part.partition("-")[2] not in known:
            store.drop(part)


def _one(store: Store, source: Source, known: Known, by: str) -> ReceivedFile:
    name = source.name.rpartition("/")[2] if isinstance(source, Entry) else source.name
    seen = digest(source)
    row = models.ReceivedFile.objects.using(OWNER).filter(sha256=seen.sha256).first()
    if row and _part_of(store, seen.sha256):
        return ReceivedFile(name, seen.sha256, seen.size, known=True, month=_yyyymm(row.month), counts=row.counts)
    reader = Reader(name, seen.sha256, known)
    with store.staged() as part:
        problem = _read(reader, source, part)
        findings = reader.findings
        if problem:
            findings.refused.add(problem)
        if findings.refused:
            return _told(reader, seen.sha256, seen.size, part)
        part.finish()
        keep_original(source, name, seen.sha256)
        with transaction.atomic(using=OWNER):
            if row is None:
                found = reader.found
                note(
                    sha256=seen.sha256, name=name, kind=KIND, size=seen.size, counts=_counts(part), rows=found.receipts,
                    by=by, month=date(found.billed // 100, found.billed % 100, 1) if found.billed else None,
                )  # fmt: skip
            part.publish(f"{reader.found.billed:06d}-{seen.sha256[:16]}")
    return _told(reader, seen.sha256, seen.size, part)


def _part_of(store: Store, sha256: str) -> bool:
    return any(part.endswith(f"-{sha256[:16]}") for part in store.parts())


def _read(reader: Reader, source: Source, part: Staged) -> Problem | None:
    """Read to the end; what is no receipt file at all is the one problem."""
    try:
        for tables in reader.read(blocks(source)):
            if not reader.findings.refused:
                for table, frame in tables.items():
                    part.add(table, frame)
    except BadInput as error:
        return Problem.of(error, reader.name)
    return None


def _counts(part: Staged) -> dict[str, int]:
    return {table: rows for table, rows in part.rows.items() if rows}


def _told(reader: Reader, sha256: str, size: int, part: Staged) -> ReceivedFile:
    found, findings = reader.found, reader.findings
    refused = bool(findings.refused)
    return ReceivedFile(
        reader.name,
        sha256,
        size,
        month=found.billed,
        receipts=found.receipts,
        points=found.points,
        records=found.records,
        kinds=dict(found.kinds),
        counts={} if refused else _counts(part),
        problems=findings.refused.in_order(),
        rest=findings.refused.rest,
        warnings=findings.told.in_order(),
        more=findings.told.rest,
    )


def _yyyymm(month: date | None) -> int:
    return month.year * 100 + month.month if month else 0
