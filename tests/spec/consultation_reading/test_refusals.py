"""読み取れない文書

読み取りの前に断るものは、何が足りず、なぜ困り、次にどうするかを伝えます。
"""

from __future__ import annotations

from pathlib import Path

import pytest

from azukari.config.home import ROOT
from azukari.core.policy.reading import read_bytes, read_file
from azukari.kernel.errors import BadInput, NotFound

PACKET = (ROOT / "tests/data/packet/council-2019-02-12.txt").read_text(encoding="utf-8")


def only(number: int, until: int) -> str:
    return "\n".join(PACKET.split("\n")[number - 1 : until])


@pytest.mark.parametrize(("codec", "name"), [("cp932", "Shift_JIS"), ("euc_jp", "EUC-JP"), ("utf-16", "UTF-16")])
def test_another_encoding_is_named(codec: str, name: str) -> None:
    """Shift_JIS などの文書は、勝手に変換せず、変換の仕方を伝えて断る。"""
    with pytest.raises(BadInput, match=name) as caught:
        read_bytes(only(530, 646).replace("～", "から").replace("－", "-").encode(codec, errors="replace"), "paper.txt")
    assert "iconv" in caught.value.next_step


def test_an_empty_file_is_refused() -> None:
    """空のファイルは断る。"""
    with pytest.raises(BadInput, match="空"):
        read_bytes(b" \n\n", "paper.txt")


def test_a_paper_without_a_number_is_refused() -> None:
    """「諮問第…号」のない文書は、どの諮問かを示せないので断る。"""
    with pytest.raises(BadInput, match="諮問第"):
        read_bytes("区民へのお知らせ\n本文".encode(), "paper.txt")


def test_missing_headings_are_named() -> None:
    """見出しが抜けていれば、抜けた見出しの名前をすべて挙げて断る。"""
    text = only(530, 646).replace("- 8 委託先との個人情報の授受の方法\n", "").replace("- 11 委託の条件\n", "")
    with pytest.raises(BadInput, match=r"8 委託先との個人情報の授受の方法.*11 委託の条件"):
        read_bytes(text.encode(), "paper.txt")


def test_a_heading_missing_in_one_part_is_named_with_its_part() -> None:
    """三部に分かれた諮問では、どの部の見出しが抜けているかも伝える。"""
    with pytest.raises(BadInput, match="第3 の 「6 回線結合の方法」"):
        read_bytes(only(948, 1185).replace("6 回線結合の方法", "").encode(), "paper.txt")


def test_one_number_twice_is_refused() -> None:
    """同じ番号の諮問が離れて二度あれば、どちらが本文かを決めずに断る。"""
    with pytest.raises(BadInput, match="二度"):
        read_bytes("\n".join([only(404, 528), only(530, 646), only(404, 528)]).encode(), "paper.txt")


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    """ファイルがなければ、そう伝える。"""
    with pytest.raises(NotFound):
        read_file(tmp_path / "none.txt")


def test_a_paper_under_another_article_is_put_before_a_person() -> None:
    """条例のほかの条文 (目的外利用など) による諮問は、様式が同じでも、何を諮問しているかを人に確かめる。"""
    text = only(530, 647).replace("保護条例第12条の規定", "保護条例第15条第2項第4号の規定")
    [consultation] = read_bytes(text.encode(), "paper.txt")
    [asked] = [one for one in consultation.review if one.field == "basis"]
    assert "第15条第2項第4号" in asked.reason
