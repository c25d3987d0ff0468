"""`./azukari account`, `place` and `roll` as they are typed, beside a copy of the made-up ward."""

from __future__ import annotations

import base64
import json
import re
from contextlib import nullcontext
from datetime import datetime
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from azukari.cli import account, manage, place, roll
from azukari.core.accounts import totp
from azukari.core.audit.api import LedgerLine, search
from azukari.kernel.errors import AzukariError

APPS = {"account": account.app, "place": place.app, "roll": roll.app}
PASSWORD = "kaze-ga-tsuyoi-hi"
SECTION = "障害福祉担当部障害者地域生活課"


def without_starting(monkeypatch: pytest.MonkeyPatch) -> None:
    """The database of the test runs already."""
    monkeypatch.setattr(manage, "ready", nullcontext)


def typed(group: str, *arguments: str, answers: str = "") -> Result:
    result = CliRunner().invoke(APPS[group], list(arguments), input=answers)
    expected = AzukariError | SystemExit
    assert result.exception is None or isinstance(result.exception, expected), result.exc_info
    return result


def add_account(login: str, *options: str, password: str = PASSWORD) -> Result:
    return typed("account", "add", login, *options, "--password-file", "-", answers=f"{password}\n")


def add_place(code: str, *networks: str, stands_for: str = "区の執務室", options: tuple[str, ...] = ()) -> Result:
    named = [word for network in networks for word in ("--network", network)]
    return typed("place", "add", code, "--name", "新しい部屋", "--stands-for", stands_for, *named, *options)


def listed(group: str, *arguments: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(typed(group, "list", *arguments, "--json").output)
    return rows


def shown_code(result: Result, now: datetime) -> str:
    """The six digits of an authenticator that took what was printed."""
    found = re.search(r"otpauth://totp/Azukari:\S+\?secret=([A-Z2-7]{32})&issuer=Azukari&", result.output)
    assert found, result.output
    return totp.code_at(base64.b32decode(found.group(1)), now)


def last_line(action: str) -> LedgerLine:
    return search(action=action, using="owner").lines[0]
