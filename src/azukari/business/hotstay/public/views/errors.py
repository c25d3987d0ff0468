"""Errors in words: what happened, what next. Nothing is asked of the database, which may be what failed."""

from __future__ import annotations

import logging

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from azukari.kernel.errors import AzukariError, Busy

TEMPLATE = "hotstay_public/error.html"
log = logging.getLogger(__name__)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 (Django's signature)
    """400."""
    return _shown(request, 400, "受け付けられませんでした", "送られた内容が途中で壊れています。")


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 (Django's signature)
    """403."""
    return _shown(request, 403, "この操作はできません", "サインインし直してから、もう一度お試しください。")


def absent(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 (Django's signature)
    """404; the same bytes for what is not there and for what is another family's."""
    return _shown(request, 404, "見つかりません", "ホームに戻って、一覧から選んでください。")


def csrf(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 (Django's signature)
    """A form whose token is missing or old."""
    return _shown(
        request, 403, "画面の期限が切れました", "安全のため、送られた内容は使っていません。画面を開き直してください。"
    )


def broken(request: HttpRequest) -> HttpResponse:
    """500."""
    return _shown(request, 500, "途中で止まりました", "途中までの操作は取り消しました。少し待ってお試しください。")


def crowded(request: HttpRequest, error: Exception) -> HttpResponse:
    """503: the database made us wait too long, or does not answer. Nothing was done."""
    log.warning("a page was given up", exc_info=error)
    return _shown(
        request,
        503,
        "ただいま込み合っています",
        "予約などの操作は行われていません。少し待って、もう一度お試しください。二重に予約されることはありません。",
    )


def told(request: HttpRequest, error: AzukariError) -> HttpResponse:
    """What the engine could not do, in its own words: 503 to be tried again, 422 to be put right."""
    status = 503 if isinstance(error, Busy) else 422
    return _shown(request, status, error.what, f"{error.why}{error.next_step}")


def _shown(request: HttpRequest, status: int, what: str, next_step: str) -> HttpResponse:
    frame: dict[str, object] = {"demonstration": settings.DEMONSTRATION, "guest": None, "nav": []}
    context = {"frame": frame, "what": what, "next_step": next_step}
    response = render(request, TEMPLATE, context, status=status)
    if status == 503:
        response["Retry-After"] = "5"
    return response
