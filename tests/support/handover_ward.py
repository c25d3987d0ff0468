"""A ward with a contractor to hand something to; the top of conftest.py says what each fixture is for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from pytest_django import DjangoDbBlocker

from azukari.config.cluster import Cluster
from support.database import aliases_on, copied
from support.handover import Ward, ready, settle_in


@pytest.fixture(scope="session")
def _settled(cluster: Cluster, template: str, django_db_blocker: DjangoDbBlocker) -> Iterator[tuple[str, Any]]:
    """One copy of the database for all these tests: each has a medium of its own, so they do not meet."""
    with copied(cluster, template, f"handover_{uuid4().hex[:12]}") as name:
        with django_db_blocker.unblock(), aliases_on(name):
            identity = settle_in()
        yield name, identity


@pytest.fixture
def ward(_settled: tuple[str, Any], django_db_blocker: DjangoDbBlocker, tmp_path: Path) -> Iterator[Ward]:
    name, identity = _settled
    with django_db_blocker.unblock(), aliases_on(name):
        yield ready(identity, tmp_path)


@pytest.fixture
def fresh_ward(scratch: str, tmp_path: Path) -> Ward:
    return ready(settle_in(), tmp_path)


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    """Where the medium is mounted."""
    folder = tmp_path / "stick"
    folder.mkdir()
    return folder
