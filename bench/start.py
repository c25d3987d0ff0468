"""From a fresh clone with a cold environment to the first page, and the start after that. There is no peer: goals only."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from azukari.config.home import ROOT

FIRST_GOAL = 60.0
SECOND_GOAL = 6.0
PATIENCE = 600


def run() -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="azukari-bench-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        clone, environment = folder / "azukari", _cold(folder)
        began = time.perf_counter()
        subprocess.run(["git", "clone", "--quiet", ROOT, clone], check=True)
        first = _until_first_page(clone, environment, began)
        second = _until_first_page(clone, environment, time.perf_counter())
    return {
        "rows": [
            _row("新しい複製から最初のページまで (環境の作成と見本の区 28,000 人を含む)", first, FIRST_GOAL),
            _row("二度目の開始", second, SECOND_GOAL),
        ]
    }


def _cold(folder: Path) -> dict[str, str]:
    """Nothing kept from earlier runs: no package cache, no installation."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AZUKARI_", "PYTHON", "VIRTUAL"))}
    caches = {name: str(folder / "cache") for name in ("UV_CACHE_DIR", "PIP_CACHE_DIR", "XDG_CACHE_HOME")}
    return kept | caches | {"AZUKARI_HOME": str(folder / "home")}


def _until_first_page(clone: Path, environment: dict[str, str], began: float) -> float:
    port = _free_port()
    command = ["./azukari", "up", "--port", str(port)]
    with subprocess.Popen(
        command, cwd=clone, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as up:
        try:
            while not _answers(port):
                if up.poll() is not None or time.perf_counter() - began > PATIENCE:
                    raise RuntimeError(f"./azukari up did not come up (exit code {up.poll()})")
                time.sleep(0.02)
            return time.perf_counter() - began
        finally:
            up.send_signal(signal.SIGINT)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=10) as page:
            return bool(page.status == 200)
    except urllib.error.HTTPError as error:
        raise RuntimeError(f"the first page answers {error.code}") from error
    except OSError:
        return False


def _row(what: str, ours: float, goal: float) -> dict[str, Any]:
    return {
        "what": what,
        "ours": ours,
        "unit": "秒",
        "peers": {},
        "ratio": None,
        "goal": f"≤ {goal:.0f}",
        "met": ours <= goal,
    }
