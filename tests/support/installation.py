"""An installation of its own that is started, disturbed and started again, as a person at a terminal would."""

from __future__ import annotations

import hashlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from azukari.config.home import ROOT

WARD = 300
PATIENCE = 90
# Notes about the latest start; everything else of an installation counts as its files.
# The database alone, bound to whoever started it: it goes when its input ends.
DATABASE = """
import sys
from azukari.config.cluster import Cluster
cluster = Cluster()
cluster.start(bound=True)
print(flush=True)
sys.stdin.read()
cluster.stop()
"""
NOTES = {"up.lock", "pg.lock", "pg.log", "web.log", "public.log"}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(what: Callable[[], object], seconds: float = PATIENCE) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, "待っていたことが起こりませんでした。"
        time.sleep(0.01)


@dataclass
class Installation:
    """One home folder, and what `./azukari up` does there."""

    home: Path
    extra: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    public_port: int = field(default_factory=free_port)

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "azukari.cli", *arguments]

    def environment(self) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("AZUKARI_", "DJANGO_"))}
        inherited.pop("DATABASE_URL", None)
        return inherited | {"AZUKARI_HOME": str(self.home), "PYTHONPATH": str(ROOT / "src")} | self.extra

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*arguments),
            env=self.environment(),
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )

    def up(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            self.command("up", "--port", str(self.port), "--public-port", str(self.public_port), *arguments),
            env=self.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    @contextmanager
    def running(self, *arguments: str) -> Iterator[subprocess.Popen[str]]:
        """Up and answering until the end of the block, then stopped as by Ctrl-C unless the block ended it."""
        started = self.up(*arguments)
        try:
            until(lambda: self.answers() or started.poll() is not None)
            assert started.poll() is None, started.stdout and started.stdout.read()
            yield started
        finally:
            if started.poll() is None:
                started.send_signal(signal.SIGINT)
            started.communicate(timeout=PATIENCE)

    @contextmanager
    def database(self) -> Iterator[None]:
        """Its database until the end of the block, without the pages: most of what a start costs is the web servers."""
        pipe = subprocess.PIPE
        command = [sys.executable, "-c", DATABASE]
        with subprocess.Popen(command, env=self.environment(), stdin=pipe, stdout=pipe, text=True) as keeper:
            assert keeper.stdout
            assert keeper.stdout.readline() == "\n"
            yield
            keeper.communicate(timeout=PATIENCE)

    def killed_when(self, reached: Callable[[], object], *arguments: str) -> None:
        """Start, `kill -9` as soon as the start has come so far (or has ended by itself), and wait until all are gone."""
        started = self.up(*arguments)
        until(lambda: reached() or started.poll() is not None)
        started.kill()
        started.communicate()
        until(lambda: not self.processes(), 30)

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/", timeout=5):
                return True
        except urllib.error.HTTPError:
            return True
        except OSError:
            return False

    def connect(self, user: str = "azukari_owner") -> psycopg.Connection:
        return psycopg.connect(
            host=str(self.home / "run"),
            dbname="azukari",
            user=user,
            password=(self.home / "secrets" / f"database-{user}").read_text(),
            autocommit=True,
        )

    def finds(self, query: str) -> bool:
        """Whether the running database answers the query with something true; False while it does not run."""
        try:
            with self.connect() as connection:
                row = connection.execute(query).fetchone()
        except (psycopg.Error, OSError):
            return False
        return bool(row and row[0])

    def files(self) -> dict[str, str]:
        """Every file of the installation by its digest."""
        return {
            str(path.relative_to(self.home)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in self.home.rglob("*")
            if path.is_file() and path.name not in NOTES
        }

    def processes(self) -> list[str]:
        """Whoever still works in this installation."""
        return [line for pid in Path("/proc").iterdir() if pid.name.isdigit() and (line := self._here(pid))]

    def _here(self, process: Path) -> str:
        try:
            folder = process.joinpath("cwd").readlink()
            words = process.joinpath("cmdline").read_text().replace("\0", " ")
        except OSError:
            return ""
        return words if str(folder).startswith(str(self.home)) or str(self.home) in words else ""


def killed(it: Installation, seconds: float, *arguments: str) -> bool:
    """Give a command and kill it, and all it started, after a while. False when it had ended by then."""
    started = subprocess.Popen(
        it.command(*arguments), env=it.environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        start_new_session=True,
    )  # fmt: skip
    try:
        started.wait(seconds)
    except subprocess.TimeoutExpired:
        os.killpg(started.pid, signal.SIGKILL)
        started.wait()
        return True
    return False


def until_alone(it: Installation) -> None:
    """PostgreSQL notices that a client is gone when it next speaks to it."""
    until(
        lambda: it.finds(
            "SELECT count(*) = 0 FROM pg_stat_activity WHERE xact_start IS NOT NULL AND pid <> pg_backend_pid()"
        )
    )
