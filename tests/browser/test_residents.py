"""A parent with a telephone: every page at 320 and 360 px, the whole way with and without JavaScript, by key alone, by ear."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from azukari.config.cluster import Cluster
from azukari.config.server import OWNER
from azukari.demo.names import CHILD_LOGIN, CHILD_PASSWORD
from browser.looks import WIDTHS, faults_of

PHONE = 360
DAY = date.today() + timedelta(days=9)  # noqa: DTZ011 (the browser's own calendar)
DAY += timedelta(days=DAY.weekday() == 6)
URL = f"/days/{DAY.isoformat()}/"


@pytest.fixture(scope="module")
def address(residents_site: tuple[str, str], cluster: Cluster) -> str:
    """A station with five carers and nobody there yet."""
    address, name = residents_site
    with cluster.connect(OWNER, name) as owner:
        owner.execute("DELETE FROM hotstay_booking")
        owner.execute("UPDATE hotstay_roster SET carers = 5, qualified = 3")
    return address


@pytest.fixture
def nobody_there(address: str, residents_site: tuple[str, str], cluster: Cluster) -> None:
    """Nobody in the morning: each journey may book the same hours. The afternoon's booking is `signed_in`'s."""
    with cluster.connect(OWNER, residents_site[1]) as owner:
        owner.execute("DELETE FROM hotstay_booking WHERE lower(slots) < 26")


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without JavaScript"])
def phone(chromium: Browser, address: str, nobody_there: None, request: pytest.FixtureRequest) -> Iterator[Page]:
    with _window(chromium, address, javascript=request.param) as context:
        yield context.new_page()


def _window(chromium: Browser, address: str, *, javascript: bool = True) -> BrowserContext:
    return chromium.new_context(
        base_url=address,
        locale="ja-JP",
        timezone_id="Asia/Tokyo",
        viewport={"width": PHONE, "height": 740},
        has_touch=True,
        java_script_enabled=javascript,
    )


def _come_in(page: Page) -> None:
    page.goto("/sign-in/")
    page.get_by_label("お子さまのID").fill(CHILD_LOGIN.lower())
    page.get_by_label("パスワード", exact=True).fill(CHILD_PASSWORD)
    page.get_by_role("button", name="サインイン").click()


def test_from_sign_in_to_booking_and_back(phone: Page) -> None:
    """Sign in, look for room, book, press the button again after going back, give the place back, sign out."""
    _come_in(phone)
    phone.get_by_role("link", name="空きを見て予約する").click()
    phone.goto(f"/days/?month={DAY:%Y-%m}")
    phone.get_by_role("link", name=re.compile(f"^{DAY.month}月{DAY.day}日")).click()
    phone.get_by_label("始まり").select_option("20")
    phone.get_by_label("終わり").select_option("24")
    phone.get_by_role("button", name="料金を確かめる").click()
    expect(phone.get_by_text("1,250円").first).to_be_visible()
    phone.get_by_role("button", name="予約する", exact=True).click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("予約しました")
    made = phone.url
    phone.go_back()
    phone.wait_for_url(made)
    expect(phone.get_by_role("heading", level=1)).to_have_text("予約しました")
    phone.get_by_role("link", name="内容・変更・取消し").click()
    phone.get_by_role("link", name="取り消す").click()
    phone.get_by_role("button", name="取り消す").click()
    expect(phone.get_by_text("予約を取り消しました")).to_be_visible()
    phone.get_by_role("button", name="サインアウト").click()
    expect(phone.get_by_text("サインアウトしました")).to_be_visible()
    phone.go_back()
    phone.reload()
    expect(phone.get_by_role("heading", level=1)).to_have_text("サインイン")


@pytest.fixture(scope="module")
def signed_in(chromium: Browser, address: str) -> Iterator[Page]:
    with _window(chromium, address) as context:
        page = context.new_page()
        _come_in(page)
        page.goto(f"/stays/confirm/?day={DAY.isoformat()}&start=26&end=30")
        page.get_by_role("button", name="予約する", exact=True).click()
        yield page


PAGES = {
    "ホーム": "/",
    "月": f"/days/?month={DAY:%Y-%m}",
    "日": URL,
    "確認": f"/stays/confirm/?day={DAY.isoformat()}&start=18&end=22",
    "断り": f"/stays/confirm/?day={DAY.isoformat()}&start=28&end=32",
    "一覧": "/stays/",
    "待ち": "/waiting/",
    "待ちの申込み": f"/waiting/new/?day={DAY.isoformat()}&start=20&end=24",
    "設定": "/settings/",
    "パスワード": "/password/",
    "誤り": "/nothing/",
}


@pytest.mark.parametrize("url", PAGES.values(), ids=PAGES)
def test_every_page_is_sound(signed_in: Page, url: str) -> None:
    """axe finds nothing, not even something undecided; targets of 44 px; nothing moves sideways."""
    signed_in.goto(url)
    assert {width: found for width in WIDTHS if (found := faults_of(signed_in, width))} == {}


def test_the_first_page_is_sound(chromium: Browser, address: str) -> None:
    with _window(chromium, address) as context:
        page = context.new_page()
        page.goto("/sign-in/")
        assert faults_of(page, 320) == []
        _wrong(page)
        assert faults_of(page, PHONE) == []


def _wrong(page: Page) -> None:
    page.get_by_label("お子さまのID").fill("ZZZZ9999")
    page.get_by_label("パスワード", exact=True).fill("ちがうもの")
    page.get_by_role("button", name="サインイン").click()
    expect(page.get_by_role("alert")).to_be_visible()


def test_what_is_read_aloud(signed_in: Page, tmp_path: Path) -> None:
    """The tree a screen reader has of month and day: every cell in words, the table with its headings. Kept beside the test."""
    said = []
    for url in (PAGES["月"], URL):
        signed_in.goto(url)
        said.append(signed_in.locator("main").aria_snapshot())
    (tmp_path / "read-aloud.yaml").write_text("\n---\n".join(said), encoding="utf-8")
    month, day = said
    assert re.search(rf"link \"{DAY.month}月{DAY.day}日（.）空きあり、予約があります\"", month)
    assert 'columnheader "日曜日"' in month or 'columnheader "日"' in month
    assert 'rowheader "13:00〜13:30"' in day
    assert 'cell "予約済み"' in day
    assert "○" not in day.split("table")[1]


def test_by_key_alone(chromium: Browser, address: str, nobody_there: None) -> None:
    """From the first page to a booking with Tab, Enter, arrows and typing; the focus can always be seen."""
    with _window(chromium, address) as context:
        page = context.new_page()
        page.goto("/sign-in/")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.innerText") == "本文へ進む"
        _tab_to(page, "login")
        page.keyboard.type(CHILD_LOGIN)
        _tab_to(page, "password")
        page.keyboard.type(CHILD_PASSWORD)
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_contain_text("ほっとステイ")
        page.goto(f"/days/?month={DAY:%Y-%m}")
        _tab_to(page, f"{DAY.month}月{DAY.day}日")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_contain_text(f"{DAY.day}日")
        _tab_to(page, "料金を確かめる")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("この内容で予約しますか")
        _tab_to(page, "BUTTON 予約する", exact=True)
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("予約しました")


def _tab_to(page: Page, name: str, *, exact: bool = False, most: int = 90) -> None:
    for _ in range(most):
        page.keyboard.press("Tab")
        told, seen = page.evaluate(
            "() => { const node = document.activeElement; const look = getComputedStyle(node);"
            " return [node === document.body ? '' : ((node.id || node.tagName) + ' ' + (node.innerText || '')).trim(),"
            " look.outlineStyle !== 'none' && parseFloat(look.outlineWidth) >= 2]; }"
        )
        if told == name if exact else name in told:
            assert seen, f"{name}: the focus cannot be seen"
            return
    raise AssertionError(f"{name} cannot be reached by Tab")
