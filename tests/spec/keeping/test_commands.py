"""区を始め、人を入れ替える

利用者、取扱場所、名簿の三つがそろい、諮問が答申を受けていて、はじめて取り扱えます。
"""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from azukari.core.accounts.api import place_at
from azukari.demo.names import CONTRACTOR
from azukari.kernel.errors import BadInput, NotFound
from support.desk import (
    PASSWORD,
    SECTION,
    add_account,
    add_place,
    last_line,
    listed,
    shown_code,
    typed,
    without_starting,
)
from support.signing import try_sign_in

pytestmark = pytest.mark.usefixtures("scratch")


@pytest.fixture(autouse=True)
def _here(monkeypatch: pytest.MonkeyPatch) -> None:
    without_starting(monkeypatch)


def test_an_account_made_by_command_signs_in_with_what_was_printed() -> None:
    """登録した利用者は、決めたパスワードと、一度だけ示された認証アプリの番号で入れる。"""
    made = add_account("new-officer", "--kind", "officer", "--name", "奥沢 葵", "--section", SECTION)
    code = shown_code(made, timezone.now())
    assert "█" in made.output
    assert try_sign_in(Client(), "new-officer", password=PASSWORD, code=code, place="ward").status_code == 302
    line = last_line("account.made")
    assert line.actor.startswith("cli:")
    assert line.detail == {"account": "new-officer", "kind": "officer"}


def test_a_weak_password_or_a_used_login_is_refused() -> None:
    """弱いパスワードと、一度でも使われた利用者番号は断る。終わった人の番号も、ほかの人には渡らない。"""
    about = ("--kind", "council", "--name", "奥沢 葵")
    assert isinstance(add_account("new-member", *about, password="short").exception, BadInput)
    typed("account", "end", "council")
    assert isinstance(add_account("council", *about).exception, BadInput)
    assert "new-member" not in {row["login"] for row in listed("account")}


def test_who_lost_the_telephone_gets_new_secrets_and_the_old_ones_are_worth_nothing() -> None:
    """認証アプリを失った人には、パスワードと番号の元を出し直す。前のものでは入れない。"""
    old = shown_code(add_account("new-member", "--kind", "council", "--name", "奥沢 葵"), timezone.now())
    reset = typed("account", "reset", "new-member", "--password-file", "-", answers="ame-no-furu-hi-2\n")
    new = shown_code(reset, timezone.now())
    assert try_sign_in(Client(), "new-member", password=PASSWORD, code=old).status_code == 403
    assert try_sign_in(Client(), "new-member", password="ame-no-furu-hi-2", code=new).status_code == 302


def test_who_leaves_is_off_every_roll_at_once() -> None:
    """終わりにした利用者は入れなくなり、名簿からも外れる。三つの変更は一つの操作として台帳に残る。"""
    ended = typed("account", "end", "officer")
    assert "r-juki、r-taxi" in ended.output
    assert "officer" not in {row["login"] for row in listed("roll")}
    assert last_line("account.ended").request == last_line("policy.withdraw").request


def test_a_place_counts_from_the_next_request() -> None:
    """登録した取扱場所は、そこの回線からの次の操作から効く。より狭い回線の場所が優先する。"""
    add_place("annex", "10.10.31.128/25")
    for address, code in (("10.10.31.130", "annex"), ("10.10.31.5", "ward-taxi")):
        place = place_at(address)
        assert place is not None
        assert place.code == code
    assert last_line("place.saved").detail == {"networks": ["10.10.31.128/25"]}


def test_words_that_no_consultation_uses_make_no_place() -> None:
    """諮問書にない言葉の場所は登録できない。近い言葉を示す。"""
    refused = add_place("annex", "10.10.31.128/25", stands_for="事務センター").exception
    assert isinstance(refused, BadInput)
    assert "「世田谷区事務センター」" in refused.why
    assert "annex" not in {row["code"] for row in listed("place")}


def test_the_roll_opens_a_flow_to_the_contractors_own_people_only() -> None:
    """委託先に渡す諮問の名簿に載るのは、委託先の人だけである。区の人は断り、理由を示す。"""
    add_account("new-operator", "--kind", "operator", "--name", "奥沢 葵", "--contractor", CONTRACTOR)
    assert "815-1 の名簿に載せました" in typed("roll", "add", "new-operator", "815-1", "--since", "2020-04-01").output
    assert "new-operator" in {row["login"] for row in listed("roll", "815-1")}
    refused = typed("roll", "add", "officer", "815-1", "--since", "2020-04-01").exception
    assert isinstance(refused, BadInput)
    assert "委託先" in refused.why
    line = last_line("policy.enrol")
    assert (line.flow, line.consultation, line.detail["account"]) == ("815-1", "815", "new-operator")


def test_a_period_on_the_roll_ends_and_what_is_not_there_cannot_end() -> None:
    """名簿の期間は終えられる。載っていない人を外すことはできない。"""
    today = timezone.localdate().isoformat()
    typed("roll", "end", "operator", "815-1", "--on", today)
    assert "operator" not in {row["login"] for row in listed("roll", "815-1")}
    assert last_line("policy.withdraw").detail == {"account": "operator", "from": today}
    assert isinstance(typed("roll", "end", "operator", "815-1", "--on", today).exception, NotFound)
