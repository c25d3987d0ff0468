"""The page of the effect reports, for the ward's own officers. Nothing personal: a report holds no person."""

from __future__ import annotations

from base64 import b64encode
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from azukari.business.health.effect.keeping import kept
from azukari.business.health.effect.limits import limits
from azukari.business.health.effect.pictures import Shown, people, pictures
from azukari.business.health.effect.printing import rules
from azukari.business.health.effect.types import PROGRAMMES, Report
from azukari.business.health.types import WARD_ENTRY
from azukari.core.access import api as access
from azukari.core.accounts.api import Request, requires
from azukari.web.api import Link, page

HOME = "事業の効果"
TONES = {"effect": "ok", "unclear": "info", "doubtful": "warn", "refused": "stop"}


@require_GET
@requires("officer", "responsible")
def effect(request: Request) -> HttpResponse:
    """The report of one programme; the first that has one, where none is chosen."""
    with access.under(request, WARD_ENTRY) as door:
        door.nothing_seen()
    found = {code: report for code in PROGRAMMES if (report := kept(code, Path(settings.EFFECT)))}
    asked = request.GET.get("programme", "")
    chosen = asked if asked in PROGRAMMES else next(iter(found), next(iter(PROGRAMMES)))
    context = {"programmes": _doors(chosen), "title": PROGRAMMES[chosen], "code": chosen, "shown": None}
    if chosen in found:
        context |= _shown(*found[chosen])
    return page(request, "health/effect/effect.html", context, crumbs=(Link(HOME, ""),))


def _doors(chosen: str) -> list[Link]:
    address = reverse("health_effect:effect")
    return [Link(title, f"{address}?programme={code}", current=code == chosen) for code, title in PROGRAMMES.items()]


def _shown(on: date, report: Report) -> dict[str, Any]:
    return {
        "on": on,
        "shown": report,
        "tone": TONES[report.verdict.says],
        "pictures": [(one, _address(one)) for one in pictures(report)],
        "groups": [(name, people(ours), people(theirs)) for name, ours, theirs in report.groups],
        "rules": rules(report, limits(on)),
    }


def _address(one: Shown) -> str:
    """The picture as the address of an image: its words stand beside it, in text and in a table."""
    return f"data:image/svg+xml;base64,{b64encode(one.svg.encode()).decode()}"
