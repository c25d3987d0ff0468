"""Opening a container, offline: everything is checked before a file gets its name, and what is wrong is said in words.

What pyrage releases is authenticated chunk by chunk; the end only at the end. So files are written into a folder beside
the wanted one, which is renamed when all of it was right. Names, order and sizes are the signed manifest's: nothing the
archive says decides where or how much is written.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from hashlib import file_digest, sha256
from pathlib import Path
from tarfile import BLOCKSIZE, HeaderError, TarInfo

import pyrage
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from azukari.kernel import era
from azukari.kernel.container.types import (
    MANIFEST_NAME,
    MOST_MANIFEST,
    RECEIPT_NAME,
    SIGNATURE_NAME,
    SIGNATURE_SIZE,
    Manifest,
    Packed,
    read_manifest,
)
from azukari.kernel.container.writing import END, header, sync_folder
from azukari.kernel.errors import AzukariError, BadInput, Broken, NotFound, Refused, Unavailable

RECEIPT_FORMAT = "azukari-receipt/1"
UNFINISHED = ".azukari-part"
ROOM = 2**20
# A generator that says how many bytes it wants next, at least and at most, and is sent them.
Steps = Generator[tuple[int, int], bytes, None]
SAFE = "中身は一つも書き出していません。"
TELL = "媒体をそのまま保管し、区の担当に知らせてください。"


@dataclass(frozen=True, slots=True)
class Opened:
    """A container that was opened: its manifest, the folder its files are in, the receipt for the ward."""

    manifest: Manifest
    folder: Path
    receipt: Path


def open_container(path: Path, identity: pyrage.x25519.Identity, ward: Ed25519PublicKey, out: Path, on: date) -> Opened:
    """Check everything and put the files into the new folder `out`, with a receipt for the ward.

    Raises Broken for what was changed, cut or not signed by the ward; Refused for another recipient's, an expired or an
    early one; BadInput when `out` is there; NotFound; Unavailable when the disk is full. Nothing is left behind then.
    """
    if not path.is_file():
        raise NotFound(f"{path} がありません。", "開く容器のファイルです。", "名前と場所を確かめてください。")
    _refuse_existing(out)
    with _unfinished(out) as folder:
        manifest_bytes = _unpack(path, identity, ward, folder, on)
        manifest = read_manifest(manifest_bytes)
        _write_receipt(folder / RECEIPT_NAME, path, manifest, manifest_bytes, on)
        sync_folder(folder)
        if out.exists():
            out.rmdir()
        folder.rename(out)
        sync_folder(out.parent)
    return Opened(manifest, out, out / RECEIPT_NAME)


def _refuse_existing(out: Path) -> None:
    if (out.exists() or out.is_symlink()) and not (out.is_dir() and not any(out.iterdir())):
        raise BadInput(
            f"{out} は、もうあります。",
            "前に開いたものに重ねると、どちらの授受か分からなくなります。",
            "新しいフォルダーの名前を指定してください。",
        )
    if not out.parent.is_dir():
        raise NotFound(f"{out.parent} がありません。", "書き出す場所です。", "名前と場所を確かめてください。")


@contextmanager
def _unfinished(out: Path) -> Iterator[Path]:
    """A folder nobody else reads; what a killed run left there goes first, and whatever fails leaves nothing."""
    folder = out.with_name(out.name + UNFINISHED)
    shutil.rmtree(folder, ignore_errors=True)
    try:
        folder.mkdir(mode=0o700)
        yield folder
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise _cannot(out, error) from error
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _unpack(path: Path, identity: pyrage.x25519.Identity, ward: Ed25519PublicKey, folder: Path, on: date) -> bytes:
    """The bytes of the manifest, once every file of it stands in the folder."""
    unpacking = _Unpacking(folder, lambda content, signature: _admit(content, signature, ward, identity, on))
    with path.open("rb") as file:
        try:
            pyrage.decrypt_io(file, unpacking, [identity])
        except AzukariError:
            raise
        except pyrage.DecryptError as error:
            raise _undecryptable(error) from error
        except OSError as error:
            if error.errno is not None:
                raise
            raise _changed("途中のバイトが変わっているか、途中で切れています。") from error
    return unpacking.finished()


def _undecryptable(error: pyrage.DecryptError) -> AzukariError:
    if "No matching keys" in str(error):
        return Refused(
            "この容器は、この鍵では開けません。",
            f"別の受取人に宛てたものです。{SAFE}",
            "宛先の委託先のものか、鍵のファイルを取り違えていないかを確かめてください。",
        )
    return _changed("先頭の部分が壊れているか、容器のファイルではありません。")


def _admit(
    content: bytes, signature: bytes, ward: Ed25519PublicKey, identity: pyrage.x25519.Identity, on: date
) -> Manifest:
    """The manifest, if the ward signed it, for this recipient, and the day lies in its term."""
    try:
        ward.verify(signature, content)
    except InvalidSignature as error:
        raise Broken(
            "区の署名がありません。",
            f"目録に付いた署名が、この区の鍵のものではありません。区以外の者が作った容器です。{SAFE}",
            TELL,
        ) from error
    manifest = read_manifest(content)
    if manifest.recipient != str(identity.to_public()):
        raise Refused("別の受取人に宛てた目録です。", f"中身を入れ替えて作り直した容器です。{SAFE}", TELL)
    if on > manifest.valid_until:
        raise Refused(
            "この容器の期間は終わりました。",
            f"取り扱えるのは{era.long(manifest.valid_until)}まででした。{SAFE}",
            "媒体を区へ返し、要るときは新しい授受を区に頼んでください。",
        )
    if on < manifest.valid_from:
        raise Refused(
            "この容器の期間は、まだ始まっていません。",
            f"取り扱えるのは{era.long(manifest.valid_from)}からです。{SAFE}",
            "その日からもう一度開いてください。日付が違うときは、この機械の時計を直してください。",
        )
    return manifest


class _Unpacking:
    """Takes the plain bytes as they come, and puts them where the signed manifest says and nowhere else."""

    def __init__(self, folder: Path, admit: Callable[[bytes, bytes], Manifest]) -> None:
        self.folder, self.admit = folder, admit
        self.manifest, self.whole = b"", False
        self._held, self._steps = bytearray(), self._walk()
        self._least, self._most = next(self._steps)

    def write(self, content: bytes) -> int:
        if not self._held and self._least <= len(content) <= self._most:
            self._least, self._most = self._steps.send(content)
            return len(content)
        self._held += content
        while len(self._held) >= self._least and self._held:
            piece = bytes(self._held[: self._most])
            del self._held[: len(piece)]
            self._least, self._most = self._steps.send(piece)
        return len(content)

    def flush(self) -> None:
        """Every file is brought to the disk when it ends."""

    def finished(self) -> bytes:
        """The bytes of the manifest. Raises Broken when the archive ended early."""
        if not self.whole:
            raise _changed("途中で切れています。")
        return self.manifest

    def _walk(self) -> Steps:
        content = yield from self._member(MANIFEST_NAME, MOST_MANIFEST)
        signature = yield from self._member(SIGNATURE_NAME, SIGNATURE_SIZE)
        manifest = self.admit(content, signature)
        self.manifest = content
        self._make_room(manifest)
        for one in manifest.files:
            yield from self._file(one)
        if (yield len(END), len(END)) != END:
            raise _changed("目録にないものが入っています。")
        self.whole = True
        yield 1, 1
        raise _changed("終わりの後に、余分なものが付いています。")

    def _member(self, name: str, most: int) -> Generator[tuple[int, int], bytes, bytes]:
        """A small member of ours, in memory."""
        size = _size_of((yield BLOCKSIZE, BLOCKSIZE), name)
        if not 0 < size <= most:
            raise _changed("目録か署名の大きさが合いません。")
        content = yield size, size
        yield from _padding(size)
        return content

    def _make_room(self, manifest: Manifest) -> None:
        wanted = sum(one.size for one in manifest.files) + ROOM
        if shutil.disk_usage(self.folder).free < wanted:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def _file(self, one: Packed) -> Steps:
        """One file, no byte more than the manifest says."""
        if (yield BLOCKSIZE, BLOCKSIZE) != header(one.name, one.size):
            raise _changed(f"{one.name} の順序か大きさが目録と違います。")
        digest, left = sha256(), one.size
        handle = os.open(self.folder / one.name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            while left:
                piece = yield 1, left
                digest.update(piece)
                file.write(piece)
                left -= len(piece)
            file.flush()
            os.fsync(handle)
        if digest.hexdigest() != one.sha256:
            raise _changed(f"{one.name} の中身が目録と違います。")
        yield from _padding(one.size)


def _padding(size: int) -> Steps:
    rest = -size % BLOCKSIZE
    if rest and any((yield rest, rest)):
        raise _changed("ファイルのあいだに、余分なものが入っています。")


def _size_of(block: bytes, name: str) -> int:
    """The size in a tar header, which is exactly as the ward writes it."""
    try:
        size = TarInfo.frombuf(block, "ascii", "strict").size
    except (HeaderError, UnicodeDecodeError) as error:
        raise _changed("容器の中の形が違います。") from error
    if not 0 <= size < 8**11 or block != header(name, size):
        raise _changed("目録が先頭にありません。")
    return size


def _write_receipt(path: Path, container: Path, manifest: Manifest, content: bytes, on: date) -> None:
    with container.open("rb") as file:
        digest = file_digest(file, "sha256").hexdigest()
    fields = {
        "format": RECEIPT_FORMAT,
        "handover": manifest.handover,
        "receipt": manifest.receipt,
        "opened_on": on.isoformat(),
        "rows": manifest.rows,
        "manifest_sha256": sha256(content).hexdigest(),
        "container_sha256": digest,
    }
    path.write_text(json.dumps(fields, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _changed(why: str) -> Broken:
    return Broken("この容器は、区が書いたままではありません。", f"{why}{SAFE}", TELL)


def _cannot(out: Path, error: OSError) -> Unavailable:
    if error.errno == errno.ENOSPC:
        what, next_step = "書き出す所がいっぱいです。", "空きを作るか、別の場所を指定してください。"
    else:
        what, next_step = f"{out} に書き出せません。", "書き込める場所を指定してください。"
    return Unavailable(what, f"{error.strerror}。途中のものは消しました。", next_step)
