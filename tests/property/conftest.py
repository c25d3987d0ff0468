"""Databases with probe tables: one over a made-up library, one over the ward's own consultations."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import pytest
from django.core.management import call_command
from pytest_django import DjangoDbBlocker

from azukari.config.cluster import Cluster
from azukari.config.server import OWNER, WEB
from azukari.core.policy import apply
from azukari.core.policy.checks import vessels
from azukari.core.policy.models import Enrolment, FlowMedium, FlowPlace, FlowRow, PlaceRow
from azukari.core.policy.service import terms as own_terms
from azukari.core.policy.terms import Terms, terms_of
from property import made_up
from property.walls import Walls, build, probes_for, rows_for
from support.database import aliases_on

POLICY_TABLES = {model._meta.db_table for model in (Enrolment, FlowMedium, FlowPlace, FlowRow, PlaceRow)}


# Roles belong to the whole server: these fixtures ask for `template` so that nobody makes them at the same moment.
@contextmanager
def walls_over(cluster: Cluster, blocker: DjangoDbBlocker, terms: dict[str, Terms]) -> Iterator[Walls]:
    name = f"walls_{uuid4().hex[:12]}"
    cluster.make_database(name)
    with blocker.unblock(), aliases_on(name):
        call_command("migrate", "policy", database="owner", verbosity=0)
        own = tuple(vessel for vessel in vessels() if vessel.table in POLICY_TABLES)
    try:
        with cluster.connect(OWNER, name) as owner, cluster.connect(WEB, name) as web:
            walls = Walls(terms, probes_for(terms), rows_for(terms), owner, web, own)
            build(owner, walls.probes.values(), walls.rows)
            with owner.transaction():
                apply.carry_out(owner.cursor(), walls.state())
            yield walls
    finally:
        cluster.drop_database(name)


@pytest.fixture(scope="session")
def made_up_walls(cluster: Cluster, template: str, django_db_blocker: DjangoDbBlocker) -> Iterator[Walls]:
    with walls_over(cluster, django_db_blocker, terms_of(made_up.library())) as walls:
        yield walls


@pytest.fixture(scope="session")
def own_walls(cluster: Cluster, template: str, django_db_blocker: DjangoDbBlocker) -> Iterator[Walls]:
    with walls_over(cluster, django_db_blocker, dict(own_terms())) as walls:
        yield walls
