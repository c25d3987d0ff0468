"""Wall 2, first half: from terms and tables to the database that ought to be. Pure; nothing is executed here.

For each flow a NOLOGIN role and a schema of its name with one `v_<table>` view a table (security_invoker, only the
columns the consultation lists), the same columns granted on the table beneath, and row policies. The actor's side of a
policy is asked once a query, as `(SELECT walls.open(…))`; a function called per row would cost fifteen times as much.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, NamedTuple

from azukari.core.policy.terms import SCREEN, Terms, is_own_facility
from azukari.core.policy.types import Form, Holds

BASE = "azukari_base"
NAME_BYTES = 63
WALLS = "walls"
PUBLIC = "public"
Usage = Literal["walled", "ordinary", "append_only", "read_only", "closed"]
WEB_RIGHTS: Mapping[Usage, tuple[str, ...]] = {
    "walled": (),
    "ordinary": ("SELECT", "INSERT", "UPDATE", "DELETE"),
    "append_only": ("SELECT",),
    "read_only": ("SELECT",),
    "closed": (),
}

# Entering a flow: actor, place, medium, day, direction, search path, role; all until the end of the transaction.
ENTER = (
    "SELECT set_config('azukari.actor', %s, true), set_config('azukari.place', %s, true),"
    " set_config('azukari.medium', %s, true), set_config('azukari.on', %s, true),"
    " set_config('azukari.direction', %s, true), set_config('search_path', %s, true), set_config('role', %s, true)"
)
LEAVE = (
    "SET LOCAL ROLE NONE; SET LOCAL search_path TO DEFAULT; SET LOCAL azukari.actor TO ''; SET LOCAL azukari.place TO '';"
    " SET LOCAL azukari.medium TO ''; SET LOCAL azukari.\"on\" TO ''; SET LOCAL azukari.direction TO ''"
)


@dataclass(frozen=True, slots=True)
class Vessel:
    """A table that holds something. `holds` speaks of columns here, not of model fields; `key` is the primary key.

    `arrays` are the columns of an array type: a row may lie in several scopes.
    """

    table: str
    columns: tuple[str, ...]
    key: str
    holds: Holds
    usage: Usage = "walled"
    arrays: frozenset[str] = frozenset()


class Grant(NamedTuple):
    """One right, as the catalog knows it. `name` is a function's with its argument types, or a schema's own."""

    kind: Literal["SCHEMA", "TABLE", "FUNCTION"]
    schema: str
    name: str
    column: str
    privilege: str
    role: str


class Policy(NamedTuple):
    """One row policy: `check` only for what is written."""

    table: str
    name: str
    command: Literal["SELECT", "INSERT", "UPDATE"]
    role: str
    using: str | None
    check: str | None


class View(NamedTuple):
    """One generated view: the flow's columns of one table, in the table's order."""

    schema: str
    name: str
    table: str
    columns: tuple[str, ...]


class Function(NamedTuple):
    """One helper function: SQL, STABLE, SECURITY DEFINER, with a fixed search path, owned by the owner."""

    schema: str
    name: str
    arguments: str
    returns: str
    body: str


@dataclass(frozen=True)
class State:
    """The desired database. `rows` are the compiled tables' full contents, by table, as SQL literals."""

    owner: str
    web: str
    roles: frozenset[str]
    walled: frozenset[str]
    views: frozenset[View]
    policies: frozenset[Policy]
    functions: frozenset[Function]
    grants: frozenset[Grant]
    rows: Mapping[str, frozenset[tuple[str, ...]]] = field(default_factory=dict)
    public: str | None = None

    @property
    def schemas(self) -> frozenset[str]:
        """One a role of a flow, and the one of the helper functions."""
        return (self.roles - {BASE}) | {WALLS}


ROW_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "policy_flowrow": ("flow", "role", "direction", "since", "until", "screen", "most", "per", "pseudonymised"),
    "policy_flowplace": ("flow", "stands_for", "own"),
    "policy_flowmedium": ("flow", "medium", "valid"),
}

# The one question of the row policies. Every setting that is missing makes it false; only a missing day means today.
_ASKED = f"""
FROM public.policy_flowrow f
JOIN public.policy_enrolment e ON e.flow = f.flow
JOIN public.policy_flowplace w ON w.flow = f.flow
JOIN public.policy_placerow p ON p.stands_for = w.stands_for
CROSS JOIN LATERAL (
  SELECT coalesce(nullif(current_setting('azukari.on', true), '')::date, (now() AT TIME ZONE 'Asia/Tokyo')::date) AS day,
    current_setting('azukari.medium', true) AS medium
) now_asked
WHERE f.flow = asked
  AND f.since <= day AND (f.until IS NULL OR day < f.until)
  AND f.direction = current_setting('azukari.direction', true)
  AND e.actor = nullif(current_setting('azukari.actor', true), '') AND e.period @> day
  AND p.code = current_setting('azukari.place', true)
  AND CASE WHEN p.contractor IS NULL THEN NOT w.own ELSE p.contractor = e.contractor END
  AND (
    medium = '{SCREEN}' AND (f.screen OR p.ward_terminal)
    OR EXISTS (SELECT FROM public.policy_flowmedium m WHERE m.flow = f.flow AND m.medium = now_asked.medium)
  )"""
# `contractor` and `person` are NULL, and so match no row, wherever `open` is false.
HELPERS = (
    Function(WALLS, "open", "asked text", "boolean", f"\nSELECT EXISTS (SELECT {_ASKED}\n)"),
    Function(WALLS, "contractor", "asked text", "text", f"\nSELECT e.contractor {_ASKED}"),
    Function(WALLS, "person", "asked text", "bigint", f"\nSELECT e.person {_ASKED}"),
)


def compile_state(terms: Mapping[str, Terms], vessels: Iterable[Vessel], *, owner: str, web: str) -> State:
    """Everything the database should contain for these consultations and tables."""
    vessels = tuple(vessels)
    granting = [one for one in terms.values() if one.gap is None]
    exposed = [(one, vessel) for one in granting for vessel in vessels if columns_of(one, vessel)]
    walled = frozenset(vessel.table for vessel in vessels if vessel.usage == "walled")
    subjects = {_subjects_function(one, vessel): one for one, vessel in exposed if vessel.holds.subject}
    grants = (
        *_base_grants(web, vessels),
        *(grant for one in terms.values() for grant in _role_grants(one)),
        *(grant for one, vessel in exposed for grant in _table_grants(one, vessel)),
        *(_may_execute(function, one.role) for function, one in subjects.items()),
    )
    return State(
        owner=owner,
        web=web,
        roles=frozenset({BASE, *(one.role for one in terms.values())}),
        walled=walled,
        views=frozenset(_view(one, vessel) for one, vessel in exposed),
        policies=frozenset(policy for one, vessel in exposed for policy in _policies(one, vessel)),
        functions=frozenset((*HELPERS, *subjects)),
        grants=frozenset(grants),
        rows=_rows(granting),
    )


def columns_of(terms: Terms, vessel: Vessel) -> tuple[str, ...]:
    """The columns of a table that a flow may see, in the table's order: facts, and the items its consultation lists.

    None at all when the flow is not named by the table, or when the rows are plain and the flow takes tokens only.
    """
    holds = vessel.holds
    if terms.id not in holds.flows or vessel.usage != "walled":
        return ()
    if terms.form is Form.PSEUDONYMISED and holds.form is Form.PLAIN and (holds.items or holds.subject):
        return ()
    listed = {column for column, spellings in holds.items.items() if set(names(spellings)) & set(terms.items)}
    kept = set(holds.hidden) | set(holds.items)
    return tuple(c for c in vessel.columns if c in listed or ((c in holds.facts or c == vessel.key) and c not in kept))


def names(spellings: str | tuple[str, ...]) -> tuple[str, ...]:
    """The spellings of an item, always as a tuple."""
    return (spellings,) if isinstance(spellings, str) else spellings


def view_name(table: str) -> str:
    """`v_<table>`, within PostgreSQL's 63 bytes."""
    return short(f"v_{table}")


def subjects_function(table: str) -> str:
    """The name of a flow's look-up of person keys for a table or its `v_` view."""
    return short(f"subjects_of_{table.removeprefix('v_')}")


def short(name: str) -> str:
    """A name PostgreSQL keeps whole: longer than 63 bytes, its end gives way to a hash of all of it."""
    if len(name.encode()) <= NAME_BYTES:
        return name
    tag = hashlib.sha256(name.encode()).hexdigest()[:8]
    return name.encode()[: NAME_BYTES - 9].decode(errors="ignore") + f"_{tag}"


def quote(name: str) -> str:
    """An identifier, always quoted."""
    return '"' + name.replace('"', '""') + '"'


def literal(value: object) -> str:
    """A constant in SQL; NULL for None."""
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "true" if value else "false"
    return "'" + str(value).replace("'", "''") + "'"


def predicate(terms: Terms, vessel: Vessel) -> str:
    """Which rows of the table the flow's role sees.

    The actor's side is an InitPlan, asked once a query. Where it is compared with a column (leakproof `=`, so that an
    index may serve it), that comparison also says whether the flow is open, and costs what the owner's own would.
    """
    compared, rest = tuple(_compared(terms, vessel)), tuple(_scoped(terms, vessel))
    return " AND ".join((*(compared or (f"(SELECT walls.open({literal(terms.id)}))",)), *rest))


def _compared(terms: Terms, vessel: Vessel) -> Iterator[str]:
    holds = vessel.holds
    if terms.divided and holds.contractor:
        yield f"{quote(holds.contractor)} = (SELECT walls.contractor({literal(terms.id)}))"
    if terms.own_record and holds.subject:
        yield f"{quote(holds.subject)} = (SELECT walls.person({literal(terms.id)}))"


def _scoped(terms: Terms, vessel: Vessel) -> Iterator[str]:
    """What else narrows personal rows; a table that cannot tell whose rows it has shows none under `own_record`."""
    if not (vessel.holds.items or vessel.holds.subject):
        return
    if terms.row_scope:
        yield _in_scope(terms.row_scope, vessel)
    if terms.own_record and not vessel.holds.subject:
        yield "false"


def _in_scope(scope: str, vessel: Vessel) -> str:
    """A table that cannot tell the scope shows nothing under a flow that is narrowed to one."""
    column = vessel.holds.scope
    if column is None:
        return "false"
    every = f"ANY ({quote(column)})" if column in vessel.arrays else quote(column)
    return f"{literal(scope)} = {every}"


def _view(terms: Terms, vessel: Vessel) -> View:
    return View(terms.role, view_name(vessel.table), vessel.table, columns_of(terms, vessel))


def _policies(terms: Terms, vessel: Vessel) -> Iterator[Policy]:
    rows, table, role = predicate(terms, vessel), vessel.table, terms.role
    yield Policy(table, short(f"{role}_read"), "SELECT", role, rows, None)
    if terms.id in vessel.holds.writes:
        yield Policy(table, short(f"{role}_add"), "INSERT", role, None, rows)
        yield Policy(table, short(f"{role}_change"), "UPDATE", role, rows, rows)


def _subjects_function(terms: Terms, vessel: Vessel) -> Function:
    subject = quote(vessel.holds.subject or "")
    body = (
        f"\nSELECT DISTINCT t.{subject} FROM public.{quote(vessel.table)} t"
        f" WHERE t.{quote(vessel.key)} = ANY ($1) AND t.{subject} IS NOT NULL AND {predicate(terms, vessel)}"
    )
    return Function(terms.role, subjects_function(vessel.table), "ids bigint[]", "SETOF bigint", body)


def _base_grants(web: str, vessels: tuple[Vessel, ...]) -> Iterator[Grant]:
    yield Grant("SCHEMA", PUBLIC, "", "", "USAGE", BASE)
    yield Grant("SCHEMA", WALLS, "", "", "USAGE", BASE)
    yield from (_may_execute(function, BASE) for function in HELPERS)
    for vessel in vessels:
        yield from (Grant("TABLE", PUBLIC, vessel.table, "", right, web) for right in WEB_RIGHTS[vessel.usage])
        if vessel.usage == "append_only":
            yield Grant("TABLE", PUBLIC, vessel.table, "", "INSERT", BASE)
            yield Grant("TABLE", PUBLIC, vessel.table, vessel.key, "SELECT", BASE)


def _role_grants(terms: Terms) -> Iterator[Grant]:
    yield Grant("SCHEMA", terms.role, "", "", "USAGE", terms.role)


def _table_grants(terms: Terms, vessel: Vessel) -> Iterator[Grant]:
    role, view, seen = terms.role, view_name(vessel.table), columns_of(terms, vessel)
    yield Grant("TABLE", role, view, "", "SELECT", role)
    yield from (Grant("TABLE", PUBLIC, vessel.table, column, "SELECT", role) for column in seen)
    for column in vessel.holds.writes.get(terms.id, ()):
        for right in ("INSERT", "UPDATE"):
            yield Grant("TABLE", PUBLIC, vessel.table, column, right, role)
            if column in seen:
                yield Grant("TABLE", role, view, column, right, role)


def _may_execute(function: Function, role: str) -> Grant:
    types = ", ".join(argument.split(" ", 1)[1] for argument in function.arguments.split(", "))
    return Grant("FUNCTION", function.schema, f"{function.name}({types})", "", "EXECUTE", role)


def _rows(granting: list[Terms]) -> dict[str, frozenset[tuple[str, ...]]]:
    def literals(*values: object) -> tuple[str, ...]:
        return tuple(map(literal, values))

    return {
        "policy_flowrow": frozenset(
            literals(
                *(t.id, t.role, t.direction, t.since, _end(t), t.screen, t.count, t.per),
                t.form is Form.PSEUDONYMISED,
            )
            for t in granting
        ),
        "policy_flowplace": frozenset(
            literals(t.id, place, is_own_facility(place)) for t in granting for place in t.places
        ),
        "policy_flowmedium": frozenset(
            literals(t.id, medium, f"[{t.since},{_end(t) or ''})")
            for t in granting
            for medium in t.media
            if t.since < t.until
        ),
    }


def _end(terms: Terms) -> date | None:
    """The first day without it; None when the paper names no end."""
    return None if terms.until == date.max else terms.until
