"""Targets of the programmes (諮問809 1(1), 1(3)–(5)): who is on a list, why, and why not.

`extract` gives the list of a programme on a day with the record lines behind every person; `explain` says the same of one
person, listed or not; `check` runs the invented patients beside every definition.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import ibis

from azukari.business.health.targets.checking import Checked
from azukari.business.health.targets.checking import check as _check
from azukari.business.health.targets.codes import Codes, Masters, read_codes, read_masters
from azukari.business.health.targets.explaining import asked
from azukari.business.health.targets.extracting import Listing
from azukari.business.health.targets.judging import judge_all
from azukari.business.health.targets.noting import notes
from azukari.business.health.targets.reading import choose, defined, packs, unconfirmed
from azukari.business.health.targets.relations import Store
from azukari.business.health.targets.rules.definitions import Pack
from azukari.business.health.targets.types import PROGRAMMES, Explanation, Extraction, GroupTitle

__all__ = [
    "PROGRAMMES", "Checked", "Codes", "Masters", "check", "codes_from", "explain", "extract", "opened", "packs_of", "read_codes",
    "read_masters", "silent",
]  # fmt: skip
Given = Mapping[str, bool | int | float]
Progress = Callable[[str, int, int], None]
STEPS = 3


def silent(_title: str, _done: int, _total: int) -> None:
    """Progress that nobody watches."""


def extract(
    programme: str,
    connection: Any,
    as_of: date,
    pack: str | None = None,
    *,
    parameters: Given | None = None,
    codes: Codes | None = None,
    progress: Progress = silent,
) -> Extraction:
    """The list of a programme on a day.

    `connection` is a DuckDB connection (or an Ibis backend: Spark) with the tables of columns.TABLES. `pack` names a
    definition or a .toml of the ward's own; without it the usual one of that day. `parameters` replace its values, `codes`
    bring the masters; a store made ready by `opened` has its own. Raises NotFound, BadInput.
    """
    chosen = choose(programme, as_of, pack)
    known = connection.codes if isinstance(connection, Store) else codes or read_codes()
    definition = defined(chosen, known, parameters)
    title = f"{PROGRAMMES[programme]} を抽出"
    progress(title, 0, STEPS)
    with opened(connection, as_of, known) as store:
        judging = judge_all(store, definition)
        listing = Listing.of(judging)
        progress(title, 1, STEPS)
        counts, targets = listing.counts, listing.targets()
        progress(title, 2, STEPS)
        lacking = notes(judging)
    progress(title, STEPS, STEPS)
    return Extraction(
        programme, as_of, chosen.name, chosen.version, chosen.title,
        tuple(GroupTitle(group.code, group.title) for group in definition.groups),
        targets, counts, lacking, unconfirmed(definition), definition.parameters,
    )  # fmt: skip


def explain(
    programme: str,
    connection: Any,
    person: int,
    as_of: date,
    pack: str | None = None,
    *,
    parameters: Given | None = None,
    codes: Codes | None = None,
) -> Explanation:
    """Why a person is in a group, in none, or cannot be judged: each condition, met, not met or not known.

    As `extract`; `known` is False for a person the store has never heard of.
    """
    chosen, known = choose(programme, as_of, pack), codes or read_codes()
    definition = defined(chosen, known, parameters)
    with opened(connection, as_of, known, person) as store:
        judging = judge_all(store, definition)
        rows = judging.people.filter(judging.people.person == person).to_polars().to_dicts()
        groups = asked(judging, rows[0]) if rows else ()
    first = next((each.code for each in groups if each.truth), None)
    return Explanation(person, as_of, chosen.name, chosen.version, bool(rows), first, groups)


@contextmanager
def opened(connection: Any, as_of: date, codes: Codes | None = None, only: int | None = None) -> Iterator[Store]:
    """A connection made ready for several lists of one day: give `extract` this instead of the connection.

    Whose receipt is whose is then worked out once. A store already made ready is handed on as it is.
    """
    if isinstance(connection, Store):
        yield connection
        return
    backend = connection if isinstance(connection, ibis.BaseBackend) else ibis.duckdb.from_connection(connection)
    store = Store(backend, as_of, codes or read_codes(), only)
    try:
        yield store
    finally:
        store.drop()


def codes_from(folder: Path | None) -> Codes:
    """The lists of codes with the masters of a folder (基本マスター of the 支払基金), or without. Raises BadInput."""
    return read_codes(read_masters(folder) if folder else None)


def packs_of() -> tuple[Pack, ...]:
    """The definitions shipped, of every programme."""
    return tuple(packs().values())


def check(pack: Pack) -> tuple[Checked, ...]:
    """The invented patients of a definition, each with what was expected and what came out."""
    return tuple(_check(pack))
