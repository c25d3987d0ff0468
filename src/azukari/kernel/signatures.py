"""Signatures of the two responsible persons: each has an Ed25519 key of their own, which never leaves their hands.

A signature binds who was there to what was done. It is no share of the key of the tokens (諮問809 補足資料: the key is
known to the ward's responsible person alone).
"""

from __future__ import annotations

from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from azukari.kernel.container.keys import fingerprint, refuse_short, write_new
from azukari.kernel.errors import BadInput, NotFound, Refused


def make(path: Path, passphrase: str) -> str:
    """A new signing key in a file locked by a passphrase (PKCS #8); the public one in hexadecimal digits. Raises BadInput."""
    refuse_short(passphrase)
    key = Ed25519PrivateKey.generate()
    lock = serialization.BestAvailableEncryption(passphrase.encode())
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, lock)
    try:
        write_new(path, pem)
    except FileExistsError as error:
        raise BadInput(
            f"{path} は、もうあります。", "署名の鍵を上書きしません。", "別の名前を指定してください。"
        ) from error
    return public_of(key)


def load(path: Path, passphrase: str) -> Ed25519PrivateKey:
    """The key of a file. Raises NotFound and BadInput."""
    if not path.is_file():
        raise NotFound(f"{path} がありません。", "署名の鍵のファイルです。", "名前と場所を確かめてください。")
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), passphrase.encode())
    except (ValueError, TypeError) as error:
        raise BadInput(
            "署名の鍵を開けません。",
            "合言葉が違うか、署名の鍵のファイルではありません。",
            "signing-key で作った鍵と、そのときの合言葉を指定してください。",
        ) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise BadInput(
            f"{path} は署名の鍵ではありません。", "Ed25519 の鍵を使います。", "signing-key で作ってください。"
        )
    return key


def public_of(key: Ed25519PrivateKey) -> str:
    """The public key: 64 hexadecimal digits."""
    return key.public_key().public_bytes_raw().hex()


def sign(key: Ed25519PrivateKey, text: bytes) -> str:
    """The signature: 128 hexadecimal digits."""
    return key.sign(text).hex()


def checked_public(text: str) -> str:
    """A public key as typed, as it is kept. Raises BadInput."""
    digits = "".join(text.split()).lower()
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(digits))
    except ValueError as error:
        raise BadInput(
            "署名を確かめる公開鍵が読めません。",
            "0から9とaからfの64文字です。",
            "signing-key が表示した公開鍵を、そのまま入力してください。",
        ) from error
    return digits


def short(public: str) -> str:
    """The digits of a public key that are compared by eye."""
    return fingerprint(Ed25519PublicKey.from_public_bytes(bytes.fromhex(public)))


def check(public: str, signature: str, text: bytes) -> str:
    """The signature as it is kept. Raises Refused unless it is this key's over exactly this text."""
    digits = "".join(signature.split()).lower()
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public)).verify(bytes.fromhex(digits), text)
    except (ValueError, InvalidSignature) as error:
        raise Refused(
            "署名が合いません。",
            "立会いのときに示した公開鍵の署名ではないか、別の記録への署名です。",
            "いまの記録を取り直し、立会いのときの鍵で署名してください。",
        ) from error
    return digits
