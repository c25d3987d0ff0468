"""`kill -9` in the middle of receiving, checking and settling: given again, each comes to the same end."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.installation import Installation, killed, until_alone

VOUCHERS = "2000"
MONTH = ("--month", "2019-06")
STATE = """
SELECT (SELECT count(*) FROM taxi_batch WHERE month = '2019-06-01'),
       (SELECT count(*) FROM taxi_presentedvoucher v JOIN taxi_batch b ON b.id = v.batch_id WHERE b.month = '2019-06-01'),
       (SELECT md5(string_agg(c.code || ' ' || b.number || ' ' || v.sequence || ' ' || v.grounds || v.outcome, ','
                 ORDER BY c.code, b.number, v.sequence))
          FROM taxi_presentedvoucher v JOIN taxi_batch b ON b.id = v.batch_id JOIN taxi_company c ON c.id = b.company_id
         WHERE b.month = '2019-06-01'),
       (SELECT count(*) FROM taxi_run), (SELECT coalesce(sum(paid), 0)::bigint FROM taxi_run)"""
TWICE = "SELECT count(*) - count(DISTINCT serial) FROM taxi_presentedvoucher WHERE outcome = '支払'"


@pytest.fixture
def month(made: Installation, tmp_path: Path) -> Iterator[tuple[Installation, Path]]:
    """A ward whose database runs, and a month of claims for it."""
    with made.database():
        done = made.run(
            "taxi", "demo", *MONTH, "--vouchers", VOUCHERS, "--out", str(tmp_path / "june"), "--pages", "40"
        )
        assert done.returncode == 0, done.stderr
        yield made, tmp_path / "june"


def state(it: Installation) -> tuple[object, ...]:
    with it.connect() as connection:
        [(found)] = connection.execute(STATE).fetchall()
        [(twice,)] = connection.execute(TWICE).fetchall()
    assert twice == 0
    return tuple(found)


@pytest.mark.slow
def test_killed_at_any_moment_and_given_again(month: tuple[Installation, Path], tmp_path: Path) -> None:
    it, folder = month
    out = tmp_path / "out"
    steps = {
        "receive": ("taxi", "receive", str(folder / "claims")),
        "check": ("taxi", "check", *MONTH),
        "settle": ("taxi", "settle", *MONTH, "--out", str(out)),
    }
    kills = 0
    for arguments in steps.values():
        began = time.monotonic()
        for seconds in (0.9, 1.6, 2.6):
            kills += killed(it, seconds, *arguments)
            assert not [path for path in out.rglob("*.txt") if len(path.read_bytes()) % 122], "no file is half-written"
        until_alone(it)
        done = it.run(*arguments)
        assert done.returncode == 0, done.stderr
        assert time.monotonic() > began
    assert kills >= len(steps), "each was really killed on the way"
    answers = json.loads((folder / "answers.json").read_text())
    claims, vouchers, marks, runs, paid = state(it)
    assert (claims, vouchers, runs, paid) == (answers["claims"], answers["vouchers"], 1, answers["paid"])
    assert all(it.run(*arguments).returncode == 0 for arguments in steps.values())
    assert state(it) == (claims, vouchers, marks, runs, paid)


@pytest.mark.slow
def test_two_officers_settle_at_once(month: tuple[Installation, Path], tmp_path: Path) -> None:
    """Both are told the same settlement, and there is one."""
    it, folder = month
    assert it.run("taxi", "receive", str(folder / "claims")).returncode == 0
    started = [
        subprocess.Popen(
            it.command("taxi", "settle", *MONTH, "--out", str(tmp_path / name), "--json"),
            env=it.environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        for name in ("one", "other")
    ]  # fmt: skip
    told = [json.loads(one.communicate(timeout=90)[0]) for one in started]
    paid = [[run["paid"] for run in one["runs"]] for one in told]
    assert paid[0] == paid[1]
    assert state(it)[3] == len(paid[0])
    assert (tmp_path / "one" / "2019-06-1-transfer.txt").read_bytes() == (
        tmp_path / "other" / "2019-06-1-transfer.txt"
    ).read_bytes()
