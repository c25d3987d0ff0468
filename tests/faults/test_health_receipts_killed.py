"""`kill -9` in the middle of receiving receipts: nothing half-loaded, and given again it goes on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
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


@pytest.mark.slow
def test_killed_at_any_moment_and_given_again(scratch: str, tmp_path: Path, settings: Settings) -> None:
    settings.HEALTH_STORE, settings.ORIGINALS = tmp_path / "health", tmp_path / "originals"
    file = tmp_path / "202405.uke"
    file.write_bytes(uke(PLAIN))
    rows = models.ReceivedFile.objects.using("owner").filter(kind="receipts")
    for moment in MOMENTS:
        ended = subprocess.run(
            [sys.executable, killed_receiving.__file__, scratch, str(tmp_path), str(file), moment],
            check=False,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )
        assert ended.returncode == -signal.SIGKILL, moment
        for part in (one for one in settings.HEALTH_STORE.iterdir() if one.is_dir() and not one.name.startswith(".")):
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
