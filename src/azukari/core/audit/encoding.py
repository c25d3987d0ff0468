"""The one canonical encoding of an entry: the row as PostgreSQL's binary COPY sends it.

A count of fields (16 bits), then for each field its length (32 bits) and its bytes in network order: no two different
rows have the same encoding. Times are microseconds since 2000-01-01 UTC, arrays and jsonb are as their `_send`
functions write them. Sealing and verifying hash these bytes as they arrive; nothing is taken apart and put together.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

# `turn` and `id` come first, so that they can be read from every row at a fixed place.
COLUMNS = (
    "turn", "id", "at", "action", "actor", "kind", "contractor", "section", "place", "flow", "consultation", "items",
    "subjects", "medium", "detail", "request",
)  # fmt: skip
SELECT = f"SELECT {', '.join(COLUMNS)} FROM public.audit_entry"
HEADER = 19
TRAILER = b"\xff\xff"
EPOCH_2000 = datetime(2000, 1, 1, tzinfo=UTC)
_TURN_ID = struct.Struct(">q4xq")
_TURN_AT = 6


def rows(messages: Iterable[bytes | bytearray | memoryview]) -> Iterator[bytes]:
    """The encodings of the rows in the messages of one binary COPY (a message a row; the first has a header)."""
    first = True
    for message in messages:
        row = bytes(message)[HEADER:] if first else bytes(message)
        first = False
        if row not in {b"", TRAILER}:
            yield row


def turn_and_id(row: bytes) -> tuple[int, int]:
    """The turn and the number of an encoded entry."""
    turn, number = _TURN_ID.unpack_from(row, _TURN_AT)
    return turn, number


def decode(row: bytes) -> Mapping[str, Any]:
    """The fields of an encoded entry by name, as plain JSON values."""
    values, at = {}, 2
    for name in COLUMNS:
        length = int.from_bytes(row[at : at + 4])
        values[name] = _READERS.get(name, _text)(row[at + 4 : at + 4 + length])
        at += 4 + length
    return values


def _text(field: bytes) -> str:
    return field.decode()


def _number(field: bytes) -> int:
    return int.from_bytes(field, signed=True)


def _time(field: bytes) -> str:
    return (EPOCH_2000 + timedelta(microseconds=_number(field))).isoformat()


def _array(field: bytes, read: Callable[[bytes], Any]) -> list[Any]:
    """`array_send`: dimensions, flags, element type, then for one dimension its length and lower bound."""
    found: list[Any] = []
    at = 20
    while at < len(field):
        length = int.from_bytes(field[at : at + 4])
        found.append(read(field[at + 4 : at + 4 + length]))
        at += 4 + length
    return found


_READERS: Mapping[str, Callable[[bytes], Any]] = {
    "turn": _number,
    "id": _number,
    "at": _time,
    "items": lambda field: _array(field, _text),
    "subjects": lambda field: _array(field, _number),
    "detail": lambda field: json.loads(field[1:]),
    "request": lambda field: str(UUID(bytes=field)),
}
