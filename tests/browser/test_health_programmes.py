"""The call centre works by keyboard alone, one household at a time."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import BrowserContext

from browser.looks import WIDTHS, faults_of


def test_a_call_is_recorded_with_the_keyboard(as_person: Callable[[str], BrowserContext]) -> None:
    page = as_person("caller").new_page()
    page.goto("/health/calls/")
    page.locator("main a.button").first.click()
    page.wait_for_url("**/calls/*/")
    page.keyboard.press("Enter")
    page.locator("fieldset").first.wait_for()
    first = page.locator(".health-phone").all_inner_texts()
    faults = [fault for width in WIDTHS for fault in faults_of(page, width)]
    for group in page.locator("fieldset").all():
        group.locator("input").first.focus()
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.get_by_text("記録しました").wait_for()
    assert page.locator(".health-phone").all_inner_texts() != first
    page.close()
    assert not faults
