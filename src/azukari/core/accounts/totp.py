"""The TOTP secret of an account: sealed at rest, bound to its own row, checked so that one code works once."""

from __future__ import annotations

import base64
import hashlib
import os
from datetime import datetime, timedelta
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django_otp.oath import TOTP  # type: ignore[import-untyped]

SECRET_BYTES = 20
NONCE_BYTES = 12
STEP = timedelta(seconds=30)
DIGITS = 6
# A clock may be one step off either way.
TOLERANCE = 1


def _cipher() -> AESGCM:
    return AESGCM(hashlib.sha256(b"azukari accounts totp\0" + settings.ACCOUNTS_KEY.encode()).digest())


def _bound_to(account: UUID) -> bytes:
    return f"accounts:{account}:totp".encode()


def seal(account: UUID, secret: bytes) -> bytes:
    """Nonce and ciphertext. Bound to the account: copied to another row it no longer opens."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + _cipher().encrypt(nonce, secret, _bound_to(account))


def unseal(account: UUID, sealed: bytes | memoryview) -> bytes:
    """The secret. Raises cryptography's InvalidTag when the bytes were changed or moved from another account."""
    whole = bytes(sealed)
    return _cipher().decrypt(whole[:NONCE_BYTES], whole[NONCE_BYTES:], _bound_to(account))


def fresh() -> bytes:
    """A new random secret (RFC 4226: 160 bits)."""
    return os.urandom(SECRET_BYTES)


def in_base32(secret: bytes) -> str:
    """The secret as authenticators take it."""
    return base64.b32encode(secret).decode()


def step_used(secret: bytes, code: str, now: datetime, last: int) -> int | None:
    """The time step the code belongs to, when it is right and later than the `last` one used; else None (RFC 6238)."""
    clock = _clock(secret, now)
    if not (code.isascii() and code.isdigit() and len(code) == DIGITS):
        return None
    if not clock.verify(int(code), tolerance=TOLERANCE, min_t=last + 1):
        return None
    return int(clock.t())


def step_at(now: datetime) -> int:
    """The number of the time step that runs at that moment."""
    return int(now.timestamp()) // STEP.seconds


def code_at(secret: bytes, now: datetime) -> str:
    """The six digits an authenticator shows at that moment."""
    return f"{_clock(secret, now).token():0{DIGITS}d}"


def _clock(secret: bytes, now: datetime) -> TOTP:
    clock = TOTP(secret, step=STEP.seconds, digits=DIGITS)
    clock.time = now.timestamp()
    return clock
