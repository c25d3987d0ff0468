"""Wall 2, second half: the difference between the database that ought to be and the one that is, shown and carried out.

`steps` lists the difference, each step in words with its SQL; `carry_out` does it in the caller's transaction. What
nothing grants any more is taken away first, what is new is given last, so that no step in between is open.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from azukari.core.policy.catalog import MARK, Catalog, Cursor, Membership, digest, read, stored
from azukari.core.policy.compile_sql import (
    BASE,
    PUBLIC,
    ROW_COLUMNS,
    WALLS,
    Function,
    Grant,
    Policy,
    State,
    View,
    literal,
    quote,
)
from azukari.kernel.errors import Refused

LOCK = 815_2019
FORBIDDEN = """
SELECT rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication
  OR EXISTS (SELECT FROM pg_class WHERE relowner = r.oid) OR EXISTS (SELECT FROM pg_proc WHERE proowner = r.oid)
  OR EXISTS (SELECT FROM pg_auth_members a JOIN pg_roles g ON g.oid = a.roleid
             WHERE a.member = r.oid AND (a.admin_option OR g.rolcanlogin OR g.rolname !~ '^(flow_|entry_|azukari_base$)'))
FROM pg_roles r WHERE rolname = %s"""


@dataclass(frozen=True, slots=True)
class Step:
    """One difference: in words, and the SQL that removes it."""

    words: str
    sql: str

    def __str__(self) -> str:
        return f"{self.words}\n    {self.sql.strip()}"


class Sources:
    """The SQL that makes each view and policy of a state, by the key the catalog has them under."""

    def __init__(self, state: State) -> None:
        self.views = {(view.schema, view.name): _view_sql(view) for view in state.views}
        self.policies = {(policy.table, policy.name): _policy_sql(policy) for policy in state.policies}

    def same_view(self, key: tuple[str, str], now: Catalog) -> bool:
        """The view is there exactly as it ought to be."""
        return key in self.views and now.views.get(key) == digest(self.views[key])

    def same_policy(self, key: tuple[str, str], now: Catalog) -> bool:
        """The row policy is there exactly as it ought to be."""
        return key in self.policies and now.policies.get(key) == digest(self.policies[key])


def steps(cursor: Cursor, state: State) -> list[Step]:
    """The difference, in the order in which it is carried out. Nothing is changed."""
    now = read(cursor)
    wanted = Sources(state)
    return [*_take_away(state, now, wanted), *_give(state, now, wanted), *_drop_roles(state, now)]


def carry_out(cursor: Cursor, state: State) -> list[Step]:
    """Make the database what it ought to be, within the caller's transaction; the steps that were needed.

    Raises Refused when the web role has, by other hands, rights that no wall could hold against (S8).
    """
    cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    # A changed row of the compiled tables goes and comes back; what leads to it is asked when both are done.
    cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    done = steps(cursor, state)
    for step in done:
        cursor.execute(step.sql)
    if done:
        _mark(cursor, state, read(cursor))
    _refuse_strong_web(cursor, state)
    cursor.execute("SET LOCAL search_path TO DEFAULT")
    return done


def take_down(cursor: Cursor) -> None:
    """Drop all generated views and policies, so that a migration may change the columns beneath.

    Walled tables stay walled: with row security on and no policy, no page reads a row until `apply`.
    """
    now = read(cursor)
    for table, name in now.policies:
        cursor.execute(_drop_policy(table, name).sql)
    for schema in now.schemas:
        cursor.execute(f"DROP SCHEMA {quote(schema)} CASCADE")
    cursor.execute("SET LOCAL search_path TO DEFAULT")


def _take_away(state: State, now: Catalog, wanted: Sources) -> Iterator[Step]:
    for grant in sorted(now.grants - state.grants):
        if not _goes_with_its_object(grant, state, now, wanted):
            yield _revoke(grant)
    elsewhere = now.roles - state.roles - now.removable  # roles of another database of this server
    for role, member, options in sorted(now.members - _members(state)):
        if not {role, member} & elsewhere:
            yield Step(f"{member} を {role} から外す ({options})", f"REVOKE {quote(role)} FROM {quote(member)}")
    yield from (_drop_policy(*key) for key in sorted(now.policies) if not wanted.same_policy(key, now))
    for schema in sorted(now.schemas - state.schemas):
        yield Step(f"枠 {schema} を中身ごと消す", f"DROP SCHEMA {quote(schema)} CASCADE")
    yield from _take_away_objects(state, now, wanted)


def _take_away_objects(state: State, now: Catalog, wanted: Sources) -> Iterator[Step]:
    for schema, name in sorted(now.views):
        if schema in state.schemas and not wanted.same_view((schema, name), now):
            yield Step(f"窓 {schema}.{name} を消す", f"DROP VIEW {quote(schema)}.{quote(name)} CASCADE")
    keys = {(f.schema, f.name, f.arguments) for f in state.functions}
    for key in sorted(now.functions):
        if key[0] in state.schemas and key not in keys:
            yield _drop_function(now.functions[key])


def _goes_with_its_object(grant: Grant, state: State, now: Catalog, wanted: Sources) -> bool:
    """The right disappears with its schema or view, so there is nothing to revoke."""
    key = (grant.schema, grant.name)
    return grant.schema not in {*state.schemas, PUBLIC} or (key in now.views and not wanted.same_view(key, now))


def _give(state: State, now: Catalog, wanted: Sources) -> Iterator[Step]:
    for role in sorted(state.roles - now.roles):
        yield Step(f"役割 {role} を作る", f"CREATE ROLE {quote(role)} NOLOGIN NOINHERIT")
    for role, member, options in sorted(_members(state) - now.members):
        yield Step(f"{member} を {role} に加える ({options})", f"GRANT {quote(role)} TO {quote(member)} WITH {options}")
    for schema in sorted(state.schemas - now.schemas):
        yield Step(f"枠 {schema} を作る", f"CREATE SCHEMA {quote(schema)}")
    yield from _rows(state, now)
    yield from _guard(now)
    yield from _functions(state, now)
    yield from _row_security(state, now)
    for policy in sorted(state.policies, key=str):
        key = (policy.table, policy.name)
        if not wanted.same_policy(key, now):
            yield Step(f"表 {policy.table} に {policy.role} の行の壁を建てる ({policy.command})", wanted.policies[key])
    for view in sorted(state.views):
        if not wanted.same_view((view.schema, view.name), now):
            seen = "、".join(view.columns)
            yield Step(f"窓 {view.schema}.{view.name} を開ける: {seen}", wanted.views[view.schema, view.name])
    for grant in sorted(state.grants):
        remade = (grant.schema, grant.name) in wanted.views and not wanted.same_view((grant.schema, grant.name), now)
        if remade or grant not in now.grants:
            yield _grant(grant)


def _members(state: State) -> set[tuple[str, str, str]]:
    flows = state.roles - {BASE}
    return {
        (BASE, state.web, Membership.INHERIT),
        *((BASE, role, Membership.INHERIT) for role in flows),
        *((role, state.web, Membership.SET) for role in flows),
    }


def _rows(state: State, now: Catalog) -> Iterator[Step]:
    for table, wanted in state.rows.items():
        columns = ROW_COLUMNS[table]
        for row in sorted(now.rows[table] - wanted):
            match = " AND ".join(f"{quote(c)} IS NOT DISTINCT FROM {v}" for c, v in zip(columns, row, strict=True))
            yield Step(f"{table} から {'、'.join(row)} を消す", f"DELETE FROM public.{quote(table)} WHERE {match}")
        for row in sorted(wanted - now.rows[table]):
            into = ", ".join(map(quote, columns))
            yield Step(
                f"{table} に {'、'.join(row)} を加える",
                f"INSERT INTO public.{quote(table)} ({into}) VALUES ({', '.join(row)})",
            )


def _functions(state: State, now: Catalog) -> Iterator[Step]:
    for function in sorted(state.functions, key=lambda one: (one.schema != WALLS, one)):
        found = now.functions.get((function.schema, function.name, function.arguments))
        if found != function:
            if found and found.returns != function.returns:
                yield _drop_function(found)
            yield Step(f"問い合わせ {function.schema}.{function.name} を置く", _function_sql(function))
            if found is None:
                yield _shut(function)


def _guard(now: Catalog) -> Iterator[Step]:
    """A package's functions are for the ward's roles; the residents' server calls only what its own package gives it."""
    for name in sorted(now.unguarded):
        yield Step(f"関数 {name} を、区の役割のほかに閉じる", f"REVOKE ALL ON FUNCTION {name} FROM PUBLIC")
        yield Step(f"関数 {name} を区の役割に開く", f"GRANT EXECUTE ON FUNCTION {name} TO {quote(BASE)}")


def _row_security(state: State, now: Catalog) -> Iterator[Step]:
    """Not FORCE: the owner would need a policy that allows everything, which walls off nothing and forbids it COPY."""
    for table in sorted(state.walled - now.enabled):
        yield Step(f"表 {table} を行の壁で囲む", f"ALTER TABLE public.{quote(table)} ENABLE ROW LEVEL SECURITY")
    for table in sorted(now.forced):
        yield Step(
            f"表 {table} の持ち主を行の壁の外に置く", f"ALTER TABLE public.{quote(table)} NO FORCE ROW LEVEL SECURITY"
        )
    for table in sorted(now.enabled - state.walled):
        sql = f"ALTER TABLE public.{quote(table)} DISABLE ROW LEVEL SECURITY"
        yield Step(f"表 {table} の行の壁を外す (個人情報がないため)", sql)


def _drop_roles(state: State, now: Catalog) -> Iterator[Step]:
    """A role still used by another database of the server stays, without any right here."""
    for role in sorted((now.roles - state.roles) & now.removable):
        yield Step(f"役割 {role} を消す", f"DROP ROLE {quote(role)}")


def _view_sql(view: View) -> str:
    columns = ", ".join(map(quote, view.columns))
    return (
        f"CREATE VIEW {quote(view.schema)}.{quote(view.name)} WITH (security_invoker = true)"
        f" AS SELECT {columns} FROM public.{quote(view.table)}"
    )


def _policy_sql(policy: Policy) -> str:
    using = f" USING ({policy.using})" if policy.using else ""
    check = f" WITH CHECK ({policy.check})" if policy.check else ""
    return (
        f"CREATE POLICY {quote(policy.name)} ON public.{quote(policy.table)}"
        f" FOR {policy.command} TO {quote(policy.role)}{using}{check}"
    )


def _drop_policy(table: str, name: str) -> Step:
    return Step(f"表 {table} の行の壁 {name} を除く", f"DROP POLICY {quote(name)} ON public.{quote(table)}")


def _function_sql(function: Function) -> str:
    return (
        f"CREATE OR REPLACE FUNCTION {quote(function.schema)}.{quote(function.name)}({function.arguments})"
        f" RETURNS {function.returns} LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER"
        f" SET search_path = pg_catalog, pg_temp AS $walls${function.body}$walls$"
    )


def _shut(function: Function) -> Step:
    """PostgreSQL lets everybody execute a new function until told otherwise."""
    name = f"{quote(function.schema)}.{quote(function.name)}"
    return Step(f"問い合わせ {function.name} を閉じる", f"REVOKE ALL ON FUNCTION {name} FROM PUBLIC")


def _drop_function(function: Function) -> Step:
    name = f"{quote(function.schema)}.{quote(function.name)}"
    types = ", ".join(argument.split(" ", 1)[1] for argument in function.arguments.split(", ") if argument)
    return Step(f"問い合わせ {function.schema}.{function.name} を消す", f"DROP FUNCTION {name}({types})")


def _target(grant: Grant) -> str:
    if grant.kind == "SCHEMA":
        return quote(grant.schema)
    if grant.kind == "FUNCTION":
        name, _, types = grant.name.partition("(")
        return f"{quote(grant.schema)}.{quote(name)}({types}"
    return f"{quote(grant.schema)}.{quote(grant.name)}"


def _right(grant: Grant) -> str:
    column = f" ({quote(grant.column)})" if grant.column else ""
    return f"{grant.privilege}{column} ON {grant.kind} {_target(grant)}"


def _who(role: str) -> str:
    return role if role == "PUBLIC" else quote(role)


def _grant(grant: Grant) -> Step:
    return Step(f"{grant.role} に {_in_words(grant)} を許す", f"GRANT {_right(grant)} TO {_who(grant.role)}")


def _revoke(grant: Grant) -> Step:
    return Step(f"{grant.role} から {_in_words(grant)} を取り上げる", f"REVOKE {_right(grant)} FROM {_who(grant.role)}")


def _in_words(grant: Grant) -> str:
    column = f" の列 {grant.column}" if grant.column else ""
    return f"{grant.schema}{'.' if grant.name else ''}{grant.name}{column} の {grant.privilege}"


def _mark(cursor: Cursor, state: State, now: Catalog) -> None:
    """Write beside each new view and policy what it was made from and what PostgreSQL made of it."""
    wanted = Sources(state)
    made = stored(cursor, "VIEW")
    for key, source in wanted.views.items():
        if not wanted.same_view(key, now):
            name = ".".join(map(quote, key))
            cursor.execute(f"COMMENT ON VIEW {name} IS {literal(f'{MARK} {digest(source)} {made[key]}')}")
    made = stored(cursor, "POLICY")
    for key, source in wanted.policies.items():
        if not wanted.same_policy(key, now):
            name = f"{quote(key[1])} ON public.{quote(key[0])}"
            cursor.execute(f"COMMENT ON POLICY {name} IS {literal(f'{MARK} {digest(source)} {made[key]}')}")


def _refuse_strong_web(cursor: Cursor, state: State) -> None:
    for role in filter(None, (state.web, state.public)):
        cursor.execute(FORBIDDEN, [role])
        if [tuple(row) for row in cursor.fetchall()] != [(False,)]:
            raise Refused(
                f"データベースの利用者 {role} の権限が強すぎます。",
                "所有物か、壁を越えられる権限か、取扱いの外の役割を持っています。壁が働きません。",
                f"{role} から余分な権限と所有物を取り上げ、もう一度 ./azukari consult apply を実行してください。",
            )
