"""`kill -9` in the middle of receiving receipts: nothing half-loaded, and given again it goes on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from support.installation import Installation, killed, until_alone

ROWS = "SELECT coalesce(array_agg(left(sha256, 16) ORDER BY sha256), '{}') FROM health_receivedfile WHERE kind = 'receipts'"


def received(it: Installation) -> set[str]:
    with it.connect() as connection:
        row = connection.execute(ROWS).fetchone()
    assert row is not None
    return set(row[0])


def parts(it: Installation) -> list[set[str]]:
    """The hash in the name of every part, and beside it the tables it has."""
    folders = [one for one in (it.home / "health").glob("[0-9]*-*") if one.is_dir()]
    return [{one.name.partition("-")[2], *(file.name for file in one.iterdir())} for one in folders]


@pytest.mark.slow
def test_killed_at_any_moment_and_given_again(made: Installation, tmp_path: Path) -> None:
    done = made.run("health", "demo", "--receipts", "4000", "--months", "2", "--out", str(tmp_path))
    assert done.returncode == 0, done.stderr
    files = sorted(str(path) for path in (tmp_path / "uke").glob("*.uke"))
    with made.running():
        for seconds in (1.5, 2.2, 2.6, 3.0):
            killed(made, seconds, "health", "receive", *files)
            until_alone(made)
            for part in parts(made):
                assert "receipts.parquet" in part
                assert "identities.parquet" in part
            assert received(made) <= set().union(*parts(made), set())
        whole = made.run("health", "receive", *files, "--json")
        assert whole.returncode == 0, whole.stderr
        assert not [one for one in json.loads(whole.stdout) if one["problems"]]
        assert len(received(made)) == len(files) == len(parts(made))
        assert received(made) <= set().union(*parts(made))
        assert not list((made.home / "health").glob(".aside*"))
