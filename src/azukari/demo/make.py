"""The demonstration ward in parts, each made in one transaction: a killed start goes on with the next missing one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from django.db import connections, transaction
from psycopg import Connection

from azukari.demo import accounts, taxi, ward
from azukari.demo.models import Made
from azukari.kernel.errors import BadInput

Progress: TypeAlias = Callable[[int, int], None]
OWNER = "owner"


@dataclass(frozen=True, slots=True)
class Part:
    """One part by name, its title for the progress bar, and what makes it for a size and a seed."""

    name: str
    title: str
    make: Callable[[Connection, int, int, Progress], object]


PARTS = (
    Part("ward", "住民と世帯", ward.make),
    Part("taxi", "タクシー券の一か月", lambda on, _size, seed, progress: taxi.make(on, seed, progress=progress)),
    Part("accounts", "利用者と場所", lambda on, _size, seed, _progress: accounts.make(on, seed)),
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
    """Make one part and its mark, or nothing of either."""
    with transaction.atomic(using=OWNER):
        part.make(connections[OWNER].connection, size, seed, progress)
        Made.objects.using(OWNER).create(part=part.name, size=size, seed=seed)
