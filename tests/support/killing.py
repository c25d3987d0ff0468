"""A process that is killed at a chosen moment."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connections


@contextmanager
def dying(module: Any, name: str) -> Iterator[None]:
    """From here on, whoever calls it is gone."""
    before = getattr(module, name)
    setattr(module, name, lambda *_args, **_kwargs: os.kill(os.getpid(), signal.SIGKILL))
    try:
        yield
    finally:
        setattr(module, name, before)


def in_child(work: Callable[[], object]) -> int:
    """Do it in a process of its own, with connections of its own; how that process ended."""
    child = os.fork()
    if child == 0:
        for alias in connections:
            connections[alias].connection = None
        try:
            work()
        finally:
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
