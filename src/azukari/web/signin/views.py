"""Signing in and out; in a made-up ward also who there is and where one stands."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from azukari.core.accounts import api as accounts
from azukari.core.accounts.api import NOWHERE, AccountCard, Ended, Request
from azukari.core.policy import api as policy
from azukari.web.api import Link, page
from azukari.web.signin.forms import DemonstrationForm, PlaceForm, SignInForm

HOME = "web:home"
TEMPLATE = "web/signin/sign_in.html"
PLACE_TEMPLATE, PLACE_TITLE = "web/signin/place.html", "別の場所へ移る（見本）"


@accounts.open_to_all
@never_cache
@sensitive_post_parameters("password", "code")
@require_http_methods(["GET", "POST"])
def sign_in(request: Request) -> HttpResponse:
    """The form, and what becomes of it."""
    if request.method == "GET":
        return redirect(HOME) if request.account else _shown(request, _empty_form(request))
    form = _form(request.POST)
    if not form.is_valid():
        return _shown(request, form, status=422)
    given = form.cleaned_data
    if "place" in given:
        accounts.choose_place(request, given["place"])
    attempt = accounts.sign_in(request, given["login"], given["password"], given["code"])
    if attempt.card is None:
        return _shown(request, form, reason=attempt.reason, status=403)
    return redirect(_safe(given["next"]))


@accounts.open_to_all
@require_POST
def sign_out(request: Request) -> HttpResponse:
    """The session ends; the sign-in page follows."""
    accounts.sign_out(request)
    return redirect("accounts:sign_in")


@accounts.open_to_all
@never_cache
@require_http_methods(["GET", "POST"])
def choose_place(request: Request) -> HttpResponse:
    """In a made-up ward: walk to another place. A session begun elsewhere ends there with the next request."""
    if not settings.DEMONSTRATION:
        raise Http404
    here = accounts.place_by_hand(request) or NOWHERE
    form = PlaceForm(request.POST or None, initial={"place": here}, places=_place_names())
    if not form.is_valid():
        crumbs = [Link(PLACE_TITLE, request.path)]
        return page(request, PLACE_TEMPLATE, {"form": form}, crumbs=crumbs, status=422 if form.is_bound else 200)
    accounts.choose_place(request, form.cleaned_data["place"])
    return redirect(HOME)


def _form(data: Any = None, initial: dict[str, str] | None = None) -> SignInForm:
    if settings.DEMONSTRATION:
        return DemonstrationForm(data, initial=initial, places=_place_names())
    return SignInForm(data, initial=initial)


def _empty_form(request: Request) -> SignInForm:
    """Empty but for the way back; in a made-up ward filled in for the person asked for with `?who=`."""
    initial = {"next": request.GET.get("next", ""), "place": accounts.place_by_hand(request) or NOWHERE}
    person = next((one for one in _people() if one.card.login == request.GET.get("who")), None)
    if person:
        initial |= {
            "login": person.card.login,
            "password": accounts.DEMONSTRATION_PASSWORD,
            "code": person.code,
            "place": _place_for(person.card) or initial["place"],
        }
    return _form(initial=initial)


def _shown(request: Request, form: SignInForm, *, reason: str = "", status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "reason": reason,
        "ended": _words(accounts.take_ended(request)),
        "people": _people(),
        "password": accounts.DEMONSTRATION_PASSWORD,
    }
    return page(request, TEMPLATE, context, status=status)


def _people() -> list[accounts.Shown]:
    return accounts.people_shown(timezone.now()) if settings.DEMONSTRATION else []


def _place_names() -> dict[str, str]:
    return {place.code: place.name for place in policy.places().values()}


def _place_for(card: AccountCard) -> str | None:
    """A place where the person may do one of their works on a screen."""
    today = timezone.localdate()
    actor = accounts.actor_of(card, today)
    fits = (
        place.code
        for flow in sorted(actor.enrolled)
        for place in policy.places().values()
        if policy.admit(actor, flow, place, policy.SCREEN, today).allowed
    )
    return next(fits, None)


def _words(ended: Ended | None) -> tuple[str, str] | None:
    """Why the last session ended: a title and what to do."""
    if ended is None:
        return None
    then, now = ended.place_then or "登録のない場所", ended.place_now or "登録のない場所"
    return {
        accounts.End.PLACE: (
            "場所が変わったので、サインインを終えました",
            f"「{then}」でサインインし、いまは「{now}」からのアクセスです。続けるには、この場所でサインインしてください。台帳に記録しました。",
        ),
        accounts.End.IDLE: (
            "30分のあいだ操作がなかったので、サインインを終えました",
            "続けるには、もう一度サインインしてください。",
        ),
        accounts.End.TERM: ("10時間たったので、サインインを終えました", "続けるには、もう一度サインインしてください。"),
        accounts.End.ACCOUNT: (
            "サインインを終えました",
            "パスワードが変わったか、利用できる期間が終わりました。心当たりがなければ、責任者に連絡してください。",
        ),
    }[ended.why]


def _safe(wanted: str) -> str:
    """Only an address of this system, never somebody else's."""
    return wanted if wanted and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) else HOME
