"""The key of the tokens: a file locked by a passphrase that the ward's responsible person keeps. Nowhere else.

The database knows a key by its four words (`words`), which say nothing of it. `pseudonyms` makes tokens with it.
"""

from __future__ import annotations

import secrets
from hashlib import sha256
from pathlib import Path

import pyrage
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pyrage import passphrase as passphrases

from azukari.kernel.container.keys import refuse_short, write_new
from azukari.kernel.errors import BadInput, NotFound

KEY_SIZE = 32
_HEAD = "azukari-pseudonym-key/1"
_PAPER = "AZK1"
# Crockford's base 32: no letter of it is read as another.
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1"})
_GROUPS, _GROUP = 16, 4
# Kana that neither look nor sound like each other.
_KANA = "あいうえかくけこさすせそなのまり"


def make(path: Path, passphrase: str) -> bytes:
    """A new key in a file of its own (mode 0600, age with a passphrase). Raises BadInput, also when the file is there."""
    return keep(path, passphrase, secrets.token_bytes(KEY_SIZE))


def keep(path: Path, passphrase: str, key: bytes) -> bytes:
    """The key in a new file: made now, or brought back from its paper. Raises BadInput."""
    refuse_short(passphrase)
    text = f"{_HEAD}\n{on_paper(key)}\n"
    try:
        write_new(path, bytes(passphrases.encrypt(text.encode(), passphrase)))
    except FileExistsError as error:
        raise BadInput(
            f"{path} は、もうあります。",
            "鍵を上書きすると、前の鍵で作った仮名が二度と復元できなくなります。",
            "別の名前を指定してください。",
        ) from error
    return key


def read(path: Path, passphrase: str) -> bytes:
    """The key of a file. Raises NotFound, and BadInput for a wrong passphrase or another kind of file."""
    if not path.is_file():
        raise NotFound(
            f"{path} がありません。",
            "区の責任者が保管する鍵のファイルです。",
            "置き場所を確かめてください。失ったときは、紙の控えから key-restore で戻せます。",
        )
    try:
        head, _, paper = bytes(passphrases.decrypt(path.read_bytes(), passphrase)).decode().partition("\n")
    except (pyrage.DecryptError, UnicodeDecodeError) as error:
        raise BadInput(
            "鍵のファイルを開けません。",
            "合言葉が違うか、仮名の鍵のファイルではありません。",
            "鍵を作ったときの合言葉を入力してください。",
        ) from error
    if head != _HEAD:
        raise BadInput(
            f"{path} は、仮名の鍵のファイルではありません。",
            "別の種類の鍵です。",
            "鍵のファイルを確かめてください。",
        )
    return from_paper(paper)


def words(key: bytes) -> str:
    """Four words that name a key without telling it: to compare by eye, and to find a wrong key before any harm."""
    digits = derived(key, "", "", "words")[:8].hex()
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


def derived(key: bytes, contractor: str, series: str, kind: str) -> bytes:
    """The key of 32 bytes for one contractor, series and kind; of two of them, neither says anything of the other."""
    if len(key) != KEY_SIZE:
        raise ValueError(f"a key of {KEY_SIZE} bytes is needed")
    parts = [part.encode() for part in ("azukari-pseudonym/1", contractor, series, kind)]
    # Each part with its length, so that no two lists of parts read the same.
    info = b"".join(len(part).to_bytes(2, "big") + part for part in parts)
    return HKDF(SHA256(), KEY_SIZE, None, info).derive(key)
