"""What a demonstration begins with: a fiscal year of donations taken from files, some of it waiting for letters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from psycopg import Connection

from azukari.business.donations import api
from azukari.business.donations.types import BatchKind, EventKind, Why
from azukari.core.dispatch import api as dispatch
from azukari.demo.donations.composing import Given, several
from azukari.demo.donations.files import METHODS, write, written
from azukari.demo.names import WORKSHOP

OWNER, BY = "owner", "demo"
TODAY, BATCHED = date(2020, 4, 1), date(2020, 3, 2)
CARDS, SLIPS, MAILED = 440, 300, 30
SMALL_WARD, SMALL = 5_000, 5
PAID_SHARE, REFUNDS, FORMS = 0.7, 6, 0.5
FORM_DAYS = 12


def make(connection: Connection, size: int, seed: int, *, progress: Callable[[int, int], None]) -> None:
    """Take a year of files, make a batch of slips that is printed and one of letters, and let some things happen afterwards.

    `connection` is the one of Django's alias "owner", in its transaction. A small ward (of tests) has a fifth of it.
    """
    rng, part = Random(seed), SMALL if size < SMALL_WARD else 1  # noqa: S311 (made-up donors)
    with TemporaryDirectory(prefix="azukari-donations-") as folder:
        steps = list(_files(rng, Path(folder), part))
        for done, path in enumerate(steps, 1):
            _take(path)
            progress(done, len(steps) + 2)
    for kind in (BatchKind.SLIPS, BatchKind.LETTERS):
        key = api.make(kind, contractor=WORKSHOP, on=BATCHED, by=BY, until=BATCHED - timedelta(days=14), using=OWNER)
        if kind is BatchKind.SLIPS:
            dispatch.printed(api.plan(key, by=BY), by=BY, using=OWNER)
    _afterwards(connection, rng, part)
    connection.execute("ANALYZE donations_intention, donations_donation, donations_letterline, donations_slipline")
    progress(len(steps) + 2, len(steps) + 2)


def _take(path: Path) -> None:
    if problems := api.receive(path, by=BY, on=TODAY).problems:
        raise ValueError(f"the made-up file is wrong: {problems[0]}")


def _files(rng: Random, folder: Path, part: int) -> list[Path]:
    """Two portals by card, slips as the ward itself books them (first all applications, then the paid ones), and mail."""
    layouts = api.layouts()
    found = [
        write(
            layouts[key],
            folder / f"{key}.csv",
            written(layouts[key], several(rng, prefix, CARDS // part, METHODS[key])),
        )
        for key, prefix in (("portal-a", "A"), ("portal-b", "B"))
    ]
    slips = several(rng, "N", SLIPS // part, "納付書")
    paid = [_paid(rng, one) for one in slips if rng.random() < PAID_SHARE]
    mailed = several(rng, "G", MAILED // part, "現金書留")
    own = layouts["own"]
    for name, donations in (("slips", [_only_applied(one) for one in slips]), ("paid", paid), ("mail", mailed)):
        found.append(write(own, folder / f"{name}.csv", written(own, donations)))
    return found


def _only_applied(one: Given) -> Given:
    return replace(one, paid=None, settled_on=None)


def _paid(rng: Random, one: Given) -> Given:
    """The slip reached the donor some days later and was paid at a counter."""
    assert one.paid is not None  # noqa: S101 (composed as paid)
    later = timedelta(days=rng.randint(2, 24))
    at = min(one.paid + later, one.paid.replace(year=2020, month=3, day=31))
    settled = at.date() + timedelta(days=3)
    return replace(one, paid=max(at, one.paid), settled_on=settled if settled < TODAY else None)


def _afterwards(connection: Connection, rng: Random, part: int) -> None:
    """Refunds, and forms that arrived; one donor declares six bodies."""
    refunded = _keys(connection, "settled_on IS NOT NULL", REFUNDS // min(part, 2))
    acting = api.Acting(BY, TODAY, OWNER)
    for key in refunded:
        api.end_donation(acting, key, EventKind.REFUNDED, rng.choice([Why.DOUBLE, Why.ASKED]), TODAY)
    wished = _keys(connection, "one_stop AND settled_on IS NOT NULL AND year = 2019", 60 // part)
    for place, key in enumerate(key for key in wished if key not in refunded):
        api.receive_form(acting, key, date(2020, 1, 5) + timedelta(days=rng.randint(0, 5)), 6 if place == 0 else None)


def _keys(connection: Connection, which: str, most: int) -> list[int]:
    rows = connection.execute(
        f"SELECT id FROM donations_donation WHERE {which} ORDER BY hashint8extended(id, 7), id LIMIT {most:d}".encode()
    )
    return [key for (key,) in rows.fetchall()]
