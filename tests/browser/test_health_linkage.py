"""The screens of 名寄せ in real Chromium: accessible at both widths, by keyboard alone, without JavaScript."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page
from pytest_django import DjangoDbBlocker

from azukari.config.cluster import Cluster
from browser.looks import WIDTHS, faults_of
from support.database import WORKER, aliases_on, copied
from support.linkage import waiting_pair
from support.people import serving

pytestmark = pytest.mark.browser


@pytest.fixture
def asked(
    chromium: Browser, cluster: Cluster, template: str, django_db_blocker: DjangoDbBlocker
) -> Iterator[tuple[Page, int]]:
    """The officer's page, and the pair that waits."""
    with copied(cluster, template, f"{WORKER}_linkage") as name:
        with django_db_blocker.unblock(), aliases_on(name):
            _, key = waiting_pair()
        with serving(cluster, name) as address:
            page = chromium.new_page(base_url=address, locale="ja-JP")
            page.goto("/sign-in/?who=officer-809")
            page.get_by_label("どこから使いますか").select_option("ward-health")
            page.get_by_role("button", name="サインイン", exact=True).click()
            page.wait_for_url("**/")
            yield page, key
            page.close()


def test_an_officer_decides_by_keyboard_and_takes_it_back(asked: tuple[Page, int]) -> None:
    """Both pages before and after a decision, with nothing but the keyboard and no script of ours."""
    page, key = asked
    found = []
    for address in ("/health/persons/", f"/health/persons/{key}/"):
        page.goto(address)
        found += [fault for width in WIDTHS for fault in faults_of(page, width)]
        _kept(page, address)
    page.get_by_role("button", name="同じ人としてつなぐ").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/health/persons/")
    assert page.get_by_text("同じ人としてつなぎました").is_visible()
    found += [fault for width in WIDTHS for fault in faults_of(page, width)]
    page.goto(f"/health/persons/{key}/")
    found += [fault for width in WIDTHS for fault in faults_of(page, width)]
    page.get_by_role("button", name="決定を取り消す").press("Enter")
    page.wait_for_load_state()
    assert page.get_by_text("まだ決まっていません").is_visible()
    assert not found, "\n".join(found)


def _kept(page: Page, address: str) -> None:
    """A picture of each width, where the environment asks for them (as a person would look at them)."""
    if folder := os.environ.get("AZUKARI_PICTURES"):
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            page.screenshot(path=f"{folder}/linkage{address.replace('/', '-')}{width}.png", full_page=True)
