"""The key of the tokens: a file locked by a passphrase that the ward's responsible person keeps. Nowhere else.

The database knows a key by its four words (`pseudonyms.words`), which say nothing of it.
"""

from __future__ import annotations

import secrets
from pathlib import Path

import pyrage
from pyrage import passphrase as passphrases

from azukari.kernel import pseudonyms
from azukari.kernel.container.keys import SHORTEST_PASSPHRASE, write_new
from azukari.kernel.errors import BadInput, NotFound

_HEAD = "azukari-pseudonym-key/1"


def make(path: Path, passphrase: str) -> bytes:
    """A new key in a file of its own (mode 0600, age with a passphrase). Raises BadInput, also when the file is there."""
    return keep(path, passphrase, secrets.token_bytes(pseudonyms.KEY_SIZE))


def keep(path: Path, passphrase: str, key: bytes) -> bytes:
    """The key in a new file: made now, or brought back from its paper. Raises BadInput."""
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise BadInput(
            "合言葉が短すぎます。",
            f"{SHORTEST_PASSPHRASE}文字より短い合言葉は、鍵のファイルを盗まれたときに破られます。",
            f"{SHORTEST_PASSPHRASE}文字以上にしてください。",
        )
    text = f"{_HEAD}\n{pseudonyms.on_paper(key)}\n"
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
    return pseudonyms.from_paper(paper)
