"""`kill -9` in the middle of receiving receipts: nothing half-loaded, and given again it goes on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pytest_django import Settings

from azukari.business.health import models
from azukari.business.health.receipts import api
from azukari.business.health.store import open_store
from support import killed_receiving
from support.uke import PLAIN, uke

MOMENTS = (
    "while reading",
    "before the original is kept",
    "before the part is renamed",
    "before the row is committed",
    "after both",
)
WHOLE = {"receipts.parquet", "payers.parquet", "diagnoses.parquet", "acts.parquet", "identities.parquet", "raw.parquet"}


@contextmanager
def receiving(database: str, home: Path, file: Path) -> Iterator[Callable[[str], int]]:
    """Give a moment, get the signal that ended the child killed at it."""
    command = [sys.executable, killed_receiving.__file__, database, str(home), str(file)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    ) as process:
        assert process.stdin
        assert process.stdout
        given, answers = process.stdin, process.stdout

        def ended(moment: str) -> int:
            given.write(f"{moment}\n")
            given.flush()
            return int(answers.readline())

        yield ended


@pytest.mark.slow
def test_killed_at_any_moment_and_given_again(scratch: str, tmp_path: Path, settings: Settings) -> None:
    settings.HEALTH_STORE, settings.ORIGINALS = tmp_path / "health", tmp_path / "originals"
    file = tmp_path / "202405.uke"
    file.write_bytes(uke(PLAIN))
    rows = models.ReceivedFile.objects.using("owner").filter(kind="receipts")
    with receiving(scratch, tmp_path, file) as ended:
        for moment in MOMENTS:
            assert ended(moment) == signal.SIGKILL, moment
            for part in (
                one for one in settings.HEALTH_STORE.iterdir() if one.is_dir() and not one.name.startswith(".")
            ):
                assert {table.name for table in part.iterdir()} == WHOLE, moment
            assert rows.count() == (moment == "after both"), moment
    [again] = api.receive([file], by="cli:test")
    assert again.known
    rows.delete()
    [anew] = api.receive([file], by="cli:test")
    assert not anew.known
    store = open_store()
    assert store.read("acts").height == 5
    assert len(store.parts()) == rows.count() == 1
    assert not list(store.folder.glob(".aside*"))
    assert not list((tmp_path / "originals").rglob("*.part"))
