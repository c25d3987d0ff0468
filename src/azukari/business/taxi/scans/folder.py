"""Reading many pages with several processes, in order, so that one bad page costs only itself.

Each worker is a process of its own: when a page's bytes crash the decoder, or the system kills the worker, the pages it
had are read again one by one, and the page that does it again is reported. A worker ends when its parent has ended.
"""

from __future__ import annotations

import hashlib
import os
import signal
import threading
import warnings
from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait
from pathlib import Path
from typing import Final

from azukari.business.taxi.scans import pages
from azukari.business.taxi.scans.reading import PageRead, read_content, unusable
from azukari.kernel.errors import BadInput

CHUNK: Final = 16  # pages a task: enough that handing them over costs nothing, few enough that progress is seen
AHEAD: Final = 3  # tasks a process that wait or are finished before their turn
CPU_SECONDS: Final = 20.0  # for one page, thousands of times what it needs
CRASHED: Final = "この画像を読むと処理が止まります。券を見て番号を手で入れ、画像は区の担当者に回してください。"
Chunk = Sequence[Path]
Answer = list[PageRead | str]
Progress = Callable[[int, int], None]

_KNOWN: set[str] = set()  # of this worker


def silent(_done: int, _total: int) -> None:
    """Progress that nobody watches."""


def read_folder(
    paths: Sequence[Path],
    known: Mapping[str, PageRead] | None = None,
    processes: int | None = None,
    progress: Progress = silent,
) -> Iterator[PageRead]:
    """Read one page after another, in the order of `paths`; one answer a page, whatever it is.

    `known` are answers of earlier runs by SHA-256: such a page is given as it stands there and not decoded again, so
    that a caller who stores each answer as it comes can go on after being killed. `processes` (all processors when not
    given) are started when the first page is asked for. `progress` is told (pages done, pages in all).
    """
    known = known or {}
    for done, answer in enumerate(_answers(paths, known, processes or os.cpu_count() or 1), 1):
        yield known[answer] if isinstance(answer, str) else answer
        progress(done, len(paths))


class _Workers:
    """The processes; new ones when one of them has died."""

    def __init__(self, processes: int, known: Collection[str]) -> None:
        self._processes = processes
        self._known = frozenset(known)
        self._pool = self._new()

    def submit(self, chunk: Chunk) -> Future[Answer]:
        """Start reading; a pool that has just died gives a future that says so."""
        try:
            return self._pool.submit(_read_chunk, chunk)
        except BrokenProcessPool as error:
            lost: Future[Answer] = Future()
            lost.set_exception(error)
            return lost

    def one_by_one(self, chunk: Chunk) -> Iterator[PageRead | str]:
        """Read the pages of a chunk that was lost, so that the page to blame is seen."""
        for path in chunk:
            self.restart()
            alone = self.submit([path])
            yield from alone.result() if _is_read(alone) else [_crashed(path)]
        self.restart()

    def restart(self) -> None:
        """Have workers again, where they have died."""
        if _is_read(self.submit([])):
            return
        self.close()
        self._pool = self._new()

    def close(self) -> None:
        """End all of them, whatever still waits."""
        self._pool.shutdown(cancel_futures=True)

    def _new(self) -> ProcessPoolExecutor:
        # Spawned and not forked: the caller may have threads and database connections.
        return ProcessPoolExecutor(self._processes, get_context("spawn"), _begin, (self._known,))


def _answers(paths: Sequence[Path], known: Collection[str], processes: int) -> Iterator[PageRead | str]:
    """For each page what was read, or its SHA-256 when it is known."""
    rest = (paths[start : start + CHUNK] for start in range(0, len(paths), CHUNK))
    workers = _Workers(processes, known)
    waiting: deque[tuple[Chunk, Future[Answer]]] = deque()
    try:
        while True:
            new = islice(rest, processes * AHEAD - len(waiting))
            waiting.extend((chunk, workers.submit(chunk)) for chunk in new)
            if not waiting:
                return
            chunk, future = waiting.popleft()
            if future.exception() is None:
                yield from future.result()
                continue
            yield from workers.one_by_one(chunk)
            waiting = deque((later, one if _is_read(one) else workers.submit(later)) for later, one in waiting)
    finally:
        workers.close()


def _is_read(future: Future[Answer]) -> bool:
    return not future.cancelled() and future.exception() is None


def _crashed(path: Path) -> PageRead:
    return PageRead(pages.fingerprint(path), note=CRASHED)


def _begin(known: Collection[str]) -> None:
    """A worker's first act. Ctrl-C is the parent's business, and nobody reads a worker's warnings."""
    _KNOWN.update(known)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    warnings.simplefilter("ignore")
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """A parent that was killed cannot tell its workers; they would wait for work for ever."""
    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def _read_chunk(chunk: Chunk) -> Answer:
    return [_read_one(path) for path in chunk]


def _read_one(path: Path) -> PageRead | str:
    """Read a page, or say that it is known. A page that takes too long ends the worker (SIGPROF), as a crash would."""
    signal.setitimer(signal.ITIMER_PROF, CPU_SECONDS)
    try:
        taken = pages.content(path)
        sha256 = hashlib.sha256(taken).hexdigest()
        return sha256 if sha256 in _KNOWN else read_content(taken, sha256)
    except BadInput as error:
        return unusable(pages.fingerprint(path), error)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
