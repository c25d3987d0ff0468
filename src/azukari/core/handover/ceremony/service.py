"""The steps of a ceremony. Each is one transaction with its line in the ledger; PostgreSQL judges each again.

Commands work as the owner (`using="owner"`); pages work inside a flow, the ward's register entry or the contractor's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import DEFAULT_DB_ALIAS
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Prefetch, QuerySet
from django.utils import timezone

from azukari.core.audit import api as audit
from azukari.core.handover import gate, service
from azukari.core.handover.ceremony import record, registry, rules, words
from azukari.core.handover.ceremony.models import Ceremony, Witnessed
from azukari.core.handover.ceremony.rules import State
from azukari.core.handover.ceremony.types import CeremonyCard, Side, Step, Taken, Who
from azukari.core.handover.models import Handover
from azukari.core.handover.types import ENTRY, Proposal
from azukari.core.policy import api as policy
from azukari.core.policy.api import Actor, Place
from azukari.kernel import signatures
from azukari.kernel.errors import BadInput, NotFound, Refused

SMALLEST, RARE = 10, 10
SERIES = re.compile(r"[0-9a-z][0-9a-z-]{0,63}")
LONGEST = 400


def propose(  # noqa: PLR0913 (each is a fact of the ceremony)
    source: str, flow: str, *, contractor: str, serial: str, until: date, since: date, before: date, place: Place,
    by: Actor, now: datetime, series: str = "", smallest: int = SMALLEST, rare: int = RARE, over_reason: str = "", using: str = DEFAULT_DB_ALIAS,
) -> CeremonyCard:  # fmt: skip
    """Propose a ceremony for a flow that takes tokens only. Nothing is made yet.

    `series` joins the tokens to an earlier ceremony's (with the same key); by default nothing can be joined.
    Raises BadInput, Refused and NotFound as `handover.prepare` does.
    """
    registry.maker_for(source, flow)
    on = timezone.localdate(now)
    name = series or f"{on:%Y%m%d}-{now:%H%M%S}-{serial.lower()}"[:64]
    if not SERIES.fullmatch(name) or smallest < 2 or rare < 0 or since >= before:
        raise BadInput(
            "立会いを提案できません。",
            "系列は半角の英小文字・数字・「-」64文字まで、小さい数の境は2以上、記録の期間は一日以上です。",
            "値を確かめてください。",
        )
    way = gate.way_for(flow, contractor, serial, on, until)
    with words.in_words(None, using):
        row = Ceremony.objects.using(using).create(
            source=source,
            flow=flow,
            consultation=policy.library().consultation_of(flow).number,
            section=policy.library().consultation_of(flow).section,
            contractor=contractor,
            serial=serial,
            until=until,
            period=DateRange(since, before),
            place=place.code,
            place_words=place.stands_for,
            series=name,
            smallest=smallest,
            rare=rare,
            over_reason=service.fitting(over_reason, LONGEST, "理由"),
            proposed_by=by.id,
            proposed_at=now,
        )
        _note("proposed", row.pk, flow, way.terms.items, by, place, using)
    return find(row.pk, using=using)


def take(
    key: int, step: Step, *, by: Actor, place: Place | None, now: datetime, public: str = "", signature: str = "",
    detail: Mapping[str, Any] | None = None, subjects: Iterable[int] = (), using: str = DEFAULT_DB_ALIAS,
) -> CeremonyCard:  # fmt: skip
    """Record one step. Raises Refused in the words of `words`, and nothing of it stays."""
    card = find(key, using=using)
    refuse(card, step, by, place, now)
    with words.in_words(step, using):
        line = _note(step.value, key, card.flow, items_of(card.flow), by, place, using, subjects)
        Witnessed.objects.using(using).create(
            ceremony_id=key,
            contractor=card.contractor,
            step=step.value,
            by=by.id,
            at=now,
            on=timezone.localdate(now),
            place=place.code if place else "",
            public=public,
            signature=signature,
            detail={**(detail or {}), **({"ledger": line} if step is Step.MADE else {})},
        )
    return find(key, using=using)


def refuse(card: CeremonyCard, step: Step, by: Actor, place: Place | None, now: datetime) -> None:
    """Raise Refused when the step cannot be taken; what only the database knows (the medium) is left to it."""
    why = rules.refusal(step, who(card, by), place.code if place else "", timezone.localdate(now), state_of(card))
    if why is not None:
        raise words.refused(why, step)


def attend(
    key: int, *, by: Actor, place: Place | None, now: datetime, public: str, using: str = DEFAULT_DB_ALIAS
) -> CeremonyCard:
    """Be there, with the public key one will sign with: for making the tokens, or, once delivered, for restoring.

    Raises Refused also when the other side already attended with that very key.
    """
    card = find(key, using=using)
    step = attending(card, by)
    digits = signatures.checked_public(public)
    if any(one.public == digits and one.by != by.id for one in card.steps):
        raise Refused(
            "ほかの人が、その公開鍵で立ち会っています。",
            "署名は一人ずつ自分の鍵で行います。",
            "自分の鍵を signing-key で作ってください。",
        )
    return take(key, step, by=by, place=place, now=now, public=digits, using=using)


def attending(card: CeremonyCard, by: Actor) -> Step:
    """Which attendance it would be for them now."""
    theirs = who(card, by).side is Side.THEIRS
    if card.last(Step.DELIVERED):
        return Step.THEIRS_BACK if theirs else Step.WARD_BACK
    return Step.THEIRS_PRESENT if theirs else Step.WARD_PRESENT


def sign(
    key: int, step: Step, *, by: Actor, place: Place | None, now: datetime, signature: str, said: str = "",
    using: str = DEFAULT_DB_ALIAS,
) -> CeremonyCard:  # fmt: skip
    """Sign the record at a step of `record.SIGNED`, by the key shown when attending.

    `said` is the contractor's report of the destruction: how, and that no copy is left. Raises Refused, BadInput.
    """
    card = find(key, using=using)
    refuse(card, step, by, place, now)
    report = " ".join(said.split())
    if step is Step.DESTROYED and not service.fitting(report, LONGEST, "廃棄の報告"):
        raise BadInput(
            "廃棄の報告がありません。",
            "復元したデータの写しを、その場でどう廃棄したかを書きます。",
            "方法と、写しが残っていないことを書いてください。",
        )
    kept = signatures.check(signers_key(card, by), signature, record.text_of(card, step, report))
    detail = {"how": report} if step is Step.DESTROYED else {}
    return take(key, step, by=by, place=place, now=now, signature=kept, detail=detail, using=using)


def signers_key(card: CeremonyCard, by: Actor) -> str:
    """The public key that this person showed when they last attended. Raises Refused."""
    shown = [one.public for one in card.steps if one.public and one.by == by.id]
    if not shown:
        raise words.refused(rules.Why.OTHER, Step.CLOSED)
    return shown[-1]


def accept(
    key: int, proposal: Proposal, *, by: Actor, place: Place | None, now: datetime, using: str = DEFAULT_DB_ALIAS
) -> CeremonyCard:
    """The disclosure report was read and accepted; the hand-over is proposed and approved in the same transaction.

    Its proposer is who proposed the ceremony. `proposal` comes from `proposal_of`, outside every flow. Raises Refused and
    BadInput.
    """
    card = find(key, using=using)
    refuse(card, Step.ACCEPTED, by, place, now)
    with words.in_words(Step.ACCEPTED, using):
        report = card.last(Step.MADE)
        take(
            key, Step.ACCEPTED, by=by, place=place, now=now, using=using,
            detail={"report": record.digest(report.detail.get("report") if report else None), "rows": proposal.rows_sha256},
        )  # fmt: skip
        made = service.propose(
            proposal, over_reason=card.over_reason, by=card.proposed_by, now=now, place=place, using=using
        )
        service.approve(made.id, by=by, now=now, place=place, using=using)
    return find(key, using=using)


def proposal_of(card: CeremonyCard, on: date) -> Proposal:
    """The hand-over of what the ceremony made. Needs to be outside every flow. Raises what `handover.prepare` raises."""
    return gate.prepare(
        card.source, str(card.id), contractor=card.contractor, until=card.until, on=on, serial=card.serial
    )


def find(key: int, *, using: str = DEFAULT_DB_ALIAS) -> CeremonyCard:
    """One ceremony. Raises NotFound, also for one that the flow entered does not see."""
    row = _rows(using).filter(pk=key).first()
    if row is None:
        raise NotFound(f"立会い {key} はありません。", "番号が違います。", "立会いの一覧を確かめてください。")
    return _card(row)


def listing(*, using: str = DEFAULT_DB_ALIAS) -> list[CeremonyCard]:
    """Every ceremony that may be seen here, the newest first."""
    return [_card(row) for row in _rows(using).order_by("-pk")]


def who(card: CeremonyCard, by: Actor) -> Who:
    """For whom somebody acts in this ceremony."""
    if by.contractor is None and by.section == card.section and ENTRY in by.enrolled:
        side = Side.WARD
    elif by.contractor == card.contractor and card.flow in by.enrolled:
        side = Side.THEIRS
    else:
        side = Side.NEITHER
    return Who(by.id, side, by.kind == "responsible")


def state_of(card: CeremonyCard) -> State:
    """What a step is judged by; how the medium fares is asked of the database when the step is taken."""
    return State(card.steps, card.proposed_by, card.place, handed=True, back=True)


def items_of(flow: str) -> tuple[str, ...]:
    """The items of the flow, in the words of the consultation."""
    return tuple(policy.library().items_of(flow))


def _rows(using: str) -> QuerySet[Ceremony]:
    """Ceremonies with their steps and the hand-over that stands: three queries, however many there are."""
    taken = Prefetch("taken", Witnessed.objects.using(using).order_by("pk"))
    handed = Prefetch("handovers", Handover.objects.using(using).filter(cancelled_by=None))
    return Ceremony.objects.using(using).prefetch_related(taken, handed)


def _card(row: Ceremony) -> CeremonyCard:
    steps = tuple(
        Taken(
            Step(one.step), one.by, timezone.localtime(one.at), one.on, one.place, one.public, one.signature, one.detail
        )
        for one in row.taken.all()
    )
    facts = {name: getattr(row, name) for name in Ceremony.FACTS if name not in {"proposed_at", "period"}}
    return CeremonyCard(
        id=row.pk,
        **facts,
        since=row.period.lower,
        before=row.period.upper,
        proposed_at=timezone.localtime(row.proposed_at),
        steps=steps,
        handover=next((one.pk for one in row.handovers.all()), None),
    )


def _note(
    what: str, key: int, flow: str, items: tuple[str, ...], by: Actor, place: Place | None, using: str,
    subjects: Iterable[int] = (),
) -> int:  # fmt: skip
    return audit.record(
        f"ceremony.{what}",
        actor=by,
        place=place,
        flow=flow,
        items=items,
        subjects=subjects,
        detail={"ceremony": key},
        using=using,
    )
