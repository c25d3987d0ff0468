"""Whatever is done to a sealed ledger is found, with its place; and what is no fault is not called one."""

from __future__ import annotations

import json
from pathlib import Path

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pytest_django import Settings

from azukari.core.audit import checkpoint as paper
from azukari.core.audit import encoding, store, tree
from azukari.core.audit.api import prove, rotate, seal, verify
from azukari.kernel.errors import Broken, NotFound, Unavailable
from support.ledger import checkpoints, epochs, found, seal_all, unguarded, write

pytestmark = pytest.mark.usefixtures("scratch")


@pytest.fixture(autouse=True)
def _own_files(settings: Settings, tmp_path: Path) -> None:
    settings.LEDGER_HOME = tmp_path


@pytest.fixture
def sealed() -> list[list[int]]:
    """Three epochs (3, 5 and 2 entries) after whatever the demonstration wrote, which is epoch 1 if there is any."""
    if verify(using="owner").unsealed:
        seal_all()
    return epochs(3, 5, 2)


def last_epoch() -> int:
    return verify(using="owner").epochs


def run(statement: str, *values: object) -> None:
    with unguarded() as connection:
        connection.execute(statement, values)


def test_untouched_ledger_verifies_as_the_web_role(sealed: list[list[int]]) -> None:
    report = verify()
    assert report.ok
    assert report.findings == report.notes == ()
    assert report.entries >= sum(map(len, sealed))
    assert report.key == paper.key_id(paper.Keys(store.home()).first_public() or b"")


def test_changed_entry_is_named_whatever_was_changed(sealed: list[list[int]]) -> None:
    changes = (
        "actor = 'somebody'", "items = '{}'", "subjects = '{99}'", "at = at - interval '1 day'", "place = ''",
        "detail = '{\"rows\": 2}'", "request = gen_random_uuid()", "consultation = '812'", "medium = '口頭', kind = ''",
    )  # fmt: skip
    touched = set()
    for entry, change in zip([entry for numbers in sealed for entry in numbers], changes, strict=False):
        run(f"UPDATE audit_entry SET {change} WHERE id = %s", entry)
        touched.add(entry)
        report = verify(using="owner")
        assert {one.entry for one in report.findings} == touched, change
        assert {one.code for one in report.findings} == {"entry-changed"}


def test_removed_entry_is_named(sealed: list[list[int]]) -> None:
    run("DELETE FROM audit_entry WHERE id = %s", sealed[0][1])
    assert found() == {("entry-removed", last_epoch() - 2, sealed[0][1])}


def test_inserted_entry_is_named(sealed: list[list[int]]) -> None:
    run(
        "INSERT INTO audit_entry (id, turn, at, action, actor, request)"
        " SELECT 900000, turn, at, action, actor, request FROM audit_entry WHERE id = %s",
        sealed[1][0],
    )
    assert found() == {("entry-added", last_epoch() - 1, 900000)}


def test_entry_moved_to_another_epoch_is_named_in_both(sealed: list[list[int]]) -> None:
    run(
        "UPDATE audit_entry SET turn = (SELECT turn FROM audit_entry WHERE id = %s) WHERE id = %s",
        sealed[2][0],
        sealed[0][0],
    )
    last = last_epoch()
    assert found() == {("entry-removed", last - 2, sealed[0][0]), ("entry-added", last, sealed[0][0])}


def test_two_entries_that_changed_places_are_named(sealed: list[list[int]]) -> None:
    one, other = sealed[1][:2]
    run("UPDATE audit_entry SET id = 800000 WHERE id = %s", one)
    run("UPDATE audit_entry SET id = %s WHERE id = %s", one, other)
    run("UPDATE audit_entry SET id = %s WHERE id = 800000", other)
    assert found() == {("entry-changed", last_epoch() - 1, one), ("entry-changed", last_epoch() - 1, other)}


def test_changed_list_of_leaves_hides_nothing(sealed: list[list[int]]) -> None:
    """Somebody who edits an entry and the list of leaves with it still meets the signature."""
    number = last_epoch() - 1
    run("UPDATE audit_entry SET actor = 'somebody' WHERE id = %s", sealed[1][0])
    with unguarded() as connection:
        row = entry_bytes(connection, sealed[1][0])
        epoch = store.epoch(connection, "WHERE number = %s", [number])
        assert epoch is not None
        leaves = sealed[1][0].to_bytes(8) + tree.leaf_hash(row) + epoch.leaves[store.RECORD :]
        connection.execute("UPDATE audit_epoch SET leaves = %s WHERE number = %s", [leaves, number])
    assert found() == {("epoch-content", number, None)}


def entry_bytes(connection: psycopg.Connection, entry: int) -> bytes:
    query = f"COPY ({encoding.SELECT} WHERE id = {entry}) TO STDOUT (FORMAT BINARY)"
    with connection.cursor() as cursor, cursor.copy(query) as copy:
        (row,) = encoding.rows(copy)
    return row


@pytest.mark.parametrize(("column", "code"), [("leaves", "leaves"), ("frontier", "frontier")])
def test_changed_helper_columns_are_told_apart_from_changed_entries(
    sealed: list[list[int]], column: str, code: str
) -> None:
    run(
        f"UPDATE audit_epoch SET {column} = substr({column}, 33) || substr({column}, 1, 32) WHERE number = %s",
        last_epoch(),
    )
    assert found() == {(code, last_epoch(), None)}


def test_changed_checkpoint_is_found_and_the_file_tells_the_right_one(sealed: list[list[int]]) -> None:
    number = last_epoch() - 1
    run("CREATE TABLE before AS SELECT * FROM audit_epoch")
    for change in (
        "at = at - interval '1 hour'", "count = count + 1", "root = sha256('x')", "previous = sha256('x')",
        "last = last + 1", "horizon = horizon + 1", "signature = signature || 'x'", "key = sha256('x')",
        "next_key = sha256('x')", "size = size + 1", "number = number + 700",
    ):  # fmt: skip
        run(f"UPDATE audit_epoch SET {change} WHERE number = %s", number)
        findings = verify(using="owner").findings
        assert {one.epoch for one in findings} <= {number, number + 700}, change
        assert {one.code for one in findings} & {"checkpoint", "epoch-missing"}, change
        assert all("控え（" not in one.what for one in findings)
        run("DELETE FROM audit_epoch")
        run("INSERT INTO audit_epoch SELECT * FROM before")
        assert verify(using="owner").ok


def test_missing_epoch_is_named_and_its_entries_are_still_checked(sealed: list[list[int]]) -> None:
    number = last_epoch() - 1
    run("DELETE FROM audit_epoch WHERE number = %s", number)
    assert found() == {("epoch-missing", number, None)}
    run("UPDATE audit_entry SET actor = 'x' WHERE id = %s", sealed[1][0])
    assert {code for code, _, _ in found()} == {"epoch-missing", "epoch-content"}


def test_tail_rolled_back_in_the_database_is_found_by_the_file(sealed: list[list[int]]) -> None:
    last = last_epoch()
    run("DELETE FROM audit_epoch WHERE number > %s", last - 2)
    run("DELETE FROM audit_entry WHERE id >= %s", sealed[1][0])
    assert {(code, epoch) for code, epoch, _ in found()} == {
        (code, number) for code in ("epoch-missing", "epoch-content") for number in (last - 1, last)
    }
    write(1)
    with pytest.raises(Broken, match="控えが合いません"):
        seal()


def test_everything_gone_is_found_by_the_file(sealed: list[list[int]]) -> None:
    count = last_epoch()
    run("TRUNCATE audit_entry, audit_epoch")
    assert {(code, epoch) for code, epoch, _ in found()} >= {
        ("epoch-missing", number) for number in range(1, count + 1)
    }


def test_shortened_or_missing_file_is_found(sealed: list[list[int]]) -> None:
    lines = checkpoints().read_bytes().splitlines(keepends=True)
    checkpoints().write_bytes(b"".join(lines[:-2]))
    assert found() == {("file-short", len(lines) - 1, None)}
    checkpoints().unlink()
    assert found() == {("file-short", 1, None)}


def test_changed_file_is_found_and_the_database_tells_the_right_one(sealed: list[list[int]]) -> None:
    lines = checkpoints().read_bytes().splitlines(keepends=True)
    number = len(lines) - 1
    fields = json.loads(lines[number - 1])
    changed = [
        json.dumps(fields | {"count": 4}, sort_keys=True, separators=(",", ":")).encode() + b"\n",
        b"{}\n",
        b"\xff\n",
    ]
    for text in changed:
        checkpoints().write_bytes(b"".join([*lines[: number - 1], text, *lines[number:]]))
        report = verify(using="owner")
        assert all(one.epoch == number for one in report.findings)
        assert any("控えが書き換え" in one.what for one in report.findings)
    checkpoints().write_bytes(b"".join(lines) + lines[-1])
    assert not verify(using="owner").ok


def test_forged_epoch_needs_the_key(sealed: list[list[int]]) -> None:
    """Edit, recompute everything, sign with another key, in the database and in the file alike: still found."""
    run("UPDATE audit_entry SET actor = 'x' WHERE id = %s", sealed[2][0])
    last = last_epoch()
    lines = checkpoints().read_bytes().splitlines(keepends=True)
    checkpoints().write_bytes(b"".join(lines[:-1]))
    run("DELETE FROM audit_epoch WHERE number = %s", last)
    key = Ed25519PrivateKey.generate()
    forged = paper.parse(lines[-1])
    leaves = [tree.leaf_hash(row) for row in rows_of(sealed[2])]
    with unguarded() as connection:
        before = store.epoch(connection, "WHERE number = %s", [last - 1])
        assert before is not None
        frontier = tree.grow(before.frontier, before.checkpoint.size, leaves)
        fields = {name: getattr(forged, name) for name in store.CHECKPOINT} | {"root": tree.fold(frontier)}
        forged = paper.sign(type(forged)(**fields), key)
        records = b"".join(number.to_bytes(8) + leaf for number, leaf in zip(sealed[2], leaves, strict=True))
        store.insert(connection, store.Epoch(forged, frontier, records))
    checkpoints().write_bytes(b"".join(lines[:-1]) + paper.line(forged))
    assert ("signature", last, None) in found()


def rows_of(numbers: list[int]) -> list[bytes]:
    with store.connect("owner") as connection:
        return [entry_bytes(connection, number) for number in numbers]


def test_checkpoint_kept_elsewhere_finds_a_ledger_made_anew(sealed: list[list[int]], tmp_path: Path) -> None:
    """Who holds database, file and keys can make a new ledger; a line kept on paper does not fit it."""
    kept = checkpoints().read_bytes().splitlines(keepends=True)[-1]
    assert verify(kept=[kept], using="owner").ok
    for path in (*tmp_path.glob("checkpoints/*"), *tmp_path.glob("secrets/*")):
        path.unlink()
    run("TRUNCATE audit_epoch")
    seal_all()
    assert verify(using="owner").ok
    assert {one.code for one in verify(kept=[kept], using="owner").findings} == {"kept"}


def test_missing_guards_are_found(sealed: list[list[int]]) -> None:
    with store.connect("owner") as connection:
        connection.execute("ALTER TABLE audit_entry DISABLE TRIGGER audit_refuse")
        connection.execute("GRANT DELETE ON audit_entry TO azukari_web")
        connection.execute("GRANT INSERT ON audit_epoch TO azukari_base")
    assert [code for code, _, _ in found()] == ["guard"]
    assert len(verify(using="owner").findings) == 3


def test_only_the_owner_seals(sealed: list[list[int]]) -> None:
    with store.connect("owner") as owner, store.connect("default") as web:
        owner.execute("GRANT INSERT ON audit_epoch TO azukari_web")
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="所有者だけ"):
            web.execute("INSERT INTO audit_epoch SELECT * FROM audit_epoch")


def test_key_changes_hands_by_signature(sealed: list[list[int]]) -> None:
    write(1)
    newest = rotate()
    assert newest is not None
    assert newest.key != newest.next_key
    epochs(2)
    report = verify(using="owner")
    assert report.ok
    assert report.key == paper.key_id(newest.next_key)
    for path in store.home().glob("secrets/*"):
        assert path.stat().st_mode & 0o777 == 0o600


def test_lost_key_stops_sealing_and_nothing_else(sealed: list[list[int]]) -> None:
    for path in store.home().glob("secrets/*"):
        path.unlink()
    write(2)
    with pytest.raises(Broken, match="鍵"):
        seal_all()
    assert verify(using="owner").ok
    assert verify(using="owner").unsealed == 2


def test_proof_convinces_somebody_with_the_public_key_alone(sealed: list[list[int]]) -> None:
    for number in (numbers[0] for numbers in sealed):
        proof = prove(number)
        leaf = tree.leaf_hash(proof.leaf_input)
        assert tree.root_from_inclusion(leaf, proof.index, proof.checkpoint.size, proof.path) == proof.checkpoint.root
        key = Ed25519PublicKey.from_public_bytes(proof.checkpoint.key)
        key.verify(proof.checkpoint.signature, paper.body(proof.checkpoint))
        assert (proof.entry["id"], proof.entry["items"], proof.entry["flow"]) == (number, ["氏名"], "815-1")


def test_no_proof_of_what_is_not_sealed_not_there_or_changed(sealed: list[list[int]]) -> None:
    (unsealed,) = write(1)
    with pytest.raises(Unavailable, match="封印されていません"):
        prove(unsealed)
    with pytest.raises(NotFound):
        prove(10**9)
    run("UPDATE audit_entry SET place = 'elsewhere' WHERE id = %s", sealed[0][0])
    with pytest.raises(Broken):
        prove(sealed[0][0])


def test_epochs_are_cut_at_whole_transactions(sealed: list[list[int]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("azukari.core.audit.sealing.BATCH", 4)
    before = last_epoch()
    for count in (3, 3, 9, 1):
        write(count)
    seal_all()
    assert verify(using="owner").ok
    with store.connect("owner") as connection:
        rows = connection.execute(
            "SELECT count FROM audit_epoch WHERE number > %s ORDER BY number", [before]
        ).fetchall()
    assert sum(count for (count,) in rows) == 16
    assert len(rows) > 1
