"""Encrypting to one X25519 recipient in the age format (C2SP age v1), with OpenSSL's ChaCha20-Poly1305.

The recipient opens it with any age. Here pyrage reads, and this module writes, because OpenSSL needs two thirds of the
time; a property test has pyrage open what this wrote, at every size around a chunk's end.
"""

from __future__ import annotations

import hmac
import os
from base64 import b64encode
from collections.abc import Iterator
from typing import BinaryIO, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

CHUNK = 64 * 1024
TAG = 16
# Chunks that are written in one go.
TOGETHER = 16
INTRO = b"age-encryption.org/v1\n"
_LETTERS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_HUMAN = "age"
_IDENTITY = "age-secret-key-"
_GENERATORS = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)


class Stream(Protocol):
    """What is encrypted: `readinto` gives some bytes, and none only at the end."""

    def readinto(self, buffer: memoryview, /) -> int | None:
        """Fill as much of the buffer as there is; how many bytes."""


class Box:
    """One encryption: the header with the key wrapped for the recipient, and the payload's key while it is needed."""

    def __init__(self, recipient: str) -> None:
        """Raises ValueError when `recipient` is no X25519 recipient of age (age1…)."""
        file_key, nonce = os.urandom(16), os.urandom(16)
        stanza = _wrapped(file_key, public_bytes(recipient))
        head = INTRO + stanza + b"---"
        mac = hmac.digest(_derived(file_key, b"", b"header"), head, "sha256")
        self.head = head + b" " + _base64(mac) + b"\n" + nonce
        self._payload = ChaCha20Poly1305(_derived(file_key, nonce, b"payload"))

    def encrypt(self, source: Stream, target: BinaryIO) -> None:
        """Write the header, then the source in chunks of 64 KiB, each authenticated, the last one marked."""
        target.write(self.head)
        target.writelines(
            self._payload.encrypt(_nonce(number, last), chunk, None) for number, chunk, last in _chunks(source, CHUNK)
        )

    def reads_back(self, written: Stream) -> bool:
        """Whether what stands on the medium is what was encrypted, chunk by chunk; the key is gone with this object."""
        head, plain = memoryview(bytearray(len(self.head))), memoryview(bytearray(CHUNK))
        if head[: _filled(written, head)] != self.head:
            return False
        try:
            for number, chunk, last in _chunks(written, CHUNK + TAG):
                if len(chunk) < TAG:
                    return False
                self._payload.decrypt_into(_nonce(number, last), chunk, None, plain[: len(chunk) - TAG])
        except InvalidTag:
            return False
        return True


def public_bytes(recipient: str) -> bytes:
    """The 32 bytes of an X25519 recipient (Bech32, BIP 173). Raises ValueError."""
    human, _, data = recipient.rpartition("1")
    if human != _HUMAN or len(data) < 7 or not set(data) <= set(_LETTERS):
        raise ValueError("no X25519 recipient of age")
    values = [_LETTERS.index(letter) for letter in data]
    if _checksum([*_expanded(human), *values]) != 1:
        raise ValueError("a letter of the recipient is wrong")
    bits = "".join(f"{value:05b}" for value in values[:-6])
    whole, rest = bits[:256], bits[256:]
    if len(bits) != 260 or int(rest, 2):
        raise ValueError("a recipient of another length")
    return int(whole, 2).to_bytes(32, "big")


def identity_text(secret: bytes) -> str:
    """32 bytes as an identity of age (AGE-SECRET-KEY-1…; Bech32, BIP 173)."""
    bits = "".join(f"{byte:08b}" for byte in secret)
    values = [int(bits[at : at + 5].ljust(5, "0"), 2) for at in range(0, len(bits), 5)]
    check = _checksum([*_expanded(_IDENTITY), *values, *bytes(6)]) ^ 1
    values += [check >> shift & 31 for shift in range(25, -1, -5)]
    return f"{_IDENTITY}1{''.join(_LETTERS[value] for value in values)}".upper()


def _expanded(human: str) -> list[int]:
    return [*(ord(letter) >> 5 for letter in human), 0, *(ord(letter) & 31 for letter in human)]


def _checksum(values: list[int]) -> int:
    found = 1
    for value in values:
        top = found >> 25
        found = (found & 0x1FFFFFF) << 5 ^ value
        for bit, generator in enumerate(_GENERATORS):
            found ^= generator if top >> bit & 1 else 0
    return found


def _wrapped(file_key: bytes, recipient: bytes) -> bytes:
    """The recipient stanza: only the holder of the identity finds the file key in it."""
    own = X25519PrivateKey.generate()
    share = own.public_key().public_bytes_raw()
    shared = own.exchange(X25519PublicKey.from_public_bytes(recipient))
    key = _derived(shared, share + recipient, b"age-encryption.org/v1/X25519")
    body = ChaCha20Poly1305(key).encrypt(bytes(12), file_key, None)
    return b"-> X25519 " + _base64(share) + b"\n" + _base64(body) + b"\n"


def _derived(key: bytes, salt: bytes, info: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt, info).derive(key)


def _base64(content: bytes) -> bytes:
    return b64encode(content).rstrip(b"=")


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


def _chunks(source: Stream, size: int) -> Iterator[tuple[int, memoryview, bool]]:
    """Chunks with their number and whether it is the last; an empty source has one empty chunk.

    One buffer for all, which stays in the processor's cache (two take a fifth longer): what follows is known by a byte.
    """
    chunk, ahead = memoryview(bytearray(size)), memoryview(bytearray(1))
    number, got = 0, _filled(source, chunk)
    while got == size and source.readinto(ahead):
        yield number, chunk, False
        chunk[:1] = ahead
        number, got = number + 1, 1 + _filled(source, chunk[1:])
    yield number, chunk[:got], True


def _filled(source: Stream, buffer: memoryview) -> int:
    """Fill the buffer; fewer bytes only at the end."""
    at = 0
    while at < len(buffer) and (got := source.readinto(buffer[at:])):
        at += got
    return at
