"""What every change of letters shares: who does it, and its line in the ledger."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeAlias

from azukari.core.audit.api import record
from azukari.core.audit.types import Detail
from azukari.core.dispatch.models import DispatchJob, LetterSet
from azukari.core.policy.types import Actor, Place
from azukari.kernel.errors import NotFound

By: TypeAlias = Actor | str
# One ledger line for so many sets at most.
SETS_A_LINE = 500


def name_of(by: By) -> str:
    """The actor's id, as the tables keep it."""
    return by.id if isinstance(by, Actor) else by


def tell(
    action: str, job: DispatchJob, sets: Sequence[LetterSet], *, by: By, place: Place | None, using: str,
    detail: Detail | None = None,
) -> None:  # fmt: skip
    """Write what happened to these sets in the ledger, with whose letters they are; one line at least."""
    for some in _runs(sets):
        subjects = sorted({subject for one in some for subject in one.subjects})
        counted = {"first": some[0].seq, "last": some[-1].seq} if some else {}
        record(
            action, actor=by, place=place, flow=job.flow, subjects=subjects,
            detail={"job": job.pk, "sets": len(some), **counted, **(detail or {})}, using=using,
        )  # fmt: skip


def _runs(sets: Sequence[LetterSet]) -> Iterable[tuple[LetterSet, ...]]:
    starts = range(0, max(len(sets), 1), SETS_A_LINE)
    return [tuple(sets[start : start + SETS_A_LINE]) for start in starts]


def job_of(job: int, *, using: str) -> DispatchJob:
    """Raises NotFound."""
    row = DispatchJob.objects.using(using).filter(pk=job).first()
    if row is None:
        raise NotFound(
            f"発送 {job:04d} はありません。",
            "この番号の発送は作られていません。",
            "./azukari dispatch list で確かめてください。",
        )
    return row


def locked(job: int, reference: str, *, using: str) -> LetterSet:
    """The set of that reference, for this transaction alone. Raises NotFound."""
    row = LetterSet.objects.using(using).select_for_update().filter(job_id=job, reference=reference).first()
    if row is None:
        raise NotFound(
            f"発送 {job:04d} に {reference!r} の組はありません。",
            "この番号の組は、この発送で作られていません。",
            "番号を確かめるか、ほかの発送を調べてください。",
        )
    return row
