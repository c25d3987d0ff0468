"""Persons of the made-up ward a second into PostgreSQL, with their households, names and addresses, and every key.

Ours works over two connections, as `up` does. The peers put the same persons into the same tables the usual ways, on a
smaller sample: Django's bulk_create, and executemany with the keys in force. Each measurement ends with its commit. CPU
seconds are those of this process and of the server's processes that work for it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.core.management import call_command
from django.db import connections, transaction
from psycopg import Connection

from azukari.cli.manage import prepare_django
from azukari.config.cluster import Cluster
from azukari.config.server import OWNER as OWNER_ROLE

SIZE = 28_000
SAMPLE = 2_000
SEED = 2019
ROUNDS = 3
GOAL = 20_000
OWNER = "owner"
Rows = dict[str, list[list[str | None]]]


def run() -> dict[str, Any]:
    prepare_django()
    cluster, name = Cluster(), f"bench_{uuid4().hex[:8]}"
    cluster.start(bound=True)
    cluster.make_database(name)
    try:
        with (
            _tables(name),
            cluster.connect(OWNER_ROLE, name) as connection,
            cluster.connect(OWNER_ROLE, name) as another,
        ):
            return {"rows": _measure(connection, another)}
    finally:
        cluster.drop_database(name)


@contextmanager
def _tables(name: str) -> Iterator[None]:
    settings = connections[OWNER].settings_dict
    before = settings["NAME"]
    settings["NAME"] = name
    try:
        for app in ("people", "demo"):
            call_command("migrate", app, database=OWNER, verbosity=0)
        yield
    finally:
        connections[OWNER].close()
        settings["NAME"] = before


def _measure(connection: Connection, another: Connection) -> list[dict[str, Any]]:
    rounds = [_ours(connection, another) for _ in range(ROUNDS)]
    rates, rows_only, per_cpu = (sorted(values)[ROUNDS // 2] for values in zip(*rounds, strict=True))
    rows = _sample()
    peers = {
        "Django bulk_create": _rate(connection, lambda: _bulk_create(rows)),
        "executemany": _rate(connection, lambda: _executemany(connection, rows)),
    }
    best = max(peers.values())
    return [
        _row("住民と世帯・氏名・住所、鍵の検査まで", rates, peers, rates / best, GOAL),
        _row("そのうち行を作って送るまで", rows_only, {}, None, None),
        _row("鍵の検査まで、CPU 1 秒あたり", per_cpu, {}, None, None),
    ]


def _ours(connection: Connection, another: Connection) -> tuple[float, float, float]:
    """Persons a second in all, persons a second until the rows were in, persons a CPU second."""
    from azukari.demo import ward

    before, cpu = time.perf_counter(), _cpu(connection, another)
    with connection.transaction():
        ward.make(connection, SIZE, SEED, _unseen)
    rows = time.perf_counter() - before
    ward.bring_back([connection, another], _unseen)
    whole = time.perf_counter() - before
    spent = _cpu(connection, another) - cpu
    _empty(connection)
    return SIZE / whole, SIZE / rows, SIZE / spent


def _unseen(done: int, total: int) -> None:
    """Progress that nobody watches."""


def _cpu(*served: Connection) -> float:
    """CPU seconds of this process and of the server's processes that work for it."""
    spent = (Path(f"/proc/{connection.info.backend_pid}/schedstat").read_text().split()[0] for connection in served)
    return time.process_time() + sum(map(int, spent)) / 1e9


def _sample() -> Rows:
    """The rows of a small ward as values; making them up is not measured for the peers."""
    from azukari.demo import ward
    from azukari.demo.population import Population

    ((_, lines),) = Population(SAMPLE, SEED).chunks(SAMPLE)
    return {
        table: [
            [None if value == "\\N" else value for value in line[:-1].split("\t")] for line in getattr(lines, table)
        ]
        for table in ward.TABLES
    }


def _rate(connection: Connection, put: Callable[[], None]) -> float:
    before = time.perf_counter()
    put()
    rate = SAMPLE / (time.perf_counter() - before)
    _empty(connection)
    return rate


def _executemany(connection: Connection, rows: Rows) -> None:
    from azukari.demo import ward

    with connection.transaction(), connection.cursor() as cursor:
        for table, target in ward.TABLES.items():
            marks = ", ".join(["%s"] * len(rows[table][0]))
            cursor.executemany(f"INSERT INTO {target} VALUES ({marks})", rows[table])


def _bulk_create(rows: Rows) -> None:
    """As Django code usually does it: objects, foreign keys by key, ranges as text (Django would convert them anyway)."""
    from azukari.core.people import models
    from azukari.demo import ward

    of = {
        "person": models.Person,
        "name": models.PersonName,
        "household": models.Household,
        "address": models.Address,
        "membership": models.Membership,
    }
    with transaction.atomic(using=OWNER):
        for table, target in ward.TABLES.items():
            names = target.partition("(")[2].rstrip(")").split(", ")
            objects = [of[table](**dict(zip(names, map(_python, names, row), strict=True))) for row in rows[table]]
            of[table].objects.using(OWNER).bulk_create(objects, batch_size=1_000)


def _python(name: str, value: str | None) -> Any:
    return value == "t" if name == "head" else value


def _empty(connection: Connection) -> None:
    connection.execute(
        "TRUNCATE people_person, people_name, people_household, people_address, people_membership RESTART IDENTITY"
    )


def _row(what: str, ours: float, peers: dict[str, float], ratio: float | None, goal: int | None) -> dict[str, Any]:
    met = None if goal is None else ours >= goal
    return {
        "what": what,
        "ours": round(ours),
        "unit": "人/秒",
        "peers": {name: round(value) for name, value in peers.items()},
        "ratio": ratio and round(ratio, 1),
        "goal": goal,
        "met": met,
    }
