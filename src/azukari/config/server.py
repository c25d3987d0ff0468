"""What Azukari asks of a PostgreSQL server: the three login roles, the extensions, and that it is able to do the work."""

from __future__ import annotations

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from azukari.config.home import secret
from azukari.kernel.errors import BadInput, Refused, Unavailable

OWNER = "azukari_owner"
WEB = "azukari_web"
# The residents' server: a member of nothing, able to do what `core.policy` opens to it and nothing else.
PUBLIC = "azukari_public"
EXTENSIONS = ("btree_gist", "pg_trgm")
OLDEST = 180000
HOW_TO_MAKE = (
    f"管理者が CREATE ROLE {OWNER} LOGIN CREATEROLE PASSWORD '…' と CREATE DATABASE azukari OWNER {OWNER} を実行し、"
    "その利用者の DATABASE_URL を指定してください。"
)


def prepare(url: str) -> None:
    """Make the web roles and the extensions on the server that `url` (its owner role) names. May be done again.

    Raises Unavailable (no answer, too old), BadInput (no such address), Refused (the role may not do it, or may do too much).
    """
    try:
        with psycopg.connect(url, autocommit=True, connect_timeout=10) as connection:
            _check_rights(connection)
            for role in (WEB, PUBLIC):
                _make_role(connection, role)
            connection.execute(
                sql.SQL("GRANT {} TO CURRENT_USER WITH INHERIT FALSE, SET TRUE").format(sql.Identifier(WEB))
            )
            for extension in EXTENSIONS:
                connection.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(extension)))
            prove(connection)
    except psycopg.OperationalError as error:
        raise Unavailable(
            "DATABASE_URL のデータベースにつながりません。", str(error).strip(), "住所と合言葉を確かめてください。"
        ) from error
    except psycopg.errors.InsufficientPrivilege as error:
        raise Refused("DATABASE_URL の利用者の権限が足りません。", str(error).strip(), HOW_TO_MAKE) from error


def without_credentials(url: str) -> str:
    """The same server and database without the owner's name and password: all that the web process may know."""
    try:
        parts = conninfo_to_dict(url)
    except psycopg.ProgrammingError as error:
        raise BadInput(
            "DATABASE_URL が読めません。",
            str(error).strip(),
            "postgresql://利用者:合言葉@住所/名前 の形で書いてください。",
        ) from error
    return " ".join(f"{name}='{value}'" for name, value in parts.items() if name not in {"user", "password"})


def prove(connection: psycopg.Connection) -> None:
    """Refuse a server that would give wrong answers later instead of none now. Raises Unavailable."""
    if connection.info.server_version < OLDEST:
        raise Unavailable(
            "データベースが古すぎます。",
            f"PostgreSQL {connection.info.parameter_status('server_version')} には期間の主キーがありません。",
            "PostgreSQL 18 以上をお使いください。",
        )
    # With a wrong LC_CTYPE pg_trgm answers 0 for Japanese and every name search silently finds nobody.
    row = connection.execute("SELECT similarity('世田谷区', '世田谷') > 0").fetchone()
    if row != (True,):
        raise Unavailable(
            "データベースが日本語の検索に使えません。",
            "pg_trgm が日本語の似ている度合いを 0 と答えました (LC_CTYPE の誤り)。",
            "文字の種類 (LC_CTYPE) を C.UTF-8 にして、データベースを作り直してください。",
        )


def _check_rights(connection: psycopg.Connection) -> None:
    row = connection.execute(
        "SELECT rolsuper, rolcreaterole, rolname FROM pg_roles WHERE rolname = current_user"
    ).fetchone()
    is_superuser, may_create_roles, name = row or (False, False, "")
    if is_superuser:
        raise Refused(f"{name} は使えません。", "スーパーユーザーには、どの壁も効きません (S8)。", HOW_TO_MAKE)
    if not may_create_roles:
        raise Refused(
            f"{name} に CREATEROLE の権限がありません。",
            "諮問の取扱いごとに、データベースの役割を作ります。",
            HOW_TO_MAKE,
        )


def _make_role(connection: psycopg.Connection, role: str) -> None:
    """The password is set at every start: the installation's secret is the one that holds."""
    known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
    verb = "ALTER" if known else "CREATE"
    connection.execute(
        sql.SQL(verb + " ROLE {} LOGIN NOINHERIT PASSWORD {}").format(sql.Identifier(role), secret(f"database-{role}"))
    )
    connection.execute(
        sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(
            sql.Identifier(connection.info.dbname), sql.Identifier(role)
        )
    )
