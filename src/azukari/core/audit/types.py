"""What crosses the ledger's border: entries to write, lines to read, checkpoints, and what a verification found.

Plain Python: no Django, no clock, no network.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias
from uuid import UUID

from azukari.core.policy.types import Actor, Place

Detail: TypeAlias = Mapping[str, str | int | bool | list[str] | list[int] | None]


@dataclass(frozen=True, slots=True)
class Entry:
    """Something to be written. `actor` is a text for the system itself and for people who are not signed in.

    `subjects` are Person keys. `detail` holds keys, counts and states, never a value about a person.
    """

    action: str
    actor: Actor | str
    place: Place | str | None = None
    flow: str | None = None
    items: tuple[str, ...] = ()
    subjects: tuple[int, ...] = ()
    medium: str | None = None
    detail: Detail = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One entry as it stands in the ledger. `epoch` is None until it is sealed (about a second)."""

    id: int
    at: datetime
    action: str
    actor: str
    kind: str | None
    contractor: str | None
    section: str | None
    place: str | None
    flow: str | None
    consultation: str | None
    items: tuple[str, ...]
    subjects: tuple[int, ...]
    medium: str | None
    detail: Detail
    request: UUID
    epoch: int | None

    @property
    def left(self) -> bool:
        """Whether items went outside the ward's own sections: to a contractor, or out as a hand-over or export."""
        if self.action in {"refusal", "signin.refused"}:
            return False
        return bool(self.contractor) or self.action.partition(".")[0] in {"export", "handover"}


@dataclass(frozen=True, slots=True)
class LedgerPage:
    """One page of a search, newest first. `next` is the `before` of the following page, None on the last."""

    lines: tuple[LedgerLine, ...]
    next: int | None


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The signed state of the ledger after one epoch: `size` entries whose RFC 6962 tree has the root `root`.

    `horizon` bounds the epoch's entries: it covers the turns from the previous horizon up to, not including, this one.
    `key` signs this checkpoint, `next_key` the following one (both raw Ed25519 public keys, 32 bytes).
    """

    number: int
    at: datetime
    first: int
    last: int
    count: int
    size: int
    horizon: int
    root: bytes
    previous: bytes
    key: bytes
    next_key: bytes
    signature: bytes = b""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that does not verify. `epoch` and `entry` say where, as far as it can be known."""

    code: str
    what: str
    epoch: int | None = None
    entry: int | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """The result of a verification. `unsealed` entries are younger than the last checkpoint; `notes` are no faults."""

    epochs: int
    entries: int
    unsealed: int
    key: str | None
    findings: tuple[Finding, ...]
    notes: tuple[str, ...]
    seconds: float

    @property
    def ok(self) -> bool:
        """True when nothing was edited, removed, inserted, re-ordered or rolled back."""
        return not self.findings


@dataclass(frozen=True, slots=True)
class Proof:
    """That an entry is in the ledger, checkable by a third party who holds the public key and nothing else.

    `leaf_input` is the entry's canonical encoding (`entry` is what it says, field by field, as JSON values);
    SHA-256(0x00 ‖ leaf_input) is leaf `index` of the checkpoint's tree.
    """

    entry: Mapping[str, Any]
    leaf_input: bytes
    index: int
    path: tuple[bytes, ...]
    checkpoint: Checkpoint
