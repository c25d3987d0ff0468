"""変えれば見つかる

記録はおよそ1秒ごとに封印され、署名した検証点がデータベースの外にも残ります。検証は、どこが変えられたかを示します。
"""

from __future__ import annotations

from pathlib import Path

import pytest
from pytest_django import Settings

from azukari.core.audit.api import prove, verify
from azukari.core.audit.tree import leaf_hash, root_from_inclusion
from support.ledger import checkpoints, epochs, found, unguarded

pytestmark = pytest.mark.usefixtures("scratch")


@pytest.fixture(autouse=True)
def _own_files(settings: Settings, tmp_path: Path) -> None:
    settings.LEDGER_HOME = tmp_path


def test_untouched_ledger_verifies() -> None:
    """手を加えていない台帳は、すべての記録と署名が合う。"""
    epochs(3, 2)
    assert verify().ok


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ("UPDATE audit_entry SET actor = 'だれか' WHERE id = {}", "entry-changed"),
        ("UPDATE audit_entry SET items = '{{住所}}' WHERE id = {}", "entry-changed"),
        ("DELETE FROM audit_entry WHERE id = {}", "entry-removed"),
    ],
    ids=["だれが", "何を", "記録ごと"],
)
def test_edit_and_removal_are_named(change: str, code: str) -> None:
    """データベースの管理者が守りを外して記録を変えても、消しても、その記録の番号が示される。"""
    _, (entry, *_) = epochs(2, 3)
    with unguarded() as connection:
        connection.execute(change.format(entry))
    assert [(kind, number) for kind, _, number in found()] == [(code, entry)]


def test_exchanged_entries_are_named() -> None:
    """ふたつの記録の順序を入れ替えると、その両方が示される。"""
    ((one, other, *_),) = epochs(3)
    with unguarded() as connection:
        for before, after in ((one, -1), (other, one), (-1, other)):
            connection.execute("UPDATE audit_entry SET id = %s WHERE id = %s", [after, before])
    assert {number for _, _, number in found()} == {one, other}


def test_cut_tail_is_found_by_the_checkpoints_kept_outside() -> None:
    """新しい記録を封印ごと消しても、データベースの外の検証点と合わない。"""
    _, latest = epochs(2, 2)
    with unguarded() as connection:
        connection.execute("DELETE FROM audit_entry WHERE id = ANY (%s)", [latest])
        connection.execute("DELETE FROM audit_epoch WHERE number = (SELECT max(number) FROM audit_epoch)")
    assert {code for code, _, _ in found()} == {"epoch-missing", "epoch-content"}


def test_cut_checkpoints_are_found_by_the_database() -> None:
    """検証点の控えのほうを削っても、見つかる。"""
    epochs(2, 2)
    checkpoints().write_bytes(checkpoints().read_bytes().splitlines(keepends=True)[0])
    assert {code for code, _, _ in found()} == {"file-short"}


def test_one_entry_can_be_proved_to_somebody_else() -> None:
    """ひとつの記録が台帳にあることを、ほかの記録を見せずに証明できる。"""
    ((entry, *_),) = epochs(5)
    proof = prove(entry)
    root = root_from_inclusion(leaf_hash(proof.leaf_input), proof.index, proof.checkpoint.size, proof.path)
    assert root == proof.checkpoint.root
