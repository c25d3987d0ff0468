"""Something made up in a process of its own, so that whoever uses it need not wait for it."""

from __future__ import annotations

import marshal
import os
import signal
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import chain
from typing import Any, BinaryIO

from azukari.kernel.errors import Broken

END = None


@contextmanager
def apart(things: Iterable[Any]) -> Iterator[Iterator[Any]]:
    """The things, each of plain values, as another process makes them up. It ends with the block, however that ends.

    The process is forked: to start Python anew would take as long as to make up a tenth of a ward. It must touch neither
    database nor screen. Raises Broken when it ends before the last thing.
    """
    read, write = os.pipe()
    child = os.fork()
    if not child:
        _make(things, write)
    os.close(write)
    try:
        with os.fdopen(read, "rb") as pipe:
            yield _come(pipe)
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def _make(things: Iterable[Any], write: int) -> None:
    """In the child. Nothing of the parent's may be closed or flushed on the way out."""
    try:
        with os.fdopen(write, "wb") as pipe:
            for thing in chain(things, [END]):
                marshal.dump(thing, pipe)
    finally:
        os._exit(0)


def _come(pipe: BinaryIO) -> Iterator[Any]:
    try:
        while (thing := marshal.load(pipe)) is not END:  # noqa: S302 (written by our own child)
            yield thing
    except EOFError as error:
        raise Broken(
            "見本の区を作る途中で止まりました。", "作る側の処理が終わっています。", "もう一度始めてください。"
        ) from error
