"""What a zip holds, judged before anything is unpacked: names, links, sizes, ratio, encryption, zips inside."""

from __future__ import annotations

import os
import re
import stat
import struct
import unicodedata
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from azukari.core.intake.types import Entry, Limits, shown
from azukari.kernel.errors import BadInput

_END = b"PK\5\6"
_END_SIZE = 22
_FAR_LOCATOR, _FAR_LOCATOR_SIZE = b"PK\6\7", 20
_LONGEST_COMMENT = 0xFFFF
# A name and what belongs to it take less on average; a directory longer than this holds more entries than are allowed.
_BYTES_AN_ENTRY = 512
_ENCRYPTED, _UTF8 = 0x1, 0x800
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
ARCHIVES = frozenset({".zip", ".7z", ".rar", ".lzh", ".lha", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".cab", ".zipx"})
_JUNK = frozenset({"thumbs.db", "desktop.ini", ".ds_store", "__macosx"})
_UNREADABLE = (zipfile.BadZipFile, NotImplementedError, ValueError, EOFError, OSError, RuntimeError, struct.error)
_ANEW = "要るフォルダだけを zip にし直してもらってください。"


def is_junk(name: str) -> bool:
    """What Windows, macOS and Excel leave behind by themselves; it is passed over in silence."""
    return any(part.casefold() in _JUNK or part.startswith(("._", "~$")) for part in name.split("/"))


def entries_of(file: BinaryIO, archive: Path, limits: Limits) -> tuple[list[Entry], list[BadInput]]:
    """The files in a zip, and everything that forbids using it. Raises BadInput when it cannot even be listed."""
    _guard(file, limits)
    try:
        with zipfile.ZipFile(file) as opened:
            infos = opened.infolist()
    except _UNREADABLE as error:
        raise BadInput("zip を開けません。", "途中で切れているか、壊れています。", _ANEW) from error
    faults = [fault for info in infos if (fault := _fault(info, limits))]
    entries = [_entry(archive, info) for info in infos if not info.is_dir()]
    faults += _together(entries, file.seek(0, os.SEEK_END), limits)
    return entries, faults


def _guard(file: BinaryIO, limits: Limits) -> None:
    """Look at the end of the zip first: listing one that claims millions of entries would already use up the memory."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - _END_SIZE - _LONGEST_COMMENT))
    tail = file.read()
    at = tail.rfind(_END)
    if at < 0 or at + _END_SIZE > len(tail):
        raise BadInput("zip の終わりがありません。", "zip でないか、途中で切れています。", _ANEW)
    count, directory, comment = struct.unpack_from("<HI4xH", tail, at + 10)
    if at + _END_SIZE + comment != len(tail) or tail.count(_END) != 1:
        raise BadInput("zip の終わりが正しくありません。", "うしろに余分なものがあるか、切れています。", _ANEW)
    if tail[max(0, at - _FAR_LOCATOR_SIZE) : at].startswith(_FAR_LOCATOR):
        raise BadInput("zip が大きすぎる形式 (ZIP64) です。", "中身の大きさを先に確かめられません。", _ANEW)
    if count > limits.entries or directory > limits.entries * _BYTES_AN_ENTRY:
        raise BadInput(
            "zip の中のファイルが多すぎます。",
            f"{limits.entries:,} 個まで受け取ります。",
            "zip を分けてもらってください。",
        )


def _entry(archive: Path, info: zipfile.ZipInfo) -> Entry:
    deflated = info.compress_type == zipfile.ZIP_DEFLATED
    return Entry(archive, name_of(info), info.header_offset, info.compress_size, info.file_size, info.CRC, deflated)


def name_of(info: zipfile.ZipInfo) -> str:
    """The name with `/` between folders. Windows writes cp932 without saying so, macOS UTF-8 without saying so."""
    name = info.orig_filename
    if not info.flag_bits & _UTF8:
        written = name.encode("cp437")
        name = next((text for codec in ("utf-8", "cp932") if (text := _decoded(written, codec)) is not None), name)
    return unicodedata.normalize("NFC", name.replace("\\", "/"))


def _decoded(written: bytes, codec: str) -> str | None:
    try:
        return written.decode(codec)
    except UnicodeDecodeError:
        return None


def _fault(info: zipfile.ZipInfo, limits: Limits) -> BadInput | None:
    name = name_of(info)
    told = f"zip の中の「{shown(name)}」"
    if not is_inside(name):
        return BadInput(f"{told}は外を指す名前です。", "取り出すと別の場所に書かれます。", _ANEW)
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind not in {0, stat.S_IFREG, stat.S_IFDIR}:
        return BadInput(f"{told}はリンクか装置です。", "ふつうのファイルだけを受け取ります。", _ANEW)
    if info.flag_bits & _ENCRYPTED:
        return BadInput(
            f"{told}に暗号がかかっています。", "中を確かめられません。", "パスワードなしで送ってもらってください。"
        )
    if info.compress_type not in _METHODS:
        return BadInput(f"{told}の圧縮の方式を扱えません。", f"方式 {info.compress_type} です。", _ANEW)
    if Path(name).suffix.lower() in ARCHIVES:
        return BadInput(
            f"{told}は圧縮ファイルです。", "zip の中の zip は開きません。", "一つの zip にしてもらってください。"
        )
    return _bomb(told, info.file_size, info.compress_size, limits)


def is_inside(name: str) -> bool:
    """A relative name that stays below the folder it is put in, on Windows too."""
    parts = name.removesuffix("/").split("/")
    return not re.match(r"[A-Za-z]:", name) and "\0" not in name and not {"", ".", ".."} & set(parts)


def _bomb(told: str, size: int, packed: int, limits: Limits) -> BadInput | None:
    if size <= limits.small or size <= limits.ratio * packed:
        return None
    return BadInput(
        f"{told}は広げると異常に大きくなります。", f"{packed:,} バイトが {size:,} バイトになります。", _ANEW
    )


def _together(entries: list[Entry], packed: int, limits: Limits) -> Iterator[BadInput]:
    total = sum(entry.size for entry in entries)
    if total > limits.total:
        yield BadInput(
            "zip を広げると大きすぎます。",
            f"{total:,} バイトになります。{limits.total:,} バイトまで受け取ります。",
            "zip を分けてもらってください。",
        )
    if fault := _bomb("zip", total, packed, limits):
        yield fault
    seen: set[str] = set()
    for entry in entries:
        if (key := entry.name.casefold()) in seen:
            yield BadInput(
                f"zip の中に「{shown(entry.name)}」が二つあります。", "どちらが正しいか決まりません。", _ANEW
            )
        seen.add(key)
