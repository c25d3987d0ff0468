"""仮名: one number of the ward's ↔ one token, by the ward's key alone (諮問809 補足資料 2(2) ※3).

A token is one AES-256 block: the number (8 bytes) and 8 zero bytes, encrypted under a key that HKDF-SHA256 derives for
one contractor, one series of hand-overs and one kind of number. So two numbers never share a token, a token turns back
with the key only, tokens of another series or contractor cannot be joined to these, and a token that was made up or
made under another key does not end in zeros. What carries tokens is personal information still.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
import pyarrow as pa
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import ECB

from azukari.kernel.errors import BadInput
from azukari.kernel.keystore import derived

_BLOCK = 16
_DIGITS = 2 * _BLOCK
_SHAPE = "^[0-9a-fA-F]{32}$"
# Numbers worked on at once: their blocks stay in the cache of the processor, so ten times as many take ten times as long.
_TOGETHER = 2**15


@dataclass(frozen=True, slots=True)
class Permutation:
    """Numbers of one kind ↔ their tokens. `key` is the derived one (32 bytes), never the ward's own."""

    key: bytes

    def __repr__(self) -> str:
        return "Permutation(…)"

    def tokens(self, numbers: pl.Series) -> pl.Series:
        """Tokens (32 hexadecimal digits) of whole numbers (Int64), row by row; null stays null."""
        cipher = Cipher(AES256(self.key), ECB())  # noqa: S305 (every block is one number, not a text)
        parts = [_encrypted(numbers.slice(at, _TOGETHER), cipher) for at in _starts(numbers)]
        return pl.concat(parts).alias(numbers.name)

    def numbers(self, tokens: pl.Series) -> pl.Series:
        """The numbers (Int64) of tokens, row by row; null stays null.

        Raises BadInput with the first row (counted from 1) that is no token made with this key in this series.
        """
        cipher = Cipher(AES256(self.key), ECB())  # noqa: S305
        parts = [_decrypted(tokens.slice(at, _TOGETHER), cipher, at) for at in _starts(tokens)]
        return pl.concat(parts).alias(tokens.name)


@dataclass(frozen=True, slots=True)
class Pseudonyms:
    """The tokens of one series of hand-overs to one contractor under the ward's key."""

    persons: Permutation
    receipts: Permutation


def pseudonyms(key: bytes, contractor: str, series: str) -> Pseudonyms:
    """What the ward's key (32 bytes) makes for a contractor in a series; another of either has nothing in common."""
    return Pseudonyms(*(Permutation(derived(key, contractor, series, kind)) for kind in ("person", "receipt")))


def _starts(column: pl.Series) -> range:
    """Where the parts begin that are worked on one after the other; an empty column is one part."""
    return range(0, max(len(column), 1), _TOGETHER)


def _encrypted(numbers: pl.Series, cipher: Cipher[ECB]) -> pl.Series:
    blocks = np.zeros((len(numbers), 2), dtype=">i8")
    blocks[:, 0] = numbers.cast(pl.Int64).fill_null(0).to_numpy()
    text = _strings(cipher.encryptor().update(blocks.tobytes()).hex().encode(), len(numbers))
    return text if not numbers.null_count() else text.set(numbers.is_null(), None)


def _decrypted(tokens: pl.Series, cipher: Cipher[ECB], before: int) -> pl.Series:
    rows = np.flatnonzero(tokens.is_not_null().to_numpy())
    blocks = np.frombuffer(cipher.decryptor().update(_blocks(tokens, before)), dtype=">i8").reshape(-1, 2)
    if blocks[:, 1].any():
        row = int(rows[blocks[:, 1].astype(bool).argmax()])
        raise _not_ours(before + row, tokens[row])
    found = pl.Series([None], dtype=pl.Int64).new_from_index(0, len(tokens))
    return found.scatter(rows, blocks[:, 0].astype(np.int64))


def _strings(text: bytes, count: int) -> pl.Series:
    """Strings of one length that stand one after the other."""
    ends = np.arange(count + 1, dtype=np.int64) * _DIGITS
    array = pa.Array.from_buffers(pa.large_string(), count, [None, pa.py_buffer(ends), pa.py_buffer(text)])
    found = pl.from_arrow(array)
    assert isinstance(found, pl.Series)  # noqa: S101 (one array is one series)
    return found


def _blocks(tokens: pl.Series, before: int) -> bytes:
    """What the tokens that are there stand for, one after the other. Raises BadInput for what looks like none."""
    present = tokens.drop_nulls()
    array = present.to_arrow().cast(pa.large_string())
    start, text = array.offset * _DIGITS, array.buffers()[2]
    if not (present.str.len_bytes() != _DIGITS).any():
        try:
            found = bytes.fromhex(str(memoryview(text)[start : start + len(present) * _DIGITS], "ascii"))
        except ValueError:
            found = b""
        # `fromhex` reads over blanks.
        if len(found) == len(present) * _BLOCK:
            return found
    row = int((~tokens.str.contains(_SHAPE)).fill_null(value=False).arg_max() or 0)
    raise _not_ours(before + row, tokens[row])


def _not_ours(row: int, token: str) -> BadInput:
    return BadInput(
        f"{row + 1} 行目の「{token[:8]}…」は、この鍵で作った仮名ではありません。",
        "別の授受の仮名か、鍵が違うか、写すときに変わっています。一行も復元していません。",
        "授受の番号と鍵の照合の言葉を確かめてください。",
    )
