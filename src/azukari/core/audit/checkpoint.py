"""Checkpoints outside the database: how one is written, signed and checked, and the file and keys they are kept in.

The file `checkpoints/ledger.jsonl` gets one line an epoch and is never rewritten. A line is first put whole into
`ledger.next`, then the epoch is committed, then the line is appended: after a kill at any point, what is there tells
which of the three had happened.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from azukari.core.audit.types import Checkpoint
from azukari.kernel.errors import Broken

FORMAT = "azukari-ledger/1"
HASHES = ("root", "previous", "key", "next_key")
NUMBERS = ("number", "first", "last", "count", "size", "horizon")
NO_PREVIOUS = bytes(32)
TAIL = 1 << 14


def body(checkpoint: Checkpoint) -> bytes:
    """The bytes that are hashed into the chain and signed: JSON with sorted keys, without blanks."""
    fields = {name: getattr(checkpoint, name) for name in NUMBERS}
    fields |= {name: getattr(checkpoint, name).hex() for name in HASHES}
    return _canonical({"format": FORMAT, "at": checkpoint.at.isoformat(timespec="microseconds"), **fields})


def signed_text(checkpoint: Checkpoint) -> str:
    """The text whose UTF-8 bytes are signed, for whoever checks the signature elsewhere."""
    return body(checkpoint).decode()


def chain_hash(checkpoint: Checkpoint) -> bytes:
    """What the next checkpoint carries as `previous`."""
    return sha256(body(checkpoint)).digest()


def line(checkpoint: Checkpoint) -> bytes:
    """The checkpoint's line in the file, with its signature and a newline."""
    return _canonical({**json.loads(body(checkpoint)), "signature": checkpoint.signature.hex()}) + b"\n"


def parse(text: bytes) -> Checkpoint:
    """A checkpoint from its line. Raises ValueError unless the line is exactly what `line` writes."""
    try:
        fields = json.loads(text)
        values: dict[str, Any] = {name: int(fields[name]) for name in NUMBERS}
        values |= {name: bytes.fromhex(fields[name]) for name in (*HASHES, "signature")}
        found = Checkpoint(at=datetime.fromisoformat(fields["at"]), **values)
    except (KeyError, TypeError) as error:
        raise ValueError(str(error)) from error
    if line(found) != text:
        raise ValueError("not written by the sealer")
    return found


def sign(checkpoint: Checkpoint, key: Ed25519PrivateKey) -> Checkpoint:
    """The same checkpoint with its signature."""
    return replace(checkpoint, signature=key.sign(body(checkpoint)))


def is_signed(checkpoint: Checkpoint) -> bool:
    """Whether the signature is by the key the checkpoint names."""
    try:
        Ed25519PublicKey.from_public_bytes(checkpoint.key).verify(checkpoint.signature, body(checkpoint))
    except (InvalidSignature, ValueError):
        return False
    return True


def key_id(public: bytes) -> str:
    """The name of a key: the first 16 hexadecimal digits of the SHA-256 of its raw public bytes."""
    return sha256(public).hexdigest()[:16]


def _canonical(fields: dict[str, object]) -> bytes:
    return json.dumps(fields, sort_keys=True, separators=(",", ":")).encode()


class Keys:
    """The sealer's keys under one installation: private ones in `secrets/` (0600), the first public one beside the file.

    Every later key is named by the checkpoint before it, so whoever trusts the first key can follow all the others.
    """

    def __init__(self, home: Path) -> None:
        self.secrets = home / "secrets"
        self.first = home / "checkpoints" / "ledger.pub"

    def first_public(self) -> bytes | None:
        """The first key's raw public bytes, or None when nothing was ever sealed here."""
        if not self.first.exists():
            return None
        try:
            key = serialization.load_pem_public_key(self.first.read_bytes())
        except ValueError:
            return b""
        return key.public_bytes_raw() if isinstance(key, Ed25519PublicKey) else b""

    def make(self) -> bytes:
        """A new key pair; answers the public bytes. The very first is also written to `ledger.pub`."""
        key = Ed25519PrivateKey.generate()
        public = key.public_key().public_bytes_raw()
        pem, pkcs8, clear = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        self.secrets.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write_whole(self._path(public), key.private_bytes(pem, pkcs8, clear), 0o600)
        if not self.first.exists():
            info = serialization.PublicFormat.SubjectPublicKeyInfo
            self.first.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            _write_whole(self.first, key.public_key().public_bytes(pem, info), 0o644)
        return public

    def private(self, public: bytes) -> Ed25519PrivateKey:
        """The private key to a public one. Raises Broken when it is not here."""
        path = self._path(public)
        try:
            key = serialization.load_pem_private_key(path.read_bytes(), None)
        except (OSError, ValueError) as error:
            raise Broken(
                f"台帳の署名の鍵 {key_id(public)} がありません。",
                f"{path} を読めません。この鍵がないと、これまでの台帳に続けて封印できません。",
                "控えからこの鍵を戻してください。記録そのものは続いています。",
            ) from error
        if not isinstance(key, Ed25519PrivateKey) or key.public_key().public_bytes_raw() != public:
            raise Broken(f"鍵 {path} は別の鍵です。", "名前と中身が合いません。", "控えから正しい鍵を戻してください。")
        return key

    def _path(self, public: bytes) -> Path:
        return self.secrets / f"ledger-{key_id(public)}.key"


class CheckpointFile:
    """The append-only file of one installation, and the line that is on its way into it."""

    def __init__(self, home: Path) -> None:
        self.path = home / "checkpoints" / "ledger.jsonl"
        self.next = home / "checkpoints" / "ledger.next"

    def last(self) -> bytes:
        """The last whole line with its newline; empty when there is none."""
        tail = self._tail().rpartition(b"\n")[0]
        return tail.rpartition(b"\n")[2] + b"\n" if tail else b""

    def pending(self) -> bytes:
        """The line on its way; empty when there is none."""
        return self.next.read_bytes() if self.next.exists() else b""

    def intend(self, text: bytes) -> None:
        """Keep the line that is about to be sealed, durably, before the database commits."""
        self.next.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write_whole(self.next, text, 0o600)

    def append(self, text: bytes) -> None:
        """Add the line durably; a part of it that a killed sealer left is completed. Raises Broken on another part."""
        begun = self._tail().rpartition(b"\n")[2]
        if not text.startswith(begun):
            raise Broken(
                f"{self.path} の最後の行が壊れています。",
                "封印していない内容が書かれています。",
                "./azukari audit verify を実行してください。",
            )
        handle = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            _write_all(handle, text[len(begun) :])
            os.fsync(handle)
        finally:
            os.close(handle)

    def forget(self) -> None:
        """The line is in the file, or its epoch was never committed."""
        self.next.unlink(missing_ok=True)

    def size(self) -> int:
        """Bytes now in the file."""
        return self.path.stat().st_size if self.path.exists() else 0

    def lines(self, size: int) -> Iterator[bytes]:
        """The lines in the first `size` bytes."""
        if not size:
            return
        with self.path.open("rb") as file:
            while size > 0 and (text := file.readline(size)):
                size -= len(text)
                yield text

    def _tail(self) -> bytes:
        if not self.path.exists():
            return b""
        with self.path.open("rb") as file:
            file.seek(max(0, self.size() - TAIL))
            return file.read()


def _write_whole(path: Path, content: bytes, mode: int) -> None:
    """Write a file so that after a crash it is there whole, or as it was before."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    try:
        _write_all(handle, content)
        os.fsync(handle)
    finally:
        os.close(handle)
    fresh.rename(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _write_all(handle: int, content: bytes) -> None:
    while content:
        content = content[os.write(handle, content) :]
