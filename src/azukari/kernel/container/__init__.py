"""授受の容器: what leaves on a medium, readable by one recipient, refused when anything about it is not as the ward signed.

A file of age (age-encryption.org/v1, one X25519 recipient) around a plain tar (ustar, ASCII names):

    manifest.json   what this is, under which consultation, the items word for word, every file's size and SHA-256
    manifest.sig    the ward's Ed25519 signature over the bytes of manifest.json
    rows.csv, …     the files of the manifest, in its order

Plain Python without Django and without a clock: the contractor's side opens it offline with nothing else.
"""

from azukari.kernel.container.keys import KeyFile, fingerprint, is_locked, make_identity, read_identity, read_ward_key
from azukari.kernel.container.reading import Opened, open_container
from azukari.kernel.container.types import NAME, Manifest, Packed, Who, read_manifest
from azukari.kernel.container.writing import (
    PART,
    SUFFIX,
    Sealed,
    check_recipient,
    packed,
    publish,
    seal,
    sync_folder,
    write_label,
)

__all__ = [
    "NAME",
    "PART",
    "SUFFIX",
    "KeyFile",
    "Manifest",
    "Opened",
    "Packed",
    "Sealed",
    "Who",
    "check_recipient",
    "fingerprint",
    "is_locked",
    "make_identity",
    "open_container",
    "packed",
    "publish",
    "read_identity",
    "read_manifest",
    "read_ward_key",
    "seal",
    "sync_folder",
    "write_label",
]
