"""Errors in the frame: what happened, why, what next. Absence and a secret refusal give the same bytes."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from azukari.core.accounts.api import NotAllowed, open_to_all
from azukari.web import frame

TEMPLATE = "web/errors/error.html"


@dataclass(frozen=True, slots=True)
class Told:
    """An error in words."""

    status: int
    what: str
    why: str
    next_step: str
    ground: str = ""


BAD = Told(
    400,
    "送られた内容を受け付けられません",
    "形式が正しくないか、途中で壊れています。",
    "前の画面に戻り、もう一度入力してください。",
)
FORBIDDEN = Told(
    403,
    "この操作は許可されていません",
    "必要な許可が確かめられませんでした。",
    "必要なときは、所管課の責任者に相談してください。",
)
CSRF = Told(
    403,
    "画面の有効期限が切れました",
    "長いあいだ開いたままだったか、別の画面でサインインし直しました。安全のため、送られた内容は使っていません。",
    "画面を開き直して、もう一度入力してください。",
)
ABSENT = Told(
    404,
    "お探しのものは見つかりません",
    "番号や行き先が違うか、この利用者には示せません。",
    "ホームに戻り、一覧から選んでください。",
)
BROKEN = Told(
    500,
    "処理の途中で止まりました",
    "システムの中で思わぬことが起きました。途中までの変更は取り消され、何も失われていません。",
    "しばらくしてからもう一度お試しください。続くときは、システムの保守の担当に時刻を伝えてください。",
)


@open_to_all
def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 (Django's signature)
    """400."""
    return _shown(request, BAD)


@open_to_all
def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403, with the ground and reason of the decision when there is one."""
    if not isinstance(exception, NotAllowed):
        return _shown(request, FORBIDDEN)
    decision = exception.decision
    return _shown(request, Told(403, "許可されていません", decision.reason, exception.next_step, decision.ground))


@open_to_all
def absent(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 (Django's signature)
    """404. The page says nothing of the address asked for, so that absence and a secret refusal cannot be told apart."""
    return _shown(request, ABSENT)


@open_to_all
def csrf(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 (Django's signature)
    """A form whose token is missing or old."""
    return _shown(request, CSRF)


@open_to_all
def broken(request: HttpRequest) -> HttpResponse:
    """500. The database may be what failed, so nothing is asked of it."""
    return _shown(request, BROKEN)


def _shown(request: HttpRequest, told: Told) -> HttpResponse:
    context = {"told": told, "frame": frame.build(request, bare=True), "messages": ()}
    return render(request, TEMPLATE, context, status=told.status)
