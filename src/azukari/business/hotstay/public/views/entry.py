"""Signing in and out, the password, the browsers that are signed in, the address of the calendar feed."""

from __future__ import annotations

from django.conf import settings
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from azukari.business.hotstay.public import rules, signin
from azukari.business.hotstay.public.views import errors
from azukari.business.hotstay.public.views.family import HOME, PASSWORD, SIGN_IN, Request, family, page, safe
from azukari.core.audit.api import grouped
from azukari.kernel.errors import BadInput

WRONG = (
    "IDかパスワードが違います。続けて間違えると、しばらくサインインできなくなります。"
    "お忘れのときは、ご利用のステーションで新しい用紙をお受け取りください。"
)
PASSWORD_PAGE = "hotstay_public/password.html"  # noqa: S105 (the name of a template)


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """The form, and what becomes of it."""
    if request.method != "POST":
        return page(request, "hotstay_public/sign_in.html", _form(request.GET.get("next", "")) | _ended(request))
    login, password = request.POST.get("login", ""), request.POST.get("password", "")
    shared = request.POST.get("device") == "shared"
    try:
        with grouped():
            entry = signin.sign_in(login, password[: rules.LONGEST], signin.network_of(request), shared=shared)
    except OperationalError as error:
        return errors.crowded(request, error)
    wanted = request.POST.get("next", "")
    if entry is None:
        context = _form(wanted) | {"refused": WRONG, "shared": shared}
        return page(request, "hotstay_public/sign_in.html", context, status=403)
    response = redirect(PASSWORD if entry.must_set else safe(wanted))
    response.set_cookie(signin.cookie(), entry.token, secure=settings.TLS, httponly=True, samesite="Lax", path="/")
    return response


@require_POST
@family
def sign_out(request: Request) -> HttpResponse:
    """The session is over, and the browser is told to forget what it kept of these pages."""
    signin.sign_out(request.guest)
    response = redirect(f"{reverse(SIGN_IN)}?out=1")
    response.delete_cookie(signin.cookie(), path="/", samesite="Lax")
    response["Clear-Site-Data"] = '"cache", "storage"'
    return response


@sensitive_post_parameters("old", "new", "again")
@sensitive_variables("new")
@require_http_methods(["GET", "HEAD", "POST"])
@family
def password(request: Request) -> HttpResponse:
    """The first password after a slip, or another one."""
    if request.method != "POST":
        return page(request, PASSWORD_PAGE, {"fault": None}, here="settings")
    new = request.POST.get("new", "")
    try:
        if new != request.POST.get("again", ""):
            raise BadInput("二つのパスワードが違います。", "変更していません。", "同じものを二度入力してください。")
        signin.set_password(request.guest, request.POST.get("old", ""), new)
    except BadInput as fault:
        return page(request, PASSWORD_PAGE, {"fault": fault}, here="settings", status=422)
    return redirect(f"{reverse(HOME)}?password=1")


@require_safe
@family
def preferences(request: Request) -> HttpResponse:
    """Password, browsers, calendar."""
    context = {"devices": signin.devices(), "has_feed": signin.has_feed(), "feed": ""}
    return page(request, "hotstay_public/settings.html", context, here="settings")


@require_POST
@family
def leave_others(request: Request) -> HttpResponse:  # noqa: ARG001 (the decorator's signature)
    """End the sessions of the other browsers."""
    signin.leave_others()
    return redirect("hotstay_public:settings")


@require_POST
@family
def feed_address(request: Request) -> HttpResponse:
    """A fresh address of the calendar feed, shown once; or none any more."""
    if request.POST.get("wish") == "end":
        signin.end_feed()
        return redirect("hotstay_public:settings")
    address = request.build_absolute_uri(reverse("hotstay_public:feed", args=[signin.new_feed()]))
    context = {"devices": signin.devices(), "has_feed": True, "feed": address}
    return page(request, "hotstay_public/settings.html", context, here="settings")


def _form(wanted: str) -> dict[str, object]:
    return {"next": wanted, "refused": "", "shared": False, "ended": False, "out": False}


def _ended(request: HttpRequest) -> dict[str, object]:
    return {"ended": "ended" in request.GET, "out": "out" in request.GET}
