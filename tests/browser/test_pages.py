"""Every page a person of each kind can reach by links, at 320 px and 1280 px: axe-core, and what axe does not see."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from django.urls import resolve
from playwright.sync_api import BrowserContext, Page

from browser.looks import WIDTHS, faults_of
from support.signing import EVERYBODY

# A page whose content depends on what is asked; reached by a form, so it is asked here.
ASKED = {
    "officer": ("/why/?person=operator&flow=815-1&place=hidamari&medium=画面&on=2019-07-01",),
    "privacy": ("/consultations/compare/?a=809&b=812", "/ledger/?action=refusal&since=2001-01-01&until=2001-01-02"),
    "council": tuple(f"/consultations/{number}/" for number in ("809", "812", "813", "814", "816", "mobile-work")),
}
ONE_PAPER = "/consultations/815/"
REFUSED = "/ledger/"
# Pages that are the same for everybody are looked at once, as the officer sees them.
SAME = {"web:consultations", "web:compare", "web:why", "accounts:choose_place"}
# The main part of a page without what is new each time: a page that says the same to several people is judged once.
MAIN = """() => document.querySelector("main").outerHTML.replace(/value="[0-9A-Za-z]{64}"/g, "")"""
# A link may lead to a picture by itself, which is no page.
PICTURES = {"taxi:image", "taxi:page_image", "donations:letter_picture"}


@pytest.fixture(scope="module")
def judged() -> set[str]:
    """The main parts that were looked at."""
    return set()


@pytest.mark.parametrize("login", EVERYBODY)
def test_every_page_of_every_kind_is_accessible(
    as_person: Callable[[str], BrowserContext], judged: set[str], login: str
) -> None:
    page = as_person(login).new_page()
    first = login == EVERYBODY[0]
    waiting = ["/", *([ONE_PAPER] if first else []), *ASKED.get(login, ())]
    known, faults = {"web:home", "web:consultation"} | (set() if first else SAME), {}
    while waiting:
        address = waiting.pop(0)
        answer = page.goto(address)
        assert answer is not None
        assert answer.ok, f"{login} {address} {answer.status}"
        waiting += _unseen(page, known)
        if (main := page.evaluate(MAIN)) in judged:
            continue
        judged.add(main)
        for width in WIDTHS:
            if found := faults_of(page, width):
                faults[f"{login} {address} {width}px"] = found
    page.close()
    assert not faults, "\n".join(f"{where}\n    " + "\n    ".join(found) for where, found in faults.items())


def _unseen(page: Page, known: set[str]) -> list[str]:
    """Addresses linked from here, one of each page not in `known`, which grows."""
    found = []
    for address in page.eval_on_selector_all("a[href]", "links => links.map(link => link.href)"):
        name = _name(address) if address.startswith(_origin(page)) else ""
        if name and name not in known:
            known.add(name)
            found.append(urlsplit(address).path)
    return found


def _origin(page: Page) -> str:
    parts = urlsplit(page.url)
    return f"{parts.scheme}://{parts.netloc}/"


def _name(address: str) -> str:
    path = urlsplit(address).path
    name = "" if path.startswith("/static/") else resolve(path).view_name
    return "" if name in PICTURES else name


@pytest.mark.parametrize("address", ["/consultations/999/", "/no/such/page/", REFUSED])
def test_error_pages_stand_in_the_same_frame(as_person: Callable[[str], BrowserContext], address: str) -> None:
    page = as_person("officer").new_page()
    answer = page.goto(address)
    assert answer is not None
    assert answer.status == (403 if address == REFUSED else 404)
    assert page.get_by_text("次にすること").is_visible()
    found = [fault for width in WIDTHS for fault in faults_of(page, width)]
    page.close()
    assert not found, "\n".join(found)


def test_the_sign_in_page_is_accessible(chromium: object, site: str) -> None:
    page = chromium.new_page(base_url=site)  # type: ignore[attr-defined]
    page.goto("/sign-in/")
    found = [fault for width in WIDTHS for fault in faults_of(page, width)]
    page.close()
    assert not found, "\n".join(found)


def test_pages_behind_a_form_are_accessible(as_person: Callable[[str], BrowserContext]) -> None:
    """A search that finds people, one that finds nobody, a person's sheet, and a certificate that is not there."""
    page = as_person("officer").new_page()
    page.goto("/people/")
    found = _looked_up(page, "氏名のフリガナ", "存在しないなまえ")
    found += _looked_up(page, "氏名のフリガナ", "サトウ")
    page.locator("main table a").first.click()
    page.wait_for_load_state()
    assert page.get_by_role("heading", level=1).inner_text() != "宛名照会"
    found += [fault for width in WIDTHS for fault in faults_of(page, width)]
    page.goto("/taxi/register/")
    found += _looked_up(page, "認定番号", "00000000", "探す")
    page.close()
    assert not found, "\n".join(found)


def _looked_up(page: Page, label: str, words: str, button: str = "調べる") -> list[str]:
    page.get_by_role("textbox", name=label).fill(words)
    page.get_by_role("button", name=button).click()
    page.wait_for_load_state()
    return [fault for width in WIDTHS for fault in faults_of(page, width)]
