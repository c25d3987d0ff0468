"""./azukari code LOGIN: in a made-up ward only."""

from __future__ import annotations

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from azukari.cli.code import code
from azukari.kernel.errors import NotFound, Refused, Unavailable
from support.signing import signed_in, try_sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _one_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Codes change every 30 seconds; here the clock stands still, so that none changes in the middle of a test."""
    moment = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: moment)


def test_the_printed_code_lets_one_in(capsys: pytest.CaptureFixture[str]) -> None:
    code("council")
    printed = capsys.readouterr().out.strip()
    assert try_sign_in(Client(), "council", code=printed).status_code == 302


def test_right_after_signing_in_it_prints_the_next_code_because_one_works_once(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for _ in range(2):
        code("council")
        assert try_sign_in(Client(), "council", code=capsys.readouterr().out.strip()).status_code == 302


def test_when_the_next_code_is_used_too_one_is_told_to_wait() -> None:
    for _ in range(2):
        signed_in("council")
    with pytest.raises(Unavailable):
        code("council")
    assert "お待ちください" in Client().get(reverse("accounts:sign_in")).content.decode()


def test_an_unknown_login_and_a_real_ward_are_told_in_words(settings: LazySettings) -> None:
    with pytest.raises(NotFound):
        code("nobody-here")
    settings.DEMONSTRATION = False
    with pytest.raises(Refused):
        code("council")
