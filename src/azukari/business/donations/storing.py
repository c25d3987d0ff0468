"""Writing rows: donors by their mark, intentions and donations, and the ledger's line; as whoever has entered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connections

from azukari.business.donations import rules
from azukari.business.donations.models import Arrival, Donation, Donor, Intention
from azukari.business.donations.models.received import PAYMENT_ITEMS, SHARED_ITEMS
from azukari.business.donations.reading import Row
from azukari.business.donations.types import WARD_ENTRY
from azukari.core.audit import api as audit
from azukari.core.documents.api import missing_glyphs
from azukari.core.people.api import reserve_keys, search_key
from azukari.core.policy.types import Actor

LOCK = 813
AT_ONCE = 1_000
INTENTION_ITEMS = tuple(dict.fromkeys(SHARED_ITEMS.values()))
DONATION_ITEMS = tuple(dict.fromkeys([*SHARED_ITEMS.values(), *PAYMENT_ITEMS.values()]))


def alone(using: str) -> None:
    """Keep everybody else from writing donations until the transaction ends."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, 0)", [LOCK])


def name_of(by: Actor | str) -> str:
    """Who acts, as a row says it."""
    return by if isinstance(by, str) else by.id


def put(rows: Sequence[Row], holds: Sequence[str], *, arrival: Arrival | None, by: Actor | str, using: str) -> None:
    """Write new rows, each with why its letter cannot be printed (`holds_of`), and the ledger's lines."""
    donors = donors_of(rows, using)
    pays = _paid_intentions(rows, using)
    intentions, donations = [], []
    for row, hold in zip(rows, holds, strict=True):
        shared = _shared(row, donors, hold, arrival)
        if row.donated_on is None:
            intentions.append(Intention(**shared))
        else:
            donations.append(Donation(**shared, **_payment(row), intention_id=pays.get(_way(row))))
    Intention.objects.using(using).bulk_create(intentions, AT_ONCE)
    Donation.objects.using(using).bulk_create(donations, AT_ONCE)
    _record([one.donor_id for one in intentions], INTENTION_ITEMS, by, using)
    _record([one.donor_id for one in donations], DONATION_ITEMS, by, using)


def _record(donors: Iterable[int], items: Sequence[str], by: Actor | str, using: str) -> None:
    subjects = tuple(sorted(set(donors)))
    if subjects:
        audit.record("donations.received", actor=by, flow=WARD_ENTRY, items=items, subjects=subjects, using=using)


def _way(row: Row) -> tuple[str, str, int | None]:
    return row.source, row.number, row.intention


def _paid_intentions(rows: Sequence[Row], using: str) -> dict[tuple[str, str, int | None], int]:
    """Which intention each donation pays: the one it names, or the one with its own number."""
    paying = [row for row in rows if row.donated_on]
    numbers = {row.number for row in paying if row.number}
    there = Intention.objects.using(using).filter(number__in=numbers).values_list("source", "number", "pk")
    by_number = {(source, number): key for source, number, key in there}
    found = {_way(row): row.intention or by_number.get((row.source, row.number)) for row in paying}
    return {way: key for way, key in found.items() if key is not None}


def donors_of(rows: Sequence[Row], using: str) -> dict[str, int]:
    """The key of each row's donor by mark; new donors are given keys of 本人."""
    marks = list(dict.fromkeys(rules.donor_mark(row.name, row.address) for row in rows))
    donors = dict(Donor.objects.using(using).filter(mark__in=marks).values_list("mark", "pk"))
    new = [mark for mark in marks if mark not in donors]
    made = [
        Donor(outsider_id=key, mark=mark) for key, mark in zip(reserve_keys(len(new), using=using), new, strict=True)
    ]
    Donor.objects.using(using).bulk_create(made, AT_ONCE)
    return donors | {one.mark: one.pk for one in made}


def holds_of(rows: Sequence[Row]) -> list[str]:
    """Why each row's letter cannot be printed, in words; "" where it can."""
    texts = {text for row in rows for text in _printed(row)}
    missing = dict(missing_glyphs(texts))
    return [_hold(row, missing) for row in rows]


def _printed(row: Row) -> tuple[str, ...]:
    return (row.name, row.address, row.gift_kind, row.gift_name, row.gift_address)


def _hold(row: Row, missing: dict[str, str]) -> str:
    named = zip(("氏名", "住所", "贈呈品", "送付先の氏名", "送付先の住所"), _printed(row), strict=True)
    glyphs = [
        f"{where}の「{missing[text]}」（{codes(missing[text])}）を印刷できません。"
        for where, text in named
        if text in missing
    ]
    return "".join([*glyphs, *rules.letter_troubles(row.name, row.address)])


def codes(character: str) -> str:
    """U+8FBB U+E0101: how a character that cannot be shown is named."""
    return " ".join(f"U+{ord(one):04X}" for one in character)


def _shared(row: Row, donors: dict[str, int], hold: str, arrival: Arrival | None) -> dict[str, Any]:
    return {
        "arrival": arrival,
        "line": row.line,
        "source": row.source,
        "number": row.number,
        "donor_id": donors[rules.donor_mark(row.name, row.address)],
        "name": row.name,
        "kana": row.kana,
        "search_key": search_key(row.name, row.kana),
        "postcode": row.postcode,
        "address": row.address,
        "in_ward": rules.in_ward(row.address),
        "phone": row.phone,
        "email": row.email,
        "use": row.use,
        "amount": row.amount,
        "method": row.method.value,
        "applied_on": row.applied_on,
        "hold": hold,
    }


def _payment(row: Row) -> dict[str, Any]:
    return {
        "paid_at": row.paid_at,
        "paid_on": row.paid_on,
        "arrived_on": row.arrived_on,
        "donated_on": row.donated_on,
        "year": rules.year_of(row.donated_on) if row.donated_on else None,
        "settled_on": row.settled_on,
        "one_stop": row.one_stop,
        "gift": row.gift,
        "gift_kind": row.gift_kind,
        "gift_name": row.gift_name,
        "gift_address": row.gift_address,
    }
