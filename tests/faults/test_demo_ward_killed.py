"""`kill -9` while the keys of the made-up ward come back: nobody is lost, and the next start brings back the rest."""

from __future__ import annotations

import pytest

from support.installation import Installation, until

SIZE = 3_000
KEYS = """
SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid), convalidated::text FROM pg_constraint
WHERE conrelid::regclass::text ~ '^people_' UNION ALL
SELECT tablename, indexname, indexdef, '' FROM pg_indexes WHERE tablename ~ '^people_' ORDER BY 1, 2, 3"""
# Once true, each stays true: a poll that comes late kills later.
STAGES = {
    "rows are there": "SELECT EXISTS (SELECT FROM people_person)",
    "some keys are back": "SELECT EXISTS (SELECT FROM people_person) AND (SELECT count(*) FROM demo_key) < 14",
    "few keys are missing": "SELECT EXISTS (SELECT FROM people_person) AND (SELECT count(*) FROM demo_key) < 6",
}


@pytest.mark.parametrize("stage", STAGES)
def test_keys_that_were_missing_come_back(made: Installation, fresh: Installation, stage: str) -> None:
    with made.running(), made.connect() as connection:
        whole = connection.execute(KEYS).fetchall()

    started = fresh.up("--ward-size", str(SIZE))
    until(lambda: fresh.finds(STAGES[stage]) or started.poll() is not None)
    started.kill()
    started.communicate()
    until(lambda: not fresh.processes(), 30)

    with fresh.running(), fresh.connect() as connection:
        assert connection.execute(KEYS).fetchall() == whole
        assert connection.execute("SELECT count(*) FROM people_person").fetchone() == (SIZE,)
        assert connection.execute("SELECT count(*) FROM demo_key").fetchone() == (0,)
