"""`kill -9` at every stage: nobody is left behind, and the next start goes on to the end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from functools import partial

import pytest

from support.installation import WARD, Installation, until

STAGES = {
    "initdb": lambda it: (it.home / "pg.new").exists(),
    "first database start": lambda it: (it.home / "pg" / "postmaster.pid").exists(),
    "migrations": lambda it: it.finds("SELECT count(*) > 2 FROM django_migrations"),
    "walls": lambda it: it.finds("SELECT to_regclass('demo_made') IS NOT NULL"),
    "demonstration": lambda it: it.finds("SELECT count(*) > 0 FROM demo_made"),
}
WHOLE = "SELECT (SELECT count(*) FROM demo_made) >= 3 AND (SELECT count(*) FROM accounts_account) >= 8"


def kill(started: subprocess.Popen[str]) -> None:
    started.kill()
    started.communicate()


def test_a_start_killed_at_every_stage_is_completed_by_the_next(fresh: Installation) -> None:
    for reached in STAGES.values():
        fresh.killed_when(partial(reached, fresh), "--ward-size", str(WARD))

    with fresh.running():
        assert fresh.finds(WHOLE)


def test_a_killed_run_leaves_nobody_behind_and_loses_nothing(made: Installation) -> None:
    with made.running() as started:
        with made.connect() as connection:
            connection.execute("CREATE TABLE kept AS SELECT 815 AS number")
        kill(started)
        until(lambda: not made.processes(), 30)
    with made.running():
        assert made.finds("SELECT number = 815 FROM kept")


def test_a_killed_database_ends_the_whole_with_its_name(made: Installation) -> None:
    with made.running() as started:
        time.sleep(2)  # past the announcement: until then a failing first page may be the first to tell
        pid = int((made.home / "pg" / "postmaster.pid").read_text().split()[0])
        os.kill(pid, signal.SIGKILL)
        output, _ = started.communicate(timeout=60)
    assert started.returncode == 69
    assert "データベースが止まりました" in output
    with made.running():
        assert made.finds(WHOLE)


def test_a_process_number_that_somebody_else_has_now(made: Installation) -> None:
    """After a power cut the number in the server's note may belong to any program; it is not taken for the server."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
        note = made.home / "pg" / "postmaster.pid"
        note.write_text(f"{other.pid}\n{made.home / 'pg'}\n")
        with made.database():
            assert made.finds(WHOLE)
        other.communicate(b"\n")


# A start without the check for space, so that the disk fills while the work is going on.
PRESS_ON = "import sys; from azukari.cli import __main__, up; up._check_space = lambda ward: None; __main__.main()"


@pytest.mark.skipif(os.geteuid() != 0, reason="小さなディスクを用意できるのは root だけです")
def test_a_disk_that_fills_up_on_the_way(small_disk: Installation) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PRESS_ON, "up", "--port", str(small_disk.port), "--ward-size", "1000"],
        env=small_disk.environment(),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 69, done.stderr
    assert "ディスクの空き" in done.stderr
    assert "Traceback" not in done.stderr
    assert small_disk.processes() == []

    subprocess.run(["mount", "-o", "remount,size=1g", small_disk.home], check=True)
    with small_disk.running():
        assert small_disk.finds(WHOLE)
