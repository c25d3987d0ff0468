"""A person's sheet and the search for persons, under the flow entered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import connection

from azukari.core.people.addresses import address_for, addresses_for
from azukari.core.people.reading import Row, in_force, period, rows
from azukari.core.people.rules import search_words
from azukari.core.people.types import Found, Household, Member, Name, Purpose, Sheet

MOST = 200


def sheet(person_id: int, on: date) -> Sheet | None:
    """Everything the flow entered may see of one person on one day; None when it may not see that person at all."""
    known = _persons([person_id])
    if person_id not in known:
        return None
    person = known[person_id]
    names = _names(person_id)
    return Sheet(
        person_id=person_id,
        atena=person.get("atena"),
        born=person.get("born"),
        sex=person.get("sex"),
        died=person.get("died"),
        name=next((name for name in names if name.valid is None or on in name.valid), None),
        names=names,
        household=_household(person_id, on),
        address=address_for(person_id, on=on, purpose=Purpose.SCREEN),
    )


def search(
    text: str = "", *, kana: str = "", born: date | None = None, atena: str = "", on: date, limit: int = 50
) -> tuple[Found, ...]:
    """Persons by name (any spelling, any name they ever had), kana, birth date and 宛名番号; all given must fit.

    Every word is the beginning of a surname, a given name or both written together. Nothing given finds nobody. Names
    of that day come before earlier ones, those that begin so before those that only contain it, then by kana. Which
    rows a search may reach at all is the search function's own scope; what is shown of them is the flow's.
    """
    words = sorted(search_words(f"{text} {kana}"), key=len, reverse=True)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT person_id FROM people_search(%s::text[], %s::date, %s, %s::date, %s)",
            [words, born, atena.strip(), on, min(limit, MOST)],
        )
        ids = [row[0] for row in cursor.fetchall()]
    return _found(ids, on)


def found(ids: Sequence[int], *, on: date, purpose: Purpose) -> dict[int, Found]:
    """Many persons by key as they are on one day, with the address for one purpose; whom the flow may not see is left out."""
    return {one.person_id: one for one in _found(ids, on, purpose)}


def households_of(ids: Sequence[int], on: date) -> dict[int, int]:
    """The household of each of many persons on one day, by key; nobody without one."""
    rows_found = _by_person("v_people_membership", ids, on)
    return {key: row["household_id"] for key, row in rows_found.items() if row.get("household_id") is not None}


def _found(ids: Sequence[int], on: date, purpose: Purpose = Purpose.SCREEN) -> tuple[Found, ...]:
    persons, names = _persons(ids), _by_person("v_people_name", ids, on)
    addresses = addresses_for(ids, on=on, purpose=purpose)
    return tuple(
        Found(
            person_id=key,
            atena=persons[key].get("atena"),
            name=names.get(key, {}).get("name"),
            kana=names.get(key, {}).get("kana"),
            born=persons[key].get("born"),
            sex=persons[key].get("sex"),
            died=persons[key].get("died"),
            address=addresses[key],
        )
        for key in ids
        if key in persons
    )


def _persons(ids: Sequence[int]) -> dict[int, Row]:
    return {row["id"]: row for row in rows("v_people_person", "id = ANY(%(ids)s)", {"ids": list(ids)}) or ()}


def _by_person(view: str, ids: Sequence[int], on: date) -> dict[int, Row]:
    return {row["person_id"]: row for row in in_force(view, ids, on) or ()}


def _names(person_id: int) -> tuple[Name, ...]:
    """All names of a person that the flow may see, the latest first."""
    found = rows("v_people_name", "person_id = %(id)s", {"id": person_id}) or ()
    names = [
        Name(row.get("name"), row.get("kana"), row.get("former"), period(row["valid"]) if "valid" in row else None)
        for row in found
    ]
    return tuple(sorted(names, key=lambda name: (name.valid and name.valid.start) or date.min, reverse=True))


def _household(person_id: int, on: date) -> Household | None:
    own = _by_person("v_people_membership", [person_id], on).get(person_id)
    if own is None or "household_id" not in own:
        return None
    key = own["household_id"]
    number = rows("v_people_household", "id = %(id)s", {"id": key}) or [{}]
    belonging = (
        rows("v_people_membership", "household_id = %(id)s AND valid @> %(on)s::date", {"id": key, "on": on}) or ()
    )
    ids = [row["person_id"] for row in belonging]
    persons, names = _persons(ids), _by_person("v_people_name", ids, on)
    members = [
        Member(
            person_id=row["person_id"],
            name=names.get(row["person_id"], {}).get("name"),
            relation=row.get("relation"),
            head=row.get("head"),
            born=persons.get(row["person_id"], {}).get("born"),
        )
        for row in belonging
    ]
    members.sort(key=lambda member: (not member.head, member.born or date.max, member.person_id))
    return Household(key, number[0].get("number"), tuple(members))
