"""Keys: the ward's for signing, the contractor's for opening. Neither ever stands on a medium."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from glob import escape
from hashlib import sha256
from pathlib import Path
from secrets import token_hex

import pyrage
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from azukari.kernel.container.age import INTRO
from azukari.kernel.container.writing import PART, sync_folder
from azukari.kernel.errors import BadInput, Broken, NotFound, Unavailable

PUBLIC_SUFFIX = ".pub"
SHORTEST_PASSPHRASE = 12
_LOCKED = "開く鍵の合言葉が違います。"


@dataclass(frozen=True, slots=True)
class KeyFile:
    """The ward's signing key (Ed25519) in one file of mode 0600, with the public one beside it (`.pub`, PEM)."""

    path: Path

    def load(self) -> Ed25519PrivateKey:
        """The key, made on first use. Raises Broken when the file is there and no key."""
        if not self.path.exists():
            self._make()
        try:
            key = serialization.load_pem_private_key(self.path.read_bytes(), None)
        except (OSError, ValueError) as error:
            raise _no_ward_key(self.path) from error
        if not isinstance(key, Ed25519PrivateKey):
            raise _no_ward_key(self.path)
        return key

    def public_text(self) -> bytes:
        """The public key as it is given to the contractors (PEM)."""
        info = serialization.PublicFormat.SubjectPublicKeyInfo
        return self.load().public_key().public_bytes(serialization.Encoding.PEM, info)

    def _make(self) -> None:
        """Whole or not at all: of two at once one key stays."""
        key = Ed25519PrivateKey.generate()
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        pem, pkcs8 = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
        with suppress(FileExistsError):
            write_new(self.path, key.private_bytes(pem, pkcs8, serialization.NoEncryption()))


def fingerprint(key: Ed25519PublicKey) -> str:
    """The SHA-256 of the raw key in groups of four digits: short enough to be compared with the one on paper."""
    digits = sha256(key.public_bytes_raw()).hexdigest()[:32]
    return " ".join(digits[at : at + 4] for at in range(0, 32, 4))


def read_ward_key(path: Path) -> Ed25519PublicKey:
    """The ward's public key from the file it gave out. Raises NotFound and BadInput."""
    if not path.is_file():
        raise NotFound(
            f"{path} がありません。",
            "区の署名を確かめる公開鍵のファイルです。",
            "区から受け取った公開鍵を指定してください。",
        )
    try:
        key = serialization.load_pem_public_key(path.read_bytes())
    except ValueError as error:
        raise _no_public_key(path) from error
    if not isinstance(key, Ed25519PublicKey):
        raise _no_public_key(path)
    return key


def make_identity(path: Path, passphrase: str) -> str:
    """A new identity in a file of its own, locked by the passphrase (age scrypt); its recipient, also in `.pub`.

    Raises BadInput for a short passphrase and when a file of either name is there: a key is never written over.
    """
    public = path.with_name(path.name + PUBLIC_SUFFIX)
    refuse_short(passphrase)
    for one in (path, public):
        if one.exists():
            raise BadInput(
                f"{one} は、もうあります。",
                "鍵を上書きすると、前の鍵で届いた媒体が二度と開けなくなります。",
                "別の名前を指定してください。",
            )
    identity = pyrage.x25519.Identity.generate()
    recipient = str(identity.to_public())
    write_new(path, pyrage.passphrase.encrypt(f"{identity}\n".encode(), passphrase))
    write_new(public, f"{recipient}\n".encode(), 0o644)
    return recipient


def is_locked(path: Path) -> bool:
    """Whether the identity's file asks for a passphrase. Raises NotFound."""
    if not path.is_file():
        raise NotFound(f"{path} がありません。", "媒体を開く鍵のファイルです。", "名前と場所を確かめてください。")
    with path.open("rb") as file:
        return file.read(len(INTRO)) == INTRO


def read_identity(path: Path, passphrase: str | None) -> pyrage.x25519.Identity:
    """The identity of a file; `passphrase` is not looked at when it is not locked. Raises NotFound and BadInput."""
    content = path.read_bytes() if not is_locked(path) else _unlocked(path, passphrase or "")
    for line in content.decode("ascii", "replace").splitlines():
        if line.strip().startswith("AGE-SECRET-KEY-1"):
            try:
                return pyrage.x25519.Identity.from_str(line.strip())
            except pyrage.IdentityError:
                break
    raise BadInput(
        f"{path} に、開く鍵がありません。",
        "handover keygen が作る鍵のファイルではありません。",
        "鍵のファイル (.pub ではないほう) を指定してください。",
    )


def _unlocked(path: Path, passphrase: str) -> bytes:
    try:
        return bytes(pyrage.passphrase.decrypt(path.read_bytes(), passphrase))
    except pyrage.DecryptError as error:
        raise BadInput(_LOCKED, "鍵のファイルを開けません。", "鍵を作ったときの合言葉を入力してください。") from error


def refuse_short(passphrase: str) -> None:
    """Raise BadInput for a passphrase that could be guessed."""
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise BadInput(
            "合言葉が短すぎます。",
            f"{SHORTEST_PASSPHRASE}文字より短い合言葉は、鍵のファイルを盗まれたときに破られます。",
            f"{SHORTEST_PASSPHRASE}文字以上にしてください。",
        )


def write_new(path: Path, content: bytes, mode: int = 0o600) -> None:
    """A new file, all of it on the disk before it has its name.

    Raises FileExistsError, and Unavailable where it cannot be written; nothing has changed then.
    """
    part = path.with_name(f"{path.name}.{token_hex(4)}{PART}")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        _named(part, path)
    except FileExistsError:
        raise
    except OSError as error:
        raise Unavailable(
            f"{path} に書けません。", f"{error.strerror}。", "空きのある、書き込める場所を指定してください。"
        ) from error
    finally:
        part.unlink(missing_ok=True)
    # What killed runs left.
    for left in path.parent.glob(f"{escape(path.name)}.*{PART}"):
        left.unlink(missing_ok=True)
    sync_folder(path.parent)


def _named(part: Path, path: Path) -> None:
    """Give it a name that nothing has. Raises FileExistsError."""
    try:
        path.hardlink_to(part)
    except OSError as error:
        if path.exists():
            raise FileExistsError(str(path)) from error
        # A stick (FAT) knows no second name for a file.
        part.rename(path)


def _no_ward_key(path: Path) -> Broken:
    return Broken(
        "区の署名の鍵が読めません。",
        f"{path} が壊れているか、別のものです。",
        "控えからこの鍵を戻してください。鍵を作り直すと、委託先に渡した公開鍵では確かめられなくなります。",
    )


def _no_public_key(path: Path) -> BadInput:
    return BadInput(
        f"{path} は、区の公開鍵ではありません。",
        "署名を確かめられません。",
        "区から受け取った公開鍵のファイルを指定してください。",
    )
