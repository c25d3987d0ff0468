"""The pictures of the year for a meeting: participation, funnels, costs by disease. Numbers of many people, nobody's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from azukari.business.health.models import Picture
from azukari.business.health.programmes import chapters, drawing, parameters, places, progress, taking
from azukari.business.health.programmes.pages import home_link
from azukari.business.health.programmes.types import REGISTER_ENTRY, Programme
from azukari.business.health.types import WARD_ENTRY
from azukari.core.access import api as access
from azukari.core.accounts.api import Request, requires
from azukari.kernel.errors import AzukariError, BadInput
from azukari.kernel.fiscal import FiscalYear
from azukari.web.api import Link, page

TITLE = "保健事業の図"
MASTER = "b_ALL*.csv"
MOST_CHAPTERS = 12


@require_http_methods(["GET", "POST"])
@requires("officer", "responsible")
def figures(request: Request) -> HttpResponse:
    """The pictures of a fiscal year; by POST they are counted anew from the store."""
    refused: AzukariError | None = None
    if request.method == "POST":
        try:
            return _made(request)
        except AzukariError as error:
            refused = error
    with access.under(request, WARD_ENTRY) as door:
        pictures = list(Picture.objects.order_by("-fiscal_year"))
        picture = next((one for one in pictures if str(one.fiscal_year) == request.GET.get("year")), None)
        picture = picture or (pictures[0] if pictures else None)
        funnels = _funnels(picture.fiscal_year) if picture else []
        door.nothing_seen()
    context = {
        "years": [one.fiscal_year for one in pictures],
        "picture": picture,
        "this_year": FiscalYear.of(timezone.localdate()).year,
        "funnels": funnels,
        "refused": refused,
        "sources": (places.source(), chapters.source(), parameters.parameters()["smallest"].source),
    }
    if picture:
        context |= drawn(picture.numbers) | {"label": FiscalYear(picture.fiscal_year).label}
    return page(
        request, "health/figures.html", context, crumbs=(home_link(), Link(TITLE, "")), status=422 if refused else 200
    )


def _funnels(fiscal_year: int) -> list[tuple[Programme, tuple[drawing.Stage, ...]]]:
    cards = taking.lists(fiscal_year=fiscal_year)
    found = []
    for programme in Programme:
        keys = [card.key for card in cards if card.programme is programme]
        if keys:
            found.append(
                (
                    programme,
                    drawing.stages(progress.funnel(keys), programme.steps, parameters.smallest()),
                )
            )
    return found


def drawn(numbers: Mapping[str, Any]) -> dict[str, Any]:
    """Lengths beside the numbers. A value that is hidden has none."""
    shares = [share for some in numbers["by_age"].values() for share in some]
    top = max((one["per_cent"] or 0 for one in (*shares, *numbers["by_district"], numbers["whole"])), default=0)
    scale = drawing.round_tens(top)
    costs = numbers["costs"][:MOST_CHAPTERS]
    dearest = max((one["yen"] or 0 for one in costs), default=0)
    men, women = numbers["by_age"]["男性"], numbers["by_age"]["女性"]
    return {
        "whole": numbers["whole"],
        "scale": scale,
        "ages": [
            {"name": man["name"], "men": _with_length(man, scale), "women": _with_length(woman, scale)}
            for man, woman in zip(men, women, strict=True)
        ],
        "districts": [_with_length(one, scale) for one in numbers["by_district"]],
        "mean": drawing.per_mille(numbers["whole"]["per_cent"] or 0, scale),
        "costs": [
            {**one, "length": drawing.per_mille(one["yen"] or 0, dearest), "words": _money(one["yen"])} for one in costs
        ],
        "rest": numbers["costs"][MOST_CHAPTERS:],
        "smallest": numbers["smallest"],
    }


def _with_length(share: Mapping[str, Any], scale: int) -> dict[str, Any]:
    return {**share, "length": drawing.per_mille(share["per_cent"] or 0, scale)}


def _money(yen: int | None) -> str:
    """億円 or 万円, as people say it in a meeting."""
    if yen is None:
        return ""
    return f"{yen / 100_000_000:,.1f}億円" if yen >= 100_000_000 else f"{yen / 10_000:,.0f}万円"


def _made(request: Request) -> HttpResponse:
    """Count a fiscal year: persons' districts under r-juki, everything else from the store; the sums are kept."""
    # What reads the store is loaded when it is needed: no other page of the ward should pay for it.
    from azukari.business.health import store
    from azukari.business.health.programmes import figures as counting

    asked = request.POST.get("year", "")
    year = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) == 4 else 0
    year = year or FiscalYear.of(timezone.localdate()).year
    connection = store.open_store().connect()
    persons = [row[0] for row in connection.execute("SELECT DISTINCT person FROM members").fetchall()]
    if not persons:
        raise BadInput(
            "数えるものがありません。",
            "保存場所に、加入者の資格の記録がありません。いまの図はそのままです。",
            "資格、健診、レセプトを受け取ってから、もう一度作ってください。",
        )
    with access.under(request, REGISTER_ENTRY) as door:
        districts = places.districts(persons, door.on)
        door.nothing_seen()
    found = counting.numbers(
        connection, year, districts=districts, chapters=_chapters(), smallest=parameters.smallest()
    )
    with access.under(request, WARD_ENTRY) as door:
        keep(year, counting.as_plain(found))
        door.nothing_seen()
    messages.success(request, f"{year}年度の図を作りました。", extra_tags="ok")
    return HttpResponseRedirect(f"{reverse('health:figures')}?year={year}", status=303)


def keep(fiscal_year: int, numbers: Mapping[str, Any], using: str = "default") -> None:
    """Keep the numbers of a fiscal year in the place of those before."""
    Picture.objects.using(using).update_or_create(
        fiscal_year=fiscal_year, defaults={"made_at": timezone.now(), "numbers": dict(numbers)}
    )


def _chapters() -> dict[str, str]:
    """From the newest 傷病名 master in the installation's folder; nothing where none was put there."""
    files: Sequence[Path] = sorted(Path(settings.MASTERS).glob(MASTER))
    return chapters.chapters_by_code(files[-1].read_bytes()) if files else {}
