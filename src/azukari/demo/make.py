"""The demonstration ward in parts, each made in one transaction: a killed start goes on with the next missing one.

Only the keys of the persons come back each in a transaction of its own; a killed start goes on with those missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TypeAlias

from django.db import connections, transaction
from psycopg import Connection

from azukari.demo import accounts, donations, hotstay, residents, taxi, ward
from azukari.demo.health import programme_year
from azukari.demo.models import Made
from azukari.kernel.errors import BadInput

Progress: TypeAlias = Callable[[int, int], None]
OWNER = "owner"
# As many as the processors of a small machine: a check of a key keeps one busy.
HANDS = 2


@dataclass(frozen=True, slots=True)
class Part:
    """One part by name, its title for the progress bar, and what makes it for a size and a seed."""

    name: str
    title: str
    make: Callable[[Connection, int, int, Progress], object]


def _bring_back(_on: Connection, _size: int, _seed: int, progress: Progress) -> None:
    """The open transaction only waits to write the mark: keys come back on connections that commit by themselves."""
    with ExitStack() as stack:
        ward.bring_back([stack.enter_context(_hand()) for _ in range(HANDS)], progress)


@contextmanager
def _hand() -> Iterator[Connection]:
    """Another connection of the owner."""
    alias = connections[OWNER].copy()
    alias.connect()
    try:
        yield alias.connection
    finally:
        alias.close()


PARTS = (
    Part("ward", "住民と世帯", ward.make),
    Part("keys", "住民と世帯の検査", _bring_back),
    Part("taxi", "タクシー券の一か月", lambda on, _size, seed, progress: taxi.make(on, seed, progress=progress)),
    Part(
        "donations",
        "ふるさと納税の一年",
        lambda on, size, seed, progress: donations.make(on, size, seed, progress=progress),
    ),
    Part("accounts", "利用者と場所", lambda on, _size, seed, _progress: accounts.make(on, seed)),
    Part("hotstay", "ほっとステイ", lambda _on, _size, seed, progress: hotstay.make(seed, progress)),
    Part("programmes", "保健事業の一年", lambda on, _size, seed, _progress: programme_year.make(on, seed)),
    Part("residents", "お子さまのID", lambda _on, _size, _seed, _progress: residents.make()),
)


def missing(size: int, seed: int) -> list[Part]:
    """The parts still to be made. Raises BadInput when the database already holds another ward."""
    made = {row.part: (row.size, row.seed) for row in Made.objects.using(OWNER)}
    if others := set(made.values()) - {(size, seed)}:
        there = "、".join(f"{other_size:,} 人 (種 {other_seed})" for other_size, other_seed in sorted(others))
        raise BadInput(
            "データベースには、別の見本の区があります。",
            f"あるのは {there}、求められたのは {size:,} 人 (種 {seed}) です。何も変更していません。",
            "同じ人数で始めるか、新しいデータベースを指定してください。",
        )
    return [part for part in PARTS if part.name not in made]


def make(part: Part, size: int, seed: int, progress: Progress) -> None:
    """Make one part and its mark, or no mark. Raises Django's errors in the place of the driver's."""
    with connections[OWNER].wrap_database_errors, transaction.atomic(using=OWNER):
        part.make(connections[OWNER].connection, size, seed, progress)
        Made.objects.using(OWNER).create(part=part.name, size=size, seed=seed)
