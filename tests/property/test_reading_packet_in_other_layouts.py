"""The real packet in other clothes is read the same: widths, spacing, blank lines, line ends, other numbers and names."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from azukari.config.home import ROOT
from azukari.core.policy.reading import read_bytes
from azukari.core.policy.types import Consultation

PACKET = (ROOT / "tests/data/packet/council-2019-02-12.txt").read_text(encoding="utf-8")


def facts(read: list[Consultation]) -> list[dict[str, Any]]:
    """Everything but line numbers and the hash of the file."""
    out = []
    for each in read:
        plain = each.model_dump(exclude={"cite", "source", "review"})
        for part in ("flows", "trials"):
            for flow in plain[part]:
                del flow["cite"]
        for control in plain["controls"]:
            del control["line"]
        out.append(plain | {"review": [(r.field, r.reason) for r in each.review]})
    return out


@cache
def original() -> list[dict[str, Any]]:
    return facts(read_bytes(PACKET.encode(), "packet.txt"))


def widen(text: str) -> str:
    return re.sub(r"[0-9A-Za-z()]", lambda m: chr(ord(m.group()) + 0xFEE0), text)


def narrow(text: str) -> str:
    return re.sub(r"[（）０-９Ａ-Ｚａ-ｚ：／]", lambda m: chr(ord(m.group()) - 0xFEE0), text)


def space_digits(text: str) -> str:
    return re.sub(r"(?<=\d)(?=\d)", " ", text)


def blank_lines_doubled(text: str) -> str:
    return text.replace("\n\n", "\n\n\n")


def carriage_returns(text: str) -> str:
    return text.replace("\n", "\r\n")


def page_numbers(text: str) -> str:
    lines = text.split("\n")
    for at in range(700, 40, -60):
        if not lines[at] and "\t" not in lines[at + 1]:
            lines[at] = f"- {at // 60} -"
    return "\n".join(lines)


def bullets_before_headings(text: str) -> str:
    return re.sub(r"(?m)^(\d{1,2} (?:委託|諮問|対象|個人情報)[^\n。]*)$", r"- \1", text)


def without_bullets(text: str) -> str:
    return re.sub(r"(?m)^- (?=\d{1,2} (?:委託|個人情報))", "", text)


def marks_in_front(text: str) -> str:
    for mark, name in (("（ア）", "区から委託先へ"), ("（イ）", "委託先が本人から"), ("（ウ）", "区及び本人以外から")):
        text = re.sub(rf"(?m)^(?:- )?(?:・|[アイウ] )?(?={name})", mark, text)
    return text


def none_in_other_words(text: str) -> str:
    return re.sub(r"(?m)^なし$", "該当なし。", text)


@pytest.mark.parametrize(
    "change",
    [
        widen,
        narrow,
        space_digits,
        blank_lines_doubled,
        carriage_returns,
        page_numbers,
        bullets_before_headings,
        without_bullets,
        marks_in_front,
        none_in_other_words,
    ],
)
def test_the_packet_in_other_clothes_says_the_same(change: Callable[[str], str]) -> None:
    """全角・半角、字間の空白、空行、改行、ページ番号、箇条書きの記号が違っても、読み取る内容は変わらない。"""
    text = change(PACKET)
    assert text != PACKET
    got = facts(read_bytes(text.encode(), "packet.txt"))
    for mine, theirs in zip(got, original(), strict=True):
        assert mine == theirs


@pytest.mark.parametrize("number", ["812", "813", "814", "815", "809", "816"])
def test_a_paper_alone_in_its_file_says_the_same(number: str) -> None:
    """一つの諮問だけのファイルでも、表紙があってもなくても、同じに読み取る。"""
    starts = [m.start() for m in re.finditer(r"(?m)^諮 ?問 ?第[ \d]+号\n(?=平 ?成)", PACKET)] + [
        PACKET.index("その他報告資料")
    ]
    order = ["812", "813", "814", "815", "809", "816"]
    text = PACKET[starts[order.index(number)] : starts[order.index(number) + 1]]
    (alone,) = facts(read_bytes(text.encode(), "paper.txt"))
    assert alone == next(each for each in original() if each["number"] == number)
    body = text[text.index("諮問第", 20) :]
    (bare,) = facts(read_bytes(body.encode(), "paper.txt"))
    assert bare | {"submitted": None, "life": ()} == alone | {"submitted": None, "life": ()}


def test_no_rule_knows_a_number_or_a_name() -> None:
    """番号や業務名を別のものに変えても、同じように読み取る。"""
    text = PACKET
    swaps = {
        "保育": "給食",
        "特定健康診査": "歯科検診",
        "寄附": "奨学",
        "タクシー": "リフト車",
        "ほっとステイ": "ひだまり",
        "相談": "面接",
    }
    for old, new in swaps.items():
        text = text.replace(old, new)
    text = re.sub(r"8 ?1 ?(\d) ?(?=号)", r"131\1", re.sub(r"809(?=号)", "1309", text))
    renamed = str(original())
    for old, new in swaps.items():
        renamed = renamed.replace(old, new)
    renamed = re.sub(r"(?<=['.「号])(81\d|809)(?=['-])", lambda m: f"13{m.group()[1:]}", renamed)
    assert len(read_bytes(text.encode(), "packet.txt")) == 7
    got = re.sub(r"13(1\d|09)", lambda m: f"13{m.group(1)}", str(facts(read_bytes(text.encode(), "packet.txt"))))
    assert got == renamed
