"""Children that never outlive their parent, even when the parent is killed with SIGKILL."""

from __future__ import annotations

import ctypes
import os
import pwd
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


def spawn(
    command: Sequence[str],
    *,
    dies_by: signal.Signals | None,
    output: IO[bytes] | None = None,
    user: str | None = None,
    environment: Mapping[str, str] | None = None,
    folder: Path = Path("/"),
) -> subprocess.Popen[bytes]:
    """Start a child in a session of its own, so that Ctrl-C reaches only us and we decide the order of stopping.

    `dies_by` is the signal the kernel sends it when the calling thread ends; None lets it live on. `user` is the
    ordinary user a root start hands it to.
    """
    account = pwd.getpwnam(user) if user else None
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=output or subprocess.DEVNULL,
        stderr=subprocess.STDOUT if output else subprocess.DEVNULL,
        cwd=folder,
        env=environment,
        start_new_session=True,
        user=account.pw_uid if account else None,
        group=account.pw_gid if account else None,
        extra_groups=[] if account else None,
        preexec_fn=_bound(dies_by, os.getpid()) if dies_by else None,  # noqa: PLW1509
    )


def _bound(by: signal.Signals, parent: int) -> Callable[[], None]:
    """What the child runs before it becomes the command; the kernel clears the setting on a change of user, so last."""

    def bind() -> None:
        _libc.prctl(PR_SET_PDEATHSIG, int(by))
        if os.getppid() != parent:
            os.kill(os.getpid(), by)

    return bind


def stop(child: subprocess.Popen[bytes], by: signal.Signals, seconds: float) -> None:
    """Ask the child to end and wait; one that does not is killed."""
    if child.poll() is None:
        child.send_signal(by)
    try:
        child.wait(seconds)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
