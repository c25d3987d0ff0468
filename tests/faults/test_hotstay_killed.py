"""`kill -9` and a database that is stopped in the middle of a booking: nothing is half-done, and nobody waits for the dead."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from uuid import UUID

import pytest
from django.db import OperationalError, connections, transaction

from azukari.business.hotstay import api
from azukari.business.hotstay.types import Span, Wish
from support.hotstay import DAY, ONE, OWNER, Place, desk, family, place, rows

SUBMIT = UUID(int=814)


def killed_after(work: Callable[[], object]) -> None:
    """Do the work in a process of its own, in a transaction, and kill it before the commit."""
    connections.close_all()
    read, write = os.pipe()
    child = os.fork()
    if not child:
        try:
            with transaction.atomic(using=OWNER):
                work()
                os.write(write, b"done")
                time.sleep(60)
        finally:
            os._exit(1)
    os.close(write)
    with os.fdopen(read, "rb") as pipe:
        assert pipe.read(4) == b"done"
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def siblings(found: Place, keys: tuple[int, ...]) -> list[Wish]:
    return [Wish(key, Span(DAY, 18, 22)) for key in keys]


def test_killed_between_the_check_and_the_commit(scratch: str) -> None:
    found = place(ONE)
    keys = family(found.station, ONE, ONE)
    killed_after(lambda: api.book(desk(), siblings(found, keys), SUBMIT))
    assert api.bookings(desk(), keys, DAY) == ()
    again = api.book(desk(), siblings(found, keys), SUBMIT)
    assert (len(again.bookings), again.repeated) == (2, False)


def test_killed_while_a_place_is_handed_on(scratch: str) -> None:
    """Given back and taken up by the waiting list in one transaction: both happen, or neither."""
    found = place(ONE, ONE)
    rows("UPDATE hotstay_setting SET capacity = 1 WHERE station_id = %s RETURNING id", found.station.id)
    booked = found.book(found.children[0], 18, 22).bookings[0]
    api.wait(desk(), [Wish(found.children[1], Span(DAY, 18, 22))], SUBMIT)
    killed_after(lambda: api.cancel(desk(), booked.id))
    states = {one.child: one.state for one in api.bookings(desk(), found.children, DAY)}
    assert states == {found.children[0]: booked.state}
    assert api.cancel(desk(), booked.id).promoted == 1


def test_the_database_stops_in_a_rush(scratch: str) -> None:
    """Every connection is cut off; the next call begins anew and finds nothing half-done."""
    found = place(ONE)
    wish = [Wish(found.children[0], Span(DAY, 18, 22))]
    cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    with pytest.raises(OperationalError), transaction.atomic(using=OWNER):  # noqa: PT012 (it breaks on the way)
        api.book(desk(), wish, SUBMIT)
        alias = connections[OWNER].copy()
        with alias.cursor() as cursor:
            cursor.execute(cut)
        alias.close()
        rows("SELECT 1")
    connections.close_all()
    assert api.bookings(desk(), found.children, DAY) == ()
    assert api.book(desk(), wish, SUBMIT).done
    assert api.book(desk(), wish, SUBMIT).repeated
