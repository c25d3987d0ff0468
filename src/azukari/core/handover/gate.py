"""The gate: exactly what a flow allows of a batch, read as the contractor's own person would read it.

The rows come from inside the flow's database role, entered for the person who will receive them, at the contractor's
place, by the medium itself: the walls of the screen decide, and no officer's rights widen them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from django.db import DEFAULT_DB_ALIAS, Error, connections

from azukari.core.accounts.api import workers
from azukari.core.handover import registry, rules
from azukari.core.handover.models import Medium, Recipient
from azukari.core.handover.types import Count, Kind, Proposal, Source, SourceRow
from azukari.core.policy import api as policy
from azukari.core.policy.api import Actor, Decision, Direction, Place, Subject, Terms
from azukari.kernel.errors import BadInput, NotFound, Refused

LONGEST_BATCH = 120


@dataclass(frozen=True, slots=True)
class Way:
    """By which a batch goes: who receives it where, by what, on which day."""

    terms: Terms
    receiver: Actor
    place: Place
    kind: Kind
    on: date


def prepare(
    name: str,
    batch: str,
    *,
    contractor: str,
    until: date,
    on: date,
    serial: str | None = None,
    kind: Kind | None = None,
) -> Proposal:
    """A batch as it may be handed over from `on` to `until` (the last day), on the medium `serial` or by `kind`.

    Nothing is written. Raises Refused with the ground where the flow does not allow it, BadInput for what does not fit,
    NotFound for an unknown source or medium. Needs to be outside every flow.
    """
    source = registry.source(name)
    if not 0 < len(batch) <= LONGEST_BATCH or not batch.isprintable():
        raise BadInput(
            "束の番号が読めません。",
            f"空か、{LONGEST_BATCH}文字より長いか、見えない文字があります。",
            "業務の画面にある番号を指定してください。",
        )
    flow = source.flow(batch)
    _refuse_unwitnessed(source, flow)
    chosen = _kind(serial, kind, contractor)
    way = way_of(flow, contractor, chosen, on)
    _refuse_term(way, until)
    rows = read(source, batch, way)
    return Proposal(
        source=name,
        title=source.title,
        batch=batch,
        flow=flow,
        consultation=policy.library().consultation_of(flow).number,
        kind=chosen,
        serial=serial if chosen.sealed else None,
        recipient=_recipient(contractor, on, until) if chosen.sealed else None,
        contractor=contractor,
        receiver=way.receiver.id,
        place=way.place.code,
        place_words=way.place.stands_for,
        on=on,
        until=until,
        items=way.terms.items,
        rows=len(rows),
        rows_sha256=sha256(rules.rows_csv(way.terms.items, rows)).hexdigest(),
        count=count_of(flow, on, len(rows)),
        ceremony=int(batch) if source.witnessed else None,
    )


def way_for(flow: str, contractor: str, serial: str, on: date, until: date) -> Way:
    """The way by which a ceremony's medium will go, before there is anything to put on it. Raises what `prepare` raises."""
    way = way_of(flow, contractor, _kind(serial, None, contractor), on)
    _refuse_term(way, until)
    _recipient(contractor, on, until)
    return way


def rows_for(name: str, batch: str, *, contractor: str, on: date, kind: Kind = Kind.PAPER) -> tuple[SourceRow, ...]:
    """What the flow gives out of a batch today, for papers that are made at the ward. Needs to be outside every flow.

    Raises what `prepare` raises but for the term.
    """
    source = registry.source(name)
    return read(source, batch, way_of(source.flow(batch), contractor, kind, on))


def read(source: Source, batch: str, way: Way) -> tuple[SourceRow, ...]:
    """The rows, from inside the flow's role. Raises Refused when the source asks for more than the flow has."""
    try:
        with policy.enter(
            way.terms.id,
            actor=way.receiver,
            place=way.place,
            medium=way.kind,
            on=way.on,
            direction=Direction.WARD_TO_CONTRACTOR,
        ):
            rows = tuple(source.rows(batch))
    except Error as error:
        raise Refused(
            f"「{source.title}」は、取扱い {way.terms.id} にないものを読もうとしました。",
            "データベースが断りました。諮問にない表や項目は読めません。",
            "渡すものの作りを直すよう、システムの担当に知らせてください。",
        ) from error
    if not rows:
        raise BadInput(
            "渡すものが一件もありません。",
            f"「{source.title}」の {batch} に、この取扱いで渡せる行がありません。",
            "束の番号と、区での処理が済んでいるかを確かめてください。",
        )
    return rows


def way_of(flow: str, contractor: str, kind: Kind, on: date) -> Way:
    """Who of the contractor receives it where. Raises Refused with the ground of the decision."""
    terms = _outward(flow)
    _refuse_unnamed(flow, contractor)
    receivers = [*_receivers(flow, contractor, on)]
    if not receivers:
        raise Refused(
            f"{contractor}に、{flow} の名簿に載った受取人がいません。",
            "渡す相手は、その取扱いの名簿に載っている人に限ります。",
            "委託先の責任者の届出を受け、./azukari roll add で名簿に載せてください。",
        )
    receiver = receivers[0]
    places = [place for place in policy.places().values() if place.stands_for in terms.places]
    tried = [(place, policy.admit(receiver, flow, place, kind, on)) for place in places]
    for place, decision in tried:
        if decision.allowed:
            way = Way(terms, receiver, place, kind, on)
            _refuse_items(way)
            return way
    own = [decision for place, decision in tried if place.contractor in {None, contractor}]
    raise refused(own[0] if own else policy.admit(receiver, flow, None, kind, on))


def refused(decision: Decision) -> Refused:
    """The refusal of a decision, with its ground."""
    return Refused(
        decision.reason, f"根拠: {decision.ground}", "諮問の取扱いを ./azukari consult show で確かめてください。"
    )


def count_of(flow: str, on: date, rows: int) -> Count:
    """What this makes of the number told to the council, in its period."""
    told = policy.library().flows[flow]
    before = handed(flow, *rules.period_of(told.per, on))
    warning = policy.warn_count(told, before + rows)
    return Count(before, before + rows, told.count, told.per or rules.YEAR, warning.reason if warning else "")


def handed(flow: str, since: date, until: date) -> int:
    """How many 件 were proposed, and not cancelled, under a flow with a term that begins in [since, until)."""
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute("SELECT public.handover_handed(%s, %s, %s)", [flow, since, until])
        return int(cursor.fetchone()[0])


def actual_of(flow: str) -> Callable[[date, date], tuple[int, frozenset[str]]]:
    """What `policy.register_actual` asks of a flow: 件 in a half-open period, and the items that went with them."""

    def actual(since: date, until: date) -> tuple[int, frozenset[str]]:
        count = handed(flow, since, until)
        return count, frozenset(policy.library().items_of(flow) if count else ())

    return actual


def _outward(flow: str) -> Terms:
    terms = policy.matrix(fresh=True).terms.get(flow)
    if terms is None:
        raise NotFound(
            f"取扱い {flow} はありません。", "諮問にありません。", "./azukari consult show 番号 で確かめてください。"
        )
    if terms.direction is not Direction.WARD_TO_CONTRACTOR:
        raise Refused(
            f"{terms.title}は、区から委託先へ渡す取扱いではありません。",
            f"根拠: {terms.ground}。向きが違えば、別の諮問が要ります。",
            "区から渡すことを諮問した取扱いで提案してください。",
        )
    return terms


def _refuse_unwitnessed(source: Source, flow: str) -> None:
    """Rows in clear never go by a flow that takes tokens only, nor tokens without a ceremony (諮問809 補足資料 2(2))."""
    if (policy.library().flows[flow].form == "pseudonymised") is not source.witnessed:
        raise Refused(
            f"「{source.title}」は、取扱い {flow} では渡せません。",
            "仮名で渡す取扱いは、両責任者の立会いで仮名にしたものに限ります。",
            "./azukari health ceremony propose で、立会いを提案してください。",
        )


def _refuse_unnamed(flow: str, contractor: str) -> None:
    named = policy.library().flows[flow].contractors
    if named and contractor not in named:
        raise Refused(
            f"{contractor}は、{policy.flow_title(flow)}の委託先ではありません。",
            f"諮問に書かれた委託先は{'、'.join(named)}です。",
            "委託先の名称を、諮問のとおりに指定してください。",
        )


def _receivers(flow: str, contractor: str, on: date) -> Iterator[Actor]:
    """The contractor's people of the flow, its responsible ones first."""
    cards = workers()
    logins = sorted({one.actor for one in policy.roll(on) if one.flow == flow and one.contractor == contractor})
    for login in sorted(logins, key=lambda one: (one not in cards or cards[one].kind != "responsible", one)):
        kind = cards[login].kind if login in cards else "operator"
        yield Actor(login, kind, policy.enrolled(login, on), contractor)


def _refuse_items(way: Way) -> None:
    """Every item of the paper is decided by itself, for this receiver, place, medium, direction and day."""
    terms = way.terms
    subject = Subject(way.receiver.contractor, frozenset({terms.row_scope}) if terms.row_scope else frozenset())
    for item in terms.items:
        decision = policy.decide(
            way.receiver, terms.id, item, subject, way.place, way.kind, way.on,
            direction=Direction.WARD_TO_CONTRACTOR, form=terms.form,
        )  # fmt: skip
        if not decision.allowed:
            raise refused(decision)


def _refuse_term(way: Way, until: date) -> None:
    if until < way.on:
        raise BadInput(
            "期間が終わっています。", f"{until} は {way.on} より前です。", "きょうより後の日を指定してください。"
        )
    last = policy.admit(way.receiver, way.terms.id, way.place, way.kind, until)
    if not last.allowed:
        raise refused(last)


def _kind(serial: str | None, kind: Kind | None, contractor: str) -> Kind:
    """The kind of the medium, or the one named. Raises NotFound, BadInput and Refused."""
    if serial is None:
        if kind is None or kind.sealed:
            raise BadInput(
                "媒体が指定されていません。",
                "USBメモリと CD-R は、登録した一本一本で渡します。",
                "媒体の番号を指定してください。",
            )
        return kind
    medium = Medium.objects.filter(pk=serial).first()
    if medium is None:
        raise NotFound(
            f"媒体 {serial!r} はありません。",
            "登録されていません。",
            "./azukari handover medium add で登録してください。",
        )
    if medium.ended_on is not None:
        raise Refused(
            f"媒体 {serial} は使えません。",
            f"{medium.ended_why}として記録されています。",
            "別の媒体を指定してください。",
        )
    if medium.contractor != contractor:
        raise Refused(
            f"媒体 {serial} は{medium.contractor}に渡すための媒体です。",
            "一つの媒体を、二つの委託先に使いません。",
            f"{contractor}の媒体を指定してください。",
        )
    return Kind(medium.kind)


def _recipient(contractor: str, on: date, until: date) -> str:
    """The contractor's public key that is in force on both days. Raises BadInput."""
    found = Recipient.objects.filter(contractor=contractor, valid__contains=on).filter(valid__contains=until).first()
    if found is None:
        raise BadInput(
            f"{contractor}の公開鍵がありません。",
            f"{on} から {until} まで有効な鍵が登録されていません。",
            "委託先が ./azukari handover keygen で作った公開鍵を、handover recipient add で登録してください。",
        )
    return found.key
