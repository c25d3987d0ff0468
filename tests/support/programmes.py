"""What the tests of the programmes share: lists of persons of the made-up ward, hand-overs, and a contractor's own eyes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from itertools import count

import duckdb
import polars as pl
from django.db import connections
from django.utils import timezone

from azukari.business.health.columns import TABLES
from azukari.business.health.programmes import api
from azukari.business.health.targets.types import Reason, Target
from azukari.core.policy import api as policy
from azukari.core.policy.api import Actor
from azukari.demo.names import CALL_CENTRE, GUIDES, VISITORS

OWNER, BY = "owner", "test"
AS_OF = date(2026, 6, 1)
_numbers = count(1)
CONTRACTORS = {
    "809-1": ("caller", CALL_CENTRE, "calls"),
    "809-3": ("guide", GUIDES, "guides"),
    "809-4": ("visitor", VISITORS, "visitors"),
}
REASONS = (Reason("checkups", None, None, "見本の理由"),)


def rows(query: str, *values: object) -> list[tuple[object, ...]]:
    """The owner's answer, within the test's own transaction."""
    with connections[OWNER].cursor() as cursor:
        cursor.execute(query, values)
        return list(cursor.fetchall()) if cursor.description else []


def store_of(**tables: Sequence[Mapping[str, object]]) -> duckdb.DuckDBPyConnection:
    """A connection with every table of the health store, these rows in them."""
    connection = duckdb.connect()
    for name, schema in TABLES.items():
        connection.register(name, pl.DataFrame(tables.get(name) or [], schema=schema))
    return connection


def numbers(query: str, *values: object) -> list[int]:
    """The first column of the owner's answer."""
    return [int(str(row[0])) for row in rows(query, *values)]


def households(size: int, most: int) -> list[list[int]]:
    """Households of the ward with at least so many grown-up members of whom nobody is protected, by members."""
    found = rows(
        "SELECT array_agg(m.person_id ORDER BY m.person_id) FROM people_membership m JOIN people_person p ON p.id = m.person_id"
        " WHERE upper_inf(m.valid) AND p.died IS NULL AND p.born < '2000-01-01'"
        " GROUP BY m.household_id HAVING count(*) >= %s"
        " AND NOT bool_or(health_is_protected(m.person_id, health_today())) ORDER BY m.household_id LIMIT %s",
        size, most,
    )  # fmt: skip
    return [list(one) for (one,) in found]  # type: ignore[call-overload]


def alone(most: int) -> list[int]:
    """One person each of so many households."""
    return [one[0] for one in households(1, most)]


def facts(persons: Sequence[int], **changes: object) -> dict[int, api.Facts]:
    given = {"phone": "03-0000-9999", "results": "HbA1c 7.1%", "answers": "喫煙 いいえ", "ticket": "26100000001"}
    return {
        person: api.Facts(**{**given, "receipts": f"レセプト{person}", "number": str(person), **changes})  # type: ignore[arg-type]
        for person in persons
    }


def listed(persons: Sequence[int], programme: str = "checkup", given: Mapping[int, api.Facts] | None = None) -> int:
    """A list of these persons, taken as the owner; every list has a definition of its own."""
    return api.take(
        api.Programme(programme),
        [Target(person, "見本の区分", REASONS) for person in persons],
        given if given is not None else facts(persons),
        fiscal_year=2026, as_of=AS_OF, definition=f"試験 {next(_numbers)}", on=timezone.localdate(), by=BY, using=OWNER,
    )  # fmt: skip


def register(persons: Sequence[int]) -> Mapping[int, api.Known]:
    """These persons as the section's officer reads them in the register."""
    on = timezone.localdate()
    actor = Actor("officer-809", "officer", policy.enrolled("officer-809", on))
    there = policy.places()["ward-health"]
    with policy.enter("r-juki", actor=actor, place=there, medium=policy.SCREEN, on=on):
        return api.known(persons, on)


def entrusted(key: int, channel: str, **more: object) -> int:
    """Everybody of the list who waits, handed over that way as the owner."""
    way = api.Channel(channel)
    on = timezone.localdate()
    persons = api.waiting(key, way, using=OWNER, **more)  # type: ignore[arg-type]
    contractor = api.contractor_of(way, on, using=OWNER)
    return api.entrust(key, way, register(persons), contractor=contractor, on=on, by=BY, using=OWNER, **more)  # type: ignore[arg-type]


@contextmanager
def inside(
    flow: str, *, actor: str = "", contractor: str = "", place: str = "", medium: str = "画面", on: date | None = None
) -> Iterator[None]:
    """The flow's database role as its contractor's worker, or the entry's as the section's responsible person."""
    known = CONTRACTORS.get(flow, ("responsible-809", "", "ward-health"))
    login, company = actor or known[0], contractor or known[1] or None
    who = Actor(login, "operator" if company else "responsible", frozenset({flow}), company)
    there = policy.places(using=OWNER)[place or known[2]]
    day = on or timezone.localdate()
    with policy.enter(flow, actor=who, place=there, medium=medium, on=day, using=OWNER):
        yield


def protect(person: int) -> None:
    """From now on only the ward's own people reach this person."""
    rows("INSERT INTO health_protected (person_id, since, by) VALUES (%s, health_today(), 'test')", person)
