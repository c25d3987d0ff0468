"""The demonstration ward's persons, put into the database as fast as PostgreSQL takes them.

In the caller's transaction, as the owner: keys and indexes step aside, the rows stream in by COPY, and the keys come back
and are checked over all rows at once. So either the whole ward is there with every key in force, or nothing changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import LiteralString

from psycopg import Connection, sql

from azukari.demo.population import Population

Progress = Callable[[int, int], None]
CHUNK = 20_000
# Of the time: rows, then keys.
ROWS_SHARE = 0.35
TABLES: dict[str, LiteralString] = {
    "person": "people_person (id, atena, born, sex, died)",
    "name": "people_name (person_id, name, kana, former, search_key, valid)",
    "household": "people_household (id, number)",
    "address": "people_address (person_id, postcode, municipality, town, chome, ban, go, building, valid)",
    "membership": "people_membership (person_id, household_id, relation, head, valid)",
}
# What stands aside while rows come in: keys (foreign ones last to come back), then indexes that belong to no key.
# Primary keys stay: rows come in their order, and tables of other packages hold on to them.
KEYS = """
SELECT c.conrelid::regclass::text, quote_ident(c.conname), pg_get_constraintdef(c.oid)
FROM pg_constraint c
WHERE c.conrelid = ANY (%s::text[]::regclass[]) AND c.contype IN ('u', 'x', 'f')
ORDER BY c.contype = 'f', c.conrelid::regclass::text, c.conname"""
INDEXES = """
SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid)
FROM pg_index i
WHERE i.indrelid = ANY (%s::text[]::regclass[]) AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = i.indexrelid)
ORDER BY 1"""
# Keys over a whole table are checked better with room to sort, with both processors, and without compiling the check;
# a first small sample is enough for the planner until autovacuum takes its own.
ROOM = """
SET LOCAL maintenance_work_mem = '256MB';
SET LOCAL min_parallel_table_scan_size = 0;
SET LOCAL jit = off;
SET LOCAL default_statistics_target = 10"""


def make(connection: Connection, size: int, seed: int, progress: Progress) -> None:
    """Make exactly `size` persons (0 to 99,999,999), the same from the same seed, into tables that hold nobody yet.

    `progress(done, size)` counts persons; the keys at the end count as the rest of them.
    """
    names = [f"people_{table}" for table in TABLES]
    with connection.cursor() as cursor:
        cursor.execute(ROOM)
    with _without_keys(connection, names, size, progress):
        done = 0
        for persons, lines in Population(size, seed).chunks(CHUNK):
            for table, target in TABLES.items():
                _copy(connection, target, "".join(getattr(lines, table)))
            done += persons
            progress(int(done * ROWS_SHARE), size)
        for table in ("people_person", "people_household"):
            connection.execute(
                sql.SQL("SELECT setval(pg_get_serial_sequence({name}, 'id'), max(id)) FROM {table}").format(
                    name=table, table=sql.Identifier(table)
                )
            )
    connection.execute(sql.SQL("ANALYZE {}").format(sql.SQL(", ").join(map(sql.Identifier, names))))
    progress(size, size)


def _copy(connection: Connection, target: LiteralString, lines: str) -> None:
    with connection.cursor() as cursor, cursor.copy(f"COPY {target} FROM STDIN") as copy:
        copy.write(lines.encode())


@contextmanager
def _without_keys(connection: Connection, tables: list[str], size: int, progress: Progress) -> Iterator[None]:
    keys = connection.execute(KEYS, [tables]).fetchall()
    indexes = connection.execute(INDEXES, [tables]).fetchall()
    for table, key, _ in reversed(keys):
        connection.execute(f"ALTER TABLE {table} DROP CONSTRAINT {key}")
    for index, _ in indexes:
        connection.execute(f"DROP INDEX {index}")
    yield
    back = [definition for _, definition in indexes]
    back += [f"ALTER TABLE {table} ADD CONSTRAINT {key} {definition}" for table, key, definition in keys]
    for place, statement in enumerate(back, 1):
        connection.execute(statement)
        progress(int(size * (ROWS_SHARE + (1 - ROWS_SHARE) * place / len(back))), size)
