"""The demonstration ward in parts, each made in one transaction: a killed start goes on with the next missing one.

Only the keys of the persons come back each in a transaction of its own; a killed start goes on with those missing. Once
the persons are there, the businesses are made side by side in two lanes: while PostgreSQL works for one, Python works
for the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

from django.db import connections, transaction
from psycopg import Connection

from azukari.demo import ward
from azukari.demo.models import Made
from azukari.kernel.errors import BadInput

Progress: TypeAlias = Callable[[int, int], None]
OWNER = "owner"
# As many as the processors of a small machine: a check of a key keeps one busy.
HANDS = 2
STOP_SECONDS = 0.1
# The title of a part, how much of it is done, and of how much.
Shown: TypeAlias = Callable[[str, int, int], None]


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


# Each loads what makes it when it is made: every later start finds everything made.
def _accounts(_on: Connection, _size: int, _seed: int, _progress: Progress) -> None:
    from azukari.demo import accounts

    accounts.make()


def _taxi(on: Connection, _size: int, seed: int, progress: Progress) -> None:
    from azukari.demo import taxi

    taxi.make(on, seed, progress=progress)


def _resident(on: Connection, _size: int, seed: int, _progress: Progress) -> None:
    from azukari.demo import accounts

    accounts.make_resident(on, seed)


def _donations(on: Connection, size: int, seed: int, progress: Progress) -> None:
    from azukari.demo import donations

    donations.make(on, size, seed, progress=progress)


def _hotstay(_on: Connection, size: int, seed: int, progress: Progress) -> None:
    from azukari.demo import hotstay

    hotstay.make(size, seed, progress)


def _programmes(on: Connection, _size: int, seed: int, _progress: Progress) -> None:
    from azukari.demo.health import programme_year

    programme_year.make(on, seed)


def _residents(_on: Connection, _size: int, _seed: int, _progress: Progress) -> None:
    from azukari.demo import residents

    residents.make()


PERSONS = (
    Part("ward", "住民と世帯", ward.make),
    Part("keys", "住民と世帯の検査", _bring_back),
    Part("accounts", "利用者と場所", _accounts),
)
TAXI = (Part("taxi", "タクシー券の一か月", _taxi), Part("resident", "区民の利用者", _resident))
OTHERS = (
    Part("donations", "ふるさと納税の一年", _donations),
    Part("hotstay", "ほっとステイ", _hotstay),
    Part("programmes", "保健事業の一年", _programmes),
    Part("residents", "お子さまのID", _residents),
)
PARTS = PERSONS + TAXI + OTHERS


def make_missing(size: int, seed: int, shown: Shown) -> None:
    """Make every part that is missing. Raises BadInput when the database already holds another ward."""
    parts = missing(size, seed)
    _in_turn([part for part in parts if part in PERSONS], size, seed, shown)
    lanes = [[part for part in parts if part in lane] for lane in (TAXI, OTHERS)]
    _side_by_side([lane for lane in lanes if lane], size, seed, shown)


def _in_turn(parts: Sequence[Part], size: int, seed: int, shown: Shown) -> None:
    for part in parts:
        shown(part.title, 0, 1)
        make(part, size, seed, partial(shown, part.title))
        shown(part.title, 1, 1)


def _side_by_side(lanes: Sequence[Sequence[Part]], size: int, seed: int, shown: Shown) -> None:
    """One lane a thread. An interruption, or a lane that fails, ends the work of the others; each part is whole or not."""
    at_work: list[Connection] = []

    def lane(parts: Sequence[Part]) -> None:
        connections[OWNER].ensure_connection()
        at_work.append(connections[OWNER].connection)
        try:
            _in_turn(parts, size, seed, shown)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(lanes) or 1) as pool:
        found = [pool.submit(lane, parts) for parts in lanes]
        try:
            wait(found, return_when=FIRST_EXCEPTION)
            for one in found:
                if one.done():
                    one.result()
        finally:
            _stop(found, at_work)


def _stop(found: Sequence[Future[None]], at_work: Sequence[Connection]) -> None:
    """Break off what still runs: a lane that is not at a query now is met at its next one."""
    while wait(found, timeout=STOP_SECONDS).not_done:
        for connection in at_work:
            if not connection.closed:
                connection.cancel_safe()


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
