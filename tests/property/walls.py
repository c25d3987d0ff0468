"""A database with probe tables for every flow of a library, and the same question put to Python and to PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import product
from typing import Any

import psycopg

from azukari.config.server import OWNER, WEB
from azukari.core.policy import apply
from azukari.core.policy.compile_sql import ENTER, State, Vessel, compile_state, view_name
from azukari.core.policy.decide import NO_CAUSE, Matrix
from azukari.core.policy.terms import Terms, role_of
from azukari.core.policy.types import Actor, Form, Holds, Place, Subject

DISAGREE = frozenset({-1})
NOWHERE = "諮問にない項目"
CONTRACTORS = ("甲社", "乙社")
PEOPLE = (1, 2)
LONG = "probe_" + "長い表の名" * 5


@dataclass(frozen=True)
class Row:
    id: int
    contractor: str | None
    scopes: frozenset[str]
    person: int | None


@dataclass(frozen=True)
class Probe:
    """One probe table: a column for each item of the library and for one that no paper lists."""

    vessel: Vessel
    columns: Mapping[str, str]

    @property
    def table(self) -> str:
        return self.vessel.table

    def subject(self, row: Row) -> Subject:
        holds = self.vessel.holds
        return Subject(
            contractor=(row.contractor or "") if holds.contractor else None,
            scopes=row.scopes if holds.scope else frozenset(),
            person=row.person if holds.subject else None,
        )


@dataclass(frozen=True)
class Ask:
    """Who asks for one item of all rows of one probe table, and from where."""

    flow: str
    item: str
    probe: Probe
    enrolments: tuple[tuple[str, date, date | None], ...]
    place: str | None
    places: tuple[Place, ...]
    medium: str
    on: date
    direction: str | None = None
    contractor: str | None = None
    person: int | None = None

    def actor(self) -> Actor:
        named = (
            flow for flow, since, until in self.enrolments if since <= self.on and (until is None or self.on < until)
        )
        return Actor("asker", "operator", frozenset(named), self.contractor, person=self.person)


@dataclass
class Walls:
    """Both walls over one library."""

    terms: dict[str, Terms]
    probes: dict[str, Probe]
    rows: tuple[Row, ...]
    owner: psycopg.Connection
    web: psycopg.Connection
    vessels: tuple[Vessel, ...] = field(default=())

    def state(self) -> State:
        probes = tuple(probe.vessel for probe in self.probes.values())
        return compile_state(self.terms, (*self.vessels, *probes), owner=OWNER, web=WEB)

    def python(self, ask: Ask) -> frozenset[int]:
        """The rows of which wall 1 gives the item."""
        matrix = Matrix(self.terms, {place.code: place for place in ask.places})
        place = matrix.places.get(ask.place or "") or (ask.place and Place(ask.place, "?", "?")) or None
        actor, form = ask.actor(), ask.probe.vessel.holds.form
        way: Any = ask.direction
        decisions = {
            row.id: matrix.decide(
                actor, ask.flow, ask.item, ask.probe.subject(row), place, ask.medium, ask.on, direction=way, form=form
            )
            for row in self.rows
        }
        assert not [one for one in decisions.values() if not one.allowed and one.reason == NO_CAUSE]
        return frozenset(row for row, decision in decisions.items() if decision.allowed)

    def admits(self, ask: Ask) -> bool:
        """Wall 1, asked at the door: no item and no row."""
        matrix = Matrix(self.terms, {place.code: place for place in ask.places})
        return matrix.admit(ask.actor(), ask.flow, matrix.places.get(ask.place or ""), ask.medium, ask.on).allowed

    def opens(self, ask: Ask) -> bool:
        """Wall 2, asked the same."""
        with self.listed(ask), self.web.transaction(force_rollback=True):
            self.enter(replace(ask, flow=next(iter(self.terms)) if ask.flow not in self.terms else ask.flow))
            return bool(self.web.execute("SELECT walls.open(%s)", [ask.flow]).fetchall()[0][0])

    def postgres(self, ask: Ask) -> frozenset[int]:
        """The rows of which wall 2 gives the item; DISAGREE when the table and its view differ."""
        with self.listed(ask), self.web.transaction(force_rollback=True):
            try:
                with self.web.transaction():
                    self.enter(ask)
            except (psycopg.errors.UndefinedObject, psycopg.errors.InvalidParameterValue):
                return frozenset()
            column = ask.probe.columns[ask.item]
            table = self._ids(f'SELECT id, "{column}" FROM public."{ask.probe.table}"')
            view = self._ids(f'SELECT id, "{column}" FROM "{role_of(ask.flow)}"."{view_name(ask.probe.table)}"')
            return table if table == view else DISAGREE

    def enter(self, ask: Ask) -> None:
        known = self.terms.get(ask.flow)
        direction = ask.direction or (known.direction if known else "")
        role = role_of(ask.flow)
        context = ["asker", ask.place or "", ask.medium, ask.on.isoformat(), direction, f"{role}, public", role]
        self.web.execute(ENTER, context)

    @contextmanager
    def listed(self, ask: Ask) -> Iterator[None]:
        """The question's places and rolls, committed by the owner (the web role may not write them), until the end."""
        with self.owner.transaction():
            self._write_lists(ask)
        try:
            yield
        finally:
            self.owner.execute("DELETE FROM policy_placerow; DELETE FROM policy_enrolment")

    def _write_lists(self, ask: Ask) -> None:
        for place in ask.places:
            self.owner.execute(
                "INSERT INTO policy_placerow (code, name, stands_for, contractor, ward_terminal) VALUES (%s, %s, %s, %s, %s)",
                [place.code, place.name, place.stands_for, place.contractor, place.ward_terminal],
            )
        for flow, since, until in ask.enrolments:
            self.owner.execute(
                "INSERT INTO policy_enrolment (actor, flow, period, contractor, person)"
                " VALUES ('asker', %s, daterange(%s, %s), %s, %s)",
                [flow, since, until, ask.contractor, ask.person],
            )

    def _ids(self, query: str) -> frozenset[int]:
        try:
            with self.web.transaction():
                return frozenset(row[0] for row in self.web.execute(query))
        except (
            psycopg.errors.InsufficientPrivilege,
            psycopg.errors.UndefinedTable,
            psycopg.errors.UndefinedColumn,
        ):
            return frozenset()


def probes_for(terms: Mapping[str, Terms]) -> dict[str, Probe]:
    """Plain and pseudonymised rows, rows that cannot tell contractor, scope or person, and a name over 63 bytes."""
    items = dict.fromkeys((*(item for one in terms.values() for item in one.items), NOWHERE))
    columns = {item: f"c{number}" for number, item in enumerate(items)}
    narrowing = {"subject": "person", "contractor": "contractor", "scope": "scopes"}
    kinds: dict[str, dict[str, Any]] = {
        "probe_plain": narrowing,
        "probe_tokens": {**narrowing, "form": Form.PSEUDONYMISED},
        "probe_bare": {},
        LONG[:20]: narrowing,
    }
    names = ("id", "contractor", "scopes", "person", *columns.values())
    return {
        table: Probe(
            Vessel(
                table,
                names,
                "id",
                Holds(items={c: item for item, c in columns.items()}, flows=tuple(terms), **kind),
                arrays=frozenset({"scopes"}),
            ),
            columns,
        )
        for table, kind in kinds.items()
    }


def rows_for(terms: Mapping[str, Terms]) -> tuple[Row, ...]:
    scopes = sorted({one.row_scope for one in terms.values() if one.row_scope})
    sets = [frozenset(), frozenset({"別の範囲"}), frozenset(scopes), *(frozenset({scope}) for scope in scopes)]
    mixed = product((None, *CONTRACTORS), dict.fromkeys(sets), (None, *PEOPLE))
    return tuple(Row(number, *values) for number, values in enumerate(mixed, 1))


def build(owner: psycopg.Connection, probes: Iterable[Probe], rows: Iterable[Row]) -> None:
    for probe in probes:
        items = ", ".join(f"\"{c}\" text DEFAULT '値'" for c in probe.columns.values())
        owner.execute(
            f'CREATE TABLE "{probe.table}"'
            f" (id bigint PRIMARY KEY, contractor varchar(80), scopes text[], person bigint, {items})"
        )
        with owner.cursor() as cursor:
            cursor.executemany(
                f'INSERT INTO "{probe.table}" (id, contractor, scopes, person) VALUES (%s, %s, %s, %s)',
                [[row.id, row.contractor, sorted(row.scopes), row.person] for row in rows],
            )


@contextmanager
def wrongly(walls: Walls, *statements: str) -> Iterator[None]:
    """The database changed behind the policy's back; `apply` mends it afterwards and must find something to mend."""
    for statement in statements:
        walls.owner.execute(statement)
    try:
        yield
    finally:
        with walls.owner.transaction():
            assert apply.carry_out(walls.owner.cursor(), walls.state())
