"""For every kind of person and every page: what opens, and that nothing opens to strangers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from azukari.core.access import api as access
from azukari.core.accounts.api import KIND_NAMES
from azukari.core.accounts.pages import KINDS, OPEN
from azukari.core.audit.api import search
from support.signing import EVERYBODY, signed_in

pytestmark = pytest.mark.django_db
OPEN_TO_ALL = {"accounts:sign_in", "accounts:sign_out", "accounts:choose_place"}
# Pages without anything personal that everybody who is signed in may read.
OPEN_TO_SIGNED_IN = {"web:home", "web:consultations", "web:compare", "web:consultation"}
SAMPLES: dict[type, Any] = {int: 1, str: "815"}


def walk(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from walk(entry, f"{prefix}{entry.namespace}:" if entry.namespace else prefix)
        else:
            yield f"{prefix}{entry.name}", entry


PAGES = dict(walk(get_resolver()))


def address(name: str) -> str:
    converters = PAGES[name].pattern.converters
    given = {key: 1 if "Int" in type(converter).__name__ else "815" for key, converter in converters.items()}
    return reverse(name, kwargs=given)


def kinds(name: str) -> frozenset[str]:
    return getattr(PAGES[name].callback, KINDS, frozenset())


@pytest.mark.parametrize("name", PAGES)
def test_every_page_says_who_may_open_it(name: str) -> None:
    if name in OPEN_TO_ALL:
        assert getattr(PAGES[name].callback, OPEN, False)
    else:
        assert not getattr(PAGES[name].callback, OPEN, False)
        assert kinds(name) <= set(KIND_NAMES)
        assert bool(kinds(name)) is (name not in OPEN_TO_SIGNED_IN)


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("name", sorted(set(PAGES) - OPEN_TO_ALL))
def test_nothing_opens_to_a_stranger(name: str, method: str) -> None:
    response = getattr(Client(), method)(address(name))
    assert response.status_code == 302
    assert response["Location"].startswith(reverse("accounts:sign_in"))


@pytest.mark.parametrize("login", EVERYBODY)
def test_a_page_opens_to_its_own_kinds_only_and_every_refusal_is_recorded(login: str) -> None:
    client = signed_in(login)
    kind = login_kind(login)
    for name in sorted(set(PAGES) - OPEN_TO_ALL):
        response = client.get(address(name))
        if kinds(name) and kind not in kinds(name):
            assert response.status_code in {403, 405}, name
            if response.status_code == 403:
                line = search(action="refusal").lines[0]
                assert (line.actor, line.detail["page"]) == (login, name)
        else:
            assert response.status_code != 500, name


def login_kind(login: str) -> str:
    others = {
        "operator-812": "operator",
        "contractor-lead": "responsible",
        "workshop": "operator",
        "workshop-responsible": "responsible",
        "hotstay-karasuyama": "operator",
        "officer-hotstay": "officer",
        "caller": "operator",
    }
    return others.get(login, login.removesuffix("-813").removesuffix("-809"))


@pytest.mark.parametrize("login", ["it", "council"])
def test_it_and_the_council_never_pass_the_door(login: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever page they ask for, by whatever method, no flow's role is ever entered for them."""
    entered: list[str] = []
    usual = access.policy.enter
    monkeypatch.setattr(access.policy, "enter", lambda flow, **rest: (entered.append(flow), usual(flow, **rest))[1])
    client = signed_in(login)
    for name in sorted(set(PAGES) - OPEN_TO_ALL):
        client.get(address(name))
        client.post(address(name))
    assert not entered
    assert not [line for line in search(action="view").lines if line.actor == login]
