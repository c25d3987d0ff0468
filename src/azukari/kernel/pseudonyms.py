"""仮名: one number of the ward's ↔ one token, by the ward's key alone (諮問809 補足資料 2(2) ※3).

A token is one AES-256 block: the number (8 bytes) and 8 zero bytes, encrypted under a key that HKDF-SHA256 derives for
one contractor, one series of hand-overs and one kind of number. So two numbers never share a token, a token turns back
with the key only, tokens of another series or contractor cannot be joined to these, and a token that was made up or
made under another key does not end in zeros. What carries tokens is personal information still.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

import numpy as np
import polars as pl
import pyarrow as pa
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import ECB
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from azukari.kernel.errors import BadInput

KEY_SIZE = 32
_BLOCK = 16
_DIGITS = 2 * _BLOCK
_SHAPE = "^[0-9a-fA-F]{32}$"
# Numbers worked on at once: their blocks stay in the cache of the processor, so ten times as many take ten times as long.
_TOGETHER = 2**15
_PAPER = "AZK1"
# Crockford's base 32: no letter of it is read as another.
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1"})
_GROUPS, _GROUP = 16, 4
# Kana that neither look nor sound like each other.
_KANA = "あいうえかくけこさすせそなのまり"


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
    return Pseudonyms(*(Permutation(_derived(key, contractor, series, kind)) for kind in ("person", "receipt")))


def words(key: bytes) -> str:
    """Four words that name a key without telling it: to compare by eye, and to find a wrong key before any harm."""
    digits = _derived(key, "", "", "words")[:8].hex()
    kana = "".join(_KANA[int(digit, 16)] for digit in digits)
    return " ".join(kana[at : at + 4] for at in range(0, 16, 4))


def on_paper(key: bytes) -> str:
    """The key as it is printed and typed again: 16 groups of four, each with a check of its own."""
    pairs = [key[at : at + 2] for at in range(0, KEY_SIZE, 2)]
    return "-".join((_PAPER, *(_group(number, pair) for number, pair in enumerate(pairs))))


def from_paper(text: str) -> bytes:
    """The key of a paper, as typed or read from its QR code. Raises BadInput, naming the group that is wrong."""
    letters = "".join(text.upper().split()).replace("-", "").translate(_MISREAD)
    if len(letters) == len(_PAPER) + _GROUPS * _GROUP:
        letters = letters.removeprefix(_PAPER)
    if len(letters) != _GROUPS * _GROUP or not set(letters) <= set(_LETTERS):
        raise BadInput(
            "控えの鍵が読めません。",
            f"4文字ずつ{_GROUPS}組のはずが、いまは {len(letters)} 文字か、使わない文字があります。",
            "控えの紙のとおりに入力するか、QRコードを読み取ってください。",
        )
    return b"".join(_pair(number, letters[number * _GROUP :][:_GROUP]) for number in range(_GROUPS))


def _group(number: int, pair: bytes) -> str:
    value = int.from_bytes(pair, "big") << 4 | _check(number, pair)
    return "".join(_LETTERS[value >> shift & 31] for shift in (15, 10, 5, 0))


def _pair(number: int, group: str) -> bytes:
    value = 0
    for letter in group:
        value = value << 5 | _LETTERS.index(letter)
    pair = (value >> 4).to_bytes(2, "big")
    if _check(number, pair) != value & 15:
        raise BadInput(
            f"控えの鍵の {number + 1} 組目が違います。", "一文字違うか、組の順が違います。", "紙と見比べてください。"
        )
    return pair


def _check(number: int, pair: bytes) -> int:
    return sha256(bytes([number]) + pair).digest()[0] & 15


def _derived(key: bytes, contractor: str, series: str, kind: str) -> bytes:
    if len(key) != KEY_SIZE:
        raise ValueError(f"a key of {KEY_SIZE} bytes is needed")
    parts = [part.encode() for part in ("azukari-pseudonym/1", contractor, series, kind)]
    # Each part with its length, so that no two lists of parts read the same.
    info = b"".join(len(part).to_bytes(2, "big") + part for part in parts)
    return HKDF(SHA256(), KEY_SIZE, None, info).derive(key)


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
