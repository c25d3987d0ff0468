"""The originals of health files: kept encrypted and under the SHA-256 of their plain bytes, brought back by one door.

Receipts, checkups and 資格 are names with diseases, so no plain byte of them lies in the store. The key is made from the
ward's key over the health store (`secrets/health`), another one than any table's.
"""

from __future__ import annotations

from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from azukari.business.health.store import ward_key
from azukari.business.health.types import WARD_ENTRY
from azukari.core.audit import api as audit
from azukari.core.intake.api import keep, originals
from azukari.core.intake.types import Source
from azukari.kernel.atrest import Lock
from azukari.kernel.errors import BadInput

OWNER = "owner"
_FOLDER = "health"


def keep_original(source: Source, name: str, sha256: str) -> None:
    """Keep the file, which must still be the one that was read. Raises BadInput and Broken."""
    if keep(_store(), source, _lock()).sha256 != sha256:
        raise BadInput(
            f"{name} が、読んでいるあいだに変わりました。",
            "読んだものと同じものを残せません。",
            "もう一度受け取ってください。",
        )


def where(sha256: str) -> Path:
    """Where the original with this hash lies, encrypted, or would lie."""
    return originals.path(_store(), sha256, _lock())


def bring_back(sha256: str, out: Path, *, by: str) -> int:
    """The original, byte for byte as it arrived, into a new file (mode 0600); its size in bytes.

    Proved by its hash before it has its name. That it was asked for is in the ledger first, whatever comes of it.
    Raises NotFound, BadInput (another key, no hash, `out` is there) and Broken (no longer what was kept).
    """
    try:
        where(sha256)
    except ValueError as error:
        raise BadInput(
            f"「{sha256}」はハッシュではありません。",
            "原本は SHA-256 (16進の64文字) の名前で保管しています。",
            "受け取ったときに示したハッシュを指定してください。",
        ) from error
    audit.record("health.original", actor=by, flow=WARD_ENTRY, detail={"sha256": sha256}, using=OWNER)
    return originals.bring_back(_store(), sha256, out, _lock())


def _store() -> Path:
    return Path(settings.ORIGINALS) / _FOLDER


def _lock() -> Lock:
    return Lock(HKDF(SHA256(), 32, None, b"azukari health originals").derive(ward_key()))
