"""`kill -9` while the keys of the made-up ward come back: nobody is lost, and the next start brings back the rest."""

from __future__ import annotations

from functools import partial

from support.installation import Installation

SIZE = 3_000
KEYS = """
SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid), convalidated::text FROM pg_constraint
WHERE conrelid::regclass::text ~ '^people_' UNION ALL
SELECT tablename, indexname, indexdef, '' FROM pg_indexes WHERE tablename ~ '^people_' ORDER BY 1, 2, 3"""
# Once true, each stays true: a poll that comes late kills later.
STAGES = (
    "SELECT EXISTS (SELECT FROM people_person)",
    "SELECT EXISTS (SELECT FROM people_person) AND (SELECT count(*) FROM demo_key) < 14",
    "SELECT EXISTS (SELECT FROM people_person) AND (SELECT count(*) FROM demo_key) < 6",
    # The last start has no need to go on to the businesses.
    "SELECT EXISTS (SELECT FROM demo_made WHERE part = 'keys')",
)


def test_keys_that_were_missing_come_back(made: Installation, fresh: Installation) -> None:
    with made.database(), made.connect() as connection:
        whole = connection.execute(KEYS).fetchall()

    for stage in STAGES:
        fresh.killed_when(partial(fresh.finds, stage), "--ward-size", str(SIZE))

    with fresh.database(), fresh.connect() as connection:
        assert connection.execute(KEYS).fetchall() == whole
        assert connection.execute("SELECT count(*) FROM people_person").fetchone() == (SIZE,)
        assert connection.execute("SELECT count(*) FROM demo_key").fetchone() == (0,)
