"""What commands share: Django with the owner's connection, and a database that runs while they need it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from getpass import getuser
from typing import TypeAlias

import django

from azukari.config import server
from azukari.config.cluster import Cluster
from azukari.config.home import Installation, home, installation
from azukari.kernel.errors import Unavailable

Progress: TypeAlias = Callable[[str, int, int], None]


def silent(title: str, done: int, total: int) -> None:
    """Progress that nobody watches."""


def prepare_django() -> None:
    """Load Django with the owner's connection beside the web role's. For commands only."""
    os.environ["AZUKARI_OWNER"] = "1"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "azukari.config.settings")
    django.setup()


@contextmanager
def running_database() -> Iterator[Cluster | None]:
    """The embedded server (stopped again if it was started here), or None with the server DATABASE_URL names.

    Raises Unavailable, and for a real server also BadInput and Refused.
    """
    url = os.environ.get("DATABASE_URL")
    if url:
        server.prepare(url)
        yield None
        return
    cluster = Cluster()
    try:
        cluster.start(bound=True)
        yield cluster
    finally:
        if cluster.server:
            cluster.stop()


@contextmanager
def ready() -> Iterator[None]:
    """Django and the database, for one command beside or without a running `up`. Raises Unavailable before the first."""
    if installation() is None:
        raise Unavailable(
            "まだ一度も始めていません。", f"{home()} に区がありません。", "先に ./azukari up を実行してください。"
        )
    prepare_django()
    with running_database():
        yield


@contextmanager
def recorded() -> Iterator[None]:
    """`ready`, with everything the command writes in the ledger under one request."""
    with ready():
        from azukari.core.audit.api import grouped

        with grouped():
            yield


def command_line() -> str:
    """Who acts, for the ledger: whoever is signed in to this machine (`cli:root`); its own names, never a person's."""
    try:
        return f"cli:{getuser()}"
    except (KeyError, OSError):
        return f"cli:{os.geteuid()}"


def bring_up_to_date(ward: Installation, progress: Progress = silent) -> list[str]:
    """Tables, walls and (in a demonstration) the ward, each only as far as it is missing. Needs `prepare_django`.

    Returns what was changed in the walls, a line each.
    """
    from django.db import connections

    from azukari.core.policy import api as policy

    _migrate(progress)
    changes = policy.apply(connections["owner"])
    if ward.demonstration:
        _make_ward(ward, progress)
    return changes


def _migrate(progress: Progress) -> None:
    """Take the views down first (they hold on to columns); a start killed in between puts them up again by `apply`."""
    from django.core.management import call_command
    from django.db import connections
    from django.db.migrations.executor import MigrationExecutor

    from azukari.core.policy import api as policy

    executor = MigrationExecutor(connections["owner"])
    if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return
    progress("表を作成", 0, 1)
    if _has_walls():
        policy.lift(connections["owner"])
    call_command("migrate", database="owner", verbosity=0)
    progress("表を作成", 1, 1)


def _has_walls() -> bool:
    """Walls stand only on a database that was once migrated to the end; a first start killed on the way has none."""
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM pg_policies WHERE schemaname = 'public')")
        return bool(cursor.fetchone()[0])


def _make_ward(ward: Installation, progress: Progress) -> None:
    from azukari.demo import make

    make.make_missing(ward.size, ward.seed, progress)
