"""Where one installation keeps what it writes: database files, secrets, logs, checkpoints.

The folder is `AZUKARI_HOME`, else (as root, whose checkout other users may not be able to reach)
`/var/lib/azukari/<name>`, else `var/` in the checkout. Everything in it is private to its owner.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

from azukari.kernel.errors import BadInput, Busy, Unavailable

ROOT = Path(__file__).resolve().parents[3]
SOCKET_PATH_LIMIT = 107
SEED = 2019


@cache
def home() -> Path:
    """The installation's folder, made (0711) when it is not there."""
    chosen = os.environ.get("AZUKARI_HOME")
    path = Path(chosen).resolve() if chosen else _usual_home()
    try:
        path.mkdir(parents=True, exist_ok=True, mode=0o711)
    except OSError as error:
        raise Unavailable(
            f"保存場所 {path} を作れません。", str(error), "AZUKARI_HOME に書き込める場所を指定してください。"
        ) from error
    return path


def _usual_home() -> Path:
    if os.geteuid() != 0:
        return ROOT / "var"
    return Path("/var/lib/azukari") / hashlib.sha256(str(ROOT).encode()).hexdigest()[:8]


def write_private(path: Path, text: str) -> None:
    """Write a file of mode 0600 whole or not at all; a name already taken stays as it was."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        fresh.touch(mode=0o600)
        fresh.write_text(text, encoding="utf-8")
        os.link(fresh, path)
    except FileExistsError:
        pass
    except OSError as error:
        raise Unavailable(
            f"{path} に書き込めません。", str(error), "ディスクの空きと、書き込みの権限を確かめてください。"
        ) from error
    finally:
        fresh.unlink(missing_ok=True)


def secret(name: str) -> str:
    """The secret of that name, made on first use; a file of mode 0600 that no log ever sees."""
    path = home() / "secrets" / name
    if not path.exists():
        path.parent.mkdir(mode=0o700, exist_ok=True)
        write_private(path, secrets.token_urlsafe(32))
    return path.read_text(encoding="utf-8").strip()


def socket_folder() -> Path:
    """A private folder whose path leaves room for a socket name (the kernel allows 107 bytes in all)."""
    folder = home() / "run"
    if len(str(folder / ".s.PGSQL.5432").encode()) > SOCKET_PATH_LIMIT:
        tag = hashlib.sha256(str(home()).encode()).hexdigest()[:12]
        folder = Path(os.environ.get("XDG_RUNTIME_DIR", "/tmp")) / f"azukari-{os.geteuid()}-{tag}"  # noqa: S108
    return folder


@dataclass(frozen=True, slots=True)
class Installation:
    """What this installation was made as, for good: a real one, or a made-up ward of `size` persons from `seed`."""

    demonstration: bool
    size: int = 0
    seed: int = SEED


def installation() -> Installation | None:
    """What the first start wrote down; None before it."""
    path = home() / "installation.json"
    try:
        return Installation(**json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except (ValueError, TypeError) as error:
        raise BadInput(f"{path} が読めません。", str(error), "控えから戻してください。") from error


def install(chosen: Installation) -> Installation:
    """Write down what this installation is, unless it already is something; the answer is what holds."""
    write_private(home() / "installation.json", json.dumps(asdict(chosen)))
    return installation() or chosen


@contextmanager
def alone(note: str) -> Iterator[None]:
    """Hold this installation for one `up`. A second one beside it is told who holds it (process and port).

    Raises Busy. The kernel lets go of the lock when the process ends, however it ends.
    """
    with (home() / "up.lock").open("a+", encoding="utf-8") as gate:
        try:
            fcntl.flock(gate, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            gate.seek(0)
            raise Busy(
                "この保存場所の Azukari は、もう動いています。",
                f"{gate.read().strip() or 'ほかの処理'} が {home()} を使っています。",
                "動いているほうをお使いになるか、それを止めてから、もう一度実行してください。",
            ) from None
        gate.truncate(0)
        gate.write(note)
        gate.flush()
        yield
