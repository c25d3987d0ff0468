"""Persons of a list are entrusted under a flow of 諮問809, and read again as that flow sees them.

Name and address are those of the day: from the register and the address service, for the purpose of the hand-over. What
a contractor sees of a row is the flow's to decide; which rows may be there at all is PostgreSQL's (migration 0021).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.models import Sum

from azukari.business.health.models import (
    CallSubject,
    GuidanceMember,
    HandedOver,
    Handing,
    LetterLine,
    Listed,
    VisitMember,
)
from azukari.business.health.models.programmes import random_key
from azukari.business.health.programmes import parameters, progress, rules, taking
from azukari.business.health.programmes.rules import day_words
from azukari.business.health.programmes.types import (
    CALLED,
    GUIDED,
    VISITED,
    WRITTEN,
    Against,
    Channel,
    HandingCard,
    Known,
    LetterKind,
    ListCard,
    Programme,
)
from azukari.core.handover.types import Source, SourceRow
from azukari.core.people import api as people
from azukari.core.people.api import Address, Found, Purpose
from azukari.core.policy import api as policy
from azukari.kernel.errors import BadInput, NotFound, Refused

AT_ONCE = 2_000
SCOPE = "当該事業対象者"
WARD = "世田谷区"
TABLES: Mapping[Channel, str] = {
    Channel.CALLS: CALLED,
    Channel.POST: WRITTEN,
    Channel.LETTERS: WRITTEN,
    Channel.GUIDANCE: GUIDED,
    Channel.VISITS: VISITED,
}
SOURCES: Mapping[Channel, tuple[str, str]] = {
    Channel.CALLS: ("health-calls", "勧奨電話の名簿"),
    Channel.LETTERS: ("health-letters", "受診勧奨通知の名簿"),
    Channel.GUIDANCE: ("health-guidance", "保健指導の対象者"),
    Channel.VISITS: ("health-visits", "訪問指導の対象者"),
}
# Columns of the flow's view and the item each is, in the paper's order; 同一世帯フラグ is told from the rows themselves.
COLUMNS: Mapping[Channel, Mapping[str, str]] = {
    Channel.CALLS: {
        "氏名": "name",
        "住所": "address",
        "性別": "sex",
        "生年月日": "born",
        "診査年月日": "checked_on",
        "特定健康診査受診券整理番号": "ticket",
        "特定保健指導利用券整理番号": "guidance_ticket",
        "特定保健指導利用券有効期限": "guidance_until",
        "特定保健指導区分": "guidance_level",
        "がん検診整理番号": "cancer_ticket",
        "電話番号": "phone",
        "特定保健指導利用履歴": "history",
        "受診結果": "results",
        "問診結果": "answers",
    },
    Channel.LETTERS: {
        "氏名": "name",
        "住所": "address",
        "特定健康診査受診券整理番号": "ticket",
        "生年月日": "born",
        "性別": "sex",
        "被保険者証記号番号": "symbol",
    },
    Channel.GUIDANCE: {
        "氏名": "name",
        "住所": "address",
        "性別": "sex",
        "生年月日": "born",
        "電話番号": "phone",
        "受診結果": "results",
        "問診結果": "answers",
        "レセプトデータ": "receipts",
        "被保険者識別番号": "number",
        "保健指導区分": "care_level",
    },
    Channel.VISITS: {
        "氏名": "name",
        "住所": "address",
        "性別": "sex",
        "生年月日": "born",
        "電話番号": "phone",
        "レセプトデータ": "receipts",
        "被保険者識別番号": "number",
        "保健指導区分": "care_level",
    },
}


def known(persons: Sequence[int], on: date, purpose: Purpose = Purpose.HAND_OVER) -> dict[int, Known]:
    """Name, birth, address and household of each, as the entered flow (r-juki) may see them; without an address nobody."""
    found = people.found(persons, on=on, purpose=purpose)
    households = people.households_of(persons, on)
    return {key: row for key, one in found.items() if one.died is None and (row := _known(one, households.get(key)))}


def _known(one: Found, household: int | None) -> Known | None:
    if not isinstance(one.address, Address) or not one.name or one.born is None or one.sex is None:
        return None
    code = one.address.postcode
    address = f"〒{code[:3]}-{code[3:]} {one.address}"
    return Known(one.person_id, one.name, one.born, one.sex, address, household)


def waiting(
    key: int,
    channel: Channel,
    *,
    letter: LetterKind = LetterKind.RECOMMENDATION,
    using: str = DEFAULT_DB_ALIAS,
) -> list[int]:
    """Persons of a list not yet entrusted that way, who can be: a call needs a telephone number. A letter is of a kind."""
    rows = Listed.objects.using(using).filter(list_id=key)
    rows = rows.exclude(phone="") if channel is Channel.CALLS else rows
    handed = _model(channel).objects.using(using).filter(handing__list_id=key, handing__flow=channel.value)
    handed = handed.filter(kind=letter.value) if TABLES[channel] == WRITTEN else handed
    there = set(handed.order_by().values_list("person_id", flat=True))
    return [person for person in rows.order_by("pk").values_list("person_id", flat=True) if person not in there]


def gap(channel: Channel) -> str:
    """Why the flow grants nothing yet, in words; "" when it does (809-2-2 has no first day in the paper)."""
    terms = policy.matrix().terms.get(channel.value)
    return (terms.gap or "") if terms else ""


def contractor_of(channel: Channel, on: date, *, using: str = DEFAULT_DB_ALIAS) -> str:
    """Who is entrusted that way; the ward itself for its own letters. Raises Refused with the ground, and BadInput."""
    if channel is Channel.POST:
        return WARD
    if reason := gap(channel):
        raise Refused(
            f"「{channel.label}」は、まだできません。",
            reason,
            "諮問書のこの欄を人が確かめて決め、./azukari consult apply で反映してください。",
        )
    return policy.only_contractor(channel.value, on, using=using)


def entrust(
    key: int,
    channel: Channel,
    persons: Mapping[int, Known],
    *,
    contractor: str,
    on: date,
    by: str,
    letter: LetterKind = LetterKind.RECOMMENDATION,
    using: str = DEFAULT_DB_ALIAS,
) -> int:
    """Entrust these persons of a list; the key of the hand-over. Whoever is not in the list any more is left out.

    Under r-health, or as the owner. Raises NotFound, and BadInput where nobody is left or the list is not of this flow.
    """
    card = taking.card(key, using=using)
    _require_channel(card, channel)
    rows = Listed.objects.using(using).filter(list_id=key, person_id__in=list(persons)).order_by("pk")
    with transaction.atomic(using=using):
        handing = Handing.objects.using(using).create(
            flow=channel.value, list_id=key, contractor=contractor, made_on=on, by=by,
            attempts=parameters.attempts() if channel is Channel.CALLS else 0,
        )  # fmt: skip
        made = [*_rows(channel, handing, rows, persons, letter)]
        if not made:
            raise BadInput("預ける方がいません。", "名簿に、まだ預けていない方がいません。", "名簿を確かめてください。")
        model: Any = _model(channel)
        model.objects.using(using).bulk_create(made, AT_ONCE)
        if channel in {Channel.GUIDANCE, Channel.VISITS}:
            # Whom the contractor guides or visits it also writes to (諮問809 §2(3), (4)).
            progress.notified(key, [row.person_id for row in made], on, using=using)
    return handing.pk


def ways_of(programme: Programme) -> tuple[Channel, ...]:
    """The flow's contractor; and for those to be examined, letters."""
    letters = (Channel.POST, Channel.LETTERS) if programme is Programme.CHECKUP else ()
    return (programme.channel, *letters)


def _require_channel(card: ListCard, channel: Channel) -> None:
    if channel not in ways_of(card.programme):
        raise BadInput(
            f"{card.programme.label}の方を「{channel.label}」に預けることはできません。",
            f"諮問第809号は、この名簿の方を取扱い {card.programme.channel.value} の委託先に渡すとしています。",
            "名簿の画面にあるボタンで預けてください。",
        )


def _model(channel: Channel) -> Any:
    return {CALLED: CallSubject, WRITTEN: LetterLine, GUIDED: GuidanceMember, VISITED: VisitMember}[TABLES[channel]]


def _rows(
    channel: Channel, handing: Handing, rows: Sequence[Listed] | Any, persons: Mapping[int, Known], letter: LetterKind
) -> list[Any]:
    make: dict[str, Callable[[Listed, dict[str, Any]], Any]] = {
        CALLED: lambda row, own: CallSubject(**own, **_to_call(row)),
        GUIDED: lambda row, own: GuidanceMember(**own, **_to_visit(row), results=row.results, answers=row.answers),
        VISITED: lambda row, own: VisitMember(**own, **_to_visit(row)),
        WRITTEN: lambda row, own: LetterLine(**own, kind=letter.value, ticket=row.ticket, symbol=row.symbol),
    }
    keys: dict[int, int] = {}
    made = []
    for row in rows:
        who = persons[row.person_id]
        one = make[TABLES[channel]](row, _own(handing, who))
        if isinstance(one, CallSubject):
            # Nobody shares a household with people without one; negative keys are no household's.
            one.household = keys.setdefault(who.household or -who.person, random_key())
        made.append(one)
    return made


def _own(handing: Handing, who: Known) -> dict[str, Any]:
    return {
        "handing_id": handing.pk,
        "contractor": handing.contractor,
        "person_id": who.person,
        "name": who.name,
        "address": who.address,
        "sex": who.sex,
        "born": who.born,
    }


def _to_call(row: Listed) -> dict[str, Any]:
    names = (
        *("phone", "checked_on", "ticket", "guidance_ticket", "guidance_until", "guidance_level", "cancer_ticket"),
        *("history", "results", "answers"),
    )
    return {name: getattr(row, name) for name in names}


def _to_visit(row: Listed) -> dict[str, Any]:
    return {
        "scope": SCOPE,
        "phone": row.phone,
        "receipts": row.receipts,
        "number": row.number,
        "care_level": row.group,
    }


def handings(
    *, of: int | None = None, key: int | None = None, flow: Channel | None = None, using: str = DEFAULT_DB_ALIAS
) -> list[HandingCard]:
    """What was entrusted, the latest first: of a list, one of a key, or under one flow. People as they are in it now."""
    rows = Handing.objects.using(using).order_by("-pk")
    wanted = {"list_id": of, "pk": key, "flow": flow.value if flow else None}
    rows = rows.filter(**{name: value for name, value in wanted.items() if value is not None})
    return [
        HandingCard(
            row.pk, Channel(row.flow), row.list_id, row.contractor, row.made_on, _people(row, using), row.attempts
        )
        for row in rows
    ]


def _people(row: Handing, using: str) -> int:
    return int(_model(Channel(row.flow)).objects.using(using).filter(handing_id=row.pk).count())


def handing(key: int, *, using: str = DEFAULT_DB_ALIAS) -> HandingCard:
    """One hand-over. Raises NotFound."""
    found = handings(key=key, using=using)
    if not found:
        raise NotFound(f"引渡し {key} はありません。", "番号が違います。", "名簿の画面で番号を確かめてください。")
    return found[0]


def sources() -> tuple[Source, ...]:
    """What of the business goes on a medium: the rows of a hand-over, under its flow, as the contractor may read them."""
    return tuple(Source(name, title, _flow_of(channel), _reader(channel)) for channel, (name, title) in SOURCES.items())


def _flow_of(channel: Channel) -> Callable[[str], str]:
    return lambda _key: channel.value


def _reader(channel: Channel) -> Callable[[str], Sequence[SourceRow]]:
    return lambda key: source_rows(channel, key)


def source_rows(channel: Channel, key: str, *, using: str = DEFAULT_DB_ALIAS) -> list[SourceRow]:
    """The rows of a hand-over through the views of its flow: call it inside `policy.enter`. Raises BadInput.

    Their order says nothing: households lie together, drawn at random.
    """
    if not key.isascii() or not key.isdecimal() or len(key) > 15:
        raise BadInput(f"引渡し {key!r} はありません。", "番号は数字です。", "名簿の画面で番号を確かめてください。")
    columns = COLUMNS[channel]
    calls = channel is Channel.CALLS
    names = ["person_id", "id", *columns.values(), *(["household"] if calls else [])]
    order = "household, id" if calls else "id"
    with connections[using].cursor() as cursor:
        cursor.execute(
            f"SELECT {', '.join(names)} FROM v_{TABLES[channel]} WHERE handing_id = %s ORDER BY {order}", [int(key)]
        )
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    flags = rules.same_household([row["household"] for row in rows]) if calls else []
    values = [{item: _written(row[column]) for item, column in columns.items()} for row in rows]
    for value, flag in zip(values, flags, strict=False):
        value["同一世帯フラグ"] = flag
    return [SourceRow(row["person_id"], str(row["id"]), value) for row, value in zip(rows, values, strict=True)]


def _written(value: Any) -> str:
    return day_words(value) if isinstance(value, date) else str(value or "")


def entrusted(flow: str) -> Callable[[date, date], tuple[int, frozenset[str]]]:
    """For `policy.register_actual`: 件 entrusted under the flow in `since <= day < until`, and the items that went."""

    def count(since: date, until: date) -> tuple[int, frozenset[str]]:
        rows = (
            HandedOver.objects.filter(flow=flow, on__gte=since, on__lt=until).aggregate(rows=Sum("rows"))["rows"] or 0
        )
        return rows, frozenset(policy.library().items_of(flow) if rows else ())

    return count


def against(since: date, until: date) -> list[Against]:
    """Each flow's 件 in a fiscal year beside what the council was told (諮問809 §5(2)). Asked outside every flow."""
    library = policy.library()
    found = []
    for channel in SOURCES:
        flow, (rows, _) = library.flows[channel.value], entrusted(channel.value)(since, until)
        warning = policy.warn_count(flow, rows)
        found.append(
            Against(channel.value, channel.label, rows, flow.count, warning.reason if warning else "", gap(channel))
        )
    return found
