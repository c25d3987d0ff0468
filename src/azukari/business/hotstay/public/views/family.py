"""Around every page: the transaction that speaks for the session, who is signed in, and the frame."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast
from urllib.parse import urlencode

from django.conf import settings
from django.db import IntegrityError, OperationalError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from azukari.business.hotstay.public import signin
from azukari.business.hotstay.public.stays import Child, family_of
from azukari.business.hotstay.public.types import Guest
from azukari.business.hotstay.public.views import errors
from azukari.business.hotstay.types import CHILD_FLOW, SCREEN, Desk
from azukari.core.audit.api import grouped, record
from azukari.kernel.errors import BadInput, Busy, NotFound

P = ParamSpec("P")
SIGN_IN = "hotstay_public:sign_in"
PASSWORD = "hotstay_public:password"  # noqa: S105 (the name of a page)
HOME = "hotstay_public:home"
# A child is named on these pages by its age alone.
SHOWN = ("生年月日",)
NAV = (
    ("予約する", "hotstay_public:month", "days"),
    ("予約の一覧", "hotstay_public:stays", "stays"),
    ("キャンセル待ち", "hotstay_public:waiting", "waiting"),
    ("設定", "hotstay_public:settings", "settings"),
)


class Request(HttpRequest):
    """A request of a signed-in family. `children` are those whom the page shows, for the ledger."""

    guest: Guest
    children: tuple[int, ...]


def family(
    view: Callable[Concatenate[Request, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """A page for who is signed in, in one transaction. Strangers are sent to sign in; a slip's guest to the password."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            with grouped(), transaction.atomic():
                guest = signin.resume(request.COOKIES.get(signin.cookie(), ""))
                if guest is None:
                    return _to_sign_in(request)
                known = cast("Request", request)
                known.guest, known.children = guest, ()
                if guest.must_set and request.path not in {reverse(PASSWORD), reverse("hotstay_public:sign_out")}:
                    return redirect(PASSWORD)
                return _recorded(known, view(known, *args, **kwargs))
        except NotFound as error:
            raise Http404 from error
        except (Busy, BadInput) as error:
            return errors.told(request, error)
        except (OperationalError, IntegrityError) as error:
            return errors.crowded(request, error)

    return cast("Callable[Concatenate[HttpRequest, P], HttpResponse]", wrapped)


def children_of(request: Request, desk: Desk) -> dict[int, Child]:
    """The children of the family that is signed in, by key; the ledger has that the page showed them."""
    found = family_of(desk, request.guest.child)
    request.children = tuple(found)
    return found


def _recorded(request: Request, response: HttpResponse) -> HttpResponse:
    """A redirect shows nobody."""
    if request.children and not 300 <= response.status_code < 400:
        by = signin.actor(request.guest.child)
        record("view", actor=by, flow=CHILD_FLOW, items=SHOWN, subjects=request.children, medium=SCREEN)
    return response


def page(
    request: HttpRequest, template: str, context: dict[str, Any], *, here: str = "", status: int = 200
) -> HttpResponse:
    """A page in the residents' frame; `here` marks its part in the menu."""
    guest: Guest | None = getattr(request, "guest", None)
    entered = guest if guest and not guest.must_set else None
    frame = {
        "demonstration": settings.DEMONSTRATION,
        "guest": guest,
        "nav": [(title, reverse(name), part == here) for title, name, part in NAV] if entered else [],
    }
    return render(request, template, {"frame": frame, **context}, status=status)


def safe(wanted: str) -> str:
    """Only an address of this server, never somebody else's."""
    return wanted if wanted and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) else reverse(HOME)


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    """And back afterwards when the page was only read."""
    wanted = {"next": request.get_full_path()} if request.method == "GET" and request.path != reverse(HOME) else {}
    ended = {"ended": "1"} if signin.cookie() in request.COOKIES else {}
    query = urlencode(wanted | ended)
    return redirect(f"{reverse(SIGN_IN)}?{query}" if query else reverse(SIGN_IN))
