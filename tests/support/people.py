"""The demonstration ward's people as tests know them; the top of conftest.py says what each fixture is for."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.test import Client

from azukari.cli.site import RESIDENTS, WARD, Side, Site
from azukari.config.cluster import Cluster
from support.database import WORKER, copied
from support.signing import signed_in


@pytest.fixture
def client_as(db: None) -> Callable[[str], Client]:
    return signed_in


@contextmanager
def serving(cluster: Cluster, database: str, side: Side = WARD) -> Iterator[str]:
    """The address of a real server on that database, without a slash at the end."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", f"dbname='{database}' host='{cluster.socket}'")
        with Site(port, side) as server:
            while not server.answers():
                server.check()
                time.sleep(0.05)
            patch.delenv("DATABASE_URL")
            yield server.address.rstrip("/")


@pytest.fixture(scope="session")
def site(cluster: Cluster, template: str) -> Iterator[str]:
    with copied(cluster, template, f"{WORKER}_site") as name, serving(cluster, name) as address:
        yield address


@pytest.fixture(scope="session")
def residents_site(cluster: Cluster, template: str) -> Iterator[tuple[str, str]]:
    """The residents' server on a copy of its own: its address, and the name of the copy."""
    with copied(cluster, template, f"{WORKER}_residents") as name, serving(cluster, name, RESIDENTS) as address:
        yield address, name
