"""`kill -9` while sheets are printed, read, handed over and closed: nothing half-done, and the same again goes on."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from support.installation import Installation, until

SETS = 600
READ = 30
HEAD = """
import sys
from azukari.cli.manage import prepare_django
prepare_django()
from django.db import connections
from azukari.core.dispatch import api
from azukari.core.dispatch.types import NewSet
connections["owner"].ensure_connection()
print("now", flush=True)
"""
PLAN = f"""
sets = [NewSet((n,), f"K-{{n}}", ("宛名票", "礼状")) for n in range(1, {SETS} + 1)]
print(api.plan("813-2", "donations", "kill", "就労継続支援A型事業所Scopo", sets, by="kill", using="owner"))
"""
PRINT = 'api.printed(int(sys.argv[1]), by="kill", using="owner")'
SCAN = f"""
job = int(sys.argv[1])
codes = api.codes(job, [f"K-{{number}}" for number in range(1, {READ} + 1)], using="owner")
for reference, sheets in codes.items():
    if api.lines_of(reference, using="owner")[0].state not in ("印刷済", "照合済"):
        continue
    stage = api.stage(job, by="kill", using="owner")
    for code in sheets:
        if not stage.matched:
            stage = api.scan(job, code.text, by="kill", using="owner")
        if stage.stop:
            assert stage.stop.reason == "同じ紙を二度", stage.stop
            stage = api.acknowledge(job, by="kill", using="owner")
    api.seal(job, by="kill", using="owner")
"""
HAND_OVER = f"""
from django.utils import timezone
today = timezone.localdate()
api.hand_over(int(sys.argv[1]), number="1", office="局", on=today, count={READ}, by="kill", using="owner")
"""
STATES = """
SELECT coalesce(json_object_agg(state, n), '{}') FROM
  (SELECT state, count(*) AS n FROM dispatch_set WHERE reference LIKE 'K-%' GROUP BY state) found"""
SHEETS_APART = """
SELECT count(*) FROM dispatch_set s WHERE s.state IN ('印刷済', '照合済', '封かん済', '差出済') AND EXISTS (
  SELECT FROM dispatch_sheet p WHERE p.set_id = s.id AND p.generation = s.generation AND p.state = '予定')"""
STORY_APART = """
SELECT count(*) FROM dispatch_set s WHERE s.state <>
  (SELECT state FROM dispatch_step t WHERE t.set_id = s.id ORDER BY t.id DESC LIMIT 1)"""


@pytest.fixture
def ward(made: Installation) -> Iterator[Installation]:
    with made.database():
        yield made


def run(it: Installation, script: str, *arguments: str, after: float | None = None) -> str:
    """Run it to its end, or kill it so many seconds after it began to change anything."""
    command = [sys.executable, "-c", HEAD + script, *arguments]
    started = subprocess.Popen(command, env=it.environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert started.stdout
    assert started.stdout.readline() == "now\n"
    if after is not None:
        time.sleep(after)
        started.kill()
    out, errors = started.communicate(timeout=120)
    assert started.returncode in {0, -signal.SIGKILL}, errors
    return out.strip() if started.returncode == 0 else "killed"


def states(it: Installation) -> dict[str, int]:
    until(
        lambda: it.finds(
            "SELECT count(*) = 0 FROM pg_stat_activity WHERE xact_start IS NOT NULL AND pid <> pg_backend_pid()"
        )
    )
    with it.connect() as connection:
        assert connection.execute(SHEETS_APART).fetchone() == (0,), "a set and its sheets say different things"
        assert connection.execute(STORY_APART).fetchone() == (0,), "a set went on without a line of its story"
        [(found,)] = connection.execute(STATES).fetchall()
    return {str(state): int(count) for state, count in dict(found).items()}


@pytest.mark.slow
def test_killed_at_any_moment(ward: Installation) -> None:
    kills = [run(ward, PLAN, after=0.15) == "killed"]
    assert set(states(ward).values()) <= {SETS}
    job, planned = run(ward, PLAN), states(ward)["予定"]
    for seconds in (0.05, 0.2):
        kills.append(run(ward, PRINT, job, after=seconds) == "killed")
        assert states(ward).get("印刷済", 0) in {0, SETS}, "all of them were printed, or none"
    run(ward, PRINT, job)
    assert states(ward)["印刷済"] == SETS
    for seconds in (0.1, 0.25, 0.4):
        kills.append(run(ward, SCAN, job, after=seconds) == "killed")
        states(ward)
    run(ward, SCAN, job)
    assert states(ward)["封かん済"] == READ
    kills.append(run(ward, HAND_OVER, job, after=0.02) == "killed")
    assert states(ward).get("差出済", 0) in {0, READ}
    run(ward, HAND_OVER, job)
    found = states(ward)
    assert (found["差出済"], sum(found.values())) == (READ, planned)
    refused = ward.run("dispatch", "close", job)
    assert refused.returncode == 65
    assert "まだ締められません" in refused.stderr
    assert sum(kills) >= 5, "each was really killed on the way"
