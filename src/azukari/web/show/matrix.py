"""The matrix items × flows of one consultation: which item goes where, as 従来 or 新たな, plain or 匿名化."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from azukari.core.policy.types import Consultation, Direction, Flow, Form, Kind
from azukari.web import words


@dataclass(frozen=True, slots=True)
class Column:
    """One flow: its id, business, direction, how many items, whether handed with tokens instead of names."""

    id: str
    business: str
    direction: str
    total: int
    masked: bool


@dataclass(frozen=True, slots=True)
class Cell:
    """One item in one flow. `kind` chooses the sign that repeats the `word`; "none" is an item the flow does not carry."""

    word: str = ""
    kind: str = "none"
    masked: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One item with a cell for each column."""

    item: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Matrix:
    """Columns are flows, rows are items in the order of the paper."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]


NEW = ("新たな", "new")
BEFORE = ("従来", "carried")
CARRIED = ("取り扱う", "carried")


def matrix(consultation: Consultation, items: Mapping[str, tuple[str, ...]]) -> Matrix:
    """The matrix of a consultation. `items`: every flow's items by flow id, references to other flows followed."""
    new = new_items(consultation)
    columns = tuple(_column(flow, len(items[flow.id])) for flow in consultation.flows)
    order = dict.fromkeys(item for flow in consultation.flows for item in items[flow.id])
    rows = tuple(
        Row(
            item,
            tuple(_cell(item, flow, items[flow.id], new[flow.id]) for flow in consultation.flows),
        )
        for item in order
    )
    return Matrix(columns, rows)


def new_items(consultation: Consultation) -> dict[str, frozenset[str]]:
    """The 新たな項目 of each flow; a flow whose items stand elsewhere takes those flows' new items.

    What a paper asks to record as 新たな個人情報の項目 is new as a whole; the contractor and the line then only carry it.
    """
    own = {flow.id: frozenset(flow.items_new) for flow in consultation.flows}
    if Kind.NEW_ITEMS in consultation.kinds:
        recorded = (flow for flow in consultation.flows if flow.direction is Direction.RECORDED)
        return own | {flow.id: frozenset(flow.items) for flow in recorded}
    borrowed = {
        flow.id: frozenset[str]().union(*(own.get(other, frozenset()) for other in flow.items_of))
        for flow in consultation.flows
    }
    return {flow_id: own[flow_id] | borrowed[flow_id] for flow_id in own}


def _column(flow: Flow, total: int) -> Column:
    short = words.DIRECTIONS_SHORT[flow.direction]
    return Column(flow.id, flow.business, short, total, flow.form is Form.PSEUDONYMISED)


def _cell(item: str, flow: Flow, carried: tuple[str, ...], new: frozenset[str]) -> Cell:
    if item not in carried:
        return Cell()
    word, kind = NEW if item in new else BEFORE if new else CARRIED
    return Cell(word, kind, flow.form is Form.PSEUDONYMISED)
