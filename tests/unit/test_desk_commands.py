"""`./azukari account`, `place` and `roll`: what they refuse, what they print, and that a refusal changes nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.db import connections

from azukari.cli import manage
from azukari.cli.desk import day, term
from azukari.core.audit import rules
from azukari.core.audit.api import search
from azukari.demo.names import CONTRACTOR
from azukari.kernel.errors import BadInput, NotFound
from support.desk import PASSWORD, SECTION, add_account, add_place, listed, typed, without_starting

pytestmark = pytest.mark.usefixtures("scratch")
NAMED = ("--name", "奥沢 葵")


@pytest.fixture(autouse=True)
def _here(monkeypatch: pytest.MonkeyPatch) -> None:
    without_starting(monkeypatch)


def test_the_password_is_asked_for_twice_and_never_shown() -> None:
    made = typed("account", "add", "new", "--kind", "it", *NAMED, answers=f"{PASSWORD}\n{PASSWORD}\n")
    assert made.exit_code == 0
    assert PASSWORD not in made.output
    refused = typed("account", "add", "newer", "--kind", "it", *NAMED, answers=f"{PASSWORD}\nanother-one-2019\n")
    assert isinstance(refused.exception, BadInput)


def test_the_password_may_stand_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "word"
    file.write_text(f"{PASSWORD}\n")
    assert typed("account", "add", "new", "--kind", "it", *NAMED, "--password-file", str(file)).exit_code == 0
    missing = typed("account", "reset", "new", "--password-file", str(tmp_path / "none"))
    assert isinstance(missing.exception, NotFound)


@pytest.mark.parametrize(
    ("login", "options"),
    [
        ("New", ("--kind", "it", *NAMED)),
        ("a@b", ("--kind", "it", *NAMED)),
        ("p090123456789", ("--kind", "it", *NAMED)),
        ("new", ("--kind", "it")),
        ("new", ("--kind", "it", "--name", "長" * 81)),
        ("new", ("--kind", "officer", *NAMED)),
        ("new", ("--kind", "operator", *NAMED, "--section", SECTION)),
        ("new", ("--kind", "responsible", *NAMED)),
        ("new", ("--kind", "responsible", *NAMED, "--section", SECTION, "--contractor", CONTRACTOR)),
        ("new", ("--kind", "privacy", *NAMED, "--contractor", CONTRACTOR)),
        ("new", ("--kind", "resident")),
    ],
)
def test_an_account_that_could_not_be_is_refused_before_a_password_is_asked_for(
    login: str, options: tuple[str, ...]
) -> None:
    before = listed("account")
    refused = typed("account", "add", login, *options)
    assert isinstance(refused.exception, BadInput)
    assert "パスワード" not in refused.output
    assert listed("account") == before


def test_a_resident_has_one_account_and_no_name_there() -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT atena FROM people_person ORDER BY id DESC LIMIT 1")
        (atena,) = cursor.fetchone()
    about = ("--kind", "resident", "--atena", atena)
    assert isinstance(add_account("new", *about, *NAMED).exception, BadInput)
    assert add_account("new", *about).exit_code == 0
    assert isinstance(add_account("newer", *about).exception, BadInput)
    assert isinstance(add_account("newer", "--kind", "resident", "--atena", "9999999999").exception, NotFound)
    assert typed("roll", "add", "new", "r-self", "--since", "2020-04-01").exit_code == 0
    assert isinstance(typed("roll", "add", "new", "r-juki", "--since", "2020-04-01").exception, BadInput)


@pytest.mark.parametrize(
    "arguments",
    [("account", "end", "nobody"), ("account", "reset", "nobody"), ("place", "end", "nowhere")],
)
def test_nobody_and_nowhere_are_not_found(arguments: tuple[str, ...]) -> None:
    assert isinstance(typed(*arguments).exception, NotFound)


def test_lists_in_words() -> None:
    assert "砧 一郎" in typed("account", "list").output
    assert "192.0.2.0/25" in typed("place", "list").output
    assert "平成31年4月1日から" in typed("roll", "list", "815-1").output
    assert "名簿に載っている人はいません" in typed("roll", "list", "816-2").output


@pytest.mark.parametrize(
    ("code", "networks", "stands_for"),
    [
        ("Annex", ["10.9.0.0/24"], "区の執務室"),
        ("annex", ["10.9.0.1/24"], "区の執務室"),
        ("annex", ["centre"], "区の執務室"),
        ("annex", ["10.9.0.0/24", "10.10.31.0/24"], "区の執務室"),
        ("annex", ["10.9.0.0/24"], "委託先事業者の施設"),
        ("annex", ["10.9.0.0/24"], "どこか"),
        ("ward-taxi", ["10.9.0.0/24"], "区の執務室"),
    ],
)
def test_a_place_that_could_not_be_is_refused_and_nothing_changes(
    code: str, networks: list[str], stands_for: str
) -> None:
    before = listed("place")
    assert isinstance(add_place(code, *networks, stands_for=stands_for).exception, BadInput)
    assert listed("place") == before


def test_a_place_is_changed_only_when_asked_and_can_lose_its_networks() -> None:
    add_place("ward-taxi", "10.9.0.0/24", "2001:db8::/32", options=("--replace", "--no-ward-terminal"))
    row = next(row for row in listed("place") if row["code"] == "ward-taxi")
    assert row["networks"] == ["10.9.0.0/24", "2001:db8::/32"]
    assert row["ward_terminal"] is False
    assert isinstance(add_place("annex", "10.8.0.0/24", options=("--replace",)).exception, NotFound)
    typed("place", "end", "ward-taxi")
    assert next(row for row in listed("place") if row["code"] == "ward-taxi")["networks"] == []
    assert search(action="place.ended", using="owner").lines[0].place == "ward-taxi"


@pytest.mark.parametrize(
    ("login", "flow", "error"),
    [
        ("nobody", "815-1", NotFound),
        ("operator", "815-9", NotFound),
        ("operator", "r-taxi", BadInput),
        ("operator", "816-1-1", BadInput),
        ("operator", "815-1", BadInput),
        ("officer", "r-self", BadInput),
        ("it", "r-juki", BadInput),
        ("council", "r-juki", BadInput),
    ],
)
def test_who_cannot_be_on_a_roll(login: str, flow: str, error: type[Exception]) -> None:
    before = listed("roll")
    assert isinstance(typed("roll", "add", login, flow, "--since", "2020-04-01").exception, error)
    assert listed("roll") == before


def test_what_still_stands_in_the_way_is_told() -> None:
    add_account("new", "--kind", "operator", *NAMED, "--contractor", "どこかの会社")
    told = typed("roll", "add", "new", "809-2-1", "--since", "2030-04-01", "--until", "2031-04-01").output
    assert "令和12年4月1日から令和13年3月31日まで" in told
    assert "株式会社NTTデータ" in told
    told = typed("roll", "add", "new", "812-2", "--since", "2020-04-01").output
    assert "まだ取り扱えません" in told
    assert "委託先事業者の施設" in told
    add_account("newer", "--kind", "officer", *NAMED, "--section", f"{SECTION}管理係")
    assert "見本です" in typed("roll", "add", "newer", "r-taxi", "--since", "2020-04-01").output


def test_the_roll_lists_who_is_yet_to_come() -> None:
    add_account("new", "--kind", "operator", *NAMED, "--contractor", CONTRACTOR)
    typed("roll", "add", "new", "815-1", "--since", "2099-04-01")
    assert next(row for row in listed("roll", "815-1") if row["login"] == "new")["since"] == "2099-04-01"


def test_json_is_json_even_when_there_is_nothing() -> None:
    assert json.loads(typed("roll", "list", "816-2", "--json").output) == []


def test_a_day_is_written_in_one_way() -> None:
    with pytest.raises(BadInput):
        day("4月1日")
    assert term(day("2026-04-01"), day("2027-04-01")) == "令和8年4月1日から令和9年3月31日まで"


def test_a_machine_without_a_name_for_its_user_still_says_who(monkeypatch: pytest.MonkeyPatch) -> None:
    def nameless() -> str:
        raise KeyError("uid")

    monkeypatch.setattr(manage, "getuser", nameless)
    assert manage.command_line().startswith("cli:")


@pytest.mark.parametrize("network", ["203.113.113.0/24", "2001:db8:1234:5678::/64"])
def test_a_network_may_stand_in_the_ledger(network: str) -> None:
    rules.check_detail({"networks": [network]})


@pytest.mark.parametrize("number", ["03-5432-1111/1", "09012345678/1", "0312.345.678.901/1", "03:5432:1111/1"])
def test_a_number_does_not_pass_for_a_network(number: str) -> None:
    with pytest.raises(rules.NotForTheLedgerError):
        rules.check_detail({"networks": [number]})
