"""A ward that is not made up, from nothing: its first account, place and roll entry, beside `up` and without it."""

from __future__ import annotations

import base64
import http.cookiejar
import json
import re
import urllib.parse
import urllib.request
from datetime import UTC, datetime

from azukari.core.accounts import totp
from support.installation import Installation

PASSWORD = "kaze-ga-tsuyoi-hi"


def run(ward: Installation, *arguments: str) -> str:
    done = ward.run(*arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


def sign_in(ward: Installation, secret: str) -> str:
    """The home page as the privacy officer's browser gets it."""
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
    address = f"http://127.0.0.1:{ward.port}/"
    with browser.open(address) as page:
        form, text = page.url, page.read().decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', text)
    assert token, text
    code = totp.code_at(base64.b32decode(secret), datetime.now(UTC))
    given = {"csrfmiddlewaretoken": token.group(1), "login": "privacy", "password": PASSWORD, "code": code, "next": "/"}
    with browser.open(form, urllib.parse.urlencode(given).encode()) as page:
        return str(page.read().decode())


def test_a_real_ward_from_nothing_to_its_first_page(fresh: Installation) -> None:
    word = fresh.home.parent / "word"
    word.write_text(f"{PASSWORD}\n")
    assert fresh.run("account", "list").returncode == 69
    with fresh.running("--no-demo"):
        told = run(
            fresh, "account", "add", "privacy", "--kind", "privacy", "--name", "松原 めぐみ",
            "--section", "総務部区政情報課", "--password-file", str(word),
        )  # fmt: skip
        run(fresh, "place", "add", "here", "--name", "本庁舎", "--stands-for", "区役所", "--network", "127.0.0.1/32")
        assert "見本です" in run(fresh, "roll", "add", "privacy", "r-juki", "--since", "2020-04-01")
        secret = re.search(r"secret=([A-Z2-7]{32})", told)
        assert secret
        home = sign_in(fresh, secret.group(1))
        assert "松原 めぐみ さんの仕事" in home
        assert "いまの場所（本庁舎）" in home
        assert "答申を記録していない諮問が 6 件あります" in home
    assert [row["login"] for row in json.loads(run(fresh, "account", "list", "--json"))] == ["privacy"]
    assert fresh.run("account", "add", "privacy", "--kind", "privacy", "--name", "別人").returncode == 65
    assert json.loads(run(fresh, "audit", "verify", "--json"))["ok"]
