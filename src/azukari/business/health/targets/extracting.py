"""The list of a programme, with the reasons of every person on it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

import ibis
import polars as pl
from ibis.expr import types as ir

from azukari.business.health.targets.judging import NONE, UNCLEAR, Judging, column, group_of
from azukari.business.health.targets.rules.definitions import HOLE, ReadCondition
from azukari.business.health.targets.rules.language import Node, names_in
from azukari.business.health.targets.rules.why import Cause, causes, told, truths_of
from azukari.business.health.targets.types import Reason, Target
from azukari.kernel import era

MOST_LINES = 3  # of one kind and person; the newest. A repeat gives every line of its months.
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Pattern:
    """What persons with the same truths have in common: the sentences to tell them and the sources to show."""

    sentences: tuple[tuple[str, str, tuple[str, ...]], ...]  # table, sentence, columns of its holes
    sources: frozenset[str]


@dataclass
class Listing:
    """One extraction while it is put together."""

    judging: Judging
    people: ir.Table
    said: dict[tuple[Any, ...], Reason] = field(default_factory=dict)

    @classmethod
    def of(cls, judging: Judging) -> Listing:
        """Work out everybody's group, once."""
        people = judging.people
        wanted = {
            "person",
            *map(column, judging.definition.told()),
            *(f"a{place}" for place in range(len(judging.atoms))),
        }
        chosen = judging.store.keep(people.select(*sorted(wanted & set(people.columns))))
        return cls(judging, judging.store.keep(group_of(judging, chosen)))

    @property
    def counts(self) -> dict[str, int]:
        """Persons of each group, of none, unknown, and all."""
        counted = self.people.group_by("group").agg(persons=self.people.count()).to_polars()
        found = dict(counted.select("group", "persons").iter_rows())
        names = [*(group.code for group in self.judging.definition.groups), UNCLEAR, NONE]
        return {**{name: int(found.get(name, 0)) for name in names}, "all": int(sum(found.values()))}

    @cached_property
    def listed(self) -> pl.DataFrame:
        """Everybody in a group, in the order of groups, then persons."""
        codes = [group.code for group in self.judging.definition.groups]
        found: pl.DataFrame = self.people.filter(self.people.group.isin(codes)).to_polars()
        place = pl.col("group").replace_strict({code: place for place, code in enumerate(codes)}, return_dtype=pl.Int32)
        return found.sort(place, "person")

    def targets(self) -> tuple[Target, ...]:
        """Every person listed with the reasons: sentences first, then record lines."""
        listed = self.listed
        names = [f"a{place}" for place in range(len(self.judging.atoms))]
        patterns = {key: self._pattern(key) for key in listed.select(names).unique().iter_rows()}
        chosen = [patterns[key] for key in listed.select(names).iter_rows()]
        shown = self._lines(listed["person"], chosen)
        rows = listed.drop(names).iter_rows(named=True)
        return tuple(
            Target(row["person"], row["group"], (*self._sentences(pattern, row), *shown.get(row["person"], ())))
            for row, pattern in zip(rows, chosen, strict=True)
        )

    def _pattern(self, key: tuple[bool | None, ...]) -> Pattern:
        truths = truths_of(self.judging.definition, dict(zip(self.judging.atoms, key, strict=True)))
        groups = self.judging.definition.groups
        found = [
            each
            for group in groups
            if truths(group.when)
            for each in causes(self.judging.definition, group.when, truths)
        ]
        told = tuple(self._told(each) for each in dict.fromkeys(found) if each.sentence)
        return Pattern(told, frozenset(each.name for each in found if each.source and each.truth))

    def _told(self, cause: Cause) -> tuple[str, str, tuple[str, ...]]:
        table = table_of(self.judging, self.judging.definition.conditions[cause.name])
        holes = (column(hole) for hole in HOLE.findall(cause.sentence))
        return table, cause.sentence, tuple(name for name in holes if name in self.people.columns)

    def _sentences(self, pattern: Pattern, row: Mapping[str, Any]) -> Iterator[Reason]:
        for table, sentence, columns in pattern.sentences:
            key = (table, sentence, *(row[name] for name in columns))
            found = self.said.get(key)
            if found is None:
                found = self.said[key] = Reason(table, None, None, tell(self.judging, sentence, row))
            yield found

    def _lines(self, persons: pl.Series, chosen: Sequence[Pattern]) -> dict[int, list[Reason]]:
        wanted: dict[str, list[int]] = defaultdict(list)
        for person, pattern in zip(persons, chosen, strict=True):
            for source in pattern.sources:
                wanted[source].append(person)
        found: dict[int, dict[tuple[str, int, int], Reason]] = defaultdict(dict)
        for source in self._sources():
            if source in wanted:
                for person, reason in self._shown(source, wanted[source]):
                    found[person].setdefault((reason.table, reason.receipt or 0, reason.line or 0), reason)
        return {person: list(reasons.values()) for person, reasons in found.items()}

    def _sources(self) -> list[str]:
        return [*self.judging.lines, *self.judging.repeats]

    def _shown(self, source: str, persons: list[int]) -> Iterator[tuple[int, Reason]]:
        judging = self.judging
        asked = judging.store.bring(pl.DataFrame({"person": persons}, schema={"person": pl.Int64()}))
        if source in judging.repeats:
            again = judging.repeats[source]
            lines, rows = again.repeat.of, again.lines().semi_join(asked, "person")
        else:
            lines, all_rows = judging.definition.lines[source], judging.lines[source]
            rows = _newest(all_rows.filter(all_rows[f"is_{source}"].fill_null(False)).semi_join(asked, "person"))
        said: dict[tuple[Any, ...], str] = {}
        for person, receipt, line, *rest in _told_rows(rows):
            key = tuple(rest)
            if key not in said:
                said[key] = self._words(lines.words, *rest)
            yield person, Reason(lines.table, receipt, line, said[key])

    def _words(self, words: str, month: int, code: str | None, days: int | None) -> str:
        name = self.judging.store.codes.names.get(code or "", f"コード {code}")
        values = {"month": month_words(month), "name": name, "days": days}
        return told(words, values, {})


def table_of(judging: Judging, condition: ReadCondition) -> str:
    """The table a sentence speaks of: of the newest row it reads, else of its lines, else the list of the insured."""
    definition = judging.definition
    names = {name.partition(".")[0] for name in _all_names(judging, condition.when)}
    latest = next((each.table for each in definition.latest.values() if each.id in names), None)
    return latest or next((each.table for each in definition.lines.values() if each.id in names), "members")


def _all_names(judging: Judging, node: Node) -> Iterator[str]:
    for name in names_in(node):
        yield name
        if name in judging.definition.conditions:
            yield from _all_names(judging, judging.definition.conditions[name].when)


def tell(judging: Judging, sentence: str, row: Mapping[str, Any]) -> str:
    """A sentence with the person's own values."""
    if "{" not in sentence:
        return sentence
    holes = HOLE.findall(sentence)
    values = {hole: judging.definition.parameters.get(hole, row.get(column(hole))) for hole in holes}
    return told(sentence, values, judging.definition.types)


def month_words(month: int) -> str:
    """YYYYMM as people write it."""
    day = date(month // 100, month % 100, 1)
    return f"{era.era_of(day).writes(day.year)}{day.month}月"


def _newest(rows: ir.Table) -> ir.Table:
    order = [rows.back.asc(), rows.receipt.desc(), rows.line.asc()]
    place = rows.mutate(place=ibis.row_number().over(group_by="person", order_by=order))
    return place.filter(place.place < MOST_LINES)


def _told_rows(rows: ir.Table) -> Iterator[tuple[Any, ...]]:
    """Person, receipt, line, month, code and days of each line, the newest first."""
    code = rows.code if "code" in rows.columns else ibis.null("string")
    days = rows.drug_days.cast("int64") if "drug_days" in rows.columns else rows.visit_days
    chosen = rows.select("person", "receipt", "line", "month", "back", told_code=code, told_days=days)
    found: pl.DataFrame = chosen.to_polars().sort("person", "back", "receipt", "line")
    yield from found.drop("back").iter_rows()
