"""A ward ready for a ceremony; the top of conftest.py says what each fixture is for."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pyrage
import pytest
from django.db import connections
from pytest_django import DjangoDbBlocker

from azukari.config.cluster import Cluster
from azukari.kernel import keystore
from support.ceremony import Meeting, meeting, settle_in
from support.database import aliases_on, copied


class CheapLock:
    """A lock that opens at once: what guessing a passphrase costs is no matter of these tests."""

    @staticmethod
    def encrypt(text: bytes, passphrase: str) -> bytes:
        return hashlib.sha256(passphrase.encode()).digest() + bytes(byte ^ 0x5A for byte in text)

    @staticmethod
    def decrypt(content: bytes, passphrase: str) -> bytes:
        if content[:32] != hashlib.sha256(passphrase.encode()).digest():
            raise pyrage.DecryptError("wrong")
        return bytes(byte ^ 0x5A for byte in content[32:])


@pytest.fixture(scope="session")
def _hall(cluster: Cluster, template: str, django_db_blocker: DjangoDbBlocker) -> Iterator[tuple[str, Any]]:
    """One copy of the database for all these tests: each has a medium and a ceremony of its own."""
    with copied(cluster, template, f"ceremony_{uuid4().hex[:12]}") as name:
        with django_db_blocker.unblock(), aliases_on(name):
            identity = settle_in()
        yield name, identity


@pytest.fixture
def hall(
    _hall: tuple[str, Any], django_db_blocker: DjangoDbBlocker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Meeting]:
    name, identity = _hall
    monkeypatch.setattr(keystore, "passphrases", CheapLock)
    with django_db_blocker.unblock(), aliases_on(name):
        with connections["owner"].cursor() as cursor:
            # The codes that other tests have used may be used again.
            cursor.execute("UPDATE accounts_account SET totp_step = 0")
        yield meeting(tmp_path, identity)
