"""The scanned pages of a claim: each is read once, ever, and what was read is kept by the page's own SHA-256."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path

from django.conf import settings

from azukari.business.taxi import intake, scans
from azukari.business.taxi.intake.types import Claim
from azukari.business.taxi.models import PageRead
from azukari.business.taxi.scans import PageRead as Picture

__all__ = ["Picture", "pictures"]

OWNER = "owner"
# A killed command has at most so many pages to read again.
STORE_EVERY = 50
Progress = Callable[[str, int, int], None]


def pictures(claim: Claim, progress: Progress) -> list[Picture]:
    """What every page of the claim shows, in the order of the pages, several at a time."""
    if not claim.pages:
        return []
    hashes = [page.sha256 for page in claim.pages]
    known = {row.sha256: _picture(row) for row in PageRead.objects.using(OWNER).filter(sha256__in=hashes)}
    files = [intake.originals.path(Path(settings.ORIGINALS), one) for one in hashes]
    found = scans.read_folder(files, known, processes=os.cpu_count() or 1)
    read: list[Picture] = []
    while some := list(islice(found, STORE_EVERY)):
        _keep([one for one in some if one.sha256 not in known])
        read += some
        progress(f"画像を読み取り {claim.name}", len(read), len(files))
    return read


def _keep(read: Sequence[Picture]) -> None:
    rows = [
        PageRead(sha256=one.sha256, serial=one.serial, turned=one.turned, dpi=one.dpi, note=one.note) for one in read
    ]
    PageRead.objects.using(OWNER).bulk_create(rows, ignore_conflicts=True)


def _picture(row: PageRead) -> Picture:
    return Picture(row.sha256, row.serial, turned=row.turned, dpi=row.dpi, note=row.note)
