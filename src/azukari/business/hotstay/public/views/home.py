"""The first page of a family."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from azukari.business.hotstay.public.views.family import Request, family, page


@require_safe
@family
def home(request: Request) -> HttpResponse:
    """The next stay, and one large button."""
    return page(request, "hotstay_public/home.html", {}, here="")
