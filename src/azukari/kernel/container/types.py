"""The manifest: what a container holds, in the words of the consultation. Its bytes are what the ward signs."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from azukari.kernel.errors import Broken

FORMAT = "azukari-handover/1"
# Names that mean the same on every machine: no folder, no hidden file, within the 100 bytes of a tar header.
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,98}")
MANIFEST_NAME, SIGNATURE_NAME = "manifest.json", "manifest.sig"
RECEIPT_NAME = "receipt.json"
OWN_NAMES = frozenset({MANIFEST_NAME, SIGNATURE_NAME, RECEIPT_NAME})
MOST_MANIFEST = 4 * 2**20
SIGNATURE_SIZE = 64


@dataclass(frozen=True, slots=True)
class Packed:
    """One file of the container: its name, its size in bytes, its SHA-256 in hexadecimal digits."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Who:
    """Who did one step, and when (ISO 8601, the ward's time)."""

    login: str
    name: str
    at: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """Everything a recipient has to know of a container. `items` are the consultation's, word for word and in order.

    `valid_from` and `valid_until` are the first and the last day on which it may be opened. `receipt` is a number that
    stands nowhere else: whoever tells it has opened the container. `rows` are 件.
    """

    handover: int
    flow: str
    consultation: str
    title: str
    business: str
    ground: str
    items: tuple[str, ...]
    rows: int
    contractor: str
    recipient: str
    medium: str
    serial: str
    place: str
    proposed: Who
    approved: Who
    written: Who
    valid_from: date
    valid_until: date
    over_reason: str
    receipt: str
    files: tuple[Packed, ...]

    def as_bytes(self) -> bytes:
        """The manifest as it is signed: JSON that a person can read, the same bytes from the same values."""
        fields = {"format": FORMAT, **asdict(self)}
        return (json.dumps(fields, ensure_ascii=False, indent=1, default=date.isoformat) + "\n").encode()


def read_manifest(content: bytes) -> Manifest:
    """The manifest from its bytes. Raises Broken unless they are exactly what `as_bytes` writes."""
    try:
        fields = json.loads(content)
        if fields.pop("format") != FORMAT:
            raise ValueError("another format")
        found = Manifest(**fields | _typed(fields))
        if found.as_bytes() != content or not all(_fits(one) for one in found.files):
            raise ValueError("not as written")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Broken(
            "目録 (manifest.json) が読めません。",
            "区のシステムが書いた形ではありません。",
            "開かずに、受け取った媒体のまま区へ知らせてください。",
        ) from error
    return found


def _typed(fields: dict[str, Any]) -> dict[str, Any]:
    return {
        "items": tuple(fields["items"]),
        "files": tuple(Packed(**one) for one in fields["files"]),
        **{step: Who(**fields[step]) for step in ("proposed", "approved", "written")},
        **{day: date.fromisoformat(fields[day]) for day in ("valid_from", "valid_until")},
    }


def _fits(one: Packed) -> bool:
    """A name without folders that is not one of ours, a size that a tar header can say, a whole hash."""
    return (
        bool(NAME.fullmatch(one.name))
        and one.name not in OWN_NAMES
        and 0 <= int(one.size) < 8**11
        and bool(re.fullmatch(r"[0-9a-f]{64}", one.sha256))
    )
