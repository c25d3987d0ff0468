"""Database fixtures; the top of conftest.py says what each is for."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import psycopg
import pytest
from django.db import connections
from pytest_django import DjangoDbBlocker

from azukari.cli.manage import bring_up_to_date
from azukari.config.cluster import DATABASE, Cluster
from azukari.config.home import home, installation
from azukari.config.server import OWNER, WEB

WORKER = f"azukari_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
IS_WORKER = "PYTEST_XDIST_WORKER" in os.environ
SERVER = pytest.StashKey[Cluster]()


def pytest_configure(config: pytest.Config) -> None:
    """With several workers the server belongs to the process that outlives them all."""
    config.stash[SERVER] = Cluster(durable=False)
    if not IS_WORKER and config.getoption("numprocesses", None):
        config.stash[SERVER].start(bound=True)


def pytest_unconfigure(config: pytest.Config) -> None:
    if not IS_WORKER:
        config.stash[SERVER].stop()
        shutil.rmtree(home(), ignore_errors=True)


@pytest.fixture(scope="session")
def cluster(request: pytest.FixtureRequest) -> Cluster:
    server = request.config.stash[SERVER]
    server.start(bound=True)
    return server


@pytest.fixture(scope="session")
def template(cluster: Cluster, django_db_blocker: DjangoDbBlocker) -> str:
    """The one database everything is copied from; the first worker makes it, the others wait."""
    made = home() / "template.made"
    with (home() / "template.lock").open("w") as gate, django_db_blocker.unblock():
        fcntl.flock(gate, fcntl.LOCK_EX)
        if not made.exists():
            ward = installation()
            assert ward is not None
            bring_up_to_date(ward)
            connections.close_all()
            made.touch()
    return DATABASE


@contextmanager
def copied(cluster: Cluster, template: str, name: str) -> Iterator[str]:
    cluster.make_database(name, template=template)
    try:
        yield name
    finally:
        cluster.drop_database(name)


@contextmanager
def aliases_on(name: str) -> Iterator[None]:
    """Both Django aliases speak to that database until the end."""
    before = {alias: connections[alias].settings_dict["NAME"] for alias in connections}
    _point(dict.fromkeys(connections, name))
    try:
        yield
    finally:
        _point(before)


def _point(names: dict[str, str]) -> None:
    for alias, name in names.items():
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = name


@pytest.fixture(scope="session")
def worker_database(cluster: Cluster, template: str) -> Iterator[str]:
    with copied(cluster, template, WORKER) as name:
        yield name


@pytest.fixture(scope="session")
def django_db_setup(worker_database: str, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """In the place of pytest-django's own: the copy stands already, and the web role could not make one."""
    with aliases_on(worker_database):
        yield
        with django_db_blocker.unblock():
            connections.close_all()


@pytest.fixture
def scratch(cluster: Cluster, template: str, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    copy = copied(cluster, template, f"scratch_{uuid4().hex[:12]}")
    with copy as name, django_db_blocker.unblock(), aliases_on(name):
        yield name


@pytest.fixture
def owner_connection(cluster: Cluster, worker_database: str) -> Iterator[psycopg.Connection]:
    yield from _rolled_back(cluster, OWNER, worker_database)


@pytest.fixture
def web_connection(cluster: Cluster, worker_database: str) -> Iterator[psycopg.Connection]:
    yield from _rolled_back(cluster, WEB, worker_database)


def _rolled_back(cluster: Cluster, user: str, database: str) -> Iterator[psycopg.Connection]:
    with cluster.connect(user, database) as connection, connection.transaction(force_rollback=True):
        yield connection
