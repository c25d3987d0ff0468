"""What a demonstration begins with: the register, and one month that has been received and partly looked at."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from django.db import connections
from psycopg import Connection

from azukari.business.taxi import api
from azukari.business.taxi.types import Reason, State
from azukari.demo.names import CONTRACTOR, OTHER_CONTRACTOR
from azukari.demo.taxi import register
from azukari.demo.taxi.month import PAGES, Month
from azukari.demo.taxi.month import month as made_month

OWNER, BY = "owner", "demo"
FIRST_MONTH = date(2020, 2, 1)
VOUCHERS = 100_000
# A few claims come as pictures, so that there is something to key.
PICTURES = 60
WRITTEN_SHARE = 0.5
HALF_DONE_DAY, APART = 5, 20
# The contractor's operators have looked at what came early, and pass on what anybody can see on the paper. Pictures wait
# to be keyed first.
LOOKED_AT = """
WITH counted AS (SELECT batch_id, count(*) AS lines FROM taxi_presentedvoucher GROUP BY batch_id),
seen AS (
  SELECT v.id, CASE
    WHEN v.name = '' OR v.used_on IS NULL OR v.fare IS NULL THEN %(missing)s
    WHEN v.serial IS NULL THEN %(unreadable)s
    WHEN v.used_on < b.month - interval '1 month' OR v.used_on >= b.month + interval '1 month' THEN %(late)s
    ELSE '' END AS reason
  FROM taxi_presentedvoucher v JOIN taxi_batch b ON b.id = v.batch_id JOIN counted c ON c.batch_id = b.id
  WHERE b.month = %(month)s AND b.hold = '' AND b.contractor = %(contractor)s
   AND NOT (v.image <> '' AND v.name = '' AND v.used_on IS NULL AND v.fare IS NULL) AND (
    extract(day FROM b.received_on) < %(day)s
    OR extract(day FROM b.received_on) = %(day)s AND v.sequence <= c.lines / 2))
UPDATE taxi_presentedvoucher v SET version = 1, reason = seen.reason,
  state = CASE seen.reason WHEN '' THEN %(checked)s ELSE %(queried)s END
FROM seen WHERE seen.id = v.id"""
Progress = Callable[[int, int], None]


def make(connection: Connection, seed: int, *, progress: Progress = lambda _done, _total: None) -> int:
    """Make the register, and receive a first month. Returns how many vouchers were received (枚).

    `connection` is the one of Django's alias "owner", in its transaction.
    """
    if not register.make(connection, seed):
        return 0
    with TemporaryDirectory(prefix="azukari-taxi-") as folder:
        made = made_month(
            connection,
            Path(folder),
            month=FIRST_MONTH,
            vouchers=VOUCHERS,
            seed=seed,
            pages=PICTURES,
            progress=lambda done, total: progress(int(done * WRITTEN_SHARE), total),
        )
        _present(made)
    connection.execute("ANALYZE taxi_batch, taxi_presentedvoucher")
    progress(made.vouchers, made.vouchers)
    return made.vouchers


def _present(made: Month) -> None:
    """Receive the claims, a small one for another contractor; then some of them are looked at, and all are checked."""
    fit = (claim for claim in made.made if claim.listed and claim.hold is None)
    apart = min(fit, key=lambda claim: (claim.vouchers < APART, abs(claim.vouchers - APART)), default=None)
    ours = [claim.folder for claim in made.made if claim is not apart]
    if ours:
        api.receive(ours, contractor=CONTRACTOR, by=BY)
    if apart:
        api.receive([apart.folder], contractor=OTHER_CONTRACTOR, by=BY)
    _look_at_some()
    api.check(made.month, by=BY)


def _look_at_some() -> None:
    with connections[OWNER].cursor() as cursor:
        cursor.execute(
            LOOKED_AT,
            {
                "month": FIRST_MONTH,
                "contractor": CONTRACTOR,
                "day": HALF_DONE_DAY,
                "missing": Reason.MISSING_ENTRY.value,
                "unreadable": Reason.UNREADABLE.value,
                "late": Reason.LATE_CLAIM.value,
                "checked": State.CHECKED.value,
                "queried": State.QUERIED.value,
            },
        )


def write_month(
    out: Path,
    *,
    month: date,
    vouchers: int,
    seed: int,
    mix: Mapping[str, float] | None = None,
    pages: int = PAGES,
    progress: Progress = lambda _done, _total: None,
) -> Month:
    """`month` from the register of this installation, read through Django's alias "owner"."""
    return made_month(
        _connected(), out, month=month, vouchers=vouchers, seed=seed, mix=mix, pages=pages, progress=progress
    )


def _connected() -> Connection:
    connections[OWNER].ensure_connection()
    connection: Connection = connections[OWNER].connection
    return connection
