"""名簿: who is named under which flow, as somebody in charge keeps it. Every change stands in the ledger."""

from __future__ import annotations

from datetime import date
from difflib import get_close_matches

from django.db import DEFAULT_DB_ALIAS, transaction

from azukari.core.accounts import rules, service
from azukari.core.accounts.signin import actor_of
from azukari.core.audit.api import record
from azukari.core.policy import api as policy
from azukari.core.policy.api import SCREEN, Actor, Terms
from azukari.kernel.errors import NotFound


def put_on_roll(
    login: str,
    flow: str,
    *,
    since: date,
    until: date | None = None,
    by: Actor | str,
    using: str = DEFAULT_DB_ALIAS,
) -> None:
    """Name an account under a flow or register entry for `since <= day < until`.

    Raises NotFound for a login or flow nobody knows, and BadInput for who cannot be named there: the ward's people
    under a flow to contractors and the other way round, a section the register does not name.
    """
    terms = _terms(flow)
    with transaction.atomic(using=using):
        card = service.find(login, using=using)
        entry = policy.library().entries.get(flow)
        sections = entry.sections if entry else None
        rules.refuse_on_roll(card, terms.name, divided=terms.divided, own_record=terms.own_record, sections=sections)
        policy.enrol(
            login, flow, since=since, until=until, contractor=card.contractor, person=card.person_id, using=using
        )
        detail = {"account": login, "since": since.isoformat(), "until": until.isoformat() if until else None}
        subjects = [card.person_id] if card.person_id else []
        record("policy.enrol", actor=by, flow=flow, subjects=subjects, detail=detail, using=using)


def take_off_roll(login: str, flow: str, *, on: date, by: Actor | str, using: str = DEFAULT_DB_ALIAS) -> None:
    """The account is no longer named under the flow from that day on. Raises NotFound when it would not be anyway."""
    with transaction.atomic(using=using):
        if not policy.withdraw(login, flow, on=on, using=using):
            raise NotFound(
                f"{login} は {flow} の名簿に載っていません。",
                f"{on} 以後に載っている期間がありません。",
                "./azukari roll list で確かめてください。",
            )
        record("policy.withdraw", actor=by, flow=flow, detail={"account": login, "from": on.isoformat()}, using=using)


def leave(login: str, on: date, *, by: Actor | str, using: str = DEFAULT_DB_ALIAS) -> list[str]:
    """End an account from that day on and take it off every roll; the flows it was named under. Raises NotFound."""
    with transaction.atomic(using=using):
        service.end_account(login, on, by=by, using=using)
        flows = sorted({one.flow for one in policy.roll(on, later=True, using=using) if one.actor == login})
        for flow in flows:
            take_off_roll(login, flow, on=on, by=by, using=using)
    return flows


def hindrance(login: str, flow: str, on: date) -> str | None:
    """Why somebody named under a flow can still do nothing there on a day, at any place; None when they can."""
    actor = actor_of(service.find(login), on)
    places = policy.places().values()
    if any(policy.admit(actor, flow, place, SCREEN, on).allowed for place in places):
        return None
    return policy.admit(actor, flow, None, SCREEN, on).reason


def _terms(flow: str) -> Terms:
    known = policy.matrix(fresh=True).terms
    if flow in known:
        return known[flow]
    near = "、".join(get_close_matches(flow, known, n=3, cutoff=0.3) or known)
    raise NotFound(
        f"取扱い {flow!r} はありません。",
        f"諮問にも業務の登録にもありません。近いもの: {near}",
        "./azukari consult show 番号 で、その諮問の取扱いを確かめてください。",
    )
