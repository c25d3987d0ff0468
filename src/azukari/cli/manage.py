"""What commands share: Django with the owner's connection, and a database that runs while they need it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import django

from azukari.config import server
from azukari.config.cluster import Cluster


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
    """Django and the database, for one command beside or without a running `up`."""
    prepare_django()
    with running_database():
        yield
