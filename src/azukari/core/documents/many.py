"""Many documents of one template, in files of so many items each, made by several processes.

A file's name never stands for half of it, so a run that was killed goes on where it was: what is there is kept. The
folder remembers what it is made from (`run.json`), and other input is not mixed into it.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import signal
import threading
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any, Final

from azukari.core.documents.rendering import render, sources
from azukari.core.documents.types import Fill, Progress, Template, silent
from azukari.kernel.errors import BadInput, Busy, Unavailable

RECORD: Final = "run.json"
_PART: Final = ".part"
_END: Final = b"%%EOF"


@dataclass(frozen=True, slots=True)
class _Form:
    """What all files of a run have in common."""

    template: Template
    fill: Fill
    created: datetime
    tagged: bool


@dataclass(frozen=True, slots=True)
class _Task:
    path: Path
    items: Sequence[Any]


@dataclass(frozen=True, slots=True)
class _Fault:
    """A BadInput on its way from another process."""

    what: str
    why: str
    next_step: str


def render_many(
    template: Template,
    items: Sequence[Any],
    fill: Fill,
    out: Path,
    *,
    chunk: int,
    created: datetime,
    processes: int | None = None,
    tagged: bool = True,
    progress: Progress = silent,
) -> list[Path]:
    """Make one PDF/A-2b of every `chunk` items, in their order; the paths, named by the first and last item from 1.

    `items` are what JSON can hold. Run again with the same input, it makes only the files that are not there; the same
    input gives the same bytes with any number of `processes` (all processors when not given). Raises BadInput when the
    folder holds a run of other input or a text cannot be printed, Busy while another run writes there, Unavailable when
    a process was killed; files made so far stay.
    """
    if chunk < 1 or not items:
        raise ValueError("印刷するものがないか、一つのファイルに入れる数が 1 より小さくなっています。")
    form = _Form(template, fill, created, tagged)
    tasks = list(_tasks(items, chunk, out))
    out.mkdir(parents=True, exist_ok=True)
    with _alone(out, _fingerprint(form, items, chunk)):
        left = [task for task in tasks if not _is_whole(task.path)]
        done = len(items) - sum(len(task.items) for task in left)
        progress(done, len(items))
        for count in _make(form, left, min(processes or os.cpu_count() or 1, len(left))):
            done += count
            progress(done, len(items))
    return [task.path for task in tasks]


def _tasks(items: Sequence[Any], chunk: int, out: Path) -> Iterator[_Task]:
    width = max(5, len(str(len(items))))
    for start in range(0, len(items), chunk):
        part = items[start : start + chunk]
        yield _Task(out / f"{start + 1:0{width}d}-{start + len(part):0{width}d}.pdf", part)


def _fingerprint(form: _Form, items: Iterable[Any], chunk: int) -> str:
    """A SHA-256 of all that decides the bytes of the files."""
    digest = hashlib.sha256(b"".join(file.read_bytes() for file in sources(form.template)))
    made_by = (form.fill.__module__, form.fill.__qualname__, form.created.isoformat(), form.tagged, chunk)
    for part in (version("typst"), made_by, *items):
        digest.update(json.dumps(part, ensure_ascii=False).encode() + b"\n")
    return digest.hexdigest()


@contextmanager
def _alone(out: Path, fingerprint: str) -> Iterator[None]:
    """Hold the folder for one run of this input. The lock ends with the process, however it ends."""
    with (out / RECORD).open("a+", encoding="utf-8") as record:
        try:
            fcntl.flock(record, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Busy(
                f"{out} には、別の印刷が書き込んでいます。", "同時に書くと混ざります。", "終わるのを待ってください。"
            ) from error
        record.seek(0)
        if (known := record.read()) not in {"", _record(fingerprint)}:
            raise _other_run(out)
        if not known:
            record.write(_record(fingerprint))
            record.flush()
            os.fsync(record.fileno())
        for part in out.glob(f"*{_PART}"):
            part.unlink()
        yield


def _record(fingerprint: str) -> str:
    return json.dumps({"input_sha256": fingerprint}) + "\n"


def _other_run(out: Path) -> BadInput:
    return BadInput(
        f"{out} には、別の内容の印刷があります。",
        "続きから作ると、二つの内容が混ざります。",
        "別のフォルダを指定してください。前の印刷が要らなければ、そのフォルダを消してからもう一度動かしてください。",
    )


def _make(form: _Form, tasks: Sequence[_Task], processes: int) -> Iterator[int]:
    """Make the files; the number of items of each as it is done."""
    if processes <= 1:
        for task in tasks:
            yield _answered(_make_one(form, task))
        return
    # Spawned and not forked: the caller may have threads and database connections.
    pool = ProcessPoolExecutor(processes, get_context("spawn"), _begin)
    try:
        for future in as_completed([pool.submit(_make_one, form, task) for task in tasks]):
            yield _answered(future.result())
    except BrokenProcessPool as error:
        raise Unavailable(
            "印刷の途中で処理が止められました。",
            "メモリーが足りないか、処理が外から終了されました。",
            "もう一度動かすと、続きから作ります。一つのファイルに入れる数を減らすと、メモリーが少なくて済みます。",
        ) from error
    finally:
        pool.shutdown(cancel_futures=True)


def _answered(answer: int | _Fault) -> int:
    if isinstance(answer, _Fault):
        raise BadInput(answer.what, answer.why, answer.next_step)
    return answer


def _make_one(form: _Form, task: _Task) -> int | _Fault:
    try:
        made = render(form.template, form.fill(task.items), created=form.created, tagged=form.tagged)
    except BadInput as error:
        return _Fault(error.what, error.why, error.next_step)
    _put(task.path, made)
    return len(task.items)


def _put(path: Path, content: bytes) -> None:
    """Beside its place, to the disk, then the name."""
    part = path.with_name(path.name + _PART)
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _is_whole(path: Path) -> bool:
    """A file that ends as a PDF does; one cut short by a copy or a full disk is made again."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 32))
        return file.read().rstrip().endswith(_END)


def _begin() -> None:
    """A worker's first act. Ctrl-C is the parent's business."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """A parent that was killed cannot tell its workers; they would wait for work for ever."""
    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
