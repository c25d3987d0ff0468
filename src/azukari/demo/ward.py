"""The demonstration ward's persons, put into the database as fast as PostgreSQL takes them, as the owner.

`make` puts the rows, in the caller's transaction: keys and indexes step aside, each noted in `demo_key`, and the rows
stream in by COPY. `bring_back` has the keys checked over all rows at once, on several connections. A key comes back in
the transaction that strikes its note: after a kill the notes say what is still to be done, and calling it again ends it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import LiteralString

from psycopg import Connection, sql

from azukari.demo.apart import apart
from azukari.demo.population import Population

Progress = Callable[[int, int], None]
CHUNK = 2_000
TABLES: dict[str, LiteralString] = {
    "person": "people_person (id, atena, born, sex, died)",
    "name": "people_name (person_id, name, kana, former, search_key, valid)",
    "household": "people_household (id, number)",
    "address": "people_address (person_id, postcode, municipality, town, chome, ban, go, building, valid)",
    "membership": "people_membership (person_id, household_id, relation, head, valid)",
}
NAMES = [f"people_{table}" for table in TABLES]
# What steps aside while rows come in: keys, and indexes that belong to no key; how each comes back and leaves. Primary
# keys stay: rows come in their order, and tables of other packages hold on to them. Long work comes first in its step.
UNIQUE, FOREIGN, INDEXES = 1, 2, 3
KEYS = """
SELECT CASE contype WHEN 'f' THEN 2 ELSE 1 END AS step, contype::text AS kind,
       format('ALTER TABLE %%s ADD CONSTRAINT %%I %%s', conrelid::regclass, conname, pg_get_constraintdef(oid)) AS back,
       format('ALTER TABLE %%s DROP CONSTRAINT %%I', conrelid::regclass, conname)
FROM pg_constraint
WHERE conrelid = ANY (%(tables)s::text[]::regclass[]) AND contype IN ('u', 'x', 'f')
UNION ALL
SELECT 3, '', pg_get_indexdef(indexrelid), format('DROP INDEX %%s', indexrelid::regclass)
FROM pg_index
WHERE indrelid = ANY (%(tables)s::text[]::regclass[])
  AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
ORDER BY step, kind DESC, back"""
# The PERIOD key looks up the addresses of every member: by a hash that takes half the time of the key it points at.
HELP = (
    (UNIQUE, "CREATE INDEX demo_address_person ON people_address USING hash (person_id)"),
    (INDEXES, "DROP INDEX demo_address_person"),
)
# Keys over a whole table are checked better with room to sort and without compiling the check.
ROOM = "SET LOCAL maintenance_work_mem = '256MB'; SET LOCAL jit = off"


@dataclass(frozen=True, slots=True)
class Note:
    """What is to come back, in which step, and the statement for it."""

    key: int
    step: int
    statement: LiteralString

    def shares(self, other: Note) -> bool:
        """Both touch one table, so they would wait for each other."""
        return not self._tables().isdisjoint(other._tables())

    def _tables(self) -> set[str]:
        return set(re.findall(r"\bpeople_[a-z]+\b", self.statement)) & set(NAMES)


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
    rows = connections[0].execute("SELECT id, step, statement FROM demo_key ORDER BY step, id").fetchall()
    waiting, running = [Note(*row) for row in rows], dict[Future[None], tuple[Note, Connection]]()
    free = list(connections)
    with ThreadPoolExecutor(len(connections)) as pool:
        try:
            while waiting or running:
                while free and (note := _next(waiting, [note for note, _ in running.values()])):
                    waiting.remove(note)
                    connection = free.pop()
                    running[pool.submit(_bring, connection, note)] = (note, connection)
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    free.append(running.pop(future)[1])
                    future.result()
                    progress(len(rows) - len(waiting) - len(running), len(rows))
        except BaseException:
            for connection in connections:
                connection.cancel_safe()
            raise


def _next(waiting: Sequence[Note], running: Sequence[Note]) -> Note | None:
    """The first that may begin.

    It shares no table with what is being brought back, and nothing of an earlier step that it stands on is missing.
    Indexes wait for every key: a wrong row is known before the long work for the search.
    """
    for note in waiting:
        earlier = [other for other in (*waiting, *running) if other.step < note.step]
        if not any(note.shares(other) for other in running) and not any(
            note.step == INDEXES or note.shares(other) for other in earlier
        ):
            return note
    return None


def _set_aside(connection: Connection) -> None:
    keys = connection.execute(KEYS, {"tables": NAMES}).fetchall()
    for *_, leave in reversed(keys):
        connection.execute(leave)
    with connection.cursor() as cursor:
        notes = [(step, back) for step, _, back, _ in keys]
        cursor.executemany("INSERT INTO demo_key (step, statement) VALUES (%s, %s)", [*notes, *HELP])


def _stream(connection: Connection, population: Population, progress: Progress) -> None:
    """Send the rows while another process makes up the next."""
    size, done = population.left, 0
    with apart(_texts(population)) as chunks:
        for persons, texts in chunks:
            for target, text in zip(TABLES.values(), texts, strict=True):
                with connection.cursor() as cursor, cursor.copy(f"COPY {target} FROM STDIN") as copy:
                    copy.write(text)
            done += persons
            progress(done, size)


def _texts(population: Population) -> Iterator[tuple[int, list[bytes]]]:
    for persons, lines in population.chunks(CHUNK):
        yield persons, ["".join(getattr(lines, table)).encode() for table in TABLES]


def _bring(connection: Connection, note: Note) -> None:
    with connection.transaction():
        connection.execute(ROOM)
        connection.execute(note.statement)
        connection.execute("DELETE FROM demo_key WHERE id = %s", [note.key])
