"""The vouchers of a claim as rows: what stood in the file, what the picture shows, and whose number it is."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.db import connections

from azukari.business.taxi import serials
from azukari.business.taxi.intake.types import BLANK_DAY, KINDS, UNKNOWN_KIND, Claim, VoucherColumns
from azukari.business.taxi.models import Batch
from azukari.business.taxi.pages import Picture
from azukari.business.taxi.rows import OWNER, copy
from azukari.business.taxi.types import VOUCHERS, Kind, Outcome, State

EPOCH = date(1970, 1, 1)
LONGEST_NUMBER = 12
COLUMNS = (
    *("batch_id", "sequence", "contractor", "name", "used_on", "fare", "certificate_number", "kind", "denomination"),
    *("person_id", "state", "reason", "version", "serial", "image", "turned", "grounds", "outcome"),
)
HOLDERS = "SELECT number, min(person_id) FROM taxi_certificate WHERE number = ANY (%s) GROUP BY number"
FACES = """
SELECT p.payload, b.kind, b.face FROM unnest(%s::bigint[]) AS p (payload)
  JOIN taxi_booklet b ON int8range(b.first, b.last, '[]') @> p.payload"""


class Row(NamedTuple):
    """One voucher. `serial` 0 where it cannot be read, `kind` None and `face` 0 (yen) where nothing says them."""

    serial: int
    name: str
    used_on: date | None
    fare: int | None
    number: str
    kind: Kind | None
    face: int
    picture: Picture | None


def put_vouchers(batch: Batch, claim: Claim, shown: Sequence[Picture]) -> tuple[list[int], int]:
    """Store the vouchers of a claim. Answers the persons whose numbers they carry, and how many there are (枚).

    A picture whose number stands in the file belongs to that line; any other is a voucher of its own.
    """
    by_serial = {picture.serial: picture for picture in shown if picture.serial}
    rows = list(_listed(claim.vouchers, by_serial)) if claim.vouchers is not None else []
    listed = {row.serial for row in rows}
    rows += _pictured([picture for picture in shown if not picture.serial or picture.serial not in listed])
    persons = _holders({row.number for row in rows})
    copy(VOUCHERS, COLUMNS, (_values(batch, place, row, persons) for place, row in enumerate(rows, 1)))
    return sorted({persons[row.number] for row in rows if row.number in persons}), len(rows)


def _listed(columns: VoucherColumns, pictures: Mapping[int, Picture]) -> Iterator[Row]:
    """One row a line of the file, in its order."""
    lists = [getattr(columns, name).tolist() for name in ("serial", "used", "fare", "kind", "face")]
    for serial, used, fare, kind, face, name, number in zip(*lists, columns.names, columns.numbers, strict=True):
        yield Row(
            serial,
            name,
            None if used == BLANK_DAY else EPOCH + timedelta(days=used),
            None if fare < 0 else fare,
            number[:LONGEST_NUMBER],
            None if kind == UNKNOWN_KIND else KINDS[kind],
            max(face, 0),
            pictures.get(serial) if serial else None,
        )


def _pictured(pictures: Sequence[Picture]) -> list[Row]:
    """Vouchers of which only the picture came: kind and face value are the register's, the four items wait to be keyed."""
    faces = _faces([serials.payload(picture.serial) for picture in pictures if picture.serial])
    unknown: tuple[Kind | None, int] = (None, 0)
    return [
        Row(picture.serial, "", None, None, "", *faces.get(serials.payload(picture.serial), unknown), picture)
        for picture in pictures
    ]


def _values(batch: Batch, place: int, row: Row, persons: Mapping[str, int]) -> Sequence[Any]:
    image, turned = (row.picture.sha256, row.picture.turned) if row.picture else ("", False)
    return (
        *(batch.pk, place, batch.contractor, row.name, row.used_on, row.fare, row.number),
        *((row.kind or Kind.TAXI).value, row.face, persons.get(row.number), State.UNCHECKED.value, "", 0),
        *(row.serial or None, image, turned, 0, Outcome.WAITING.value),
    )


def _holders(numbers: Collection[str]) -> dict[str, int]:
    with connections[OWNER].cursor() as cursor:
        cursor.execute(HOLDERS, [list(numbers)])
        return dict(cursor.fetchall())


def _faces(payloads: Sequence[int]) -> dict[int, tuple[Kind | None, int]]:
    with connections[OWNER].cursor() as cursor:
        cursor.execute(FACES, [list(payloads)])
        return {payload: (Kind(kind), face) for payload, kind, face in cursor.fetchall()}
