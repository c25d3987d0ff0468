"""Guesses at the same moment are still counted one by one."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date

from django.db import connections
from django.utils import timezone

from azukari.core.accounts import service
from azukari.core.accounts.api import NewAccount, create
from azukari.core.accounts.models import Account

NEW = NewAccount("made-here", "祖師谷 緑", "council", "long-enough-and-secret", date(2019, 4, 1))


def test_guesses_at_the_same_moment_are_counted_one_by_one(scratch: str) -> None:
    create(NEW, by="test")

    def guess(_: int) -> None:
        service.check("made-here", "another-long-password", "000000", timezone.now())
        connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(guess, range(4)))
    assert Account.objects.get(login="made-here").failed == 4
