"""Where one installation keeps what it writes: database files, secrets, logs, checkpoints.

The folder is `AZUKARI_HOME`, else `var/` in the checkout, else (as root, whose checkout other users may not be able to
reach) `/var/lib/azukari/<name>`. Everything in it is private to its owner.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from functools import cache
from pathlib import Path

from azukari.kernel.errors import Unavailable

ROOT = Path(__file__).resolve().parents[3]
SOCKET_PATH_LIMIT = 107


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


def secret(name: str) -> str:
    """The secret of that name, made on first use; a file of mode 0600 that no log ever sees."""
    path = home() / "secrets" / name
    if not path.exists():
        path.parent.mkdir(mode=0o700, exist_ok=True)
        fresh = path.with_name(f".{name}.{os.getpid()}")
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_urlsafe(32))
        try:
            os.link(fresh, path)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return path.read_text().strip()


def socket_folder() -> Path:
    """A private folder whose path leaves room for a socket name (the kernel allows 107 bytes in all)."""
    folder = home() / "run"
    if len(str(folder / ".s.PGSQL.5432").encode()) > SOCKET_PATH_LIMIT:
        tag = hashlib.sha256(str(home()).encode()).hexdigest()[:12]
        folder = Path(os.environ.get("XDG_RUNTIME_DIR", "/tmp")) / f"azukari-{os.geteuid()}-{tag}"  # noqa: S108
    return folder
