"""Staying: a session ends at the place's edge, after half an hour of nothing, after ten hours, and with the account."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from azukari.core.accounts.api import change_password, choose_place, end_account, place_at
from azukari.core.accounts.models import Session
from azukari.core.accounts.places import BY_HAND, place_of
from azukari.core.audit.api import search
from azukari.core.policy.api import matrix, places
from azukari.kernel.errors import BadInput
from support.signing import code, signed_in, try_sign_in

PASSWORD = "long-enough-and-secret"
pytestmark = pytest.mark.django_db


def is_in(client: Client, **environ: str) -> bool:
    return client.get(reverse("web:home"), **environ).status_code == 200  # type: ignore[arg-type]


def why_ended() -> str:
    return str(search(action="signin.ended").lines[0].detail["reason"])


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], None]:
    """Let that much time pass."""
    usual, passed = timezone.now, [timedelta(0)]

    def pass_time(more: timedelta) -> None:
        passed[0] += more

    monkeypatch.setattr(timezone, "now", lambda: usual() + passed[0])
    return pass_time


def test_half_an_hour_of_nothing_ends_it(later: Callable[[timedelta], None]) -> None:
    client = signed_in("council")
    later(timedelta(minutes=29))
    assert is_in(client)
    later(timedelta(minutes=29))
    assert is_in(client)
    later(timedelta(minutes=30))
    assert not is_in(client)
    assert why_ended() == "idle"
    assert "30分" in client.get(reverse("accounts:sign_in")).content.decode()
    assert "30分" not in client.get(reverse("accounts:sign_in")).content.decode()


def test_ten_hours_end_it_however_busy(later: Callable[[timedelta], None]) -> None:
    client = signed_in("council")
    for _ in range(29):
        later(timedelta(minutes=20))
        assert is_in(client)
    later(timedelta(minutes=20))
    assert not is_in(client)
    assert why_ended() == "term"


def test_a_new_password_ends_the_sessions_begun_with_the_old_one() -> None:
    client = signed_in("council")
    change_password("council", "a-new-and-long-one", by="test")
    assert not is_in(client)
    assert why_ended() == "account"


def test_the_end_of_an_account_ends_its_sessions_at_once() -> None:
    client, other = signed_in("council"), signed_in("it")
    end_account("council", timezone.localdate(), by="test")
    assert not Session.objects.filter(session_key=client.cookies["sessionid"].value).exists()
    assert not is_in(client)
    assert is_in(other)
    assert try_sign_in(Client(), "council").status_code == 403


def test_a_made_up_session_is_nobody() -> None:
    client = Client()
    client.cookies["sessionid"] = "a" * 32
    assert not is_in(client)


def test_another_place_ends_it_and_says_so_on_the_page_and_in_the_ledger(settings: LazySettings) -> None:
    change_password("operator", PASSWORD, by="test")
    digits = code("operator")
    settings.DEMONSTRATION, settings.TRUSTED_PROXIES = False, []
    client = Client(REMOTE_ADDR="192.0.2.10")
    assert try_sign_in(client, "operator", password=PASSWORD, code=digits).status_code == 302
    assert is_in(client, REMOTE_ADDR="192.0.2.11")
    assert not is_in(client, REMOTE_ADDR="198.18.0.50")
    line = search(action="signin.ended").lines[0]
    assert (line.actor, line.place, line.detail["place_then"]) == ("operator", "own-device", "hidamari")
    page = client.get(reverse("accounts:sign_in"), REMOTE_ADDR="198.18.0.50").content.decode()
    assert "場所が変わった" in page
    assert "ひだまり" in page
    assert not is_in(client, REMOTE_ADDR="192.0.2.10")


def test_a_form_sent_from_another_place_changes_nothing() -> None:
    client = signed_in("operator")
    client.post(reverse("accounts:choose_place"), {"place": "ward"})
    response = client.post(reverse("accounts:sign_out"))
    assert response["Location"] == reverse("accounts:sign_in")
    assert why_ended() == "place"


def test_the_forwarded_address_of_a_stranger_does_not_move_anybody(settings: LazySettings) -> None:
    settings.DEMONSTRATION = False

    def place(remote: str, forwarded: str) -> str | None:
        request = RequestFactory().get("/", REMOTE_ADDR=remote, HTTP_X_FORWARDED_FOR=forwarded)
        found = place_of(request)
        return found.code if found else None

    settings.TRUSTED_PROXIES = []
    assert place("198.18.0.9", "192.0.2.10") == "own-device"
    settings.TRUSTED_PROXIES = ["198.18.0.9"]
    assert place("198.18.0.9", "192.0.2.10") == "hidamari"
    assert place("198.18.0.9", "10.10.31.1, 192.0.2.10") == "hidamari"


def test_a_place_chosen_by_hand_counts_in_a_demonstration_only(settings: LazySettings) -> None:
    request = RequestFactory().get("/", REMOTE_ADDR="198.18.0.9")
    request.session = {BY_HAND: "hidamari"}  # type: ignore[assignment]
    assert (found := place_of(request)) is not None
    assert found.code == "hidamari"
    settings.DEMONSTRATION = False
    assert (found := place_of(request)) is not None
    assert found.code == "own-device"
    with pytest.raises(BadInput):
        choose_place(request, "hidamari")
    assert Client().post(reverse("accounts:choose_place"), {"place": "hidamari"}).status_code == 404
    assert "見本" not in Client().get(reverse("accounts:sign_in")).content.decode()


def test_only_known_places_can_be_chosen() -> None:
    client = Client()
    assert client.post(reverse("accounts:choose_place"), {"place": "the-moon"}).status_code == 422
    assert BY_HAND not in client.session


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("10.10.31.7", "ward-taxi"),
        ("10.10.21.7", "ward-nursery"),
        ("10.10.40.7", "ward"),
        ("10.11.0.1", "own-device"),
        ("192.0.2.127", "hidamari"),
        ("192.0.2.128", "own-device"),
        ("2001:db8::1", "own-device"),
        ("::ffff:192.0.2.1", "hidamari"),
    ],
)
def test_the_narrowest_network_says_the_place(address: str, place: str | None) -> None:
    found = place_at(address)
    assert (found.code if found else None) == place


def test_every_place_a_consultation_names_is_one_of_the_demonstrations() -> None:
    named = {words for terms in matrix().terms.values() for words in terms.places}
    assert named <= {place.stands_for for place in places().values()}


def test_sessions_past_their_end_are_swept_when_somebody_comes_in(later: Callable[[timedelta], None]) -> None:
    old = signed_in("council").cookies["sessionid"].value
    signed_in("it")
    assert Session.objects.filter(session_key=old).exists()
    later(timedelta(hours=11))
    signed_in("it")
    assert not Session.objects.filter(session_key=old).exists()
