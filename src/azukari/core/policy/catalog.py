"""The database as it is: what PostgreSQL's catalog says of roles, rights, views, policies and functions.

Generated views and policies carry a comment `azukari <source> <stored>`: a hash of the SQL they were made from and one of
what PostgreSQL made of it. A view or policy changed by hand no longer matches the second and is made again.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any, Protocol

from azukari.core.policy.compile_sql import BASE, PUBLIC, ROW_COLUMNS, WALLS, Function, Grant, quote

MARK = "azukari"


class Cursor(Protocol):
    """What of a psycopg or Django cursor is used here."""

    def execute(self, query: Any, params: Any = None, /) -> Any:
        """Run one statement."""

    def fetchall(self) -> list[Any]:
        """All rows of the last one."""


class Membership:
    """Names of the options of one membership, as pg_auth_members has them."""

    INHERIT = "INHERIT TRUE, SET FALSE"
    SET = "INHERIT FALSE, SET TRUE"


@dataclass(frozen=True)
class Catalog:
    """What is there now.

    `views` (by schema and name) and `policies` (by table and name) say the hash of the SQL each was made from, or ""
    when it was changed by hand. `removable` are the roles no other database of the server uses. `unguarded` are the
    functions of ours, with their arguments, that every role of the server may call.
    """

    roles: frozenset[str]
    removable: frozenset[str]
    members: frozenset[tuple[str, str, str]]
    schemas: frozenset[str]
    enabled: frozenset[str]
    forced: frozenset[str]
    views: dict[tuple[str, str], str]
    policies: dict[tuple[str, str], str]
    functions: dict[tuple[str, str, str], Function]
    grants: frozenset[Grant]
    unguarded: frozenset[str]
    rows: dict[str, frozenset[tuple[str, ...]]]


OWN_ROLES = f"rolname = '{BASE}' OR (rolname ~ '^(flow|entry)_' AND NOT rolcanlogin)"
ROLES = f"""
SELECT rolname, NOT EXISTS (
  SELECT FROM pg_shdepend d WHERE d.refobjid = r.oid AND d.refclassid = 'pg_authid'::regclass
  AND d.dbid NOT IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
) FROM pg_roles r WHERE {OWN_ROLES}"""
MEMBERS = f"""
SELECT r.rolname, m.rolname, format('INHERIT %s, SET %s', upper(a.inherit_option::text), upper(a.set_option::text))
FROM pg_auth_members a JOIN pg_roles r ON r.oid = a.roleid JOIN pg_roles m ON m.oid = a.member
WHERE (r.{OWN_ROLES.replace(" OR (", " OR (r.").replace("NOT rol", "NOT r.rol")}) AND m.rolname <> current_user"""
SCHEMAS = f"SELECT nspname FROM pg_namespace WHERE nspname = '{WALLS}' OR nspname ~ '^(flow|entry)_'"
TABLES = f"""
SELECT relname, relrowsecurity, relforcerowsecurity FROM pg_class
WHERE relnamespace = '{PUBLIC}'::regnamespace AND relkind IN ('r', 'p')"""
VIEWS = """
SELECT n.nspname, c.relname, coalesce(obj_description(c.oid, 'pg_class'), ''),
  pg_get_viewdef(c.oid) || coalesce(c.reloptions::text, '')
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind NOT IN ('i', 'S') AND n.nspname ~ '^(flow|entry)_'"""
POLICIES = """
SELECT c.relname, p.polname, coalesce(obj_description(p.oid, 'pg_policy'), ''),
  concat_ws(' | ', p.polpermissive, p.polcmd, p.polroles::text, pg_get_expr(p.polqual, p.polrelid),
            pg_get_expr(p.polwithcheck, p.polrelid))
FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid WHERE c.relnamespace = 'public'::regnamespace"""
FUNCTIONS = f"""
SELECT n.nspname, p.proname, pg_get_function_arguments(p.oid), pg_get_function_result(p.oid),
  CASE WHEN p.prosecdef AND p.provolatile = 's' AND p.proparallel = 's' AND p.proowner = current_user::regrole
    AND p.proconfig = ARRAY['search_path=pg_catalog, pg_temp'] THEN p.prosrc ELSE '' END
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE n.nspname = '{WALLS}' OR n.nspname ~ '^(flow|entry)_'"""
# PostgreSQL lets every role call a new function. One gives a number to the trigger that all writers of the ledger fire.
UNGUARDED = f"""
SELECT p.oid::regprocedure::text FROM pg_proc p
WHERE p.pronamespace = '{PUBLIC}'::regnamespace AND p.proowner = current_user::regrole AND p.proname <> 'audit_shift'
  AND p.prorettype <> 'trigger'::regtype
  AND (p.proacl IS NULL OR EXISTS (SELECT FROM aclexplode(p.proacl) a WHERE a.grantee = 0))
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')"""
_OURS = f"n.nspname IN ('{PUBLIC}', '{WALLS}') OR n.nspname ~ '^(flow|entry)_'"
_WHO = "CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE pg_get_userbyid(a.grantee) END"
GRANTS = f"""
SELECT 'SCHEMA', n.nspname::text, ''::text, ''::text, a.privilege_type, {_WHO}
FROM pg_namespace n, aclexplode(n.nspacl) a WHERE ({_OURS}) AND a.grantee NOT IN (n.nspowner, current_user::regrole)
UNION ALL
SELECT 'TABLE', n.nspname, c.relname::text, '', a.privilege_type, {_WHO}
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, aclexplode(c.relacl) a
WHERE ({_OURS}) AND c.relkind IN ('r', 'v', 'm', 'p', 'f') AND a.grantee NOT IN (c.relowner, current_user::regrole)
UNION ALL
SELECT 'TABLE', n.nspname, c.relname::text, t.attname::text, a.privilege_type, {_WHO}
FROM pg_attribute t JOIN pg_class c ON c.oid = t.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace,
  aclexplode(t.attacl) a
WHERE ({_OURS}) AND a.grantee NOT IN (c.relowner, current_user::regrole) AND NOT t.attisdropped
UNION ALL
SELECT 'FUNCTION', n.nspname, format('%s(%s)', p.proname, oidvectortypes(p.proargtypes)), '', a.privilege_type, {_WHO}
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace,
  aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
WHERE (n.nspname = '{WALLS}' OR n.nspname ~ '^(flow|entry)_') AND a.grantee NOT IN (p.proowner, current_user::regrole)"""


def read(cursor: Cursor) -> Catalog:
    """The catalog as it is now, read with the names written out in full."""
    cursor.execute("SELECT set_config('search_path', 'pg_catalog', true)")
    roles = _all(cursor, ROLES)
    tables = _all(cursor, TABLES)
    return Catalog(
        roles=frozenset(role for role, _ in roles),
        removable=frozenset(role for role, free in roles if free),
        members=frozenset(map(tuple, _all(cursor, MEMBERS))),
        schemas=frozenset(name for (name,) in _all(cursor, SCHEMAS)),
        enabled=frozenset(name for name, enabled, _ in tables if enabled),
        forced=frozenset(name for name, _, forced in tables if forced),
        views=_marks(cursor, VIEWS),
        policies=_marks(cursor, POLICIES),
        functions={(f.schema, f.name, f.arguments): f for row in _all(cursor, FUNCTIONS) for f in (Function(*row),)},
        grants=frozenset(Grant(*row) for row in _all(cursor, GRANTS)),
        unguarded=frozenset(name for (name,) in _all(cursor, UNGUARDED)),
        rows={table: _rows(cursor, table, columns) for table, columns in ROW_COLUMNS.items()},
    )


def digest(text: str) -> str:
    """A short hash of a piece of SQL."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def stored(cursor: Cursor, kind: str) -> dict[tuple[str, str], str]:
    """What PostgreSQL made of each generated view (`VIEW`) or policy (`POLICY`), as a hash."""
    query = VIEWS if kind == "VIEW" else POLICIES
    return {(where, name): digest(text) for where, name, _, text in _all(cursor, query)}


def _marks(cursor: Cursor, query: str) -> dict[tuple[str, str], str]:
    return {(where, name): _source(comment, text) for where, name, comment, text in _all(cursor, query)}


def _source(comment: str, text: str) -> str:
    mark, _, hashes = comment.partition(" ")
    source, _, made = hashes.partition(" ")
    return source if mark == MARK and made == digest(text) else ""


def _rows(cursor: Cursor, table: str, columns: tuple[str, ...]) -> frozenset[tuple[str, ...]]:
    literals = ", ".join(
        f"CASE WHEN {quote(c)}::text IN ('true', 'false') THEN {quote(c)}::text"
        f" ELSE coalesce(quote_literal({quote(c)}::text), 'NULL') END"
        for c in columns
    )
    return frozenset(map(tuple, _all(cursor, f"SELECT {literals} FROM public.{quote(table)}")))


def _all(cursor: Cursor, query: str) -> list[Any]:
    cursor.execute(query)
    return cursor.fetchall()
