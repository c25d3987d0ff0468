"""The tables of the store as a definition reads them: whose receipt, which month, which lines, as Ibis relations.

Only columns that are asked for are named, and each table is read once for all the lines whose codes stand in lists; such
lines are few, and kept while the extraction lasts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, reduce
from operator import or_
from typing import Any
from uuid import uuid4

import ibis
import polars as pl
from ibis.expr import types as ir

from azukari.business.health.targets.codes import DRUG, UNCODED, CodeList, Codes
from azukari.business.health.targets.compiling import UNKNOWN, compiled
from azukari.business.health.targets.rules.definitions import RECEIPT, ROWS, Definition, ReadLines
from azukari.business.health.targets.rules.language import And, Member, Node, Or, conjuncts, lists_in
from azukari.business.health.targets.rules.records import Seen, last_month, month_number
from azukari.business.health.targets.rules.scalar import unanswered
from azukari.kernel.fiscal import FiscalYear

KEPT = ("person", "receipt", "line", "month", "back", "facility", "visit_days")
MOST_NAMED = 5_000
EXTRA = {"diagnoses": ("code",), "acts": ("code", "drug_days", "dispensed"), "receipts": ()}


def day_number(value: Any) -> Any:
    """A date column as days since 1970-01-01."""
    return value.delta(ibis.date(1970, 1, 1), unit="day").cast("int64")


def plain(column: Any) -> Any:
    """A column as expressions see it: whole numbers wide enough to be added, days as numbers."""
    kind = column.type()
    if kind.is_date():
        return day_number(column)
    return column.cast("int64") if kind.is_integer() else column


def month_number_of(month: Any) -> Any:
    """YYYYMM as a count of months."""
    wide = month.cast("int64")
    return (wide // 100) * 12 + wide % 100 - 1


def years_at(birth: Any, on: Any) -> Any:
    """Completed years on a day, as people count them; nothing before birth."""
    compact = [each.year().cast("int64") * 10000 + each.month() * 100 + each.day() for each in (birth, on)]
    years = (compact[1] - compact[0]) // 10000
    return ibis.ifelse(birth <= on, years, ibis.null("int64"))


def beside(people: ir.Table, facts: ir.Table) -> ir.Table:
    """Everybody with what is known of them, if anything."""
    return people.left_join(facts, "person").drop("person_right")


@dataclass
class Store:
    """The tables of one backend on a day; `only` narrows everything to one person.

    What several definitions ask alike (who there is, whose receipt is whose, strange drugs) is worked out once.
    """

    backend: Any
    as_of: date
    codes: Codes
    only: int | None = None
    kept: list[str] = field(default_factory=list)
    linked: dict[int, ir.Table] = field(default_factory=dict)
    brought: list[ir.Table] = field(default_factory=list)

    def table(self, name: str) -> ir.Table:
        """One table of columns.TABLES."""
        found: ir.Table = self.backend.table(name)
        return found

    def bring(self, frame: pl.DataFrame) -> ir.Table:
        """A small table of our own beside those of the store; held, for Spark looks for it again later."""
        brought = ibis.memtable(frame)
        self.brought.append(brought)
        if self.backend.name != "duckdb":
            self.backend.to_pyarrow(brought.limit(0))  # Ibis 12 tells Spark of it when asked, but not when it is cached
        return brought

    def keep(self, relation: ir.Table) -> ir.Table:
        """A relation worked out once, until `drop`."""
        if self.backend.name != "duckdb":
            held: ir.Table = relation.cache()
            return held
        self.kept.append(f"azukari_kept_{uuid4().hex}")
        made: ir.Table = self.backend.create_table(self.kept[-1], relation, temp=True)
        return made

    def drop(self) -> None:
        """Let go of what was kept; Spark does so by itself. (Ibis 12 writes no name into DROP with sqlglot 30.)"""
        while self.kept:
            self.backend.raw_sql(f'DROP TABLE IF EXISTS "{self.kept.pop()}"')

    @cached_property
    def seen(self) -> Seen:
        """How far the store reaches."""
        months, last = self.table("receipts").month, last_month(self.as_of)
        newest = self.scalar(months.max())
        if newest is not None and newest > last:
            newest = self.scalar(months.max(where=months <= last))
        years = {}
        for name in ("checkups", "guidance"):
            held = self.table(name).select("fiscal_year").distinct().to_pyarrow()["fiscal_year"].to_pylist()
            years[name] = frozenset(year for year in held if year is not None)
        return Seen(None if newest is None else int(newest), years)

    @staticmethod
    def scalar(value: Any) -> Any:
        """One value, null as None."""
        return value.to_pyarrow().as_py()

    @property
    def links(self) -> ir.Table:
        """Who an identity is."""
        links = self.table("links").select("identity", "person")
        return links if self.only is None else links.filter(links.person == self.only)

    def receipts(self, months: int) -> ir.Table:
        """Receipts of the last `months` months with their person; `back` is 0 for the newest month."""
        wide = max(self.linked, default=0)
        if wide < months:
            self.linked[months] = self.keep(self._receipts(months))
            wide = months
        found = self.linked[wide]
        return found if wide == months else found.filter(found.back < months)

    def _receipts(self, months: int) -> ir.Table:
        receipts, newest = self.table("receipts"), self.seen.newest or 0
        first = month_number(newest) - months + 1
        since = first // 12 * 100 + first % 12 + 1
        chosen = receipts.filter(receipts.month.between(since, newest))
        linked = chosen.join(self.links, "identity").select(
            "person", "receipt", "line", "month", "kind", "receipt_type", "inpatient", "facility", "prescriber", "days"
        )
        return linked.mutate(
            back=month_number(newest) - month_number_of(linked.month),
            facility=ibis.coalesce(linked.prescriber, linked.facility),
            visit_days=linked.days.cast("int64"),
        ).drop("prescriber", "days")

    @cached_property
    def population(self) -> ir.Table:
        """Everybody known: person, insured, birth, sex and the age at the end of the fiscal year."""
        members, on = self.table("members"), ibis.literal(self.as_of)
        if self.only is not None:
            members = members.filter(members.person == self.only)
        inside = (members.since.isnull() | (members.since <= on)) & (members.until.isnull() | (on < members.until))
        found = members.group_by("person").agg(insured=inside.any(), birth=members.birth.max(), sex=members.sex.max())
        known = beside(members.select("person").union(self.links.select("person"), distinct=True), found)
        end = ibis.literal(FiscalYear.of(self.as_of).end)
        return self.keep(known.mutate(sex=known.sex.cast("int64"), age=years_at(known.birth, end)))

    @cached_property
    def loose(self) -> int:
        """How many receipts nobody knows the person of."""
        return int(self.scalar(self.table("receipts").anti_join(self.table("links"), "identity").count()))

    def listed(self, name: str) -> CodeList:
        """A list of codes."""
        return self.codes.lists[name]

    @cached_property
    def strange_drugs(self) -> tuple[str, ...]:
        """Codes of drug lines that the master does not have."""
        acts = self.table("acts")
        found = acts.filter(acts.record == DRUG).select("code").distinct().to_pyarrow()["code"].to_pylist()
        return tuple(sorted(code for code in found if code is not None and code not in self.codes.drugs))


def lines_of(
    store: Store, definition: Definition, wanted: Sequence[ReadLines], near: ir.Table | None = None
) -> ir.Table:
    """The rows of one table that are, or may be, among some lines, with a flag `is_<id>` for each.

    `near` narrows the receipts looked at to the persons and months it has.
    """
    (table,) = {each.table for each in wanted}
    receipts = store.receipts(max(each.months for each in wanted))
    if near is not None:
        receipts = receipts.semi_join(near, ["person", "back"])
    lists = sorted({name for each in wanted for name in lists_in(each.where)})
    rows = receipts if table == "receipts" else _rows(store, table, receipts, lists, all(map(_gated, wanted)))
    flags = {f"is_{each.id}": _flag(store, definition, each, rows) for each in wanted}
    flagged = rows.mutate(**flags)
    kept = flagged.filter(reduce(or_, [flagged[name].fill_null(True) for name in flags]))
    return kept.select(*KEPT, *EXTRA[table], *flags)


def _gated(lines: ReadLines) -> bool:
    """Whether every row chosen has a code of a list."""
    return any(_in_a_list(each) for each in conjuncts(lines.where))


def _in_a_list(node: Node) -> bool:
    if isinstance(node, Or):
        return all(any(_in_a_list(each) for each in conjuncts(part)) for part in node.parts)
    return isinstance(node, Member) or (isinstance(node, And) and any(_in_a_list(part) for part in node.parts))


def _rows(store: Store, table: str, receipts: ir.Table, lists: Sequence[str], gated: bool) -> ir.Table:
    own = [name for name in ROWS[table] if name not in RECEIPT]
    extra = {"dispensed"} if table == "acts" else set()
    rows = store.table(table).select("receipt", "line", *sorted({*own, *extra}))
    if lists:
        known = _membership(store, lists)
        if gated and known.height <= MOST_NAMED:
            rows = rows.filter(rows.code.isin(known["code"].to_list()))  # far less is left to be joined
        rows = _joined(rows, store.bring(known), lists, gated)
    joined = rows.join(receipts.drop("line"), "receipt")
    return joined.drop([name for name in joined.columns if name.endswith("_right")])


def _joined(rows: ir.Table, known: ir.Table, lists: Sequence[str], gated: bool) -> ir.Table:
    if gated:
        return rows.join(known, "code")
    found = rows.left_join(known, "code").drop("code_right")
    nowhere = found.listed.isnull()
    return found.mutate(**{f"in_{name}": ibis.ifelse(nowhere, False, found[f"in_{name}"]) for name in lists})


def _membership(store: Store, lists: Iterable[str]) -> pl.DataFrame:
    """Every code of the lists, with whether it is in each; what may be in one is null."""
    known = [store.listed(name) for name in lists]
    drugs = any(each.kind == "drug" for each in known)
    codes = sorted({code for each in known for code in each.codes} | {UNCODED})
    strange = store.strange_drugs if drugs else ()
    columns: dict[str, list[Any]] = {"code": [*codes, *strange]}
    columns["listed"] = [True] * len(columns["code"])
    for each in known:
        unknown = None if each.kind == "drug" else False
        columns[f"in_{each.id}"] = [code in each.codes for code in codes] + [unknown] * len(strange)
    return pl.DataFrame(columns, schema={name: pl.String() if name == "code" else pl.Boolean() for name in columns})


def _flag(store: Store, definition: Definition, lines: ReadLines, rows: ir.Table) -> ir.BooleanValue:
    def column(name: str) -> Any:
        if name in definition.parameters:
            return ibis.literal(definition.parameters[name])
        return plain(rows[name])

    def belongs(name: str) -> ir.BooleanValue:
        return _belongs(store.listed(name), rows)

    found = compiled(lines.where, column, belongs)
    within: ir.BooleanValue = found & (rows.back < lines.months)
    return within


def _belongs(known: CodeList, rows: ir.Table) -> Any:
    if not known.known:
        return UNKNOWN
    found = rows[f"in_{known.id}"]
    if known.kind == "drug":
        return ibis.ifelse(rows.record == DRUG, found, ibis.ifelse(rows.code.isnull(), UNKNOWN, found.fill_null(False)))
    if known.kind == "diagnosis" and known.uncoded:
        says = reduce(or_, [rows.text.contains(word) for word in known.uncoded])
        maybe = ibis.ifelse(says.fill_null(True), UNKNOWN, False)
        return ibis.ifelse(rows.code == UNCODED, maybe, found)
    return found


def answered(store: Store, definition: Definition) -> Mapping[str, bool]:
    """Which lines the lists at hand can find."""
    return {each.id: not unanswered(store.codes, each) for each in definition.lines.values()}
