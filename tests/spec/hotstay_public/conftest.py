"""A copy of the database for each module, on which the residents' server's role and settings are in force."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest
from pytest_django import DjangoDbBlocker

from azukari.config.cluster import Cluster
from support.database import aliases_on, copied
from support.residents import as_residents


@pytest.fixture(scope="module")
def residents(cluster: Cluster, template: str, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """The name of the copy. What a test does there is committed."""
    copy = copied(cluster, template, f"residents_{uuid4().hex[:12]}")
    with copy as name, django_db_blocker.unblock(), aliases_on(name), as_residents():
        yield name
