# ruff: noqa: SLF001 (`_meta` is the model API that Django documents)
"""Wall 3: every field of every table of Azukari is mapped to an item of a consultation, or the start stops.

Also the bridge from Django's models to `Vessel`, which speaks of tables and columns.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, cast

from django.apps import apps
from django.apps.config import AppConfig
from django.contrib.postgres.fields import ArrayField
from django.core import checks
from django.core.checks import CheckMessage, Error, register
from django.db import models

from azukari.core.policy.compile_sql import Usage, Vessel, names
from azukari.core.policy.terms import Terms
from azukari.core.policy.types import Holds

OWN = "azukari."
Model = type[models.Model]


def own_models() -> list[Model]:
    """Azukari's models that have a table of their own (the `v_` views are generated from these)."""
    return [model for model in apps.get_models(include_auto_created=True) if _is_own(model) and model._meta.managed]


def vessels() -> list[Vessel]:
    """Every table of the installation; those of Django's own apps (sessions) are ordinary tables of the web role."""
    return [vessel_of(model) for model in apps.get_models(include_auto_created=True) if model._meta.managed]


def vessel_of(model: Model) -> Vessel:
    """A model's table and what it holds, in columns. `append_only`, `read_only` and `closed` are class attributes."""
    fields = model._meta.concrete_fields
    columns = tuple(map(_column, fields))
    key = _column(model._meta.pk_fields[0])
    declared = cast("Holds | None", getattr(model, "holds", None))
    if declared is None:
        return Vessel(
            model._meta.db_table, columns, key, Holds(facts=columns), "walled" if _is_own(model) else "ordinary"
        )
    arrays = frozenset(_column(field) for field in fields if isinstance(field, ArrayField))
    return Vessel(model._meta.db_table, columns, key, in_columns(model, declared), _usage(model, declared), arrays)


def in_columns(model: Model, holds: Holds) -> Holds:
    """The same declaration with columns for fields (`person` → `person_id` where it is a foreign key)."""
    column = _columns(model)

    def named(fields: Iterable[str]) -> tuple[str, ...]:
        return tuple(column.get(name, name) for name in fields)

    def one(name: str | None) -> str | None:
        return column.get(name, name) if name else None

    return Holds(
        items={column.get(name, name): item for name, item in holds.items.items()},
        flows=holds.flows,
        facts=named(holds.facts),
        hidden=named(holds.hidden),
        subject=one(holds.subject),
        contractor=one(holds.contractor),
        scope=one(holds.scope),
        form=holds.form,
        writes={flow: named(fields) for flow, fields in holds.writes.items()},
    )


def _is_own(model: Model) -> bool:
    return model.__module__.startswith(OWN)


def _usage(model: Model, holds: Holds) -> Usage:
    if holds.items or holds.flows:
        return "walled"
    special: tuple[Usage, ...] = ("append_only", "read_only", "closed")
    return next((usage for usage in special if getattr(model, usage, False)), "ordinary")


def _column(field: Any) -> str:
    """A concrete field's column; Django's types allow for fields that have none."""
    return str(field.column)


def _columns(model: Model) -> dict[str, str]:
    fields = model._meta.concrete_fields
    return {name: _column(field) for field in fields for name in (field.name, field.attname)}


@register()
def holds_everything(app_configs: Sequence[AppConfig] | None, **_: object) -> list[CheckMessage]:  # noqa: ARG001
    """Django runs this before every command and at every start."""
    from azukari.core.policy.service import terms

    return [message for model in own_models() for message in examine(model, terms())]


def examine(model: Model, terms: Mapping[str, Terms]) -> Iterator[CheckMessage]:
    """What is wrong with one model's declaration, in words that say what to do."""
    holds = getattr(model, "holds", None)
    if not isinstance(holds, Holds):
        yield _error(
            model, "E001", "表が何を預かるか(holds)が書かれていません。", "holds: ClassVar[Holds] を書いてください。"
        )
        return
    yield from _unmapped(model, holds)
    yield from _strangers(model, holds)
    yield from _flows(model, holds, terms)
    yield from _items(model, holds, terms)
    yield from _narrowed(model, holds, terms)


def _unmapped(model: Model, holds: Holds) -> Iterator[CheckMessage]:
    """E002, the one this wall is for: a field nobody said anything about. A key made by Django says nothing personal."""
    named = {*holds.items, *holds.facts, *holds.hidden, holds.subject, holds.contractor, holds.scope}
    for field in model._meta.concrete_fields:
        made_by_django = field.primary_key and isinstance(field, models.AutoField)
        if not made_by_django and not named & {field.name, field.attname}:
            yield _error(
                model,
                "E002",
                f"項目「{field.name}」がどの諮問の個人情報の項目か、書かれていません。",
                "holds の items に諮問の項目名とともに書くか、個人情報でなければ facts に、"
                "どの委託先にも見せないなら hidden に加えてください。",
            )


def _strangers(model: Model, holds: Holds) -> Iterator[CheckMessage]:
    written = [name for fields in holds.writes.values() for name in fields]
    kept = (holds.subject, holds.contractor, holds.scope)
    for name in sorted(
        {*holds.items, *holds.facts, *holds.hidden, *written, *filter(None, kept)} - set(_columns(model))
    ):
        yield _error(
            model, "E003", f"holds にある「{name}」という項目は表にありません。", "名前を直すか、除いてください。"
        )
    for name in sorted((set(holds.items) & set(holds.facts)) | (set(holds.facts) & set(holds.hidden))):
        yield _error(model, "E006", f"「{name}」が holds の二か所にあります。", "どちらか一つにしてください。")


def _flows(model: Model, holds: Holds, terms: Mapping[str, Terms]) -> Iterator[CheckMessage]:
    for flow in sorted({*holds.flows, *holds.writes} - set(terms)):
        yield _error(
            model,
            "E004",
            f"取扱い「{flow}」は諮問にも業務の登録にもありません。",
            "consultations/ を確かめ、正しい名を書いてください。",
        )
    for flow in sorted(set(holds.writes) - set(holds.flows)):
        yield _error(
            model,
            "E004",
            f"書き込みを許す「{flow}」が flows にありません。",
            "flows に加えるか、writes から除いてください。",
        )


def _items(model: Model, holds: Holds, terms: Mapping[str, Terms]) -> Iterator[CheckMessage]:
    under = [terms[flow] for flow in holds.flows if flow in terms] or list(terms.values())
    for field, spellings in holds.items.items():
        if not any(set(names(spellings)) & set(one.items) for one in under):
            yield _error(
                model,
                "E005",
                f"項目「{field}」の「{'」「'.join(names(spellings))}」は、この表を使うどの諮問・登録にもありません。",
                "諮問の項目名に直すか、取り扱うには新たに諮問(区の業務なら登録)してください。",
            )
    for flow, fields in holds.writes.items():
        for field in fields:
            if field in holds.items and flow in terms and not set(names(holds.items[field])) & set(terms[flow].items):
                yield _error(
                    model,
                    "E007",
                    f"「{flow}」の項目にない「{field}」の書き込みは許せません。",
                    "writes から除いてください。",
                )


def _narrowed(model: Model, holds: Holds, terms: Mapping[str, Terms]) -> Iterator[CheckMessage]:
    """W001: the rows of a personal table stay closed under a flow whose narrowing the table cannot tell."""
    for one in (terms[flow] for flow in holds.flows if flow in terms and (holds.items or holds.subject)):
        missing = (
            "scope" if one.row_scope and not holds.scope else "subject" if one.own_record and not holds.subject else ""
        )
        if missing:
            hint = f"holds の {missing} に、それを示す項目を書いてください。"
            yield checks.Warning(
                f"{model._meta.label}: 「{one.id}」の下では一行も見えません。", hint=hint, obj=model, id="azukari.W001"
            )


def _error(model: Model, code: str, words: str, hint: str) -> Error:
    return Error(f"{model._meta.label}: {words}", hint=hint, obj=model, id=f"azukari.{code}")
