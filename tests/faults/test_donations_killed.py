"""`kill -9` in the middle of taking a file and of making a batch: nothing half-done, and given again it goes on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from support.installation import Installation, killed, until_alone

ROWS = 3_000
TAKEN = "SELECT count(*) FROM donations_donation WHERE number LIKE 'own-%'"
HALVES = """
SELECT (SELECT count(*) FROM donations_arrival a WHERE a.rows <>
          (SELECT count(*) FROM donations_donation d WHERE d.arrival_id = a.id)
        + (SELECT count(*) FROM donations_intention i WHERE i.arrival_id = a.id)),
       (SELECT count(*) FROM donations_batch b WHERE NOT EXISTS (SELECT FROM donations_slipline l WHERE l.batch_id = b.id)
          AND NOT EXISTS (SELECT FROM donations_letterline l WHERE l.batch_id = b.id)),
       (SELECT count(*) FROM donations_certificate c
         WHERE NOT EXISTS (SELECT FROM donations_letterline l WHERE l.certificate_id = c.id))"""


def found(it: Installation, query: str) -> tuple[object, ...]:
    with it.connect() as connection:
        row = connection.execute(query).fetchone()
    assert row is not None
    return tuple(row)


@pytest.mark.slow
def test_killed_at_any_moment_and_given_again(made: Installation, tmp_path: Path) -> None:
    with made.database():
        done = made.run("donations", "demo", "--rows", str(ROWS), "--out", str(tmp_path))
        assert done.returncode == 0, done.stderr
        take, gather = ("donations", "import", str(tmp_path / "own.csv")), ("donations", "batch", "--kind", "礼状")
        for command, seconds in ((take, 1.5), (take, 2.5), (gather, 1.5), (gather, 2.0)):
            killed(made, seconds, *command)
            until_alone(made)
            assert found(made, HALVES) == (0, 0, 0)
            if command is take:
                assert found(made, TAKEN)[0] in {0, ROWS}
            else:
                made.run(*take)
        made.run(*gather)
        assert found(made, TAKEN) == (ROWS,)
        assert found(made, HALVES) == (0, 0, 0)
        report = json.loads(made.run("donations", "report", "--json").stdout)
        assert report["donations"]["batched"] >= ROWS - report["donations"]["unsettled"] - report["donations"]["held"]
        assert b"part" not in b"".join(str(path).encode() for path in (made.home / "originals").rglob("*"))
