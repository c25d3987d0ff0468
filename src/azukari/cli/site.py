"""The two web servers as children: granian with two workers each, on the loopback address only, each with its own role.

The ward's pages and the residents' are two processes with two settings modules; neither can load the other's.
"""

from __future__ import annotations

import os
import signal
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two servers: its name in words, its settings and application, and its log."""

    name: str
    settings: str
    application: str
    log: str


WARD = Side("Web サーバー", "azukari.config.settings", "azukari.config.wsgi:application", "web.log")
RESIDENTS = Side(
    "区民の Web サーバー", "azukari.config.public_settings", "azukari.config.public_wsgi:application", "public.log"
)


def environment(side: Side = WARD) -> dict[str, str]:
    """What a web process may know: no owner, no superuser (S8)."""
    kept = {name: value for name, value in os.environ.items() if name not in OWNERS_OWN}
    if url := kept.get("DATABASE_URL"):
        kept["DATABASE_URL"] = without_credentials(url)
    return kept | {"AZUKARI_SERVING": "1", "DJANGO_SETTINGS_MODULE": side.settings}


class _Stay(urllib.request.HTTPRedirectHandler):
    """A redirect (to TLS, behind a proxy) is an answer; following it would leave this server."""

    def redirect_request(self, *_: object) -> None:
        """Not followed; told as HTTPError."""


class Site:
    """`with Site(port) as site:` serves from entry to exit. Raises Unavailable when the server does not stay."""

    def __init__(self, port: int, side: Side = WARD) -> None:
        self.address = f"http://127.0.0.1:{port}/"
        self.log = home() / side.log
        self._side = side
        self._ready = False
        self._deadline = time.monotonic() + READY_SECONDS
        self._command = [
            *(sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)),
            *("--workers", str(WORKERS), "--blocking-threads", str(THREADS), "--log-level", "warning", "--no-ws"),
            *("--workers-kill-timeout", "2", side.application),
        ]

    def __enter__(self) -> Self:
        self.log.touch(mode=0o600)
        with self.log.open("r+b") as output:
            output.truncate()
            self._server = spawn(
                self._command, dies_by=signal.SIGTERM, output=output, environment=environment(self._side), folder=home()
            )
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        stop(self._server, signal.SIGTERM, STOP_SECONDS)

    def check(self) -> None:
        """Raise Unavailable if the server has ended by itself, or never answered."""
        if self._server.poll() is not None:
            raise self._failure(f"{self._side.name}が止まりました。")
        if not self._ready and time.monotonic() > self._deadline:
            raise self._failure("最初のページが答えません。")

    def answers(self) -> bool:
        """Whether the first page answers by now. Raises Unavailable when it answers with an error of ours."""
        try:
            with urllib.request.build_opener(_Stay).open(self.address, timeout=ANSWER_SECONDS):
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
