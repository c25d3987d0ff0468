"""`./azukari audit` as it is typed: what it prints, and with which code it ends."""

from __future__ import annotations

import json
from contextlib import nullcontext
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.db import connections
from pytest_django import Settings
from typer.testing import CliRunner, Result

from azukari.cli import audit, manage
from azukari.core.audit import tree
from azukari.core.audit.api import Entry, record_many
from azukari.kernel.errors import AzukariError, BadInput, Broken, NotFound
from support.installation import until
from support.ledger import OFFICER, OPERATOR, checkpoints, epochs, seal_all, unguarded, write

pytestmark = pytest.mark.usefixtures("scratch")
SOMEBODY_ELSE = 8_765_432_100_000


@pytest.fixture(autouse=True)
def _own_files(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.LEDGER_HOME = tmp_path
    monkeypatch.setattr(manage, "ready", nullcontext)


def run(*arguments: str) -> Result:
    result = CliRunner().invoke(audit.app, list(arguments))
    assert result.exception is None or isinstance(result.exception, AzukariError | SystemExit), result.exc_info
    return result


def test_verify_says_that_all_is_well() -> None:
    epochs(3)
    assert "正しく保たれています" in run("verify").output
    report = json.loads(run("verify", "--json").output)
    assert report["ok"] is True
    assert report["findings"] == []


def test_verify_names_the_place_and_ends_with_its_own_code() -> None:
    ((first, *_),) = epochs(3)
    with unguarded() as connection:
        connection.execute("UPDATE audit_entry SET items = '{住所}' WHERE id = %s", [first])
    result = run("verify")
    assert f"記録 {first} が書き換えられています" in result.output
    assert isinstance(result.exception, Broken)
    assert result.exception.exit_code == 78
    report = json.loads(run("verify", "--json").output)
    assert [(one["code"], one["entry"]) for one in report["findings"]] == [("entry-changed", first)]


def test_verify_against_a_line_kept_elsewhere(tmp_path: Path) -> None:
    epochs(2)
    kept = tmp_path / "kept.jsonl"
    kept.write_bytes(checkpoints().read_bytes())
    assert run("verify", "--kept", str(kept)).exit_code == 0
    kept.write_bytes(b"\n")
    assert isinstance(run("verify", "--kept", str(kept)).exception, BadInput)
    kept.write_bytes(b"{}\n")
    assert isinstance(run("verify", "--kept", str(kept)).exception, BadInput)


def test_seal_and_rotate_key() -> None:
    seal_all()
    assert "待っている記録はありません" in run("seal").output
    write(1)
    until(lambda: "封印しました" in run("seal").output)  # another worker's open transaction may hold the horizon back
    rotated = json.loads(run("rotate-key", "--json").output)
    assert rotated["key"] != rotated["next_key"]
    assert run("verify").exit_code == 0


def test_proof_can_be_checked_with_what_it_says_and_nothing_else() -> None:
    ((entry, *_),) = epochs(5)
    proof = json.loads(run("prove", str(entry)).output)
    point = proof["checkpoint"]
    leaf = sha256(b"\x00" + bytes.fromhex(proof["leaf_input"])).digest()
    path = [bytes.fromhex(sibling) for sibling in proof["path"]]
    root = tree.root_from_inclusion(leaf, proof["index"], point["size"], path)
    assert root is not None
    assert json.loads(point["signed"])["root"] == root.hex()
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(point["key"]))
    key.verify(bytes.fromhex(point["signature"]), point["signed"].encode())
    assert proof["entry"]["id"] == entry


def test_sheet_of_a_person_shows_what_left_apart_from_the_wards_own_views() -> None:
    key, atena = someone()
    record_many(
        [
            Entry("view", OPERATOR, "hidamari", "815-1", ("氏名", "タクシー代金"), (key, SOMEBODY_ELSE), "画面"),
            Entry("view", OFFICER, "ward-taxi", "r-taxi", ("住所",), (key,), "画面"),
            Entry("view", OPERATOR, "hidamari", "815-1", ("氏名",), (SOMEBODY_ELSE,), "画面"),
        ],
        using="owner",
    )
    for number in (atena, str(key)):
        sheet = json.loads(run("person", number, "--json").output)
        assert [(line["to"], line["consultation"], line["items"]) for line in sheet["left"]][:1] == [
            ("福祉事務センター", "815", ["氏名", "タクシー代金"])
        ]
        assert "障害者地域生活課" in {line["to"] for line in sheet["inside"]}
        assert str(SOMEBODY_ELSE) not in json.dumps(sheet)
    printed = run("person", atena).output
    for word in ("区の外へ渡ったもの", "区の中での取扱い", "福祉事務センター", "諮問第815号", "タクシー代金"):
        assert word in printed


def someone() -> tuple[int, str]:
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT id, atena FROM people_person ORDER BY id LIMIT 1")
        key, atena = cursor.fetchone()
    return int(key), str(atena)


@pytest.mark.parametrize(("number", "error"), [("9999999999", NotFound), ("987654321", NotFound), ("太郎", BadInput)])
def test_nobody_of_that_number(number: str, error: type[AzukariError]) -> None:
    assert isinstance(run("person", number).exception, error)
