"""The web server as a child: granian with two workers, on the loopback address only, knowing only the web role."""

from __future__ import annotations

import os
import signal
import sys
import time
import urllib.error
import urllib.request
from types import TracebackType
from typing import Self

from azukari.config.home import home
from azukari.config.processes import spawn, stop
from azukari.config.server import without_credentials
from azukari.kernel.errors import Unavailable

WORKERS = 2
THREADS = 4
OWNERS_OWN = {"AZUKARI_OWNER", "PGUSER", "PGPASSWORD", "PGPASSFILE", "PGSERVICE"}
READY_SECONDS = 60
ANSWER_SECONDS = 5
STOP_SECONDS = 10


def environment() -> dict[str, str]:
    """What the web process may know: no owner, no superuser (S8)."""
    kept = {name: value for name, value in os.environ.items() if name not in OWNERS_OWN}
    if url := kept.get("DATABASE_URL"):
        kept["DATABASE_URL"] = without_credentials(url)
    return kept | {"AZUKARI_SERVING": "1", "DJANGO_SETTINGS_MODULE": "azukari.config.settings"}


class Site:
    """`with Site(port) as site:` serves from entry to exit. Raises Unavailable when the server does not stay."""

    def __init__(self, port: int) -> None:
        self.address = f"http://127.0.0.1:{port}/"
        self.log = home() / "web.log"
        self._ready = False
        self._deadline = time.monotonic() + READY_SECONDS
        self._command = [
            *(sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)),
            *("--workers", str(WORKERS), "--blocking-threads", str(THREADS), "--log-level", "warning", "--no-ws"),
            *("--workers-kill-timeout", "2", "azukari.config.wsgi:application"),
        ]

    def __enter__(self) -> Self:
        self.log.touch(mode=0o600)
        with self.log.open("r+b") as output:
            output.truncate()
            self._server = spawn(
                self._command, dies_by=signal.SIGTERM, output=output, environment=environment(), folder=home()
            )
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        stop(self._server, signal.SIGTERM, STOP_SECONDS)

    def check(self) -> None:
        """Raise Unavailable if the server has ended by itself, or never answered."""
        if self._server.poll() is not None:
            raise self._failure("Web サーバーが止まりました。")
        if not self._ready and time.monotonic() > self._deadline:
            raise self._failure("最初のページが答えません。")

    def answers(self) -> bool:
        """Whether the first page answers by now. Raises Unavailable when it answers with an error of ours."""
        try:
            with urllib.request.urlopen(self.address, timeout=ANSWER_SECONDS):
                self._ready = True
        except urllib.error.HTTPError as error:
            if error.code >= 500:
                raise self._failure(f"最初のページが {error.code} になりました。") from error
            self._ready = True
        except OSError:
            pass
        return self._ready

    def _failure(self, what: str) -> Unavailable:
        last = self.log.read_text(errors="replace").strip()[-1500:]
        return Unavailable(what, last or "記録はありません。", f"記録 {self.log} を確かめてください。")
