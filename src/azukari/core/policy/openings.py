"""What the residents' server may do in the database, table by table: it enters no flow, so this list is all there is.

Pure. A resident signed in there is known to PostgreSQL by the session, not by what the server says: every opening of a
table with personal rows compares one of its columns with `guest.child()`, which asks the table of sessions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from azukari.core.policy.compile_sql import PUBLIC, Grant, Policy, Vessel, columns_of, short
from azukari.core.policy.terms import Terms

GUEST = "guest.child()"
Rights = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Opening:
    """One table: which columns the residents' server may read, add and change.

    A table with personal rows names the `flow` it rests on and the column `own` that says whose row it is (the child's
    key); only the signed-in child's rows are then there. Columns the flow does not list are not opened. A table without
    anything personal has neither.
    """

    table: str
    reads: tuple[str, ...] = ()
    adds: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()
    flow: str | None = None
    own: str | None = None
    rights: Rights = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "rights", {"SELECT": self.reads, "INSERT": self.adds, "UPDATE": self.changes})


def grants(
    openings: Iterable[Opening], vessels: Mapping[str, Vessel], terms: Mapping[str, Terms], role: str
) -> list[Grant]:
    """Every right of the residents' server. Raises ValueError for an opening that no consultation carries."""
    made = [Grant("SCHEMA", PUBLIC, "", "", "USAGE", role)]
    for one in openings:
        may = _columns(one, vessels[one.table], terms)
        made += [
            Grant("TABLE", PUBLIC, one.table, column, right, role)
            for right, columns in one.rights.items()
            for column in columns
            if column in may
        ]
    return made


def policies(
    openings: Iterable[Opening], vessels: Mapping[str, Vessel], terms: Mapping[str, Terms], role: str
) -> Iterator[Policy]:
    """The row policies: the signed-in child's rows and no others."""
    for one in openings:
        if vessels[one.table].usage != "walled" or not _columns(one, vessels[one.table], terms):
            continue
        own = f'"{one.own}" = (SELECT {GUEST})' if one.own else "true"
        name = short(f"guest_{one.table}")
        yield Policy(one.table, f"{name}_read", "SELECT", role, own, None)
        if one.adds:
            yield Policy(one.table, f"{name}_add", "INSERT", role, None, own)
        if one.changes:
            yield Policy(one.table, f"{name}_change", "UPDATE", role, own, own)


def _columns(one: Opening, vessel: Vessel, terms: Mapping[str, Terms]) -> frozenset[str]:
    """The columns that may be opened: all of a table without anything personal, else those the flow in force lists."""
    holds = vessel.holds
    if vessel.usage != "walled":
        return frozenset(vessel.columns)
    if one.flow is None and not holds.items and not holds.subject:
        return frozenset({*holds.facts, vessel.key} - set(holds.hidden))
    if one.flow is None or one.own is None:
        raise ValueError(f"{one.table} holds personal rows: its opening names a flow and whose rows they are")
    if terms[one.flow].gap is not None:
        return frozenset()
    return frozenset(columns_of(terms[one.flow], vessel))
