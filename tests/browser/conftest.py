"""Real Chromium against the really running server. Without Chromium these tests are skipped, by name and with the reason."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Playwright, sync_playwright

from browser.looks import sign_in

ARGUMENTS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update",
)  # fmt: skip
NAMES = ("chromium", "chromium-browser", "google-chrome")


def executable() -> str | None:
    """Chromium, as AZUKARI_CHROMIUM names it or as the system has it."""
    return os.environ.get("AZUKARI_CHROMIUM") or next((found for name in NAMES if (found := shutil.which(name))), None)


@pytest.fixture(scope="session")
def engine() -> Iterator[Playwright]:
    """Playwright's event loop lives in this thread from now on; Django would take that for an asynchronous page."""
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        yield playwright


@pytest.fixture(scope="session")
def chromium(engine: Playwright) -> Iterator[Browser]:
    path = executable()
    if path is None:
        pytest.skip(
            "Chromium がありません。画面の試験をしていません。Debian なら apt-get install chromium fonts-noto-cjk"
        )
    browser = engine.chromium.launch(executable_path=path, args=list(ARGUMENTS))
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def as_person(chromium: Browser, site: str) -> Iterator[Callable[[str], BrowserContext]]:
    """as_person("officer") → a browser window of that person, signed in through the real page once a session."""
    windows: dict[str, BrowserContext] = {}

    def window(login: str) -> BrowserContext:
        if login not in windows:
            context = chromium.new_context(base_url=site, locale="ja-JP", timezone_id="Asia/Tokyo")
            windows[login] = context
            sign_in(context.new_page(), login)
        return windows[login]

    yield window
    for context in windows.values():
        context.close()
