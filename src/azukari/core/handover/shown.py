"""Rows of the tables as the frozen cards that cross the border."""

from __future__ import annotations

from datetime import date, timedelta

from azukari.core.handover.models import Handover, Medium, Recipient
from azukari.core.handover.types import Card, Kind, MediumCard, RecipientCard, Stage, Step

_STEPS = (
    (Stage.PROPOSED, "proposed", "at"),
    (Stage.APPROVED, "approved", "at"),
    (Stage.WRITTEN, "written", "at"),
    (Stage.OPENED, "opened", "at"),
    (Stage.USED, "used", "on"),
    (Stage.RETURNED, "returned", "on"),
    (Stage.ERASED, "erased", "on"),
    (Stage.CANCELLED, "cancelled", "at"),
)


def card_of(row: Handover) -> Card:
    """One hand-over; its stage is the last step that was taken."""
    steps = tuple(
        Step(stage, by, getattr(row, f"{name}_{when}"))
        for stage, name, when in _STEPS
        if (by := getattr(row, f"{name}_by")) is not None
    )
    return Card(
        id=row.pk,
        source=row.source,
        batch=row.batch,
        flow=row.flow,
        consultation=row.consultation,
        kind=Kind(row.kind),
        serial=row.medium_id,
        contractor=row.contractor,
        receiver=row.receiver,
        place=row.place,
        since=row.term.lower,
        until=last_day(row.term.upper),
        items=tuple(row.items),
        rows=row.rows,
        rows_sha256=row.rows_sha256,
        files=row.files,
        count_before=row.count_before,
        over_reason=row.over_reason,
        stage=steps[-1].stage,
        steps=steps,
        recalled_on=row.recalled_on,
        manifest_sha256=row.manifest_sha256,
        container_sha256=row.container_sha256,
        pages_out=row.pages_out,
        pages_received=row.pages_received,
        pages_back=row.pages_back,
        note=row.note,
        erased_how=row.erased_how,
        ledger=row.ledger,
    )


def last_day(upper: date) -> date:
    """The last day of a half-open term."""
    return upper - timedelta(days=1)


def medium_card(row: Medium, holders: dict[str, int]) -> MediumCard:
    """One medium and the hand-over that has it now."""
    return MediumCard(
        row.serial, Kind(row.kind), row.contractor, row.since, row.ended_on, row.ended_why, holders.get(row.serial)
    )


def recipient_card(row: Recipient) -> RecipientCard:
    """One public key."""
    return RecipientCard(row.key, row.contractor, row.valid.lower, row.valid.upper)
