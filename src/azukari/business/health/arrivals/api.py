"""What arrives in files, whichever it is: 資格の一覧, checkups, receipts. One command takes them all, one gives them back."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum, auto
from functools import partial
from pathlib import Path

from azukari.business.health.checkups import service as checkups
from azukari.business.health.checkups.receiving import Unreadable, recognises
from azukari.business.health.checkups.types import Received
from azukari.business.health.insured import reading, service
from azukari.business.health.originals import bring_back
from azukari.business.health.receipts import api as receipts
from azukari.business.health.receipts.types import ReceivedFile
from azukari.business.health.types import Progress
from azukari.core.intake.api import digest, open_file
from azukari.core.intake.types import Problem
from azukari.kernel.errors import BadInput

__all__ = ["Kind", "bring_back", "receive"]

NAMES = {"checkups": "健診", "guidance": "保健指導"}
_HEAD = 1 << 16


class Kind(Enum):
    """What a file is, by its content."""

    MEMBERS = auto()
    CHECKUPS = auto()
    RECEIPTS = auto()


def receive(paths: Sequence[Path], *, by: str, progress: Progress) -> tuple[ReceivedFile, ...]:
    """Receive every file by itself, whole or not at all: the insured first, then checkups, then receipts.

    Raises BadInput for a path that cannot be opened, and Busy while another one receives.
    """
    of: dict[Kind, list[Path]] = {kind: [] for kind in Kind}
    for path in paths:
        of[_kind_of(path)].append(path)
    found = [_members(path, by) for path in of[Kind.MEMBERS]]
    if some := of[Kind.CHECKUPS]:
        taken = checkups.take(some, by=by, progress=progress)
        found += [_checkups(path, one) for path, one in zip(some, taken, strict=True)]
    if some := of[Kind.RECEIPTS]:
        found += receipts.receive(some, by=by, progress=progress)
    return tuple(found)


def _kind_of(path: Path) -> Kind:
    with open_file(path) as file:
        head = file.read(_HEAD)
    if recognises(path):
        return Kind.CHECKUPS
    whole = path.read_bytes() if path.suffix.casefold() == ".xlsx" else head.rpartition(b"\n")[0]
    return Kind.MEMBERS if reading.recognises(whole, path.name) else Kind.RECEIPTS


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


def _checkups(path: Path, found: Received | BadInput) -> ReceivedFile:
    if isinstance(found, Received):
        counts = dict(found.counts)
        kinds = {name: counts[table] for table, name in NAMES.items() if counts.get(table)}
        return ReceivedFile(path.name, found.sha256, found.size, known=found.known, kinds=kinds, counts=counts)
    seen = digest(path)
    refused = partial(ReceivedFile, path.name, seen.sha256, seen.size)
    if isinstance(found, Unreadable):
        return refused(problems=found.problems, rest=found.rest)
    return refused(problems=(Problem.of(found, path.name),))
