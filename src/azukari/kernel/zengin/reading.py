"""A 全銀 file taken apart: any right file as rows, a 総合振込 file as payments."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from azukari.kernel.errors import BadInput
from azukari.kernel.zengin.examining import survey, values
from azukari.kernel.zengin.framing import frame
from azukari.kernel.zengin.records import DATA, HEADER, KINDS, LAYOUTS, TRANSFER, decoded, layout_name
from azukari.kernel.zengin.types import Account, Bank, Batch, Level, Payer, Payment, Transfer

_TOLD = 20


@dataclass(frozen=True, slots=True)
class Row:
    """One record: `number` from 1, `kind` 21 or 91, `layout` its データ区分 (`2Y` with EDI情報).

    `values` by the keys of `records`, names without their filling, numbers as the digits they are.
    """

    number: int
    kind: str
    layout: str
    values: dict[str, str]


def rows(data: bytes) -> Iterator[Row]:
    """The records of a 総合振込 or 口座振替 file, results included. Raises BadInput, with the findings, unless it is right.

    What a bank may take (`Level.NOTE`) does not stop it.
    """
    wrong = [str(finding) for finding in survey(data).findings if finding.level is Level.ERROR]
    if wrong:
        more = [f"ほか {len(wrong) - _TOLD} か所"] if len(wrong) > _TOLD else []
        raise _refusal("全銀の形式に合っていません。", "\n        ".join(wrong[:_TOLD] + more))
    kind = ""
    for piece in frame(data).pieces:
        text = decoded(piece.data)
        kind = text[1:3] if text[0] == HEADER else kind
        name = layout_name(kind, text)
        yield Row(piece.number, kind, name, dict(values(LAYOUTS[kind][name], text)))


def read(data: bytes) -> Transfer:
    """A 総合振込 file as payments. Raises BadInput, with the findings, for one that is not right, or is of another kind."""
    batches: list[tuple[Payer, str, list[Payment]]] = []
    for row in rows(data):
        if row.kind != TRANSFER:
            raise _refusal(f"{KINDS[row.kind]}のファイルです。", "総合振込 (種別 21) として読むところです。")
        if row.layout == HEADER:
            payer = Payer(row.values["code"], row.values["name"], _account(row.values))
            batches.append((payer, row.values["day"], []))
        elif row.layout.startswith(DATA):
            batches[-1][2].append(_payment(row.values))
    made = tuple(Batch(payer, day, tuple(payments)) for payer, day, payments in batches)
    return Transfer(made, frame(data).line_ends)


def _account(row: dict[str, str]) -> Account:
    bank = Bank(row["bank"], row["bank_name"], row["branch"], row["branch_name"])
    return Account(bank, int(row["deposit"]), row["number"], row.get("holder", ""))


def _payment(row: dict[str, str]) -> Payment:
    return Payment(
        _account(row),
        int(row["amount"]),
        new_code=int(row["new_code"] or 0),
        customer_1=_customer(row.get("customer_1", "")),
        customer_2=_customer(row.get("customer_2", "")),
        edi=row.get("edi", ""),
        transfer_class=int(row["transfer_class"] or 0),
    )


def _customer(code: str) -> str:
    """No code is written as zeros."""
    return code if code.strip("0") else ""


def _refusal(what: str, why: str) -> BadInput:
    return BadInput(what, why, "ファイルを作った側に確かめ、作り直してもらってください。")
