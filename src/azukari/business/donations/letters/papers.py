"""Which items each paper carries, and the flow that lists them. A paper with an item outside its flow is not printed.

What a paper may say is taken from the consultation each time; here stands only which field of a letter is which item.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from azukari.business.donations.letters.types import Kind, Letter
from azukari.business.donations.types import GIFT_ITEM, INTENTION_FLOW, ONE_STOP_ITEM, PAYMENT_FLOW
from azukari.core.policy import api as policy
from azukari.kernel.errors import Refused

ITEMS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "name": "氏名",
        "address": "住所",
        "use": "希望する寄附金の使途",
        "amount": "寄附金額",
        "method": "納付方法",
        "applied_on": "申込日",
        "donated_on": "寄附日",
        "onestop": ONE_STOP_ITEM,
        "gift": GIFT_ITEM,
    }
)
# Numbers of ours and codes of sheets; they say nothing of a person.
FACTS: Final = ("reference", "sheets", "certificate", "slip")


@dataclass(frozen=True, slots=True)
class Paper:
    """One kind of paper: the flows it is made under, and the fields of a letter it says."""

    kind: Kind
    flows: tuple[str, ...]
    fields: tuple[str, ...]


PAPERS: Final[Mapping[Kind, Paper]] = MappingProxyType(
    {
        paper.kind: paper
        for paper in (
            Paper(Kind.APPLICATION, (INTENTION_FLOW,), ("name", "address", "use", "amount", "method", "applied_on")),
            Paper(Kind.PAYMENT_SLIP, (INTENTION_FLOW,), ("name", "address", "use", "amount")),
            Paper(
                Kind.THANKS,
                (PAYMENT_FLOW,),
                ("name", "address", "use", "amount", "method", "donated_on", "onestop", "gift"),
            ),
            Paper(Kind.CERTIFICATE, (PAYMENT_FLOW,), ("name", "address", "amount", "donated_on")),
            Paper(Kind.ONE_STOP, (PAYMENT_FLOW,), ("name", "address", "amount", "donated_on")),
            Paper(Kind.ADDRESS, (INTENTION_FLOW, PAYMENT_FLOW), ("name", "address")),
        )
    }
)


def granted(paper: Paper) -> Paper:
    """The paper, if each of its flows lists all it says. Raises Refused, naming items and flow, if not."""
    for flow in paper.flows:
        listed = policy.library().items_of(flow)
        if outside := [ITEMS[field] for field in paper.fields if ITEMS[field] not in listed]:
            raise Refused(
                f"{paper.kind}に{'、'.join(outside)}を印刷できません。",
                f"取扱い {flow} の項目に挙げられていません。",
                "諮問書の項目を確かめてください。",
            )
    return paper


def narrowed(paper: Paper, letter: Letter) -> dict[str, Any]:
    """What the paper says of a letter, and nothing else of it."""
    return {field: getattr(letter, field) for field in (*paper.fields, *FACTS)}
