"""Another process makes it up: everything comes, in its order, and its end is noticed whatever it was."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from azukari.demo.apart import apart
from azukari.kernel.errors import Broken


def children() -> set[str]:
    """Processes begun by this one that are not gone: other tests have some too."""
    return set(Path(f"/proc/self/task/{os.getpid()}/children").read_text().split())


def test_everything_comes_in_its_order() -> None:
    things = [(number, [b"x" * number, "見本"]) for number in range(2_000)]
    before = children()
    with apart(things) as came:
        assert list(came) == things
    assert children() == before


def test_one_that_fails_is_told_after_what_it_made() -> None:
    def fails() -> Iterator[int]:
        yield 1
        raise RuntimeError

    before = children()
    with apart(fails()) as came:
        assert next(came) == 1
        with pytest.raises(Broken):
            next(came)
    assert children() == before


def test_whoever_leaves_early_leaves_nothing_running() -> None:
    def endless() -> Iterator[bytes]:
        while True:
            yield b"x" * 100_000

    def leave() -> None:
        with apart(endless()) as came:
            next(came)
            raise KeyboardInterrupt

    before = children()
    with pytest.raises(KeyboardInterrupt):
        leave()
    assert children() == before
