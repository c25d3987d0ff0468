"""The vouchers of a claim as rows: what stood in the file, what the picture shows, and whose number it is."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from functools import cache
from typing import Final, NamedTuple

from django.db import connections

from azukari.business.taxi import serials
from azukari.business.taxi.intake.types import BLANK_DAY, KINDS, UNKNOWN_KIND, VoucherColumns
from azukari.business.taxi.pages import Picture
from azukari.business.taxi.rows import NULL, OWNER, copy_text, escaped
from azukari.business.taxi.types import VOUCHERS, Kind, Outcome, State

EPOCH = date(1970, 1, 1)
LONGEST_NUMBER = 12
NEW: Final = f"{State.UNCHECKED.value}\t\t0\t0\t{Outcome.WAITING.value}"
COLUMNS = (
    *("batch_id", "contractor", "state", "reason", "version", "grounds", "outcome", "turned", "image", "person_id"),
    *("sequence", "name", "used_on", "fare", "certificate_number", "kind", "denomination", "serial"),
)
HOLDERS = "SELECT number, min(person_id) FROM taxi_certificate WHERE number = ANY (%s) GROUP BY number"
FACES = """
SELECT p.payload, b.kind, b.face FROM unnest(%s::bigint[]) AS p (payload)
  JOIN taxi_booklet b ON int8range(b.first, b.last, '[]') @> p.payload"""


class Line(NamedTuple):
    """One voucher as a file or a picture gives it.

    `serial` 0 where it cannot be read, `number` of the certificate as written, `text` the last of COLUMNS, from the name.
    """

    serial: int
    number: str
    text: str


def listed(columns: VoucherColumns | None) -> list[Line]:
    """A line for each line of the file, in its order. Needs no database."""
    if columns is None:
        return []
    lists = [getattr(columns, name).tolist() for name in ("serial", "used", "fare", "kind", "face")]
    return [
        _line(
            serial,
            name=escaped(name),
            used=NULL if used == BLANK_DAY else _day(used),
            fare=NULL if fare < 0 else fare,
            number=number[:LONGEST_NUMBER],
            kind=Kind.TAXI if kind == UNKNOWN_KIND else KINDS[kind],
            face=max(face, 0),
        )
        for serial, used, fare, kind, face, name, number in zip(*lists, columns.names, columns.numbers, strict=True)
    ]


def put_vouchers(batch: int, contractor: str, lines: Sequence[Line], shown: Sequence[Picture]) -> tuple[list[int], int]:
    """Store the vouchers of a batch. Answers the persons whose numbers they carry, and how many there are (枚).

    A picture whose number stands in the file belongs to that line; any other is a voucher of its own.
    """
    in_file, by_serial = {line.serial for line in lines}, {picture.serial: picture for picture in shown}
    alone = [picture for picture in shown if not picture.serial or picture.serial not in in_file]
    whole = [(line, by_serial.get(line.serial) if line.serial else None) for line in lines]
    whole += zip(_pictured(alone), alone, strict=True)
    persons = _holders({line.number for line, _ in whole})
    of_batch = "\t".join([str(batch), escaped(contractor), NEW])
    copy_text(
        VOUCHERS,
        COLUMNS,
        (
            f"{of_batch}\t{_image(picture)}\t{persons.get(line.number, NULL)}\t{place}\t{line.text}"
            for place, (line, picture) in enumerate(whole, 1)
        ),
    )
    return sorted({persons[line.number] for line, _ in whole if line.number in persons}), len(whole)


def _pictured(pictures: Sequence[Picture]) -> list[Line]:
    """Vouchers of which only the picture came: kind and face value are the register's, the four items wait to be keyed."""
    if not pictures:
        return []
    faces, unknown = _faces([serials.payload(picture.serial) for picture in pictures if picture.serial]), (Kind.TAXI, 0)
    return [
        _line(picture.serial, kind=kind, face=face)
        for picture in pictures
        for kind, face in [faces.get(serials.payload(picture.serial), unknown)]
    ]


def _line(
    serial: int, *, kind: Kind, face: int, name: str = "", used: date | str = NULL, fare: int | str = NULL, number: str = ""
) -> Line:  # fmt: skip
    text = f"{name}\t{used}\t{fare}\t{escaped(number)}\t{kind}\t{face}\t{serial or NULL}\n"
    return Line(serial, number, text)


def _image(picture: Picture | None) -> str:
    """Whether it lies upside down, and its SHA-256."""
    return f"{picture.turned}\t{picture.sha256}" if picture else "f\t"


@cache
def _day(since_epoch: int) -> date:
    return EPOCH + timedelta(days=since_epoch)


def _holders(numbers: Collection[str]) -> dict[str, int]:
    with connections[OWNER].cursor() as cursor:
        cursor.execute(HOLDERS, [list(numbers)])
        return dict(cursor.fetchall())


def _faces(payloads: Sequence[int]) -> dict[int, tuple[Kind, int]]:
    with connections[OWNER].cursor() as cursor:
        cursor.execute(FACES, [list(payloads)])
        return {payload: (Kind(kind), face) for payload, kind, face in cursor.fetchall()}
