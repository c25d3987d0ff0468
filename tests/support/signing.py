"""Signing in through the real page, as the people of the demonstration ward do."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from azukari.core.accounts.api import DEMONSTRATION_PASSWORD, current_code

AT = {
    "officer": "ward-taxi",
    "operator": "hidamari",
    "operator-812": "ward-nursery",
    "responsible": "ward-taxi",
    "contractor-lead": "hidamari",
    "officer-813": "ward-donations",
    "responsible-813": "ward-donations",
    "workshop": "shiinoki",
    "workshop-responsible": "shiinoki",
    "privacy": "ward",
    "resident": "own-device",
    "council": "-",
    "it": "centre",
}
AT |= {
    f"hotstay-{code}": f"hotstay-{code}" for code in ("seijo", "setagaya", "karasuyama", "sakurashinmachi", "umegaoka")
}
AT |= {"officer-hotstay": "ward", "hotstay-lead": "hotstay-karasuyama"}
AT["officer-hotstay"] = "ward"
AT |= {"officer-809": "ward-health", "responsible-809": "ward-health", "caller": "calls"}
EVERYBODY = tuple(login for login in AT if not login.startswith("hotstay-") or login == "hotstay-karasuyama")


def code(login: str, at: datetime | None = None) -> str:
    """The digits that work now."""
    return current_code(login, at or timezone.now())


def try_sign_in(client: Client, login: str, **changes: str) -> HttpResponse:
    """Post the form as that person would, but for `changes`."""
    given = {"login": login, "password": DEMONSTRATION_PASSWORD, "place": AT.get(login, "-"), "next": ""} | changes
    if "code" not in given:
        given["code"] = code(login) if login in AT else "000000"
    response: Any = client.post(reverse("accounts:sign_in"), given)
    return response


def signed_in(login: str, **changes: str) -> Client:
    """A browser in which that person has signed in."""
    client = Client()
    response = try_sign_in(client, login, **changes)
    assert response.status_code == 302, response.content.decode()
    return client
