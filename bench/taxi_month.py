"""A month of claims into the database: read, kept as originals, and stored, 100,000 vouchers of about 150 companies.

The files are written before the clock starts. The peer puts just as many rows of the same table in by Django's bulk_create,
from values that lie ready: no file is read, nothing is hashed or kept.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.management import call_command
from django.db import connections

from azukari.cli.manage import prepare_django
from azukari.config.cluster import Cluster

OWNER = "owner"
WARD, SEED, VOUCHERS = 28_000, 2019, 100_000
MONTH = date(2019, 6, 1)
GOAL = 6


def run() -> dict[str, Any]:
    return {"rows": rows()}


def rows() -> list[dict[str, Any]]:
    """One row: seconds from the claims' folders to committed rows."""
    prepare_django()
    with _ward() as folder:
        from azukari.business.taxi import api
        from azukari.demo import taxi
        from azukari.demo.names import CONTRACTOR

        made = taxi.write_month(folder / "month", month=MONTH, vouchers=VOUCHERS, seed=SEED, pages=0)
        began = time.perf_counter()
        received = api.receive([folder / "month" / "claims"], contractor=CONTRACTOR, by="bench")
        ours = time.perf_counter() - began
        if received.vouchers != made.vouchers:
            raise RuntimeError(f"{received.vouchers} of {made.vouchers} vouchers were received")
        began = time.perf_counter()
        api.check(MONTH, by="bench")
        check = time.perf_counter() - began
        peer = _bulk_create()
    what = f"請求 {made.claims:,} 件、券 {made.vouchers:,} 枚"
    return [
        _row(
            f"{what}: ファイルから読み、原本を残し、データベースへ", ours, {"Django bulk_create (行だけ)": peer}, GOAL
        ),
        _row(f"{what}: 台帳と突き合わせ、結果と理由の文を書くまで", check, {}, None),
    ]


@contextmanager
def _ward() -> Iterator[Path]:
    """A database with the made-up ward's register and no claim yet, and a folder, both gone at the end."""
    cluster, name = Cluster(), f"bench_{uuid4().hex[:8]}"
    cluster.start(bound=True)
    cluster.make_database(name)
    wanted = connections[OWNER].settings_dict
    before, originals = wanted["NAME"], settings.ORIGINALS
    folder = Path(tempfile.mkdtemp(prefix="azukari-bench-"))
    try:
        connections[OWNER].close()
        wanted["NAME"], settings.ORIGINALS = name, folder / "originals"
        call_command("migrate", database=OWNER, verbosity=0)
        _people()
        yield folder
    finally:
        connections[OWNER].close()
        wanted["NAME"], settings.ORIGINALS = before, originals
        cluster.drop_database(name)
        shutil.rmtree(folder)


def _people() -> None:
    from azukari.demo import make
    from azukari.demo.taxi import register

    for part in make.PARTS:
        if part.name in {"ward", "keys"}:
            make.make(part, WARD, SEED, lambda _done, _total: None)
    register.make(connections[OWNER].connection, SEED)


def _bulk_create() -> float:
    """The vouchers received, once more as rows of another batch."""
    from azukari.business.taxi.models import Batch, PresentedVoucher

    batch = Batch.objects.using(OWNER).order_by("id").first()
    if batch is None:
        raise RuntimeError("nothing was received")
    other = Batch.objects.using(OWNER).create(
        company=batch.company,
        month=date(2019, 7, 1),
        number=1,
        received_on=batch.received_on,
        contractor=batch.contractor,
    )
    found = list(PresentedVoucher.objects.using(OWNER).order_by("id"))
    for place, voucher in enumerate(found, 1):
        voucher.pk, voucher.batch, voucher.sequence, voucher.serial = None, other, place, None
    began = time.perf_counter()
    PresentedVoucher.objects.using(OWNER).bulk_create(found, batch_size=1_000)
    return time.perf_counter() - began


def _row(what: str, ours: float, peers: dict[str, float], most: float | None) -> dict[str, Any]:
    return {
        "what": what,
        "ours": round(ours, 2),
        "unit": "秒",
        "peers": {name: round(value, 2) for name, value in peers.items()},
        "ratio": round(ours / next(iter(peers.values())), 2) if peers else None,
        "goal": most and f"≤ {most} 秒",
        "met": None if most is None else ours <= most,
    }
