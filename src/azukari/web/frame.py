"""What stands around every page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from azukari.core.accounts.types import KIND_NAMES, AccountCard
from azukari.core.policy import api as policy
from azukari.web import menu
from azukari.web.types import Frame, Link

if TYPE_CHECKING:
    from azukari.core.policy.types import Place

HOME = "web:home"


def account_of(request: HttpRequest) -> AccountCard | None:
    """Who is signed in. None as well for a request that failed before the accounts' middleware saw it."""
    return cast("AccountCard | None", getattr(request, "account", None))


def place_of(request: HttpRequest) -> Place | None:
    """The place the person works from, by network; None outside every known place."""
    return cast("Place | None", getattr(request, "place", None))


def links(request: HttpRequest, *, nav: bool) -> tuple[Link, ...]:
    """The work the signed-in person can reach: the bar's part of it, or all, with what they are named under first."""
    card = account_of(request)
    if card is None:
        return ()
    found = menu.items(card.kind, policy.enrolled(card.id, timezone.localdate()))
    wanted = [item for item in found if item.in_nav] if nav else sorted(found, key=lambda item: item.flow is None)
    urls = [reverse(item.url_name) for item in wanted]
    here = max((url for url in urls if request.path.startswith(url)), key=len, default="")
    return tuple(Link(item.title, url, item.about, url == here) for item, url in zip(wanted, urls, strict=True))


def build(request: HttpRequest, crumbs: Sequence[Link] = (), *, bare: bool = False) -> Frame:
    """The frame of one page. `bare`: nothing that depends on the address or on the database, for error pages."""
    card = account_of(request)
    place = place_of(request)
    home = Link("ホーム", reverse(HOME), current=request.path == reverse(HOME))
    return Frame(
        name=(card.name or "ご本人") if card else "",
        kind=KIND_NAMES[card.kind] if card else "",
        belongs=(card.section or card.contractor or "") if card else "",
        place=place.name if place else "登録のない場所",
        nav=(home, *links(request, nav=True)) if card and not bare else (),
        crumbs=(Link("ホーム", home.url), *crumbs) if crumbs else (),
        signed_in=card is not None,
        demonstration=settings.DEMONSTRATION,
    )
