"""Files that lie encrypted in a store of the ward's own: age, to a recipient made from a key that the ward already has.

Constant memory at any size; any age opens such a file with the identity. What a `Lock` gives out is authenticated chunk by
chunk, and that nothing is missing is known at the end only: whoever writes it down gives it its name after that.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import BinaryIO, Protocol

import pyrage

from azukari.kernel.container.age import Box, identity_text
from azukari.kernel.errors import AzukariError, BadInput, Broken

_FROM_COPY = "控えから戻し、いつ変わったかを調べてください。"


class Sink(Protocol):
    """What takes plain bytes."""

    def write(self, content: bytes, /) -> int:
        """Take them all; how many."""

    def flush(self) -> None:
        """Nothing more comes."""


class Lock:
    """Encrypts with, and opens with, one key of 32 bytes."""

    suffix = ".age"

    def __init__(self, key: bytes) -> None:
        self._identity = pyrage.x25519.Identity.from_str(identity_text(key))

    def __repr__(self) -> str:
        return "Lock()"

    def write(self, content: Iterable[bytes], file: BinaryIO) -> None:
        """Encrypt the blocks into a file."""
        Box(str(self._identity.to_public())).encrypt(_Blocks(content), file)

    def read(self, file: BinaryIO, into: Sink) -> None:
        """The plain bytes. Raises BadInput when another key locked the file, Broken when it is not as it was written."""
        try:
            pyrage.decrypt_io(file, into, [self._identity])
        except AzukariError:
            raise
        except pyrage.DecryptError as error:
            raise _cannot_open(error) from error
        except OSError as error:
            if error.errno is not None:
                raise
            raise _damaged("途中のバイトが変わっているか、途中で切れています。") from error


class _Blocks:
    """Blocks of any size as a stream."""

    def __init__(self, blocks: Iterable[bytes]) -> None:
        self._blocks, self._held = iter(blocks), memoryview(b"")

    def readinto(self, buffer: memoryview) -> int:
        while not self._held:
            block = next(self._blocks, None)
            if block is None:
                return 0
            self._held = memoryview(block)
        some = self._held[: len(buffer)]
        buffer[: len(some)] = some
        self._held = self._held[len(some) :]
        return len(some)


def _cannot_open(error: pyrage.DecryptError) -> AzukariError:
    if "No matching keys" not in str(error):
        return _damaged("先頭の部分が壊れているか、別の種類のファイルです。")
    return BadInput(
        "保管したファイルを開けません。",
        "いまの鍵とは別の鍵で暗号化されています。",
        "保管したときの鍵を、控えから戻してください。",
    )


def _damaged(why: str) -> Broken:
    return Broken("保管したファイルが、書いたときのままではありません。", why, _FROM_COPY)
