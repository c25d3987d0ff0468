"""The parts of a page: `{% load parts %}`. Every part is HTML that works without JavaScript and without colour."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import template
from django.core.paginator import Page
from django.forms import BoundField
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from azukari.kernel import era
from azukari.web import words
from azukari.web.types import Fact, Tone

register = template.Library()
MOST_RUNS = 4
NOTICE_WORDS: dict[Tone, str] = {
    "ok": "完了",
    "warn": "注意",
    "stop": "重要",
    "info": "お知らせ",
    "plain": "補足",
}


@register.simple_tag
def tag(tone: Tone, text: str) -> SafeString:
    """A state in words; the style sheet puts a sign before it that repeats its colour."""
    return format_html('<span class="tag tag--{}">{}</span>', tone, text)


@register.simple_block_tag
def notice(content: str, tone: Tone, title: str) -> SafeString:
    """A boxed remark: {% notice "warn" "題" %}…{% endnotice %}."""
    return format_html(
        '<div class="notice notice--{}"><p class="notice__title"><span class="hidden-text">{}：</span>{}</p>'
        '<div class="notice__body">{}</div></div>',
        tone,
        NOTICE_WORDS[tone],
        title,
        SafeString(content),
    )


@register.simple_block_tag
def table(content: str, caption: str, kind: str = "") -> SafeString:
    """A table with a caption, in a region that scrolls and takes the focus. `kind`: classes; "cells" turns to cards."""
    return format_html(
        '<div class="scroll" role="region" aria-label="{}" tabindex="0"><table class="{}">'
        '<caption class="hidden-text">{}</caption>{}</table></div>',
        caption, kind, caption, SafeString(content),
    )  # fmt: skip


@register.inclusion_tag("web/components/field.html")
def field(bound: BoundField) -> dict[str, Any]:
    """One form field: label, hint, what is wrong with it, and the input joined to them by aria-describedby."""
    name = bound.auto_id
    described = [f"{name}-hint"] * bool(bound.help_text) + [f"{name}-error"] * bool(bound.errors)
    attributes: dict[str, str | bool] = {"aria-describedby": " ".join(described)} if described else {}
    if bound.errors:
        attributes["aria-invalid"] = "true"
    return {"bound": bound, "input": bound.as_widget(attrs=attributes)}


@register.inclusion_tag("web/components/facts.html")
def facts(rows: Sequence[Fact], kind: str = "") -> dict[str, Any]:
    """A definition list, each value with the line of the council paper it comes from. `kind` "list" sets it in rows."""
    return {"rows": rows, "kind": kind}


@register.inclusion_tag("web/components/empty.html")
def empty(what: str, next_step: str = "") -> dict[str, str]:
    """What to show where there is nothing, and what to do about it."""
    return {"what": what, "next_step": next_step}


@register.inclusion_tag("web/components/pages.html")
def pages(page: Page[Any], request: HttpRequest) -> dict[str, Any]:
    """Links to the neighbouring pages of a list, keeping the filters in the address."""
    query = request.GET.copy()

    def to(number: int) -> str:
        query["page"] = str(number)
        return f"?{query.urlencode()}"

    return {
        "page": page,
        "before": to(page.number - 1) if page.has_previous() else "",
        "after": to(page.number + 1) if page.has_next() else "",
    }


@register.filter
def wareki(day: date | None) -> str:
    """平成31年4月1日."""
    return era.long(day) if day else "記載なし"


@register.filter
def field_name(path: str) -> str:
    """A path of the typed file in the words of the form."""
    return words.field_name(path)


@register.filter
def lines(cite: Sequence[int]) -> str:
    """Lines of the paper: 613、620〜622; many scattered ones as 579〜604のうち14."""
    runs: list[list[int]] = []
    for line in cite:
        if runs and line == runs[-1][-1] + 1:
            runs[-1].append(line)
        else:
            runs.append([line])
    if len(runs) > MOST_RUNS:
        return f"{cite[0]}〜{cite[-1]}のうち{len(cite)}"
    return "、".join(str(run[0]) if len(run) == 1 else f"{run[0]}〜{run[-1]}" for run in runs)
