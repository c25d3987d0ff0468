"""The part of 国保データヘルス in a ceremony: who makes it, and the source that hands its rows over. Nothing heavy."""

from __future__ import annotations

from collections.abc import Sequence

from azukari.business.health.analysis.types import (
    BIRTH_ITEM,
    CHECKUP_ITEM,
    INTERVIEW_ITEM,
    LEVEL_ITEM,
    RECEIPT_ITEM,
    SEX_ITEM,
    TOKEN_ITEM,
)
from azukari.business.health.models import AnalysisRow
from azukari.business.health.types import ANALYSIS, EFFECT, EXTRACTION
from azukari.core.handover.api import Source, SourceRow
from azukari.core.handover.api import ceremony as ceremonies
from azukari.core.policy import api as policy

NAME, TITLE = "analysis", "仮名の健診・レセプト"
FLOWS = (ANALYSIS, EFFECT, EXTRACTION)
FIELDS = {
    "token": TOKEN_ITEM, "sex": SEX_ITEM, "age_band": BIRTH_ITEM, "checkups": CHECKUP_ITEM,
    "interviews": INTERVIEW_ITEM, "receipts": RECEIPT_ITEM, "level": LEVEL_ITEM,
}  # fmt: skip


def maker() -> ceremonies.Maker:
    """For `ceremony.register`."""
    return ceremonies.Maker(NAME, TITLE, FLOWS, make, drop)


def make(order: ceremonies.Order) -> ceremonies.Made:
    """What the analysts get out of the ward's own store."""
    from azukari.business.health.analysis import making
    from azukari.business.health.store import open_store

    return making.make(order, open_store().connect())


def source() -> Source:
    """For `handover.register`: the rows are read in the flow's own role, by the number of the ceremony."""
    return Source(NAME, TITLE, ceremonies.flow_of, read, witnessed=True)


def read(batch: str) -> Sequence[SourceRow]:
    """The rows of a ceremony as the flow shows them; those of another flow's items stay empty."""
    items = policy.library().items_of(ceremonies.flow_of(batch))
    shown = {name: item for name, item in FIELDS.items() if item in items}
    found = AnalysisRow.objects.filter(ceremony=int(batch)).order_by("token").values_list(*shown)
    return [SourceRow(0, row[0], dict(zip(shown.values(), row, strict=True))) for row in found.iterator(5000)]


def drop(key: int, using: str) -> None:
    """The rows of a ceremony are gone: they left on the medium, or the ceremony was cancelled."""
    AnalysisRow.objects.using(using).filter(ceremony=key).delete()
