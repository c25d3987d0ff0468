"""An extraction is taken into a programme of a fiscal year: persons of the ward's register, each with why and with facts.

Who must not stand in a list is PostgreSQL's to decide (migration 0021): such a row is never kept and never counted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date
from typing import Any

from django.db import DEFAULT_DB_ALIAS, IntegrityError, connections, transaction
from django.db.models import Count

from azukari.business.health.models import Issued, Listed, ProgrammeList
from azukari.business.health.programmes.types import Facts, ListCard, Programme, ReasonLike, TargetLike
from azukari.kernel.errors import BadInput, NotFound

AT_ONCE = 2_000
ISSUED = ("ticket", "guidance_ticket", "guidance_until", "cancer_ticket", "phone", "symbol", "number")


def take(
    programme: Programme,
    targets: Sequence[TargetLike],
    facts: Mapping[int, Facts],
    *,
    fiscal_year: int,
    as_of: date,
    definition: str,
    on: date,
    by: str,
    using: str = DEFAULT_DB_ALIAS,
) -> int:
    """Keep a list of these targets; its key. All or nothing; under r-health, or as the owner.

    Raises BadInput for an empty extraction, one taken before, a person named twice, without a reason or not of the
    register.
    """
    _require(targets)
    with transaction.atomic(using=using):
        key = _new_list(programme, fiscal_year, as_of, definition, on, by, using)
        issued = _issued([one.person for one in targets], fiscal_year, using)
        rows = [_row(key, one, _with(facts.get(one.person, Facts()), issued.get(one.person, {}))) for one in targets]
        _keep(rows, using)
    return key


def _require(targets: Sequence[TargetLike]) -> None:
    if not targets:
        raise BadInput("取り込む対象者がいません。", "抽出の結果が空です。", "抽出の日と条件を確かめてください。")
    persons = {one.person for one in targets}
    if len(persons) != len(targets):
        raise BadInput(
            "同じ方が二度あります。",
            f"{len(targets):,} 件のうち、別の方は {len(persons):,} 人です。",
            "名寄せの済んだ抽出で、もう一度取り込んでください。",
        )
    if blank := sum(1 for one in targets if not one.reasons):
        raise BadInput(
            "抽出した理由のない方がいます。",
            f"{blank:,} 人に、根拠になる記録の行がありません。",
            "定義を確かめ、理由の付いた抽出で取り込んでください。",
        )


def _new_list(
    programme: Programme, fiscal_year: int, as_of: date, definition: str, on: date, by: str, using: str
) -> int:
    told = {"programme": programme.value, "fiscal_year": fiscal_year, "as_of": as_of, "definition": definition}
    if ProgrammeList.objects.using(using).filter(**told).exists():
        raise BadInput(
            f"{programme.label}の {as_of} の抽出は、もう取り込んでいます。",
            f"{fiscal_year}年度、定義 {definition} の名簿があります。",
            "その名簿を使うか、別の日の抽出を取り込んでください。",
        )
    return ProgrammeList.objects.using(using).create(**told, taken_on=on, by=by).pk


def _issued(persons: Sequence[int], fiscal_year: int, using: str) -> dict[int, dict[str, Any]]:
    """Tickets and the telephone number as the ward has them."""
    rows = Issued.objects.using(using).filter(person_id__in=persons, fiscal_year=fiscal_year)
    return {row["person_id"]: row for row in rows.order_by("pk").values("person_id", *ISSUED)}


def _with(facts: Facts, issued: Mapping[str, Any]) -> Facts:
    """The facts with what the ward itself issued, where it did."""
    return replace(facts, **{name: issued[name] for name in ISSUED if issued.get(name)})


def _row(key: int, target: TargetLike, facts: Facts) -> Listed:
    reasons = [_reason(one) for one in target.reasons]
    return Listed(list_id=key, person_id=target.person, group=target.group, reasons=reasons, **asdict(facts))


def _reason(one: ReasonLike) -> dict[str, Any]:
    return {"table": one.table, "receipt": one.receipt, "line": one.line, "words": one.words}


def _keep(rows: Sequence[Listed], using: str) -> None:
    try:
        Listed.objects.using(using).bulk_create(rows, AT_ONCE)
        with connections[using].cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    except IntegrityError as error:
        raise BadInput(
            "住民記録にない方が対象者に入っています。",
            "名簿に入れられるのは、区の宛名で特定できる方だけです。一人も取り込んでいません。",
            "名寄せの結果を確かめてから、取り込み直してください。",
        ) from error


def lists(*, fiscal_year: int | None = None, key: int | None = None, using: str = DEFAULT_DB_ALIAS) -> list[ListCard]:
    """The lists of a fiscal year (all without one), the latest first, with how many people are in each."""
    rows = ProgrammeList.objects.using(using).order_by("-as_of", "programme", "-pk")
    rows = rows.filter(fiscal_year=fiscal_year) if fiscal_year is not None else rows
    rows = rows.filter(pk=key) if key is not None else rows
    groups: dict[int, list[tuple[str, int]]] = {}
    counted = Listed.objects.using(using).filter(list__in=rows.order_by()).values_list("list_id", "group")
    for of, group, count in counted.annotate(count=Count("pk")).order_by("list_id", "group"):
        groups.setdefault(of, []).append((group, count))
    return [_card(row, groups.get(row.pk, [])) for row in rows]


def _card(row: ProgrammeList, groups: Sequence[tuple[str, int]]) -> ListCard:
    return ListCard(
        row.pk,
        Programme(row.programme),
        row.fiscal_year,
        row.as_of,
        row.definition,
        row.taken_on,
        sum(count for _, count in groups),
        tuple(groups),
    )


def card(key: int, *, using: str = DEFAULT_DB_ALIAS) -> ListCard:
    """One list. Raises NotFound."""
    found = lists(key=key, using=using)
    if not found:
        raise NotFound(f"名簿 {key} はありません。", "番号が違います。", "名簿の一覧で番号を確かめてください。")
    return found[0]
