"""請求書: one line a kind and face value, and the three things that hold for the whole: who, which month, received when."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import NamedTuple, TypeVar

from azukari.business.taxi.intake import values
from azukari.business.taxi.intake.types import KINDS, InvoiceLine
from azukari.business.taxi.types import Kind
from azukari.core.intake.api import Table
from azukari.kernel.errors import BadInput
from azukari.kernel.money import yen

COMPANY, MONTH, RECEIVED = "事業者番号", "利用年月", "受付日"
KIND, FACE, COUNT, AMOUNT = "券種", "券面額", "枚数", "金額"
TITLES = (COMPANY, MONTH, RECEIVED, KIND, FACE, COUNT, AMOUNT)
_CORRECT = "請求書を直して、もう一度出してもらってください。"
Value = TypeVar("Value")


class Invoice(NamedTuple):
    """A whole invoice."""

    company: str
    month: date
    received_on: date
    lines: tuple[InvoiceLine, ...]


class _Row(NamedTuple):
    line: int
    text: dict[str, str]


class _Head(NamedTuple):
    company: str
    month: date
    received_on: date


def read(table: Table, data: bytes) -> Invoice | None:
    """The invoice; None when something in it is wrong, which is then among the problems of the table."""
    rows = list(_rows(table, data))
    heads = [_head(table, row) for row in rows]
    lines = [_line(table, row) for row in rows]
    if not rows and not table.problems:
        why = "見出しだけです。途中で切れているかもしれません。"
        table.problem(BadInput("請求の行がありません。", why, _CORRECT), None)
    _agree(table, rows, [head for head in heads if head])
    _once(table, rows, [line for line in lines if line])
    head = heads[0] if heads else None
    if head is None or table.problems:
        return None
    return Invoice(*head, tuple(line for line in lines if line))


def _rows(table: Table, data: bytes) -> Iterator[_Row]:
    for chunk in table.chunks(data):
        for line, *row in zip(chunk.lines, *chunk.columns.values(), strict=True):
            if any(map(str.strip, row)):
                yield _Row(line, dict(zip(chunk.columns, row, strict=True)))


def _value(table: Table, row: _Row, title: str, read: Callable[[str], Value]) -> Value | None:
    text = row.text[title]
    try:
        if not text.strip():
            raise BadInput("空欄です。", "請求書のすべての欄が要ります。", _CORRECT)
        return read(text)
    except BadInput as error:
        table.problem(error, row.line, title, text)
        return None


def _head(table: Table, row: _Row) -> _Head | None:
    company = _value(table, row, COMPANY, lambda text: values.code(text, table.limits.code))
    month = _value(table, row, MONTH, lambda text: values.month(text, table.excel))
    received_on = _value(table, row, RECEIVED, lambda text: values.day(text, table.excel))
    if company is None or month is None or received_on is None:
        return None
    if received_on < month:
        error = BadInput("受付日が利用年月より前です。", "まだ使われていない月の請求になります。", _CORRECT)
        table.problem(error, row.line, RECEIVED, row.text[RECEIVED])
    return _Head(company, month, received_on)


def _line(table: Table, row: _Row) -> InvoiceLine | None:
    limits = table.limits
    kind = _value(table, row, KIND, _kind)
    face = _value(table, row, FACE, lambda text: values.amount(text, limits.voucher))
    count = _value(table, row, COUNT, lambda text: values.count(text, limits.rows))
    amount = _value(table, row, AMOUNT, lambda text: values.amount(text, limits.line))
    if kind is None or face is None or count is None or amount is None:
        return None
    if face * count != amount:
        why = f"{yen(face)} × {count:,}枚 は {yen(face * count)}です。"
        table.problem(
            BadInput("枚数と券面額の積が金額になりません。", why, _CORRECT), row.line, AMOUNT, row.text[AMOUNT]
        )
    return InvoiceLine(kind, face, count, amount, row.line)


def _kind(text: str) -> Kind:
    place = values.kind(text)
    if place < 0:
        raise BadInput("知らない券種です。", f"券種は {'、'.join(KINDS)} です。", _CORRECT)
    return KINDS[place]


def _agree(table: Table, rows: list[_Row], heads: list[_Head]) -> None:
    """One invoice is of one operator, one month and one day of receipt: every line says what the first one says."""
    if len(heads) != len(rows):
        return
    for row, head in zip(rows, heads, strict=True):
        for title, mine, first in zip((COMPANY, MONTH, RECEIVED), head, heads[0], strict=True):
            if mine != first:
                error = BadInput(f"{title}が上の行と違います。", "一つの請求書は、一つの事業者の一月分です。", _CORRECT)
                table.problem(error, row.line, title, row.text[title])


def _once(table: Table, rows: list[_Row], lines: list[InvoiceLine]) -> None:
    texts = {row.line: row.text for row in rows}
    first: dict[tuple[Kind, int], int] = {}
    for line in lines:
        earlier = first.setdefault((line.kind, line.face), line.row)
        if earlier != line.row:
            error = BadInput("同じ券種と券面額の行が二つあります。", f"{earlier}行目にもあります。", _CORRECT)
            table.problem(error, line.row, KIND, texts[line.row][KIND])
