"""Settings, the installation's note about itself, and a log that quotes nobody."""

from __future__ import annotations

import json
import logging
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from azukari.config import home as homes
from azukari.config.home import Installation
from azukari.config.logs import WithoutValues
from azukari.config.settings import flag
from azukari.kernel.errors import BadInput


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(homes, "home", lambda: tmp_path)
    return tmp_path


def test_an_installation_stays_what_it_was_made(folder: Path) -> None:
    assert homes.installation() is None
    assert homes.install(Installation(True, 300)) == Installation(True, 300)
    assert homes.install(Installation(False)) == Installation(True, 300)


def test_a_spoilt_note_is_told(folder: Path) -> None:
    (folder / "installation.json").write_text('{"demonstration": tr')
    with pytest.raises(BadInput, match=r"installation\.json"):
        homes.installation()


def test_an_unknown_word_in_the_note_is_told(folder: Path) -> None:
    (folder / "installation.json").write_text(json.dumps({"demonstration": True, "kind": "other"}))
    with pytest.raises(BadInput):
        homes.installation()


def test_a_secret_is_made_once_and_for_its_owner_alone(folder: Path) -> None:
    word = homes.secret("word")
    assert len(word) >= 40
    assert homes.secret("word") == word
    assert stat.S_IMODE((folder / "secrets" / "word").stat().st_mode) == 0o600
    assert stat.S_IMODE((folder / "secrets").stat().st_mode) == 0o700


@pytest.mark.parametrize("value", ["", "yes", "2", "True"])
def test_a_flag_is_0_or_1(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AZUKARI_SERVING", value)
    with pytest.raises(BadInput, match="AZUKARI_SERVING"):
        flag("AZUKARI_SERVING", default=False)


COOKIES = """
import json
from azukari.config import settings as s
print(json.dumps([s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SECURE_PROXY_SSL_HEADER]))
"""


@pytest.mark.parametrize(
    ("given", "cookies"),
    [
        ({}, [False, False, None]),
        ({"AZUKARI_TLS": "1"}, [True, True, None]),
        (
            {"AZUKARI_TLS": "1", "AZUKARI_TRUSTED_PROXIES": "127.0.0.1"},
            [True, True, ["HTTP_X_FORWARDED_PROTO", "https"]],
        ),
    ],
)
def test_cookies_travel_over_tls_only_when_told_and_only_a_named_proxy_is_believed_about_it(
    given: dict[str, str], cookies: list[object]
) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "AZUKARI_TRUSTED_PROXIES"} | given
    done = subprocess.run([sys.executable, "-c", COOKIES], env=environment, capture_output=True, check=True)
    assert json.loads(done.stdout) == cookies


def test_the_log_tells_where_and_of_which_kind_but_not_of_whom() -> None:
    try:
        try:
            raise KeyError("世田谷 太郎")
        except KeyError as error:
            raise ValueError("Key (name)=(世田谷 太郎) already exists") from error
    except ValueError:
        record = logging.LogRecord("azukari", logging.ERROR, __file__, 1, "failed", (), sys.exc_info())
    text = WithoutValues().format(record)
    assert "ValueError" in text
    assert "KeyError" in text
    assert "test_config.py" in text
    assert text.count("世田谷") <= text.count("raise ")
