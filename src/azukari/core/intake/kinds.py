"""What a file really is, by its first bytes, whatever it is called."""

from __future__ import annotations

import re

from azukari.kernel.errors import BadInput

_MAGIC = (
    (b"%PDF-", "PDF"),
    (b"\xff\xd8\xff", "JPEG 画像"),
    (b"\x89PNG\r\n\x1a\n", "PNG 画像"),
    (b"GIF8", "GIF 画像"),
    (b"II*\0", "TIFF 画像"),
    (b"MM\0*", "TIFF 画像"),
    (b"BM", "BMP 画像"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "古い Excel (.xls) か、パスワードのかかった Excel"),
    (b"MZ", "プログラム (exe)"),
    (b"\x7fELF", "プログラム"),
    (b"{\\rtf", "リッチテキスト (rtf)"),
    (b"\x1f\x8b", "gzip の圧縮ファイル"),
    (b"7z\xbc\xaf\x27\x1c", "7-Zip の圧縮ファイル"),
    (b"Rar!\x1a\x07", "RAR の圧縮ファイル"),
    (b"PK\5\6", "空の zip"),
)
_ZIP = b"PK\3\4"
EXCEL = "Excel (.xlsx)"
IMAGES = frozenset({"PNG 画像", "JPEG 画像", "TIFF 画像"})
_PAGE_ENDS = {"PNG 画像": b"IEND\xae\x42\x60\x82", "JPEG 画像": b"\xff\xd9"}
_WEB = re.compile(rb"\s*<(?:!doctype html|html|\?xml|script)", re.IGNORECASE)


def kind_of(head: bytes) -> str:
    """What it is, in words; "" for what may be plain text."""
    if head.startswith(_ZIP):
        return EXCEL if re.search(rb"\[Content_Types\]\.xml|_rels/|xl/|docProps/", head) else "zip の圧縮ファイル"
    if _WEB.match(head):
        return "Web ページか XML"
    return next((kind for magic, kind in _MAGIC if head.startswith(magic)), "")


def expect(head: bytes, name: str) -> None:
    """Raises BadInput when a `.csv` or `.xlsx` is something else, and says what."""
    kind, is_sheet = kind_of(head), name.casefold().endswith(".xlsx")
    if not head:
        raise BadInput("中身がありません。", "0 バイトのファイルです。", "もう一度書き出して送ってもらってください。")
    if is_sheet and kind != EXCEL:
        _renamed(kind or "文字のファイル", "Excel (.xlsx)")
    if not is_sheet and kind:
        _renamed(kind, "CSV")


def _renamed(kind: str, wanted: str) -> None:
    raise BadInput(
        f"中身は{kind}です。", f"名前は{wanted}のものです。", f"{wanted}の形で保存し直してもらってください。"
    )


def expect_image(head: bytes, tail: bytes) -> str:
    """The kind of image. Raises BadInput for what is none, and for a PNG or JPEG that does not end as one."""
    kind = kind_of(head)
    if kind not in IMAGES:
        told = f"中身は{kind or '文字か知らない形のファイル'}です。" if head else "中身がありません。"
        raise BadInput(told, "PNG、JPEG、TIFF の画像を読みます。", "その券をもう一度読み取ってもらってください。")
    if _PAGE_ENDS.get(kind, b"") not in tail:
        raise BadInput(f"{kind}が途中で切れています。", "終わりの印がありません。", "もう一度送ってもらってください。")
    return kind
