"""Proof to a third party that one entry is in the ledger as it was signed."""

from __future__ import annotations

from hashlib import sha256

import psycopg

from azukari.core.audit import encoding, store, tree
from azukari.core.audit.types import Proof
from azukari.kernel.errors import Broken, NotFound, Unavailable


def prove(entry: int, *, using: str = "default") -> Proof:
    """The inclusion proof of an entry in the checkpoint of its own epoch.

    Raises NotFound, Unavailable while the entry is not sealed, and Broken when it is not as it was sealed.
    """
    with store.connect(using) as connection:
        row = _row(connection, entry)
        turn, _ = encoding.turn_and_id(row)
        epoch = store.epoch(connection, "WHERE horizon > %s ORDER BY horizon", [turn])
        if epoch is None:
            raise Unavailable(
                f"記録 {entry} はまだ封印されていません。",
                "封印はおよそ1秒ごとです。",
                "少し待つか、./azukari audit seal を実行してください。",
            )
        before = store.epoch(connection, "WHERE number = %s", [epoch.checkpoint.number - 1])
    return _proof(entry, row, epoch, before)


def _row(connection: psycopg.Connection, entry: int) -> bytes:
    query = f"COPY ({encoding.SELECT} WHERE id = %s) TO STDOUT (FORMAT BINARY)"
    with connection.cursor() as cursor, cursor.copy(query, [entry]) as copy:
        found = list(encoding.rows(copy))
    if not found:
        raise NotFound(f"記録 {entry} はありません。", "この番号の記録は台帳にありません。", "番号を確かめてください。")
    return found[0]


def _proof(entry: int, row: bytes, epoch: store.Epoch, before: store.Epoch | None) -> Proof:
    """Every sibling on the path lies in the entry's own epoch or in the frontier of the one before."""
    size, frontier = (before.checkpoint.size, before.frontier) if before else (0, ())
    records = store.cut(epoch.leaves, store.RECORD)
    numbers = [int.from_bytes(record[: store.NUMBER]) for record in records]
    leaf = sha256(b"\x00" + row).digest()
    if entry in numbers:
        index = size + numbers.index(entry)
        path = tree.inclusion_after(frontier, size, [record[store.NUMBER :] for record in records], index)
        if tree.root_from_inclusion(leaf, index, epoch.checkpoint.size, path) == epoch.checkpoint.root:
            return Proof(encoding.decode(row), row, index, path, epoch.checkpoint)
    raise Broken(
        f"記録 {entry} は、封印されたときのままではありません。",
        f"第{epoch.checkpoint.number}期の署名と合いません。",
        "./azukari audit verify で場所を確かめ、個人情報保護担当へ知らせてください。",
    )
