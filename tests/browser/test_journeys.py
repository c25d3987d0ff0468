"""Whole ways through the system: with the keyboard alone, and without JavaScript."""

from __future__ import annotations

from playwright.sync_api import Browser, Page, expect

from browser.looks import sign_in

expect.set_options(timeout=15_000)


def _tab_to(page: Page, name: str, *, most: int = 80) -> None:
    """Press Tab until the focus stands on something of that name, and be sure one can see where it stands."""
    for _ in range(most):
        page.keyboard.press("Tab")
        told = page.evaluate(
            "() => { const node = document.activeElement; if (node === document.body) return ['', true]; const look = getComputedStyle(node);"
            " return [(node.getAttribute('aria-label') || node.innerText || node.labels?.[0]?.innerText || '').trim(),"
            " look.outlineStyle !== 'none' && parseFloat(look.outlineWidth) >= 2]; }"
        )
        if name in told[0]:
            assert told[1], f"{name}: the focus cannot be seen"
            return
    raise AssertionError(f"{name} cannot be reached by Tab")


def test_with_the_keyboard_alone(chromium: Browser, site: str) -> None:
    """Sign in, read a consultation, sign out; nothing but Tab, Enter and typing."""
    page = chromium.new_page(base_url=site, locale="ja-JP")
    page.goto("/sign-in/?who=council")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.innerText") == "本文へ進む"
    page.keyboard.press("Enter")
    _tab_to(page, "サインイン")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("さんの仕事")
    _tab_to(page, "諮問一覧")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("諮問一覧")
    _tab_to(page, "諮問第815号")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("福祉タクシー券")
    _tab_to(page, "項目と取扱いの表")
    _tab_to(page, "サインアウト", most=200)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("サインイン")
    page.close()


def test_without_javascript(chromium: Browser, site: str) -> None:
    """An officer signs in, asks why an operator may see what, looks for a person, and leaves."""
    context = chromium.new_context(base_url=site, java_script_enabled=False, locale="ja-JP")
    page = context.new_page()
    sign_in(page, "officer")
    page.get_by_role("link", name="なぜ見られるのか").first.click()
    page.get_by_label("人", exact=False).first.select_option("operator")
    page.get_by_label("取扱い", exact=False).first.select_option("815-1")
    page.get_by_label("場所", exact=False).first.select_option("hidamari")
    page.get_by_role("button", name="確かめる").click()
    expect(page.get_by_text("見られる 4 項目")).to_be_visible()
    page.get_by_role("link", name="宛名照会").first.click()
    page.get_by_role("button", name="調べる").click()
    expect(page.get_by_text("どれか一つは入力してください")).to_be_visible()
    page.get_by_role("button", name="サインアウト").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("サインイン")
    context.close()
