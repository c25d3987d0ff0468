"""Coming in: who may, who may not, that nobody can tell why not, and that the ledger has all of it."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from azukari.core.accounts import service
from azukari.core.accounts.api import DEMONSTRATION_PASSWORD, NewAccount, change_password, create, current_code
from azukari.core.accounts.models import Account, Session
from azukari.core.accounts.signin import WRONG
from azukari.core.audit.api import LedgerLine, search
from azukari.kernel.errors import BadInput, NotFound, Refused
from support.signing import AT, EVERYBODY, code, signed_in, try_sign_in

pytestmark = pytest.mark.django_db
PASSWORD = "long-enough-and-secret"
TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="[^"]*"')


def ledger(action: str) -> list[LedgerLine]:
    return list(search(action=action).lines)


def account(**changes: Any) -> Account:
    """A council member of this test's own, with other values in the database as asked."""
    create(NewAccount("made-here", "祖師谷 緑", "council", PASSWORD, date(2019, 4, 1)), by="test")
    Account.objects.filter(login="made-here").update(**changes)
    return Account.objects.get(login="made-here")


def attempt(client: Client, **changes: str) -> Any:
    given = {"password": PASSWORD, "code": code("made-here")} | changes
    return try_sign_in(client, "made-here", **given)


@pytest.mark.parametrize("login", EVERYBODY)
def test_everybody_of_the_demonstration_comes_in_and_the_ledger_says_from_where(login: str) -> None:
    signed_in(login)
    line = ledger("signin.ok")[0]
    assert (line.actor, line.place) == (login, None if AT[login] == "-" else AT[login])


WRONG_WAYS: dict[str, tuple[dict[str, Any], dict[str, str]]] = {
    "password": ({}, {"password": "another-long-password"}),
    "code": ({}, {"code": "000000"}),
    "no code at all": ({}, {"code": "-"}),
    "login": ({}, {"login": "nobody-here"}),
    "resting": ({"failed": 5, "locked_until": "2999-01-01T00:00:00Z"}, {}),
    "ended": ({"until": date(2019, 5, 1)}, {}),
    "not begun": ({"since": date(2999, 1, 1)}, {}),
}


@pytest.mark.parametrize(("state", "typed"), WRONG_WAYS.values(), ids=WRONG_WAYS)
def test_whatever_is_wrong_the_answer_is_the_same(state: dict[str, Any], typed: dict[str, str]) -> None:
    account(**state)
    given = {"login": "made-here", "password": PASSWORD, "code": code("made-here"), "place": "-", "next": ""} | typed
    client = Client()
    response = client.post(reverse("accounts:sign_in"), given)
    assert response.status_code == 403
    assert WRONG in response.content.decode()
    assert client.get(reverse("accounts:sign_in")).status_code == 200
    assert ledger("signin.refused")[0].detail["reason"] in {"secret", "locked"}
    assert not ledger("signin.ok")


def test_the_answer_does_not_say_whether_the_login_exists(settings: LazySettings) -> None:
    account()
    settings.DEMONSTRATION = False  # without the list of people and their codes
    pages = set()
    for login in ("made-here", "nobody-xy"):
        page = try_sign_in(Client(), login, password="another-long-password", code="000000").content
        pages.add(TOKEN.sub(b"", page).replace(login.encode(), b"LOGIN"))
    assert len(pages) == 1


def test_an_unknown_login_costs_the_same_hashing_unsealing_and_writing(
    monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    account()
    done: list[str] = []
    for module, name in ((service, "check_password"), (service.totp, "unseal"), (service.totp, "step_used")):
        usual = getattr(module, name)
        monkeypatch.setattr(module, name, lambda *a, _usual=usual, _name=name: (done.append(_name), _usual(*a))[1])
    work = []
    for login in ("made-here", "nobody-here"):
        done.clear()
        with django_assert_num_queries(4):  # savepoint, the row, its new count, savepoint
            checked = service.check(login, "another-long-password", "000000", timezone.now())
        assert checked.fault is service.Fault.SECRET
        work.append(tuple(done))
    assert work[0] == work[1]
    assert sorted(work[0]) == ["check_password", "step_used", "unseal"]


def test_a_wrong_password_hides_whether_the_code_was_right_and_does_not_spend_it() -> None:
    account()
    digits = code("made-here")
    attempt(Client(), password="another-long-password", code=digits)
    assert attempt(Client(), code=digits).status_code == 302


def test_a_code_works_once() -> None:
    account()
    digits = code("made-here")
    assert attempt(Client(), code=digits).status_code == 302
    assert attempt(Client(), code=digits).status_code == 403


def test_an_account_rests_after_five_failures_even_for_the_right_secrets() -> None:
    account()
    client = Client()
    for _ in range(5):
        attempt(client, password="another-long-password")
    assert attempt(client).status_code == 403
    assert len(ledger("signin.locked")) == 1
    assert [line.detail["reason"] for line in ledger("signin.refused")] == ["locked"] + ["secret"] * 5


def test_it_rests_longer_each_time_and_a_success_clears_the_count(monkeypatch: pytest.MonkeyPatch) -> None:
    row = account()
    now = timezone.now()
    rests = []
    for _ in range(5):
        service.check("made-here", "wrong", "000000", now)
    for _ in range(3):
        row.refresh_from_db()
        assert row.locked_until is not None
        rests.append(round((row.locked_until - now).total_seconds()))
        now = row.locked_until
        service.check("made-here", "wrong", "000000", now)
    assert rests == [60, 120, 240]
    row.refresh_from_db()
    assert row.locked_until is not None
    later = row.locked_until
    assert service.check("made-here", PASSWORD, current_code("made-here", later), later).fault is None
    row.refresh_from_db()
    assert (row.failed, row.locked_until) == (0, None)


def test_guessing_on_does_not_keep_the_owner_out_for_longer() -> None:
    row = account(failed=5, locked_until=timezone.now() + timedelta(seconds=60))
    for _ in range(3):
        attempt(Client(), password="another-long-password")
    until = row.locked_until
    row.refresh_from_db()
    assert (row.failed, row.locked_until) == (5, until)


def test_the_session_key_is_a_new_one_and_nothing_of_the_strangers_session_stays() -> None:
    client = Client()
    session = client.session
    session["planted"] = "by somebody else"
    session.save()
    planted = session.session_key
    client.cookies["sessionid"] = planted
    try_sign_in(client, "council")
    assert client.session.session_key != planted
    assert "planted" not in client.session
    assert not Session.objects.filter(session_key=planted).exists()


def test_signing_out_leaves_nothing_to_come_back_with() -> None:
    client = signed_in("council")
    key = client.cookies["sessionid"].value
    assert client.get(reverse("accounts:sign_out")).status_code == 405
    client.post(reverse("accounts:sign_out"))
    assert ledger("signin.out")[0].actor == "council"
    stolen = Client()
    stolen.cookies["sessionid"] = key
    assert stolen.get(reverse("web:home")).status_code == 302


@pytest.mark.parametrize("name", ["sign_in", "sign_out", "choose_place"])
def test_no_form_is_taken_from_another_site(name: str) -> None:
    assert Client(enforce_csrf_checks=True).post(reverse(f"accounts:{name}"), {"login": "council"}).status_code == 403


@pytest.mark.parametrize("wanted", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "\\\\evil"])
def test_nobody_is_sent_to_another_site_after_signing_in(wanted: str) -> None:
    response = try_sign_in(Client(), "council", next=wanted)
    assert response["Location"] == reverse("web:home")


def test_the_way_back_is_kept() -> None:
    client = Client()
    page = client.get(reverse("web:home"), {"a": "b"})
    assert page["Location"] == f"{reverse('accounts:sign_in')}?next=%2F%3Fa%3Db"
    assert try_sign_in(client, "council", next="/?a=b")["Location"] == "/?a=b"


def test_htmx_is_told_to_leave_the_page_instead_of_pasting_the_form_into_it() -> None:
    response = Client().get(reverse("web:home"), headers={"HX-Request": "true"})
    assert (response.status_code, response.content) == (200, b"")
    assert response["HX-Redirect"].startswith(reverse("accounts:sign_in"))


def test_the_code_may_be_typed_full_width_and_with_a_blank() -> None:
    digits = code("council").translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    signed_in("council", code=f"{digits[:3]} {digits[3:]}")


def test_outside_a_demonstration_the_printed_password_and_codes_are_worth_nothing(settings: LazySettings) -> None:
    digits = code("council")
    settings.DEMONSTRATION = False
    assert DEMONSTRATION_PASSWORD not in Client().get(reverse("accounts:sign_in")).content.decode()
    assert try_sign_in(Client(), "council", code=digits).status_code == 403
    with pytest.raises(Refused):
        current_code("council", timezone.now())
    with pytest.raises(BadInput):
        change_password("council", DEMONSTRATION_PASSWORD, by="test")


def test_a_code_of_nobody_is_not_found() -> None:
    with pytest.raises(NotFound):
        current_code("nobody-here", timezone.now())


@pytest.mark.parametrize("weak", ["short", "made-here-2019", ""])
def test_a_weak_password_makes_no_account(weak: str) -> None:
    with pytest.raises(BadInput):
        create(NewAccount("made-here", "祖師谷 緑", "council", weak, date(2019, 4, 1)), by="test")
    assert not Account.objects.filter(login="made-here").exists()
