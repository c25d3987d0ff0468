"""Counts: 約13,300件/年, 毎月約10万枚, 延べ1万5千人／年, (見込み)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Per = Literal["year", "month"]

_UNITS = "件|枚|人|通|名|世帯|回|冊|部|台|口|戸|箇所|か所|個|筆|便|点|組|件数"
_NUMBER = r"(?:\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?)"
_PERIOD = r"1?(?P<{0}>年間|年度|か年|年|か月|ヶ月|カ月|ケ月|箇月|月間|月)"
_COUNT = re.compile(
    r"(?P<before>(?:年間|月間|毎年|毎月|年度|年|月|1年|1年間|1か月|1ヶ月)(?:当たり|あたり|につき|に)?[:、]?)?"
    r"(?P<rough>(?:約|およそ|おおよそ|概ね|おおむね|のべ|延べ|延|最大|計|合計|総計|見込み?)*)"
    rf"(?P<n>{_NUMBER})(?P<man>万)?(?:(?P<rest>{_NUMBER})(?P<sen>千)?)?(?P<sen1>千)?"
    rf"(?:(?P<to>[~～-])(?P<rough2>約?)(?P<n2>{_NUMBER})(?P<man2>万|千)?)?"
    rf"(?P<unit>{_UNITS})(?P<tail>程度|前後|以内|以上|弱|強|超)?"
    r"(?:\((?:延べ|延|見込み?|予定|概数)\))?"
    rf"(?:(?:/|毎|あたり|当たり|per)?{_PERIOD.format('per')}|\({_PERIOD.format('per2')}\)|\(1?(?P<per3>年|月)(?:あたり|当たり|間)\))?"
)
_ROUGH = re.compile(r"約|およそ|おおよそ|概ね|おおむね|のべ|延|見込|予定|想定|概数|程度|前後|最大")


@dataclass(frozen=True, slots=True)
class Count:
    """One count. `total` is None for a range. `label` is the text before it on its line."""

    total: int | None
    unit: str
    per: Per | None
    approximate: bool
    label: str
    line: int
    doubt: str | None = None


def find(text: str, line: int) -> list[Count]:
    """Return the counts of one collapsed line, without those inside brackets (内訳, 想定の根拠)."""
    bare, inside = _outside(text)
    found = []
    begin = 0
    for match in _COUNT.finditer(bare):
        label = bare[begin : match.start()].strip(" :、,・.")
        found.append(_count(match, label, line, bool(_ROUGH.search(inside))))
        begin = match.end()
    return found


def _outside(text: str) -> tuple[str, str]:
    """Split a text into what stands outside brackets and what stands inside. A bracket with a period in it stays."""
    outside: list[str] = []
    inside: list[str] = []
    for part in re.split(r"(\([^()]*\))", text):
        stays = re.fullmatch(r"\((?:1?(?:年|月)(?:間|あたり|当たり)?|見込み?|予定|延べ|概数)\)", part)
        if stays or not part.startswith("("):
            outside.append(part)
        else:
            inside.append(part)
    return "".join(outside), "".join(inside)


def _count(m: re.Match[str], label: str, line: int, rough_inside: bool) -> Count:
    per = _per(m)
    rough = bool(_ROUGH.search(m.group()) or rough_inside)
    if m.group("to"):
        return Count(None, m.group("unit"), per, True, label, line, f"「{m.group()}」は幅のある件数です")
    doubt = None if per else f"「{m.group()}」が年あたりか月あたりか書かれていません"
    return Count(_total(m), m.group("unit"), per, rough, label, line, doubt)


def _total(m: re.Match[str]) -> int:
    number = float(m.group("n").replace(",", ""))
    number *= 10_000 if m.group("man") else 1
    number *= 1_000 if m.group("sen1") else 1
    if m.group("rest"):
        number += float(m.group("rest").replace(",", "")) * (1_000 if m.group("sen") else 1)
    return round(number)


def _per(m: re.Match[str]) -> Per | None:
    word = m.group("per") or m.group("per2") or m.group("per3") or m.group("before") or ""
    if "月" in word:
        return "month"
    return "year" if "年" in word else None


def is_rough(text: str) -> bool:
    """Whether a heading or a note says that the counts are expected ones (見込み, 予定)."""
    return bool(_ROUGH.search(text))
