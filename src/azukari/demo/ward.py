"""The demonstration ward's persons, put into the database as fast as PostgreSQL takes them, as the owner.

`make` puts the rows, in the caller's transaction: keys and indexes step aside, each noted in `demo_key`, and the rows
stream in by COPY. `bring_back` has the keys checked over all rows at once, on several connections. A key comes back in
the transaction that strikes its note: after a kill the notes say what is still to be done, and calling it again ends it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from itertools import groupby
from queue import SimpleQueue
from typing import LiteralString

from psycopg import Connection, sql

from azukari.demo.population import Lines, Population

Progress = Callable[[int, int], None]
CHUNK = 4_000
TURN_SECONDS = 0.0001
TABLES: dict[str, LiteralString] = {
    "person": "people_person (id, atena, born, sex, died)",
    "name": "people_name (person_id, name, kana, former, search_key, valid)",
    "household": "people_household (id, number)",
    "address": "people_address (person_id, postcode, municipality, town, chome, ban, go, building, valid)",
    "membership": "people_membership (person_id, household_id, relation, head, valid)",
}
NAMES = [f"people_{table}" for table in TABLES]
# What steps aside while rows come in: keys, and indexes that belong to no key; how each comes back and leaves. What
# stands in step 2 comes back after all of step 1: foreign keys after the keys they point at. Primary keys stay: rows
# come in their order, and tables of other packages hold on to them.
KEYS = """
SELECT CASE contype WHEN 'f' THEN 2 ELSE 1 END AS step, contype::text AS kind,
       format('ALTER TABLE %%s ADD CONSTRAINT %%I %%s', conrelid::regclass, conname, pg_get_constraintdef(oid)) AS back,
       format('ALTER TABLE %%s DROP CONSTRAINT %%I', conrelid::regclass, conname)
FROM pg_constraint
WHERE conrelid = ANY (%(tables)s::text[]::regclass[]) AND contype IN ('u', 'x', 'f')
UNION ALL
SELECT 2, '', pg_get_indexdef(indexrelid), format('DROP INDEX %%s', indexrelid::regclass)
FROM pg_index
WHERE indrelid = ANY (%(tables)s::text[]::regclass[])
  AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
ORDER BY step, kind, back"""
# The PERIOD key looks up the addresses of every member: by a hash that takes half the time of the key it points at.
HELP = (
    (1, "CREATE INDEX demo_address_person ON people_address USING hash (person_id)"),
    (3, "DROP INDEX demo_address_person"),
)
# Keys over a whole table are checked better with room to sort and without compiling the check.
ROOM = "SET LOCAL maintenance_work_mem = '256MB'; SET LOCAL jit = off"


def make(connection: Connection, size: int, seed: int, progress: Progress) -> None:
    """Make exactly `size` persons (0 to 99,999,999), the same from the same seed, into tables that hold nobody yet.

    `progress(done, size)` counts persons. The ward is whole after `bring_back`.
    """
    _set_aside(connection)
    _stream(connection, Population(size, seed), progress)
    for table in ("people_person", "people_household"):
        connection.execute(
            sql.SQL("SELECT setval(pg_get_serial_sequence({name}, 'id'), max(id)) FROM {table}").format(
                name=table, table=sql.Identifier(table)
            )
        )
    # A small sample is enough for the planner until autovacuum takes its own.
    connection.execute("SET LOCAL default_statistics_target = 10")
    connection.execute(sql.SQL("ANALYZE {}").format(sql.SQL(", ").join(map(sql.Identifier, NAMES))))


def bring_back(connections: Sequence[Connection], progress: Progress) -> None:
    """Bring back what stepped aside for `make` and is not back yet, as much at a time as there are connections.

    `progress(done, all)` counts keys and indexes. An interruption or a key that fails ends the work of all connections.
    """
    notes = connections[0].execute("SELECT step, id, statement FROM demo_key ORDER BY step, id").fetchall()
    free: SimpleQueue[Connection] = SimpleQueue()
    for connection in connections:
        free.put(connection)
    done = 0
    with ThreadPoolExecutor(len(connections)) as pool:
        try:
            for _, step in groupby(notes, key=lambda note: note[0]):
                for _ in pool.map(lambda note: _bring(free, *note[1:]), step):
                    done += 1
                    progress(done, len(notes))
        except BaseException:
            for connection in connections:
                connection.cancel_safe()
            raise


def _set_aside(connection: Connection) -> None:
    keys = connection.execute(KEYS, {"tables": NAMES}).fetchall()
    for *_, leave in reversed(keys):
        connection.execute(leave)
    with connection.cursor() as cursor:
        notes = [(step, back) for step, _, back, _ in keys]
        cursor.executemany("INSERT INTO demo_key (step, statement) VALUES (%s, %s)", [*notes, *HELP])


def _stream(connection: Connection, population: Population, progress: Progress) -> None:
    """Send one chunk while the next is made up; no more than one waits."""
    size, done = population.left, 0
    with _short_turns(), ThreadPoolExecutor(1) as sender:
        sent: Future[None] | None = None
        for persons, lines in population.chunks(CHUNK):
            if sent:
                sent.result()
            sent = sender.submit(_send, connection, lines)
            done += persons
            progress(done, size)
        if sent:
            sent.result()


@contextmanager
def _short_turns() -> Iterator[None]:
    """Threads take turns often: the sender would otherwise wait 5 ms at each of its many words with the server."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(TURN_SECONDS)
    try:
        yield
    finally:
        sys.setswitchinterval(before)


def _send(connection: Connection, lines: Lines) -> None:
    for table, target in TABLES.items():
        with connection.cursor() as cursor, cursor.copy(f"COPY {target} FROM STDIN") as copy:
            copy.write("".join(getattr(lines, table)).encode())


def _bring(free: SimpleQueue[Connection], note: int, statement: LiteralString) -> None:
    connection = free.get()
    try:
        with connection.transaction():
            connection.execute(ROOM)
            connection.execute(statement)
            connection.execute("DELETE FROM demo_key WHERE id = %s", [note])
    finally:
        free.put(connection)
