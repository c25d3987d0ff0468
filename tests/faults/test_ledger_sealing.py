"""The sealer killed, doubled, cut off, restored and confused about the time: nothing is lost, nothing is called broken."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import connections
from pytest_django import Settings

from azukari.core.audit import store
from azukari.core.audit.api import Entry, Sealer, of_person, record_many, seal, verify
from azukari.core.audit.sealing import Sealing
from azukari.kernel.errors import Unavailable
from support.ledger import OPERATOR, PATIENCE, checkpoints, epochs, seal_all, write

pytestmark = pytest.mark.usefixtures("scratch")
# A sealer that kills itself at one point: "" is before the intent, then after intent, in and after commit, in the file.
KILLED = """
import os, signal, sys
import django
django.setup()
from django.conf import settings
from django.db import connections
from azukari.core.audit import checkpoint, store
from azukari.core.audit.api import seal

settings.LEDGER_HOME = sys.argv[1]
connections["owner"].settings_dict["NAME"] = sys.argv[2]
die = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
file, intend, insert = checkpoint.CheckpointFile, checkpoint.CheckpointFile.intend, store.insert


def half(self, text):
    with self.path.open("ab") as out:
        out.write(text[: len(text) // 2])
    die()


def in_commit(connection, epoch):
    connection.execute("BEGIN")
    insert(connection, epoch)
    die()


match sys.argv[3]:
    case "before the intent":
        file.intend = die
    case "after the intent":
        store.insert = die
    case "before the commit":
        store.insert = in_commit
    case "after the commit":
        file.append = die
    case "half a line":
        file.append = half
    case "before it is forgotten":
        file.forget = lambda self: die() if self.pending() else None
seal()
"""
POINTS = (
    "before the intent", "after the intent", "before the commit", "after the commit", "half a line", "before it is forgotten",
)  # fmt: skip


@pytest.fixture(autouse=True)
def _own_files(settings: Settings, tmp_path: Path) -> None:
    settings.LEDGER_HOME = tmp_path


@pytest.fixture
def sealed() -> None:
    epochs(2)


@pytest.mark.parametrize("point", POINTS)
def test_killed_while_sealing(sealed: None, scratch: str, tmp_path: Path, point: str) -> None:
    write(3)
    time.sleep(0.1)
    command = [sys.executable, "-c", KILLED, str(tmp_path), scratch, point]
    done = subprocess.run(command, check=False, env=os.environ | {"PYTHONPATH": "src"})
    assert done.returncode == -signal.SIGKILL
    between = verify(using="owner")
    assert between.findings == ()
    write(1)
    seal_all()
    after = verify(using="owner")
    assert after.findings == after.notes == ()
    assert len(checkpoints().read_bytes().splitlines()) == after.epochs
    assert not checkpoints().with_name("ledger.next").exists()


def test_two_sealers_take_turns(sealed: None) -> None:
    def work() -> None:
        for first in range(20):
            record_many([Entry("view", OPERATOR, subjects=(first + 1,))] * 5, using="owner")
            seal()
        connections.close_all()

    before = verify(using="owner")
    both = [threading.Thread(target=work) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    seal_all()
    report = verify(using="owner")
    assert report.findings == ()
    assert report.entries == before.entries + 200
    assert len(checkpoints().read_bytes().splitlines()) == report.epochs


def test_verifying_while_writing_and_sealing(sealed: None) -> None:
    ended = threading.Event()

    def work() -> None:
        while not ended.is_set():
            record_many([Entry("view", OPERATOR, subjects=(1,))] * 50, using="owner")
        connections.close_all()

    writer = threading.Thread(target=work)
    writer.start()
    try:
        with Sealer(interval=0.02):
            for _ in range(15):
                assert verify(using="owner").findings == ()
    finally:
        ended.set()
        writer.join()
    assert verify(using="owner").findings == ()


def test_late_commit_is_sealed_later_and_never_missed(sealed: None) -> None:
    """The first of two writers commits last. Sealing in between must wait for it, not jump over it."""
    with store.connect("owner") as slow:
        slow.execute("BEGIN")
        slow.execute(
            "INSERT INTO audit_entry (action, actor, subjects, request) VALUES ('view', 'slow', '{7007}', gen_random_uuid())"
        )
        (quick,) = write(1)
        seal()
        assert verify(using="owner").unsealed == 1
        slow.execute("COMMIT")
    seal_all()
    report = verify(using="owner")
    assert report.findings == ()
    assert of_person(7007, using="owner")[0].epoch is not None
    assert of_person(7007, using="owner")[0].id < quick


def test_clock_that_goes_back_is_told_and_breaks_nothing(sealed: None, monkeypatch: pytest.MonkeyPatch) -> None:
    usual = Sealing._clock
    monkeypatch.setattr(Sealing, "_clock", lambda self: usual(self).replace(year=2019))
    epochs(2)
    monkeypatch.undo()
    epochs(1)
    report = verify(using="owner")
    assert report.findings == ()
    assert any("時計" in note for note in report.notes)


def test_database_restored_from_a_dump_counts_on(sealed: None) -> None:
    """A dump brings the rows and not the transaction counter: it starts low in the new server."""
    set_shift(1_000_000)
    epochs(2, 2)
    set_shift(0)
    with Sealer(interval=0.05):
        pass
    epochs(2)
    report = verify(using="owner")
    assert report.findings == ()
    assert report.unsealed == 0


def set_shift(by: int) -> None:
    with store.connect("owner") as connection:
        connection.execute(
            "CREATE OR REPLACE FUNCTION audit_shift() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE"
            f" RETURN {by}::bigint"
        )


def test_sealer_outlives_its_connection_and_a_full_disk(
    sealed: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with Sealer(interval=0.02) as sealer:
        with store.connect("owner") as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid() AND usename = current_user"
            )
        connections.close_all()
        write(2)
        wait_for(lambda: verify(using="owner").unsealed == 0)
        monkeypatch.setattr("azukari.core.audit.checkpoint._write_all", full)
        write(2)
        wait_for(lambda: isinstance(sealer.trouble, Unavailable))
        assert verify(using="owner").findings == ()
        monkeypatch.undo()
        wait_for(lambda: sealer.trouble is None)
    seal_all()
    assert verify(using="owner").findings == ()


def full(_handle: int, _content: bytes) -> None:
    raise OSError(28, "No space left on device")


def wait_for(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < deadline, "never became so"
        time.sleep(0.05)


def test_stopping_seals_what_is_committed(sealed: None) -> None:
    sealer = Sealer(interval=60)
    sealer.start()
    write(4)
    wait_for(no_transaction_elsewhere)
    sealer.stop()
    assert verify(using="owner").unsealed == 0


def no_transaction_elsewhere() -> bool:
    with store.connect("owner") as connection:
        found = connection.execute(
            "SELECT NOT EXISTS (SELECT FROM pg_locks WHERE locktype = 'transactionid' AND pid <> pg_backend_pid())"
        ).fetchone()
    return bool(found and found[0])


@pytest.fixture(autouse=True)
def _quiet_connections() -> Iterator[None]:
    yield
    connections.close_all()
