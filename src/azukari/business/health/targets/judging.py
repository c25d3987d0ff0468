"""A definition applied to everybody at once: facts by person, then conditions, then groups, in one Ibis expression."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import ibis
from ibis.expr import types as ir

from azukari.business.health.targets.compiling import UNKNOWN, compiled, kleene_any
from azukari.business.health.targets.relations import (
    Store,
    answered,
    beside,
    day_number,
    lines_of,
    plain,
    years_at,
)
from azukari.business.health.targets.repeating import Again, again
from azukari.business.health.targets.rules.definitions import Definition, Latest, ReadLines, ReadRepeat, latest_columns
from azukari.business.health.targets.rules.language import Name, Node, names_in
from azukari.business.health.targets.rules.records import day_number as number
from azukari.business.health.targets.rules.scalar import unanswered
from azukari.business.health.targets.rules.why import atoms
from azukari.kernel.fiscal import FiscalYear

NONE, UNCLEAR = "none", "unknown"


def column(name: str) -> str:
    """A name of the language as a column."""
    return name.replace(".", "__")


@dataclass
class Judging:
    """A definition over a store: one relation with a row a person, and the lines behind it."""

    store: Store
    definition: Definition
    people: ir.Table
    lines: dict[str, ir.Table] = field(default_factory=dict)
    repeats: dict[str, Again] = field(default_factory=dict)

    @cached_property
    def atoms(self) -> tuple[Node, ...]:
        """The flags kept as columns a0, a1, …"""
        return atoms(self.definition)


def judge_all(store: Store, definition: Definition) -> Judging:
    """Everybody the store knows: the values a definition speaks of, and its atoms (a0, a1, …)."""
    judging = Judging(store, definition, store.population)
    for facts in _facts(judging):
        judging.people = beside(judging.people, facts)
    judging.people = _decided(judging)
    return judging


def _facts(judging: Judging) -> Iterator[ir.Table]:
    store, definition = judging.store, judging.definition
    read = definition.read()
    if store.seen.newest is not None:
        for table in ("receipts", "diagnoses", "acts"):
            wanted = [each for each in definition.lines.values() if each.table == table and each.id in read]
            if wanted:
                yield _about_lines(judging, wanted)
        for repeat in definition.repeats.values():
            if repeat.id in read and _can(store, repeat):
                judging.repeats[repeat.id] = found = again(store, definition, repeat)
                yield found.hits.select("person").distinct().mutate(**{repeat.id: ibis.literal(value=True)})
    for latest in definition.latest.values():
        yield _newest(store, latest, _asked(definition, latest.id))


def _can(store: Store, repeat: ReadRepeat) -> bool:
    return not unanswered(store.codes, repeat.of) and (bool(store.codes.drugs) or not repeat.asks_drugs)


def _about_lines(judging: Judging, wanted: Sequence[ReadLines]) -> ir.Table:
    rows = lines_of(judging.store, judging.definition, wanted)
    if wanted[0].table != "receipts":
        rows = judging.store.keep(rows)
    values: dict[str, Any] = {}
    for each in wanted:
        judging.lines[each.id] = rows
        values |= _about(each, rows)
    return rows.group_by("person").agg(**values)


def _about(lines: ReadLines, rows: ir.Table) -> dict[str, Any]:
    flag = rows[f"is_{lines.id}"]
    sure = flag.fill_null(False)
    found = {
        f"{lines.id}__sure": sure.any(),
        f"{lines.id}__maybe": flag.isnull().any(),
        f"{lines.id}__back": rows.back.min(where=sure),
    }
    if lines.table == "acts":
        end = _month_end(rows.month)
        start = ibis.ifelse(rows.dispensed.isnull(), end, day_number(rows.dispensed))
        found[f"{lines.id}__supplied"] = (start + rows.drug_days.cast("int64").fill_null(0)).max(where=sure)
    return found


def _month_end(month: Any) -> Any:
    """The first day after a month (YYYYMM), as a day number."""
    wide = month.cast("int64")
    year, rest = wide // 100, wide % 100
    first = ibis.date(ibis.ifelse(rest == 12, year + 1, year), ibis.ifelse(rest == 12, 1, rest + 1), ibis.literal(1))
    return day_number(first)


def _asked(definition: Definition, source: str) -> list[str]:
    """The columns of a newest row that the definition or its sentences read."""
    names = {name for node in definition.nodes() for name in names_in(node)} | definition.told()
    return [each for each in latest_columns(definition.latest[source].table) if f"{source}.{each}" in names]


def _newest(store: Store, latest: Latest, asked: Sequence[str]) -> ir.Table:
    table = store.table(latest.table)
    on = table.date if latest.table == "checkups" else table["first"]
    year = FiscalYear.of(store.as_of).year
    wanted = [year + back for back in latest.years]
    chosen = table.filter(table.fiscal_year.isin(wanted) & (on.isnull() | (on <= ibis.literal(store.as_of))))
    day = "date" if latest.table == "checkups" else "first"
    columns = {"identity", "fiscal_year", day, *asked}
    own = chosen.select(*sorted(columns)).join(store.links, "identity")
    order = [own.fiscal_year.desc(), own[day].fill_null(ibis.date(1, 1, 1)).desc(), own.identity.desc()]
    place = own.mutate(place=ibis.row_number().over(group_by="person", order_by=order))
    first = place.filter(place.place == 0)
    values = {f"{latest.id}__{name}": plain(first[name]) for name in asked}
    return first.select(
        "person", **{f"{latest.id}__day": first[day], f"{latest.id}__here": ibis.literal(value=True)}, **values
    )


def _decided(judging: Judging) -> ir.Table:
    people = judging.people.mutate(**_named(judging))

    def value(name: str) -> Any:
        return _base(judging, people, name)

    return people.mutate(**{f"a{place}": compiled(node, value, no_list) for place, node in enumerate(judging.atoms)})


def group_of(judging: Judging, people: ir.Table) -> ir.Table:
    """The first group that is true of each person; else `unknown` where one may be; else `none`."""
    definition = judging.definition
    known: dict[Node, Any] = {node: people[f"a{place}"] for place, node in enumerate(judging.atoms)}
    for condition in definition.conditions.values():
        known[Name(condition.id)] = compiled(condition.when, _no_name, no_list, known)
    flags = [(group.code, compiled(group.when, _no_name, no_list, known)) for group in definition.groups]
    sure = [(flag.fill_null(False), ibis.literal(code)) for code, flag in flags]
    maybe = [(flag.isnull(), ibis.literal(UNCLEAR)) for _, flag in flags]
    return people.mutate(group=ibis.cases(*sure, *maybe, else_=ibis.literal(NONE)))


def _no_name(name: str) -> Any:
    raise KeyError(name)


def no_list(_: str) -> Any:
    """Codes are asked of lines only: over a person every list is out of reach."""
    return UNKNOWN


def _base(judging: Judging, people: ir.Table, name: str) -> Any:
    definition, store = judging.definition, judging.store
    if name in definition.parameters:
        return ibis.literal(definition.parameters[name])
    if name == "as_of":
        return ibis.literal(number(store.as_of), "int64")
    return people[column(name)]


def _named(judging: Judging) -> dict[str, Any]:
    """The facts as the language names them, with what an absent row means: nothing found, or nothing known."""
    store, people, definition = judging.store, judging.people, judging.definition
    seen = store.seen
    values: dict[str, Any] = {"seen_until": ibis.null("int64")}
    if seen.newest is not None:
        values["seen_until"] = _month_end(ibis.literal(seen.newest))
    sure, read = answered(store, definition), definition.read()
    for each in (lines for lines in definition.lines.values() if lines.id in read):
        values |= _lines_named(judging, each, people, sure[each.id])
    for latest in definition.latest.values():
        values |= _latest_named(judging, latest, people)
    for repeat in definition.repeats.values():
        known = repeat.id in judging.repeats
        values[repeat.id] = people[repeat.id].fill_null(False) if known else UNKNOWN
    return values


def _lines_named(judging: Judging, lines: ReadLines, people: ir.Table, sure: bool) -> dict[str, Any]:
    if lines.id not in judging.lines:
        nothing: dict[str, Any] = {f"{lines.id}__found": UNKNOWN, f"{lines.id}__last": ibis.null("int64")}
        return nothing | ({f"{lines.id}__supplied": ibis.null("int64")} if lines.table == "acts" else {})
    found = people[f"{lines.id}__sure"].fill_null(False)
    maybe = people[f"{lines.id}__maybe"].fill_null(False) if sure else ibis.literal(value=True)
    newest = judging.store.seen.newest or 0
    back = (newest // 100 * 12 + newest % 100 - 1) - people[f"{lines.id}__back"]
    end = _month_end(back // 12 * 100 + back % 12 + 1)
    return {f"{lines.id}__found": kleene_any(found, maybe), f"{lines.id}__last": end}


def _latest_named(judging: Judging, latest: Latest, people: ir.Table) -> dict[str, Any]:
    year = FiscalYear.of(judging.store.as_of).year
    held = {year + back for back in latest.years} & judging.store.seen.years[latest.table]
    here = people[f"{latest.id}__here"]
    values: dict[str, Any] = {
        f"{latest.id}__found": ibis.coalesce(here, ibis.literal(value=False) if held else UNKNOWN)
    }
    if latest.table == "checkups":
        values[f"{latest.id}__age"] = years_at(people.birth, people[f"{latest.id}__day"])
    return values
