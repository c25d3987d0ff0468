"""On every request: where it comes from, who it is, whether the session may go on; and a line for every refusal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import resolve_url

from azukari.core.accounts.pages import OPEN, NotAllowed, Request
from azukari.core.accounts.places import place_of
from azukari.core.accounts.signin import UNKNOWN, named, resume
from azukari.core.audit.api import grouped, record


class AccountMiddleware:
    """Sets `request.place` and `request.account`; sends strangers and ended sessions to the sign-in page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: Request) -> HttpResponseBase:
        """One request; all that is recorded on its way belongs together in the ledger."""
        with grouped():
            request.place = place_of(request)
            if resume(request):
                return _to_sign_in(request)
            return self.get_response(request)

    def process_view(self, request: Request, view: Any, _args: object, _kwargs: object) -> HttpResponseBase | None:
        """Only a page marked `open_to_all` is shown to strangers."""
        if request.account is None and not getattr(view, OPEN, False):
            return _to_sign_in(request)
        return None

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Record a refusal in a transaction of its own: the page's has been rolled back. Django then shows the 403."""
        if isinstance(exception, NotAllowed):
            with transaction.atomic():
                record(
                    "refusal",
                    actor=named(request.account) if request.account else UNKNOWN,
                    place=request.place,
                    flow=exception.flow,
                    items=exception.items,
                    detail={"ground": exception.decision.ground, "page": _page(request)},
                )


def _page(request: Request) -> str:
    """The page's name, never its address: an address may hold a number of somebody."""
    return request.resolver_match.view_name if request.resolver_match else ""


def _to_sign_in(request: Request) -> HttpResponseBase:
    """To the sign-in page, and back afterwards when the page was only read. htmx must not paste it into a page."""
    url = resolve_url(settings.LOGIN_URL)
    if request.method == "GET" and request.path != url:
        url = f"{url}?{urlencode({'next': request.get_full_path()})}"
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(headers={"HX-Redirect": url})
    return HttpResponseRedirect(url)
