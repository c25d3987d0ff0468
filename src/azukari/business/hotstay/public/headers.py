"""Headers of every answer that Django has no setting for."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

HEADERS = {
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Permissions-Policy": "accelerometer=(), autoplay=(), camera=(), display-capture=(), encrypted-media=(), fullscreen=(),"
    " geolocation=(), gyroscope=(), hid=(), identity-credentials-get=(), magnetometer=(), microphone=(), midi=(),"
    " payment=(), publickey-credentials-get=(), serial=(), usb=(), xr-spatial-tracking=()",
    "X-Permitted-Cross-Domain-Policies": "none",
    "X-Robots-Tag": "noindex, nofollow",
}
STATIC = "/static/"


class HeadersMiddleware:
    """Adds them, and forbids every cache to keep a page: only style sheets, scripts and pictures may be kept."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """One answer."""
        response = self.get_response(request)
        for name, value in HEADERS.items():
            response[name] = value
        if not request.path.startswith(STATIC):
            response["Cache-Control"] = "no-store"
        return response
