"""What the tests of the door share."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import RequestFactory

from azukari.core.accounts.api import AccountCard, Request, workers
from azukari.core.policy.api import places
from support.signing import AT


@pytest.fixture
def asking() -> Callable[..., Request]:
    """A request as the middleware would hand it to a page."""

    def make(login: str = "operator", *, place: str | None = None, card: AccountCard | None = None) -> Request:
        request = RequestFactory().get("/")
        request.account = card or workers()[login]  # type: ignore[attr-defined]
        request.place = places().get(place or AT[login])  # type: ignore[attr-defined]
        return request  # type: ignore[return-value]

    return make
