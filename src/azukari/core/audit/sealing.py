"""Sealing: committed entries become epochs, signed and kept also outside the database.

An epoch covers the turns (transaction numbers) from the previous horizon up to its own. The horizon is the oldest
transaction still running, so every entry below it is committed or gone for good: an entry that commits late keeps its
place in a later epoch, and none can appear in a sealed one.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Self

import psycopg

from azukari.core.audit import checkpoint as paper
from azukari.core.audit import encoding, store, tree
from azukari.core.audit.types import Checkpoint
from azukari.kernel.errors import AzukariError, Broken, Unavailable

# Entries sealed in one epoch at most (a larger transaction stays whole): bounds the memory of a sealer far behind.
BATCH = 200_000
INTERVAL = 1.0
LONGEST_PAUSE = 30.0
STOP_SECONDS = 60.0
log = logging.getLogger(__name__)


def seal(*, using: str = "owner") -> Checkpoint | None:
    """Seal every committed entry now; answers the newest new checkpoint, or None when there was nothing to seal.

    Waits for another sealer. Raises Unavailable when the database or the disk does not answer, Broken when what is
    sealed and the checkpoint file no longer agree: nothing more is sealed on top of that.
    """
    with _told(), store.connect(using) as connection:
        return Sealing(connection, store.home()).run()


def rotate(*, using: str = "owner") -> Checkpoint | None:
    """Seal, naming a new key that signs from the next checkpoint on. None when there was no entry to seal."""
    with _told(), store.connect(using) as connection:
        return Sealing(connection, store.home()).run(new_key=True)


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except psycopg.Error as error:
        raise Unavailable(
            "台帳を封印できません。",
            f"データベースが答えません: {error}".strip(),
            "データベースが動いているか確かめてください。記録は失われません。",
        ) from error
    except OSError as error:
        raise Unavailable(
            "台帳を封印できません。",
            f"検証点を書けません: {error}",
            "ディスクの空きと書き込みの権限を確かめてください。記録は失われません。",
        ) from error


class Sealing:
    """One sealer's work over one connection (the owner's, autocommit)."""

    def __init__(self, connection: psycopg.Connection, home: Path) -> None:
        self.connection = connection
        self.file = paper.CheckpointFile(home)
        self.keys = paper.Keys(home)

    def run(self, *, new_key: bool = False) -> Checkpoint | None:
        """Seal until nothing committed before the call is left. The lock goes with the connection, even by a kill."""
        self.connection.execute("SELECT pg_advisory_lock(%s)", [store.LOCK])
        try:
            return self._run(new_key=new_key)
        finally:
            if not self.connection.closed:
                self.connection.execute("SELECT pg_advisory_unlock(%s)", [store.LOCK])

    def _run(self, *, new_key: bool) -> Checkpoint | None:
        last = store.latest(self.connection)
        self._finish(last)
        goal = self._settled(last)
        newest = None
        while epoch := self._next(last, goal, new_key=new_key):
            self._keep(epoch)
            last, newest, new_key = epoch, epoch.checkpoint, False
        return newest

    def _finish(self, last: store.Epoch | None) -> None:
        """Complete what a killed sealer left, and make sure that the file ends where the database does."""
        expected = paper.line(last.checkpoint) if last else b""
        found = self.file.last()
        if found != expected:
            if not last or self.file.pending() != expected or not self._follows(found, last):
                raise Broken(
                    "台帳と検証点の控えが合いません。",
                    f"データベースの最後の期は {last.checkpoint.number if last else 0} ですが、控えの最後の行と違います。",
                    "./azukari audit verify で場所を確かめてください。それまで封印は止まり、記録は続きます。",
                )
            self.file.append(expected)
        self.file.forget()

    @staticmethod
    def _follows(found: bytes, last: store.Epoch) -> bool:
        """Whether the file ends just one line before the database."""
        previous = paper.chain_hash(paper.parse(found)) if found else paper.NO_PREVIOUS
        return last.checkpoint.previous == previous

    def _settled(self, last: store.Epoch | None) -> int:
        """The horizon: all turns below it are committed or gone. A restored database goes on from the last horizon."""
        horizon = self._horizon()
        if last and horizon < last.checkpoint.horizon:
            missing = last.checkpoint.horizon - horizon
            self.connection.execute(
                "DO $$ BEGIN EXECUTE format('CREATE OR REPLACE FUNCTION public.audit_shift() RETURNS bigint "
                f"LANGUAGE sql STABLE PARALLEL SAFE RETURN %s::bigint', public.audit_shift() + {missing}); END $$"
            )
            log.warning(
                "transaction numbers went back by %d (a restored database?): turns go on from the last", missing
            )
            return self._horizon()
        return horizon

    def _horizon(self) -> int:
        return self._number("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint + public.audit_shift()")

    def _number(self, query: str, values: tuple[int, ...] = ()) -> int:
        found = self.connection.execute(query, values).fetchone()
        return int(found[0]) if found else 0

    def _next(self, last: store.Epoch | None, goal: int, *, new_key: bool) -> store.Epoch | None:
        start = last.checkpoint.horizon if last else 0
        horizon = self._cut(start, goal)
        numbers, leaves = self._leaves(start, horizon)
        if not leaves:
            return None
        size = last.checkpoint.size if last else 0
        frontier = tree.grow(last.frontier if last else (), size, leaves)
        key = last.checkpoint.next_key if last else self.keys.first_public() or self.keys.make()
        unsigned = Checkpoint(
            number=last.checkpoint.number + 1 if last else 1,
            at=self._clock(),
            first=numbers[0],
            last=numbers[-1],
            count=len(leaves),
            size=size + len(leaves),
            horizon=horizon,
            root=tree.fold(frontier),
            previous=paper.chain_hash(last.checkpoint) if last else paper.NO_PREVIOUS,
            key=key,
            next_key=self.keys.make() if new_key else key,
        )
        records = b"".join(map(bytes.__add__, (number.to_bytes(store.NUMBER) for number in numbers), leaves))
        return store.Epoch(paper.sign(unsigned, self.keys.private(key)), frontier, records)

    def _cut(self, start: int, goal: int) -> int:
        """The horizon of the next epoch: `goal`, or less when more than BATCH entries wait (whole turns only)."""
        beyond = self._number(
            "SELECT coalesce((SELECT turn FROM public.audit_entry WHERE turn >= %s AND turn < %s"
            " ORDER BY turn, id OFFSET %s LIMIT 1), -1)",
            (start, goal, BATCH),
        )
        first = self._number("SELECT coalesce(min(turn), -1) FROM public.audit_entry WHERE turn >= %s", (start,))
        return goal if beyond < 0 else max(beyond, first + 1)

    def _leaves(self, start: int, end: int) -> tuple[list[int], list[bytes]]:
        """Numbers and leaf hashes of the entries of these turns, in the order of the ledger."""
        numbers, leaves = [], []
        query = f"COPY ({encoding.SELECT} WHERE turn >= %s AND turn < %s ORDER BY turn, id) TO STDOUT (FORMAT BINARY)"
        with self.connection.cursor() as cursor, cursor.copy(query, (start, end)) as copy:
            for row in encoding.rows(copy):
                numbers.append(encoding.turn_and_id(row)[1])
                leaves.append(sha256(b"\x00" + row).digest())
        return numbers, leaves

    def _clock(self) -> datetime:
        """Now, by the database's clock."""
        micros = self._number("SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint")
        return datetime.fromtimestamp(micros // 1_000_000, UTC).replace(microsecond=micros % 1_000_000)

    def _keep(self, epoch: store.Epoch) -> None:
        """Intent, commit, file: in this order, each durable before the next (see `checkpoint`)."""
        text = paper.line(epoch.checkpoint)
        self.file.intend(text)
        store.insert(self.connection, epoch)
        self.file.append(text)
        self.file.forget()


class Sealer:
    """Seals about once a second in a thread of its own until stopped. Trouble is logged and tried again, never fatal."""

    def __init__(self, *, interval: float = INTERVAL, using: str = "owner") -> None:
        self.interval = interval
        self.using = using
        self.trouble: AzukariError | None = None
        self._connection: psycopg.Connection | None = None
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._work, name="azukari-sealer", daemon=True)

    def start(self) -> None:
        """Seal once (so that a restored database counts on from where it was), then go on in the background."""
        self._try()
        self._thread.start()

    def stop(self) -> None:
        """Seal what is committed by now and end."""
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join(STOP_SECONDS)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _work(self) -> None:
        pause = self.interval
        while not self._ended.wait(pause):
            pause = self.interval if self._try() else min(pause * 2, LONGEST_PAUSE)
        self._try()
        self._hang_up()

    def _try(self) -> bool:
        """Seal, over a connection kept as long as it works. Says whether it did."""
        try:
            with _told():
                self._connection = self._connection or store.connect(self.using)
                Sealing(self._connection, store.home()).run()
        except AzukariError as error:
            self._tell(error)
        except Exception as error:
            log.exception("sealing failed in an unforeseen way")
            self._tell(Unavailable("台帳を封印できません。", repr(error), "記録を確かめてください。"))
        else:
            if self.trouble:
                log.warning("the ledger is being sealed again")
            self.trouble = None
        return self.trouble is None

    def _hang_up(self) -> None:
        if self._connection:
            self._connection.close()
            self._connection = None

    def _tell(self, error: AzukariError) -> None:
        """Once for each new trouble, not every second."""
        if str(error) != str(self.trouble):
            log.error("%s", error)
        self.trouble = error
        self._hang_up()
