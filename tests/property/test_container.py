"""容器は、どのバイトが変わっても、どこで切れても、何かが入れ替わっても開かない。"""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from hashlib import sha256
from pathlib import Path
from tarfile import BLOCKSIZE, TarInfo
from tempfile import TemporaryDirectory

import pyrage
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from azukari.kernel import container
from azukari.kernel.container.age import CHUNK, Box
from azukari.kernel.container.types import MANIFEST_NAME, SIGNATURE_NAME, Manifest, Packed, Who, read_manifest
from azukari.kernel.container.writing import END, header
from azukari.kernel.errors import AzukariError, Broken, Refused

WARD = Ed25519PrivateKey.generate()
IDENTITY = pyrage.x25519.Identity.generate()
RECIPIENT = str(IDENTITY.to_public())
DAY = date(2026, 12, 1)
FILES = {"rows.csv": b'"a"\r\n' * 100, "letters-1.pdf": b"%PDF" + bytes(range(256)) * 300}
WHO = Who("officer", "北沢 みどり", "2026-11-25T10:00:00+09:00")


def packed(files: dict[str, bytes]) -> tuple[Packed, ...]:
    return tuple(Packed(name, len(content), sha256(content).hexdigest()) for name, content in files.items())


MANIFEST = Manifest(
    handover=7, flow="813-1", consultation="813", title="件名", business="業務", ground="諮問第813号 5(1)",
    items=("氏名", "住所"), rows=3, contractor="委託先", recipient=RECIPIENT, medium="USBメモリ", serial="USB-1",
    place="委託先事業者の施設", proposed=WHO, approved=WHO, written=WHO, valid_from=date(2026, 11, 25),
    valid_until=date(2026, 12, 9), over_reason="", receipt="0A1B-2C3D-4E5F-6071", files=packed(FILES),
)  # fmt: skip


def member(name: str, content: bytes) -> bytes:
    return header(name, len(content)) + content + bytes(-len(content) % BLOCKSIZE)


def archive(manifest: bytes, signature: bytes, members: list[bytes], end: bytes = END) -> bytes:
    return member(MANIFEST_NAME, manifest) + member(SIGNATURE_NAME, signature) + b"".join(members) + end


def tarred(manifest: Manifest = MANIFEST, files: dict[str, bytes] = FILES, key: Ed25519PrivateKey = WARD) -> bytes:
    content = manifest.as_bytes()
    return archive(content, key.sign(content), [member(*one) for one in files.items()])


def encrypted(plain: bytes) -> bytes:
    return bytes(pyrage.encrypt(plain, [IDENTITY.to_public()]))


def opened(content: bytes, on: date = DAY) -> dict[str, bytes]:
    """The files; after a refusal there is nothing at all."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        path, out = folder / "c.age", folder / "out"
        path.write_bytes(content)
        try:
            container.open_container(path, IDENTITY, WARD.public_key(), out, on)
        except AzukariError:
            assert [one.name for one in folder.iterdir()] == ["c.age"]
            raise
        return {one.name: one.read_bytes() for one in out.iterdir() if one.name != "receipt.json"}


GOOD = encrypted(tarred())


def test_the_good_one_opens() -> None:
    assert opened(GOOD) == FILES


@given(at=st.integers(0, len(GOOD) - 1), bit=st.integers(0, 7))
@settings(max_examples=40)
def test_any_changed_bit_is_refused(at: int, bit: int) -> None:
    changed = bytearray(GOOD)
    changed[at] ^= 1 << bit
    with pytest.raises((Broken, Refused)):
        opened(bytes(changed))


@given(st.integers(0, len(GOOD) - 1))
@settings(max_examples=30)
def test_cut_anywhere_is_refused(at: int) -> None:
    with pytest.raises(Broken):
        opened(GOOD[:at])


@given(st.binary(min_size=1, max_size=2000))
@settings(max_examples=30)
def test_anything_appended_is_refused(more: bytes) -> None:
    with pytest.raises(Broken):
        opened(GOOD + more)
    with pytest.raises(Broken):
        opened(encrypted(tarred() + more))


SWAPPED = dict(reversed(FILES.items()))
CROSSED = dict(zip(FILES, reversed(FILES.values()), strict=True))
OTHER = {**FILES, "rows.csv": b'"b"\r\n' * 100}
FORGED: dict[str, Callable[[], bytes]] = {
    "in another order": lambda: tarred(files=SWAPPED),
    "contents exchanged": lambda: tarred(files=CROSSED),
    "another content of the same size": lambda: tarred(files=OTHER),
    "one file less": lambda: tarred(files={"rows.csv": FILES["rows.csv"]}),
    "one file more": lambda: tarred(files=FILES | {"more.txt": b"x"}),
    "signed by somebody else": lambda: tarred(key=Ed25519PrivateKey.generate()),
    "the manifest changed after signing": lambda: archive(
        replace(MANIFEST, rows=4).as_bytes(), WARD.sign(MANIFEST.as_bytes()), [member(*one) for one in FILES.items()]
    ),
    "the same manifest written otherwise": lambda: archive(
        MANIFEST.as_bytes() + b" ", WARD.sign(MANIFEST.as_bytes() + b" "), [member(*one) for one in FILES.items()]
    ),
    "addressed to another": lambda: tarred(
        replace(MANIFEST, recipient=str(pyrage.x25519.Identity.generate().to_public()))
    ),
    "no manifest": lambda: b"".join(member(*one) for one in FILES.items()) + END,
    "no end": lambda: tarred()[: -len(END)],
    "padding that says something": lambda: tarred().replace(bytes(12) + header("letters-1.pdf", 0)[:13], b"secret message"[:12] + header("letters-1.pdf", 0)[:13]),
    "random": lambda: os.urandom(5000),
    "nothing": lambda: b"",
}  # fmt: skip


@pytest.mark.parametrize("make", FORGED.values(), ids=FORGED)
def test_a_forged_archive_for_the_right_recipient_is_refused(make: Callable[[], bytes]) -> None:
    """Encrypting needs no secret, so whoever has the public key may try."""
    with pytest.raises((Broken, Refused)):
        opened(encrypted(make()))


@pytest.mark.parametrize(
    "name", ["../evil", "/etc/evil", "a/b", "..", ".hidden", "", "ü.txt", "a" * 120, "receipt.json"]
)
def test_names_lead_nowhere(name: str) -> None:
    """Even signed by the ward, a name with a folder in it is no name."""
    manifest = replace(MANIFEST, files=(Packed(name, 1, sha256(b"x").hexdigest()),))
    info = TarInfo(name)
    info.size = 1
    content = manifest.as_bytes()
    body = info.tobuf() + b"x" + bytes(BLOCKSIZE - 1)
    with pytest.raises(Broken):
        opened(encrypted(archive(content, WARD.sign(content), [body])))


@pytest.mark.parametrize("kind", [b"1", b"2", b"3", b"5", b"S", b"L", b"x"])
def test_links_devices_and_sparse_files_are_refused(kind: bytes) -> None:
    info = TarInfo("rows.csv")
    info.type, info.size, info.linkname = kind, 0, "/etc/passwd"
    manifest = replace(MANIFEST, files=packed({"rows.csv": b""}))
    content = manifest.as_bytes()
    with pytest.raises(Broken):
        opened(encrypted(archive(content, WARD.sign(content), [info.tobuf()])))


def test_a_size_that_no_disk_has_is_refused_before_a_byte_is_written() -> None:
    manifest = replace(MANIFEST, files=tuple(Packed(f"{at}.csv", 8**11 - 1, "0" * 64) for at in range(10_000)))
    with pytest.raises(AzukariError, match="いっぱいです"):
        opened(encrypted(tarred(manifest, {})))


@given(st.binary(max_size=400))
@settings(max_examples=30)
def test_a_manifest_is_exactly_as_written_or_none(content: bytes) -> None:
    with pytest.raises(Broken):
        read_manifest(content)


def test_a_manifest_comes_back_as_it_was() -> None:
    assert read_manifest(MANIFEST.as_bytes()) == MANIFEST


EDGES = [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK - 1, 2 * CHUNK, 3 * CHUNK + 7]


@given(st.sampled_from(EDGES) | st.integers(0, 3 * CHUNK))
@settings(max_examples=30)
def test_any_age_reads_what_ours_wrote(size: int) -> None:
    """pyrage is another implementation of the format."""
    plain = os.urandom(size)
    box, written = Box(RECIPIENT), io.BytesIO()
    box.encrypt(io.BytesIO(plain), written)
    assert pyrage.decrypt(written.getvalue(), [IDENTITY]) == plain
    assert box.reads_back(io.BytesIO(written.getvalue()))


@given(st.integers(0, 2**40), st.integers(0, 7))
@settings(max_examples=30)
def test_a_medium_that_gives_back_another_bit_is_found(at: int, bit: int) -> None:
    box, written = Box(RECIPIENT), io.BytesIO()
    box.encrypt(io.BytesIO(bytes(CHUNK + 100)), written)
    content = bytearray(written.getvalue())
    content[at % len(content)] ^= 1 << bit
    assert not box.reads_back(io.BytesIO(bytes(content)))
    assert not box.reads_back(io.BytesIO(bytes(content[:-1])))


@given(st.integers(0, 61), st.sampled_from("qpzry9x8gf2tvdw0s3jn54khce6mua7l"))
@settings(max_examples=30)
def test_one_wrong_letter_of_a_public_key_is_found(at: int, letter: str) -> None:
    container.check_recipient(RECIPIENT)
    wrong = RECIPIENT[:at] + letter + RECIPIENT[at + 1 :]
    if wrong != RECIPIENT:
        with pytest.raises(AzukariError):
            container.check_recipient(wrong)
