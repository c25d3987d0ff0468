"""What other packages use of the frame: a page in it, the menu, the alerts of the home page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from azukari.web import alerts, frame, menu
from azukari.web.forms import DayField
from azukari.web.types import Alert, Fact, Link, MenuItem, Moment

__all__ = ["Alert", "DayField", "Fact", "Link", "MenuItem", "Moment", "alerts", "menu", "page"]


def page(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any] | None = None,
    *,
    crumbs: Sequence[Link] = (),
    status: int = 200,
    bare: bool = False,
) -> HttpResponse:
    """Render a template that extends `web/base.html`. `crumbs`: the way here from the home page, this page last."""
    around = frame.build(request, crumbs, bare=bare)
    return render(request, template, {**(context or {}), "frame": around}, status=status)
