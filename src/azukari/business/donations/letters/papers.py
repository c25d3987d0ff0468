"""Which items each paper carries, and the flow that lists them. A paper with an item outside its flow is not printed.

What a paper may say is taken from the consultation each time; here stands only which field of a letter is which item.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from azukari.business.donations.letters.types import Kind, Letter
from azukari.core.policy import api as policy
from azukari.kernel.errors import Refused

TO_BE: Final = "813-1"  # 寄附金納付希望者
PAYER: Final = "813-2"  # 寄附金納付者
_GIFT: Final = (
    "贈呈品の希望（有無、種類、送付先の氏名（寄附者と同一でない場合）、送付先の住所（寄附者と同一でない場合））"
)
ITEMS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "name": "氏名",
        "address": "住所",
        "use": "希望する寄附金の使途",
        "amount": "寄附金額",
        "method": "納付方法",
        "applied_on": "申込日",
        "donated_on": "寄附日",
        "onestop": "ワンストップ特例制度利用希望の有無",
        "gift": _GIFT,
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
            Paper(Kind.APPLICATION, (TO_BE,), ("name", "address", "use", "amount", "method", "applied_on")),
            Paper(Kind.PAYMENT_SLIP, (TO_BE,), ("name", "address", "use", "amount")),
            Paper(
                Kind.THANKS, (PAYER,), ("name", "address", "use", "amount", "method", "donated_on", "onestop", "gift")
            ),
            Paper(Kind.CERTIFICATE, (PAYER,), ("name", "address", "amount", "donated_on")),
            Paper(Kind.ONE_STOP, (PAYER,), ("name", "address", "amount", "donated_on")),
            Paper(Kind.ADDRESS, (TO_BE, PAYER), ("name", "address")),
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
