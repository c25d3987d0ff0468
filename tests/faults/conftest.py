"""Installations to be disturbed: a fresh one, and one that has been started once and stopped."""

from __future__ import annotations

import fcntl
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from azukari.config.home import home
from support.installation import WARD, Installation


@contextmanager
def folder() -> Iterator[Path]:
    """Where a service user can reach it too; pytest's own temporary folders are closed to others."""
    path = Path(tempfile.mkdtemp(prefix="azukari-fault-"))
    path.chmod(0o711)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


@pytest.fixture
def fresh() -> Iterator[Installation]:
    with folder() as path:
        installation = Installation(path / "home")
        yield installation
        assert installation.processes() == []


@pytest.fixture(scope="session")
def _made() -> Path:
    """Made by the worker that asks first; the others wait. It goes with the folder of all tests."""
    path, whole = home() / "faults", home() / "faults.made"
    with (home() / "faults.lock").open("w") as gate:
        fcntl.flock(gate, fcntl.LOCK_EX)
        if not whole.exists():
            path.mkdir(mode=0o711)
            with Installation(path / "home").running("--ward-size", str(WARD)):
                pass
            whole.touch()
    return path / "home"


@contextmanager
def copied(home: Path) -> Iterator[Installation]:
    with folder() as path:
        subprocess.run(["cp", "-a", home, path / "home"], check=True)
        installation = Installation(path / "home")
        yield installation
        assert installation.processes() == []


@pytest.fixture
def made(_made: Path) -> Iterator[Installation]:
    """A demonstration ward of 300 persons, started once and stopped."""
    with copied(_made) as installation:
        yield installation


@pytest.fixture(scope="module")
def serving(_made: Path) -> Iterator[tuple[Installation, int]]:
    """Such a ward and its process, up while a module looks at it; whoever started it had the owner's password at hand."""
    with copied(_made) as installation:
        installation.extra["PGPASSWORD"] = "owner's"
        with installation.running() as started:
            yield installation, started.pid


@pytest.fixture
def small_disk() -> Iterator[Installation]:
    """A home on a disk of 75 MB: enough to begin, too small to finish."""
    with folder() as path:
        home = path / "home"
        home.mkdir()
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=75m,mode=711", "none", home], check=False)
        if done.returncode:
            pytest.skip("この環境では小さなディスクを用意できません")
        try:
            yield Installation(home)
        finally:
            subprocess.run(["umount", "--lazy", home], check=True)


SERVER = """
import sys
from azukari.config.cluster import Cluster
cluster = Cluster()
cluster.start(bound=True)
with cluster.superuser() as connection:
    connection.execute("DROP DATABASE azukari")
    connection.execute("DROP ROLE azukari_web, azukari_public, azukari_owner")
    for name, rights in (("steward", "CREATEROLE"), ("guest", ""), ("king", "SUPERUSER")):
        connection.execute(f"CREATE ROLE {name} LOGIN {rights} PASSWORD 'word'")
    connection.execute("CREATE DATABASE ward OWNER steward")
print(cluster.socket, flush=True)
sys.stdin.read()
cluster.stop()
"""


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """A server that somebody else runs: an owner `steward`, a powerless `guest`, a superuser `king`. Its address."""
    with folder() as path:
        place = Installation(path / "server")
        pipe = subprocess.PIPE
        command = [sys.executable, "-c", SERVER]
        with subprocess.Popen(command, env=place.environment(), stdin=pipe, stdout=pipe, text=True) as keeper:
            assert keeper.stdin
            assert keeper.stdout
            yield f"dbname=ward password=word host={keeper.stdout.readline().strip()}"
            keeper.stdin.close()
            keeper.wait(60)
