"""Papers of a batch made at the ward: read through the flow, printed into a folder, told to the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from azukari.business.donations import posting
from azukari.business.donations.batches import ENTRUSTED_ITEMS, card
from azukari.core.audit import api as audit
from azukari.core.documents.types import Progress, silent
from azukari.core.handover import api as handover

OWNER = "owner"


@dataclass(frozen=True, slots=True)
class Printed:
    """What was printed of a batch: its job, how many rows (件) they tell of, and the files."""

    job: int
    rows: int
    files: tuple[Path, ...]


def print_batch(
    key: int,
    out: Path,
    *,
    on: date,
    by: str,
    envelopes: frozenset[int] | None = None,
    progress: Progress = silent,
) -> Printed:
    """Print a batch, or some of its envelopes again, as its flow gives it out today (諮問813 §5), as the owner.

    Given again after a kill it goes on where it was. Raises NotFound, Refused with the ground when the flow does not
    allow it, and BadInput, before anything is printed, naming what cannot be.
    """
    batch = card(key, using=OWNER)
    kind = batch.kind
    rows = handover.rows_for(posting.source_of(kind), str(key), contractor=batch.contractor, on=on)
    if envelopes is not None:
        chosen = posting.in_envelopes(key, envelopes)
        rows = tuple(row for row in rows if row.reference in chosen)
    job = posting.plan(key, by=by)
    files = posting.render(key, rows, out, by=by, progress=progress)
    audit.record(
        "donations.printed",
        actor=by,
        flow=kind.flow,
        items=sorted(ENTRUSTED_ITEMS[kind.flow]),
        subjects=sorted({row.subject for row in rows}),
        medium=handover.Kind.PAPER.value,
        detail={"batch": key, "rows": len(rows)},
        using=OWNER,
    )
    return Printed(job, len(rows), tuple(files))
