"""Writing a container: beside its place, to the disk, read back from the medium; its name comes last, from the caller."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import file_digest, sha256
from io import BytesIO, FileIO
from pathlib import Path
from tarfile import BLOCKSIZE, USTAR_FORMAT, TarInfo

from azukari.kernel.container.age import Box, Stream, public_bytes
from azukari.kernel.container.types import MANIFEST_NAME, NAME, OWN_NAMES, SIGNATURE_NAME, Packed
from azukari.kernel.errors import BadInput, Broken, Unavailable

SUFFIX = ".azukari.age"
PART = ".part"
END = bytes(2 * BLOCKSIZE)


@dataclass(frozen=True, slots=True)
class Sealed:
    """A container on the medium, not yet under its name: the file, its size in bytes and its SHA-256."""

    part: Path
    size: int
    sha256: str


def check_recipient(recipient: str) -> None:
    """Raises BadInput for what is no X25519 recipient of age."""
    try:
        public_bytes(recipient)
    except ValueError as error:
        raise BadInput(
            "委託先の公開鍵が読めません。",
            "age1 で始まる62文字ではないか、一文字違います。",
            "委託先が handover keygen で作った .pub のファイルの一行を、そのまま登録してください。",
        ) from error


def packed(paths: Sequence[Path]) -> tuple[Packed, ...]:
    """The files as a manifest lists them. Raises ValueError for a name that does not fit or stands there twice."""
    names = [path.name for path in paths]
    if wrong := [name for name in names if not NAME.fullmatch(name) or name in OWN_NAMES or names.count(name) > 1]:
        raise ValueError(f"file names of a container are plain ASCII and each its own: {wrong[:3]}")
    return tuple(_packed(path) for path in paths)


def _packed(path: Path) -> Packed:
    with path.open("rb") as file:
        return Packed(path.name, path.stat().st_size, file_digest(file, "sha256").hexdigest())


def seal(out: Path, manifest: bytes, signature: bytes, paths: Sequence[Path], recipient: str) -> Sealed:
    """Write the container beside `out` and read it back from the medium; `publish` gives it its name.

    Raises Unavailable when the medium is full or cannot be written (nothing stays there), Broken when what was read back
    is not what was written.
    """
    part, box = out.with_name(out.name + PART), Box(recipient)
    try:
        write(part, box, manifest, signature, paths)
        sealed = _read_back(part, box)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise _cannot(out, error) from error
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return sealed


def write(part: Path, box: Box, manifest: bytes, signature: bytes, paths: Sequence[Path]) -> None:
    """The container's bytes to a file, and the file to the disk."""
    with part.open("wb") as file:
        box.encrypt(_Tar(_members(manifest, signature, paths)), file)
        file.flush()
        os.fsync(file.fileno())


def publish(sealed: Sealed, out: Path) -> None:
    """The name, once everything else is so. Raises Unavailable."""
    try:
        sealed.part.replace(out)
        sync_folder(out.parent)
    except OSError as error:
        raise _cannot(out, error) from error


def write_label(path: Path, text: str) -> None:
    """A small text on the medium, whole or not at all."""
    part = path.with_name(path.name + PART)
    try:
        with part.open("w", encoding="utf-8") as file:
            file.write(f"{text}\n")
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)
        raise


def sync_folder(folder: Path) -> None:
    """A name in a folder, to the disk."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _read_back(part: Path, box: Box) -> Sealed:
    with part.open("rb", buffering=0) as file:
        # What the kernel still remembers would say nothing about the medium.
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        reader = _Hashing(file)
        if not box.reads_back(reader):
            raise Broken(
                "媒体から読み返したものが、書いたものと違います。",
                "媒体が傷んでいます。",
                "この媒体は使わずに廃棄し、別の媒体で提案し直してください。",
            )
        return Sealed(part, part.stat().st_size, reader.digest.hexdigest())


class _Hashing:
    """A file that is hashed while it is read."""

    def __init__(self, file: FileIO) -> None:
        self.file, self.digest = file, sha256()

    def readinto(self, buffer: memoryview) -> int:
        got = self.file.readinto(buffer)
        self.digest.update(buffer[:got])
        return got


class _Tar:
    """Several readers one after the other, as one stream."""

    def __init__(self, members: Iterator[Stream]) -> None:
        self.members, self.current = members, next(members)

    def readinto(self, buffer: memoryview) -> int:
        while not (got := self.current.readinto(buffer)):
            following = next(self.members, None)
            if following is None:
                return 0
            self.current = following
        return got


def _members(manifest: bytes, signature: bytes, paths: Sequence[Path]) -> Iterator[Stream]:
    for name, content in ((MANIFEST_NAME, manifest), (SIGNATURE_NAME, signature)):
        yield BytesIO(header(name, len(content)) + content + _padding(len(content)))
    for path in paths:
        size = path.stat().st_size
        yield BytesIO(header(path.name, size))
        with path.open("rb", buffering=0) as file:
            yield file
        yield BytesIO(_padding(size))
    yield BytesIO(END)


def header(name: str, size: int) -> bytes:
    """The tar header of a plain file: nothing of this machine's names, numbers or times stands in it."""
    info = TarInfo(name)
    info.size, info.mode = size, 0o600
    return info.tobuf(USTAR_FORMAT)


def _padding(size: int) -> bytes:
    return bytes(-size % BLOCKSIZE)


def _cannot(out: Path, error: OSError) -> Unavailable:
    full = error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
    return Unavailable(
        "媒体がいっぱいです。" if full else f"{out} に書き込めません。",
        f"{error.strerror}。書きかけは消しました。授受の記録は変わっていません。",
        "空の媒体か、もっと大きい媒体で提案し直すか、媒体の空きを作ってもう一度実行してください。"
        if full
        else "媒体がつながっていて、書き込めることを確かめ、もう一度実行してください。",
    )
