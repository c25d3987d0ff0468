"""The frame's pages through Django's client: who sees what, and what nobody can tell apart."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from azukari.core.audit import api as audit
from support.signing import EVERYBODY

As = Callable[[str], Client]


@pytest.mark.parametrize("login", EVERYBODY)
def test_everybody_has_a_home_with_something_to_do(client_as: As, login: str) -> None:
    page = client_as(login).get("/")
    assert page.status_code == 200
    assert 'class="card"' in page.content.decode()


def test_every_consultation_opens_for_a_resident_without_names_of_workers(client_as: As) -> None:
    client = client_as("resident")
    for number in ("809", "812", "813", "814", "815", "816", "mobile-work"):
        page = client.get(reverse("web:consultation", args=[number]))
        assert page.status_code == 200, number
        assert "砧 一郎" not in page.content.decode()
    assert "砧 一郎" in client_as("council").get(reverse("web:consultation", args=["815"])).content.decode()


def test_a_contractor_sees_the_names_of_its_own_people_only(client_as: As) -> None:
    text = client_as("operator-812").get(reverse("web:consultation", args=["815"])).content.decode()
    assert "砧 一郎" not in text


def test_absence_has_the_same_bytes_whatever_was_asked(client_as: As) -> None:
    client = client_as("officer")
    pages = {_without_token(client.get(path).content) for path in ("/consultations/999/", "/people/x/", "/nothing/")}
    assert len(pages) == 1


def _without_token(page: bytes) -> bytes:
    return re.sub(rb'name="csrfmiddlewaretoken" value="[^"]+"', b"", page)


def test_a_page_of_others_is_refused_with_reason_and_next_step(client_as: As) -> None:
    page = client_as("operator").get("/ledger/")
    assert page.status_code == 403
    text = page.content.decode()
    assert "この画面を使えるのは" in text
    assert "次にすること" in text


def test_why_lists_the_four_items_as_allowed_and_the_address_as_refused(client_as: As) -> None:
    asked = {"person": "operator", "flow": "815-1", "place": "hidamari", "medium": "画面", "on": "2019-07-01"}
    page = client_as("privacy").get("/why/", asked)
    assert [line.item for line in page.context["allowed"]] == [
        "氏名", "タクシー利用日", "タクシー代金", "福祉タクシー券等認定番号",
    ]  # fmt: skip
    assert "住所" in {line.item for line in page.context["refused"]}


def test_from_the_wrong_place_nothing_is_allowed(client_as: As) -> None:
    asked = {"person": "operator", "flow": "815-1", "place": "-", "medium": "画面", "on": "2019-07-01"}
    assert client_as("privacy").get("/why/", asked).context["allowed"] == []


def test_an_operator_asks_only_about_themselves(client_as: As) -> None:
    asked = {"person": "officer", "flow": "r-juki", "place": "ward", "medium": "画面", "on": "2019-07-01"}
    page = client_as("operator").get("/why/", asked)
    assert page.context["answered"] is False


def test_a_contractors_responsible_reads_the_ledger_of_its_own_people(client_as: As) -> None:
    client_as("officer").get("/ledger/")
    client = client_as("contractor-lead")
    for asked in ({}, {"actor": "officer"}, {"actor": ""}, {"actor": "officer", "since": "x"}):
        lines = client.get("/ledger/", asked).context["lines"]
        assert lines
        assert all("烏山 健" in line.sentence for line in lines)
    assert client.get("/ledger/", {"actor": "operator"}).context["form"].is_valid()


def test_a_persons_sheet_is_found_recorded_and_bound_to_who_found_it(client_as: As) -> None:
    officer = client_as("officer")
    own = client_as("resident").get("/me/").context["sheet"]
    atena = next(fact.value for fact in own.facts if fact.term == "宛名番号")
    (hit,) = officer.post("/people/", {"atena": atena}).context["found"]
    sheet = officer.get(hit.link)
    assert sheet.context["sheet"].name == own.name
    assert client_as("responsible").get(hit.link).status_code == 404
    newest = client_as("privacy").get("/ledger/", {"action": "view", "actor": "officer"}).context["lines"][0]
    assert "北沢 みどり" in newest.sentence


def test_who_reads_a_sheet_is_recorded_for_each_of_the_household(client_as: As) -> None:
    """The sheet names the others of the household: their records say so too, with what was shown of them."""
    officer = client_as("officer")
    hits = officer.post("/people/", {"kana": "サトウ"}).context["found"]
    sheets = (officer.get(hit.link).context["sheet"] for hit in hits)
    members = next(sheet.members for sheet in sheets if len(sheet.members) > 1)
    of_household, of_person = audit.search(actor="officer", action="view", limit=2).lines
    assert len(of_person.subjects) == 1
    assert len(of_household.subjects) == len(members) - 1
    assert set(of_household.items) == {"氏名", "生年月日", "続柄", "世帯"}


def test_nobody_lists_the_whole_ward(client_as: As) -> None:
    page = client_as("officer").post("/people/", {})
    assert page.context["found"] is None
    assert "どれか一つは入力してください" in page.content.decode()


def test_a_search_answer_names_no_key(client_as: As) -> None:
    page = client_as("officer").post("/people/", {"born": date(1980, 9, 29).isoformat()})
    assert "person_id" not in page.content.decode()


def test_two_consultations_are_compared_in_sentences(client_as: As) -> None:
    page = client_as("officer").get("/consultations/compare/", {"a": "809", "b": "812"})
    assert page.context["groups"]
    assert client_as("officer").get("/consultations/compare/", {"a": "1", "b": "812"}).context["asked"] is False


def test_a_resident_sees_where_the_items_went_but_not_the_workers_name(client_as: As) -> None:
    resident = client_as("resident")
    own = resident.get("/me/").context["sheet"]
    assert own.name
    text = resident.get("/me/disclosures/").content.decode()
    assert "砧 一郎" not in text


def test_one_entry_of_the_menu_is_the_current_one(client_as: As) -> None:
    page = client_as("resident").get("/me/disclosures/")
    assert [link.title for link in page.context["frame"].nav if link.current] == ["わたしの情報の渡し先"]


def test_a_question_half_asked_fills_the_form_and_answers_nothing(client_as: As) -> None:
    page = client_as("officer").get("/why/", {"person": "operator", "flow": "815-1"})
    assert page.context["answered"] is False
    assert page.context["form"]["person"].value() == "operator"
