"""How long an account rests, when a session ends, and which address a request really has."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azukari.config.settings import networks
from azukari.core.accounts.places import client_address
from azukari.core.accounts.rules import IDLE, LONGEST_LOCK, TERM, end_of, in_term, lock_after
from azukari.core.accounts.types import End
from azukari.kernel.errors import BadInput

NOW = datetime(2019, 6, 3, 9, 0, tzinfo=UTC)


def test_the_first_four_failures_do_not_lock() -> None:
    assert [lock_after(failed) for failed in range(5)] == [None] * 5


def test_the_rest_doubles_up_to_an_hour() -> None:
    minutes = [lock_after(failed).total_seconds() / 60 for failed in range(5, 13)]  # type: ignore[union-attr]
    assert minutes == [1, 2, 4, 8, 16, 32, 60, 60]


@given(st.integers(5, 10**9))
def test_the_rest_never_shrinks_and_never_ends_in_an_overflow(failed: int) -> None:
    rest, longer = lock_after(failed), lock_after(failed + 1)
    assert rest is not None
    assert longer is not None
    assert rest <= longer <= LONGEST_LOCK


@pytest.mark.parametrize(
    ("on", "allowed"),
    [(date(2019, 3, 31), False), (date(2019, 4, 1), True), (date(2020, 3, 31), True), (date(2020, 4, 1), False)],
)
def test_a_term_is_half_open(on: date, allowed: bool) -> None:
    assert in_term(date(2019, 4, 1), date(2020, 4, 1), on) is allowed


@pytest.mark.parametrize(
    ("signed_in", "seen", "here", "why"),
    [
        (timedelta(0), timedelta(0), "ward", None),
        (TERM - timedelta(seconds=1), IDLE - timedelta(seconds=1), "ward", None),
        (IDLE, IDLE, "ward", End.IDLE),
        (TERM, timedelta(0), "ward", End.TERM),
        (timedelta(0), timedelta(0), "centre", End.PLACE),
        (timedelta(0), timedelta(0), None, End.PLACE),
        (TERM, IDLE, "centre", End.PLACE),
    ],
)
def test_when_a_session_ends(signed_in: timedelta, seen: timedelta, here: str | None, why: End | None) -> None:
    ended = end_of(signed_in=NOW - signed_in, seen=NOW - seen, now=NOW, place_then="ward", place_now=here)
    assert ended is why


def test_a_session_begun_outside_every_place_may_stay_there() -> None:
    assert end_of(signed_in=NOW, seen=NOW, now=NOW, place_then=None, place_now=None) is None


def test_nobody_is_believed_about_the_address_unless_named() -> None:
    assert client_address("203.0.113.9", "10.10.31.5", []) == "203.0.113.9"


def test_a_trusted_proxy_is_believed_about_its_neighbour_only() -> None:
    trusted = ["127.0.0.0/8", "10.99.0.0/16"]
    assert client_address("127.0.0.1", "10.10.31.5, 192.0.2.7", trusted) == "192.0.2.7"
    assert client_address("127.0.0.1", "192.0.2.7, 10.99.0.1", trusted) == "192.0.2.7"
    assert client_address("127.0.0.1", "10.10.31.5, nonsense", trusted) == "127.0.0.1"
    assert client_address("203.0.113.9", "192.0.2.7", trusted) == "203.0.113.9"


@given(st.text(max_size=60), st.ip_addresses(v=4))
def test_whatever_stands_in_the_header_the_address_is_one(header: str, remote: object) -> None:
    assert client_address(str(remote), header, []) == str(remote)


def test_a_proxy_that_is_no_network_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AZUKARI_TRUSTED_PROXIES", "10.0.0.0/8, 192.0.2.1")
    assert networks("AZUKARI_TRUSTED_PROXIES") == ["10.0.0.0/8", "192.0.2.1/32"]
    monkeypatch.setenv("AZUKARI_TRUSTED_PROXIES", "everybody")
    with pytest.raises(BadInput):
        networks("AZUKARI_TRUSTED_PROXIES")
