"""What every file that is received leaves in the database: its row, its line in the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.utils import timezone

from azukari.business.health import models
from azukari.business.health.types import WARD_ENTRY
from azukari.core.audit import api as audit

OWNER = "owner"


def note(
    *,
    sha256: str,
    name: str,
    kind: str,
    size: int,
    counts: Mapping[str, int],
    rows: int,
    by: str,
    month: date | None = None,
) -> None:
    """Write the row and the ledger's line, in the caller's transaction. A file given again has its newest day."""
    values = {
        "name": name[:200], "kind": kind, "size": size, "counts": dict(counts), "month": month, "received_at": timezone.now(),
    }  # fmt: skip
    models.ReceivedFile.objects.using(OWNER).update_or_create(sha256=sha256, defaults=values)
    audit.record("health.received", actor=by, flow=WARD_ENTRY, detail={"rows": rows, "sha256": sha256}, using=OWNER)
