"""What comes again month after month, for everybody at once (`[[repeat]]`)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import ibis
import polars as pl
from ibis.expr import types as ir

from azukari.business.health.targets.compiling import compiled
from azukari.business.health.targets.relations import Store, lines_of
from azukari.business.health.targets.rules.definitions import MEASURES, RECEIPT, Definition, ReadLines, ReadRepeat
from azukari.business.health.targets.rules.language import (
    And,
    Compare,
    Constant,
    Name,
    Node,
    conjuncts,
    lists_in,
    names_in,
)

COLUMNS = {"disease": "code", "facility": "facility", "drug": "drug"}
GROWING = {"receipts", "facilities", "days"}  # what a part of a month's lines cannot have more of than the whole month


@dataclass(frozen=True, slots=True)
class Again:
    """A repeat found: `hits` are persons, keys and months (`back`), `rows` the lines looked at."""

    repeat: ReadRepeat
    hits: ir.Table
    rows: ir.Table

    @property
    def keys(self) -> list[str]:
        """The columns that make one thing of lines."""
        return ["person", *(COLUMNS[name] for name in self.repeat.per)]

    def lines(self) -> ir.Table:
        """The lines of the months in which it came."""
        return self.rows.semi_join(self.hits, [*self.keys, "back"])


def again(store: Store, definition: Definition, repeat: ReadRepeat) -> Again:
    """Find a repeat. Persons whose receipts alone rule it out are put aside before any line is read."""
    near = _near(store, definition, repeat)
    found = lines_of(store, definition, [repeat.of], near)
    rows = found.filter(found[f"is_{repeat.of.id}"].fill_null(False))
    if repeat.asks_drugs:
        rows = _with_drugs(store, rows, repeat.digits)
    keys = ["person", *(COLUMNS[name] for name in repeat.per)]
    rows = rows.filter([rows[name].notnull() for name in keys])
    rows = store.keep(rows) if repeat.of.table != "receipts" else rows
    months = _measured(rows, [*keys, "back"], repeat)
    return Again(repeat, store.keep(_runs(_having(months, definition, repeat.having), keys, repeat.run)), rows)


def _with_drugs(store: Store, rows: ir.Table, digits: int) -> ir.Table:
    known = {code: price[:digits] for code, price in store.codes.drugs.items() if price}
    columns = {"code": list(known), "drug": list(known.values())}
    master = pl.DataFrame(columns, schema={"code": pl.String(), "drug": pl.String()})
    return rows.join(store.bring(master), "code")


def _measured(rows: ir.Table, keys: list[str], repeat: ReadRepeat) -> ir.Table:
    asked = set(names_in(repeat.having))
    one = rows
    if "days" in asked and repeat.of.table != "receipts":
        # A receipt's days count once, however many lines it has; such a repeat asks nothing of single lines but their days.
        values = {name: one[name].max() for name in ("facility", "visit_days") if name not in keys}
        if "drug_days" in rows.columns:
            values["drug_days"] = one.drug_days.cast("int64").sum()
        one = one.group_by([*keys, "receipt"]).agg(**values)
    return one.group_by(keys).agg(**{name: _measure(one, name) for name in MEASURES if name in asked})


def _measure(rows: ir.Table, name: str) -> Any:
    match name:
        case "receipts":
            return rows.receipt.nunique()
        case "facilities":
            return rows.facility.nunique()
        case "drugs":
            return rows.drug.nunique()
        case "drug_days":
            return rows.drug_days.cast("int64").sum().fill_null(0)
        case _:
            return rows.visit_days.sum().fill_null(0)


def _having(months: ir.Table, definition: Definition, having: Node) -> ir.Table:
    def column(name: str) -> Any:
        return ibis.literal(definition.parameters[name]) if name in definition.parameters else months[name]

    return months.filter(compiled(having, column, lambda _: ibis.literal(False)))


def _runs(months: ir.Table, keys: list[str], run: int) -> ir.Table:
    """Only the keys that have `run` months one after another: of such months, place and number go up alike."""
    place = ibis.row_number().over(group_by=[months[name] for name in keys], order_by=months.back)
    islands = months.mutate(island=months.back - place)
    sizes = islands.group_by([*keys, "island"]).agg(size=islands.count())
    return months.semi_join(sizes.filter(sizes["size"] >= run), keys).select(*keys, "back")


def _near(store: Store, definition: Definition, repeat: ReadRepeat) -> ir.Table | None:
    """Persons and months whose receipts could have it; None when nothing can be told from receipts."""
    bounds = [each for each in conjuncts(repeat.having) if _grows(definition, each)]
    if repeat.of.table == "receipts" or not bounds:
        return None
    where = list(_of_receipts(definition, repeat.of.where))
    whole = And(tuple(where)) if where else Constant(value=True)
    of = ReadLines(repeat.of.id, "receipts", whole, repeat.of.months, "")
    found = lines_of(store, definition, [of])
    rows = found.filter(found[f"is_{of.id}"].fill_null(False))
    bound = And(tuple(bounds))
    months = _measured(rows, ["person", "back"], ReadRepeat(repeat.id, of, (), repeat.digits, bound, repeat.run))
    return store.keep(_runs(_having(months, definition, bound), ["person"], repeat.run))


def _grows(definition: Definition, node: Node) -> bool:
    return (
        isinstance(node, Compare)
        and node.how in {">", ">="}
        and isinstance(node.left, Name)
        and node.left.name in GROWING
        and all(name in definition.parameters for name in names_in(node.right))
    )


def _of_receipts(definition: Definition, where: Node) -> Iterator[Node]:
    """What an expression over lines asks of their receipt."""
    readable = {*RECEIPT, *definition.parameters}
    for node in conjuncts(where):
        if set(names_in(node)) <= readable and not list(lists_in(node)):
            yield node
