"""`./azukari dispatch` as it is typed, and what it says when the numbers differ."""

from __future__ import annotations

import json
from contextlib import nullcontext

import pytest
from django.utils import timezone
from typer.testing import CliRunner, Result

from azukari.cli import dispatch as command
from azukari.cli import manage
from azukari.core.audit.api import search
from azukari.core.dispatch.types import Unbalanced
from azukari.kernel.errors import AzukariError, BadInput, NotFound
from support.dispatch import make_job

pytestmark = pytest.mark.usefixtures("workshop")


@pytest.fixture(autouse=True)
def _running(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(manage, "ready", nullcontext)


def typed(*arguments: str) -> Result:
    result = CliRunner().invoke(command.app, list(arguments))
    assert result.exception is None or isinstance(result.exception, AzukariError | SystemExit), result.exc_info
    return result


def test_from_sealed_to_closed() -> None:
    job = make_job(2)
    job.sealed(1, 2)
    slip = ("--number", f"C-{job.id}", "--office", "世田谷郵便局", "--on", timezone.localdate().isoformat())
    assert isinstance(typed("hand-over", str(job.id), *slip, "--count", "1").exception, BadInput)
    assert isinstance(typed("close", str(job.id)).exception, Unbalanced)
    assert "2 通の差出し" in typed("hand-over", str(job.id), *slip, "--count", "2").output
    assert "2 通の差出し" in typed("hand-over", str(job.id), *slip, "--count", "2").output, (
        "given again, nothing changes"
    )
    found = json.loads(typed("balance", str(job.id), "--json").output)
    assert found["holds"]
    assert found["states"]["差出済"] == 2
    assert "締めました" in typed("close", str(job.id)).output
    assert search(action="dispatch.closed", using="owner").lines[0].actor.startswith("cli:")
    assert f"差出票 C-{job.id}" in typed("find", job.references[0]).output
    assert f"{job.id:04d}" in typed("list").output


def test_what_is_missing_in_words() -> None:
    job = make_job(1)
    said = typed("balance", str(job.id)).output
    assert "合わない" in said
    assert f"{job.id:04d}-000001 {job.references[0]}: 印刷しましたが、照合が済んでいません（0 / 3 枚）" in said


def test_a_job_that_is_not_there() -> None:
    assert isinstance(typed("balance", "999999").exception, NotFound)
    assert "発送に入っていません" in typed("find", "nothing").output
