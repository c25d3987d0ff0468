"""What every file that is received leaves behind: its original under its hash, its row, its line in the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from azukari.business.health import models
from azukari.business.health.types import WARD_ENTRY
from azukari.core.audit import api as audit
from azukari.core.intake.api import keep
from azukari.core.intake.types import Source
from azukari.kernel.errors import BadInput

OWNER = "owner"


def keep_original(source: Source, name: str, sha256: str) -> None:
    """Keep the file, which must still be the one that was read. Raises BadInput."""
    if keep(Path(settings.ORIGINALS), source).sha256 != sha256:
        raise BadInput(
            f"{name} が、読んでいるあいだに変わりました。",
            "読んだものと同じものを残せません。",
            "もう一度受け取ってください。",
        )


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
