"""The rush over HTTP: each client a browser of its own, signed in with its child's ID, all pressing 予約する at one moment."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection, HTTPException, HTTPResponse
from threading import Barrier
from urllib.parse import urlencode, urlsplit

from azukari.business.hotstay import api
from azukari.business.hotstay.types import StationCard
from azukari.demo.hotstay.rush import Answer, Ask
from azukari.kernel.errors import Unavailable

LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')
REASON = re.compile(r"理由：([^<]+)</p>")
SECONDS = 60
AT_A_TIME = 8


class Browser:
    """One connection that is kept, its cookies, and the token of its forms."""

    def __init__(self, address: str) -> None:
        where = urlsplit(address)
        self.connection = HTTPConnection(where.hostname or "", where.port, timeout=SECONDS)
        self.cookies: dict[str, str] = {}
        self.token = ""

    def send(self, path: str, form: Sequence[tuple[str, str]] | None = None) -> tuple[HTTPResponse, str]:
        """A page, or a form that is sent."""
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if form is None:
            self.connection.request("GET", path, headers=headers)
        else:
            body = urlencode([*form, ("csrfmiddlewaretoken", self.token)])
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            self.connection.request("POST", path, body, headers)
        response = self.connection.getresponse()
        text = response.read().decode(errors="replace")
        for line in response.headers.get_all("Set-Cookie") or []:
            name, _, rest = line.partition("=")
            self.cookies[name] = rest.partition(";")[0]
        return response, text

    def sign_in(self, login: str, password: str) -> None:
        """Raises Unavailable when the residents' side does not let it in."""
        found = TOKEN.search(self.send("/sign-in/")[1])
        self.token = found.group(1) if found else ""
        response, _ = self.send("/sign-in/", [("login", login), ("password", password), ("device", "own")])
        if response.status != 302:
            raise Unavailable(
                "区民の画面にサインインできません。",
                f"答えは {response.status} でした。",
                "./azukari up が動いているか、--address が区民の画面のものかを確かめてください。",
            )


def signed_in(address: str, station: StationCard, children: Sequence[int], *, using: str) -> list[Browser]:
    """A browser for each child, with an ID made for this rush."""

    def one(child: int) -> tuple[str, str]:
        login, password = _drawn(8), _drawn(20)
        api.set_demonstration(child, station.contractor, login, password, using=using)
        return login, password

    known = [one(child) for child in children]
    browsers = [Browser(address) for _ in children]
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        for future in [pool.submit(browser.sign_in, *word) for browser, word in zip(browsers, known, strict=True)]:
            future.result()
    return browsers


def _drawn(length: int) -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(length))


def press(browsers: Sequence[Browser], submits: Sequence[Ask]) -> tuple[float, list[Answer]]:
    """All at once. How long until the last was answered (s), and what each heard."""
    barrier, began = Barrier(len(browsers) + 1), 0.0
    with ThreadPoolExecutor(len(browsers)) as pool:
        running = [pool.submit(_press, browser, one, barrier) for browser, one in zip(browsers, submits, strict=True)]
        barrier.wait(SECONDS)
        began = time.perf_counter()
        answers = [future.result() for future in running]
    return time.perf_counter() - began, answers


def _press(browser: Browser, one: Ask, barrier: Barrier) -> Answer:
    span = one.wishes[0].span
    form = [("submit", str(one.submit)), ("day", str(span.day)), ("start", str(span.start)), ("end", str(span.end))]
    form += [("child", str(wish.child)) for wish in one.wishes]
    barrier.wait(SECONDS)
    began = time.perf_counter()
    try:
        response, text = browser.send("/stays/book/", form)
    except (OSError, HTTPException):
        return Answer(one, 0, "BUSY", time.perf_counter() - began)
    took = time.perf_counter() - began
    if response.status == 302:
        return Answer(one, len(one.wishes), "", took)
    reason = REASON.search(text)
    return Answer(one, 0, reason.group(1) if reason else "BUSY", took)
