"""`kill -9` while a hand-over is written: given again, it goes on; nothing leaves that the ledger does not know."""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import OperationalError, connections

from azukari.core.handover import papers, writing
from azukari.core.handover.api import Stage
from azukari.kernel import container
from azukari.kernel.container import writing as medium
from support.handover import Ward

# Where in the work the process is killed → the stage it leaves, and how many lines of the ledger say that it left.
MOMENTS: dict[str, tuple[Any, str, Stage, int]] = {
    "while the first bytes are written": (medium, "_members", Stage.APPROVED, 0),
    "before it is read back": (medium, "_read_back", Stage.APPROVED, 0),
    "after it is read back": (writing, "_hand_over", Stage.APPROVED, 0),
    "after the commit": (container, "publish", Stage.WRITTEN, 1),
    "after it has its name": (papers, "slip", Stage.WRITTEN, 1),
}


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


def test_killed_at_every_moment_and_given_again(ward: Ward, stick: Path, tmp_path: Path) -> None:
    ward.batches.letters = 3
    card = ward.approved()
    home = Path(settings.LEAVING) / "handover"
    for moment, (module, name, stage, lines) in MOMENTS.items():
        with dying(module, name):
            assert in_child(lambda: ward.write(card, stick)) == -signal.SIGKILL, moment
        assert ward.stage(card) is stage, moment
        assert len(ward.sent_lines(card)) == lines, moment
        whole = list(stick.glob("*.age"))
        assert not whole or lines, f"{moment}: nothing has its name before the ledger has its line"
    done = ward.write(card, stick)
    assert done.again
    assert done.container
    assert done.slip
    assert ward.open(done.container, tmp_path / "out").manifest.rows == 3
    assert len(ward.sent_lines(card)) == 1
    assert {path.name for path in stick.iterdir()} == {
        "AZUKARI-MEDIUM.txt", f"{card.id}.azukari.age", f"{card.id}.slip.pdf",
    }  # fmt: skip
    assert not list(home.glob(f"work-{card.id}"))


def test_rows_of_a_killed_run_go_with_the_next_of_any(ward: Ward, stick: Path) -> None:
    """Also when the killed one was given up; who is writing at the same time keeps theirs."""
    home = Path(settings.LEAVING) / "handover"
    left, used = home / "work-999998", home / "work-999999"
    for folder in (left, used):
        folder.mkdir(parents=True)
        (folder / "rows.csv").write_text("in clear")
    with (home / "999999.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        ward.write(ward.approved(), stick)
        assert not left.exists()
        assert used.exists()
    shutil.rmtree(used)


def test_killed_while_opening_and_given_again(ward: Ward, stick: Path, tmp_path: Path) -> None:
    """What was half unpacked has no name yet, and goes before the next try."""
    from azukari.kernel.container import reading

    path = ward.write(ward.approved(), stick).container
    assert path
    with dying(reading, "_write_receipt"):
        assert in_child(lambda: ward.open(path, tmp_path / "out")) == -signal.SIGKILL
    assert not (tmp_path / "out").exists()
    ward.open(path, tmp_path / "out")
    assert not list(tmp_path.glob("out.*"))


@pytest.mark.parametrize("moment", ["the ledger", "the disk"])
def test_what_fails_before_the_commit_leaves_nothing(
    ward: Ward, stick: Path, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    def fail(*_args: object, **_kwargs: object) -> None:
        raise RuntimeError(moment)

    monkeypatch.setattr(writing, "note" if moment == "the ledger" else "_hand_over", fail)
    card = ward.approved()
    with pytest.raises(RuntimeError):
        ward.write(card, stick)
    assert [path.name for path in stick.iterdir()] == ["AZUKARI-MEDIUM.txt"]
    assert ward.stage(card) is Stage.APPROVED


def test_a_connection_lost_after_the_commit_loses_nothing(
    ward: Ward, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer to the commit never came: the container stays beside its place, and the next run names it."""
    real = writing._hand_over

    def committed_but_unheard(*args: Any) -> None:
        real(*args)
        raise OperationalError("server closed the connection unexpectedly")

    card = ward.approved()
    monkeypatch.setattr(writing, "_hand_over", committed_but_unheard)
    with pytest.raises(OperationalError):
        ward.write(card, stick)
    monkeypatch.undo()
    assert not list(stick.glob("*.age"))
    assert ward.write(card, stick).again
    assert len(list(stick.glob("*.age"))) == len(ward.sent_lines(card)) == 1
