"""The bytes of a file or of an entry of a zip, in blocks: nothing is unpacked to disk, and no link is followed."""

from __future__ import annotations

import hashlib
import os
import stat
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from azukari.core.intake.types import Entry, Source
from azukari.kernel.errors import BadInput

BLOCK = 1 << 20
_HEAD = 30
_EDGE = 4096
_SEND_AGAIN = "もう一度送ってもらってください。"


class Digest(NamedTuple):
    """SHA-256 (hex) and size (bytes) of a whole file, and its first and last 4,096 bytes."""

    sha256: str
    size: int
    head: bytes
    tail: bytes


def open_file(path: Path) -> BinaryIO:
    """Open a regular file for reading. Raises BadInput for a link, a device, a pipe, and what cannot be opened."""
    try:
        # Without NONBLOCK, opening a pipe waits for somebody to write to it.
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise BadInput("ファイルを開けません。", error.strerror or "読めません。", _SEND_AGAIN) from error
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise BadInput("ふつうのファイルではありません。", "装置やパイプは読みません。", _SEND_AGAIN)
    return os.fdopen(handle, "rb")


def blocks(source: Source) -> Iterator[bytes]:
    """The bytes, in blocks of a megabyte at most. Raises BadInput where an entry of a zip is not what the zip says."""
    with open_file(source.archive if isinstance(source, Entry) else source) as file:
        if isinstance(source, Entry):
            yield from inflate(file, source)
            return
        while block := file.read(BLOCK):
            yield block


def read_all(source: Source, most: int) -> bytes:
    """All bytes. Raises BadInput when there are more than `most`."""
    gathered = bytearray()
    for block in blocks(source):
        gathered += block
        if len(gathered) > most:
            raise BadInput(
                "ファイルが大きすぎます。",
                f"{most >> 20:,} MiB まで読みます。",
                "ファイルを分けて出してもらってください。",
            )
    return bytes(gathered)


def digest(source: Source) -> Digest:
    """Read through a file once."""
    sha, size, head, tail = hashlib.sha256(), 0, b"", b""
    for block in blocks(source):
        sha.update(block)
        size += len(block)
        head = (head + block[:_EDGE])[:_EDGE]
        tail = (tail + block[-_EDGE:])[-_EDGE:]
    return Digest(sha.hexdigest(), size, head, tail)


def inflate(file: BinaryIO, entry: Entry) -> Iterator[bytes]:
    """Unpack one entry. It must end just where the zip says and have the check sum it says: a lie is found, not followed."""
    _to_data(file, entry)
    size = crc = 0
    try:
        for block in _inflated(file, entry.packed) if entry.deflated else _stored(file, entry.packed):
            size += len(block)
            crc = zlib.crc32(block, crc)
            if size > entry.size:
                raise _broken(entry)
            yield block
    except zlib.error as error:
        raise _broken(entry) from error
    if (size, crc) != (entry.size, entry.crc):
        raise _broken(entry)


def _to_data(file: BinaryIO, entry: Entry) -> None:
    if entry.offset < 0:  # a wrong end of the zip shifts every place
        raise _broken(entry)
    file.seek(entry.offset)
    head = file.read(_HEAD)
    if len(head) < _HEAD or head[:4] != b"PK\3\4":
        raise _broken(entry)
    file.seek(sum(struct.unpack_from("<HH", head, 26)), os.SEEK_CUR)


def _stored(file: BinaryIO, left: int) -> Iterator[bytes]:
    while left and (block := file.read(min(BLOCK, left))):
        left -= len(block)
        yield block


def _inflated(file: BinaryIO, packed: int) -> Iterator[bytes]:
    unpack = zlib.decompressobj(-zlib.MAX_WBITS)
    for block in _stored(file, packed):
        rest = block
        while rest and not unpack.eof:
            yield unpack.decompress(rest, BLOCK)
            rest = unpack.unconsumed_tail
    yield unpack.flush()
    if not unpack.eof or unpack.unused_data:
        raise zlib.error


def _broken(entry: Entry) -> BadInput:
    return BadInput(f"zip の中の「{entry.name}」が壊れています。", "大きさか検査値が合いません。", _SEND_AGAIN)
