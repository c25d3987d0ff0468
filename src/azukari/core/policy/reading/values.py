"""The short answers of a paper: places, media, the contractor's computer, the clause, the contractor's name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from azukari.core.policy.reading import lexicon
from azukari.core.policy.reading.items import split_top
from azukari.core.policy.reading.text import Line, tidy

_NONE = re.compile(r"^(?:なし|無し|無|該当なし|特になし|ない|無い|ありません)(?:[。(].*)?$")
_EXCEPT = re.compile(r"^(?:ただし|但し|なお)[、,]?(?P<what>.*?)(?:は|については|に関しては)[、,]?(?P<where>[^、は]+)$")
_UNDECIDED = re.compile(r"^(?:未定|なし|選定中|別途|今後|公募|入札|プロポーザル)")


@dataclass
class Read:
    """Values in the paper's order, and Japanese doubts about them."""

    values: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)

    def add(self, value: str) -> None:
        """Add a value once."""
        if value and value not in self.values:
            self.values.append(value)


def joined(lines: Sequence[Line]) -> str:
    """Return lines as one text: a mark or a blank line begins a new member of a list."""
    text = ""
    for line in lines:
        begins = text and (line.bullet or line.gap or _numbered(line.text)) and not text.endswith(("、", "。"))
        text += ("、" if begins else "") + _LIST_MARK.sub("", line.text)
    return text


_LIST_MARK = re.compile(r"^(?:\(\d{1,2}\)|[①-⑳]|\(?[ア-コ][).、](?![ァ-ヶー])|[・.])")


def _numbered(text: str) -> bool:
    return bool(_LIST_MARK.match(text))


def is_none(text: str) -> bool:
    """Whether the answer is 「なし」."""
    return bool(_NONE.match(text.strip("、。 ")))


# --- places ------------------------------------------------------------------


def places(lines: Sequence[Line]) -> Read:
    """Read the places where items are handled. 「A（ただし、XはB）」 is A and B."""
    found = Read()
    text = joined(lines)
    for sentence in filter(None, split_top(text, "。")):
        main, notes = _notes(sentence)
        exception = _EXCEPT.match(main)
        for part in [exception.group("where")] if exception else split_top(main, "、"):
            _add_places(part, found)
        for note in notes:
            _add_exception(note, found)
    if not found.values and not found.doubts:
        found.doubts.append("個人情報を取り扱う場所が書かれていません")
    return found


def _notes(sentence: str) -> tuple[str, list[str]]:
    """Take bracketed conditions (ただし…) out of a sentence; other brackets belong to the name of the place."""
    notes = re.findall(r"\(((?:ただし|但し|なお)[^()]*)\)", sentence)
    return re.sub(r"\((?:ただし|但し|なお)[^()]*\)", "", sentence), notes


def _add_exception(note: str, found: Read) -> None:
    match = _EXCEPT.match(note.rstrip("。"))
    if match is None:
        found.doubts.append(f"「（{tidy(note)}）」がどの場所を指すか読み取れません")
        return
    _add_places(match.group("where"), found)


def _add_places(text: str, found: Read) -> None:
    text = _without_ending(text.strip("、。 "))
    if not text or is_none(text):
        return
    if re.match(r"について|に関して|の業務|業務", text) or "については" in text or "に関しては" in text:
        found.doubts.append(f"「{tidy(text)}」がどの業務の場所か読み取れません")
        return
    if re.search(r"未定|別途|協議", text):
        found.doubts.append(f"場所が「{tidy(text)}」と書かれ、決まっていません")
        return
    parts = _split_places(text)
    if parts is None:
        found.doubts.append(
            f"「{tidy(text)}」を一つの場所と読むか、分けて読むか決められません（書かれたまま一つとしました）"
        )
        parts = [text]
    for part in parts:
        place = _without_ending(part)
        found.add(tidy(place))
        if not re.sub(r"\([^()]*\)$", "", place).endswith(lexicon.listed("places", "endings")):
            found.doubts.append(f"「{tidy(place)}」は場所の書き方として知らないものです（書かれたままとしました）")


def _without_ending(text: str) -> str:
    for ending in lexicon.listed("places", "strip_endings"):
        if text.endswith(ending) and len(text) > len(ending) + 1:
            return text.removesuffix(ending)
    return text


def _split_places(text: str) -> list[str] | None:
    """Split at 及び where both sides end like a place; None when they do not."""
    marked = text
    for word in ("及び", "並びに", "又は", "若しくは", "および", "または"):
        marked = marked.replace(word, "\x1f")
    parts = [part for part in split_top(marked, "\x1f") if part]
    if len(parts) < 2:
        return [text]
    ends = lexicon.listed("places", "endings")
    return parts if all(re.sub(r"\([^()]*\)$", "", part).endswith(ends) for part in parts) else None


# --- media -------------------------------------------------------------------


def media(lines: Sequence[Line]) -> Read:
    """Read the media of the hand-over (授受の方法), in the council's words and one spelling."""
    found = Read()
    text = joined(lines)
    first, *others = split_top(text, "。")
    if is_none(first):
        return found
    core = re.sub(
        r"(?:の方法)?(?:による|により(?:行う|授受する)?|とする|で(?:行う|授受する)|にて行う|を用いる|を使用する|を用いて行う|によるものとする|の授受)[、。]*$",
        "",
        first,
    )
    for part in split_top(_commas(core), "、"):
        _add_medium(part, found)
    elsewhere = [m for sentence in others for m in media_in(sentence) if m not in (*found.values, *_generic_in(core))]
    if elsewhere:
        found.doubts.append(
            f"二つ目以降の文にある「{'」「'.join(dict.fromkeys(elsewhere))}」も授受の方法かどうか決められません"
        )
    if re.search(r"等(?=[、及並又()]|$)", core):
        found.doubts.append(f"「{tidy(core)}」の「等」が何を含むか書かれていません")
    if not found.values and not found.doubts:
        found.doubts.append("授受の方法が書かれていません")
    return found


def _generic_in(text: str) -> list[str]:
    return [word for word in lexicon.words("media", "generic") if word in text]


def _commas(text: str) -> str:
    return re.sub(r"及び|並びに|又は|若しくは|および|または|・", "、", text)


def _add_medium(part: str, found: Read) -> None:
    match = re.fullmatch(r"(?P<name>[^()]*)(?:\((?P<inside>.*)\))?(?P<after>.*)", part.strip("、 "))
    name, inside = (match.group("name") + match.group("after"), match.group("inside")) if match else (part, None)
    known = canonical_medium(name)
    inner = [canonical_medium(each) for each in split_top(_commas(inside or ""), "、") if each]
    if known in lexicon.words("media", "generic") and inner and all(inner):
        for each in inner:
            found.add(each or "")
    elif known:
        found.add(known)
        if inside and not all(inner):
            found.doubts.append(f"「{known}」のかっこ書き「{tidy(inside)}」が何を限るか読み取れません")
    elif name:
        _unknown_medium(name, found)


def _unknown_medium(name: str, found: Read) -> None:
    if re.search(r"未定|別途|協議", name):
        found.doubts.append(f"授受の方法が「{tidy(name)}」と書かれ、決まっていません")
        return
    found.add(tidy(name))
    found.doubts.append(f"「{tidy(name)}」は知らない媒体です（書かれたままとしました）")


def canonical_medium(text: str) -> str | None:
    """Return the one spelling of a medium, or None for a word that is not known as one."""
    word = tidy(text).strip("、。 ")
    for trial in (
        word,
        word.removesuffix("等"),
        re.sub(r"(?:の)?(?:による|により|の(?:送付|受渡し|手渡し))$", "", word),
    ):
        same = lexicon.table("media", "same").get(trial, trial)
        if same in lexicon.words("media", "words"):
            return str(same)
    return None


def media_in(text: str) -> list[str]:
    """Return the media a sentence speaks of, for looking for those a paper forgets to list. The longest word wins."""
    surfaces = sorted({*lexicon.table("media", "same"), *lexicon.words("media", "words")}, key=lambda w: (-len(w), w))
    found = []
    for match in re.finditer("|".join(map(re.escape, surfaces)), text):
        known = canonical_medium(match.group())
        if known and known not in found:
            found.append(known)
    return found


def line_media(text: str) -> list[str]:
    """Return the kind of line a 回線結合 uses; the word of the paper, longest first."""
    for word in (
        "専用回線",
        "専用線",
        "閉域回線",
        "閉域網",
        "LGWAN回線",
        "LGWAN",
        "インターネット回線",
        "インターネット",
        "通信回線",
        "回線",
    ):
        if word in text:
            return [word]
    return []


# --- computer, clause, contractors ------------------------------------------


def computer(lines: Sequence[Line]) -> bool | None:
    """Read whether the contractor's computer is used. None when the answer is neither あり nor なし."""
    text = joined(lines).strip("、 ")
    if re.match(r"^(?:なし|無し|無(?!線)|該当なし|ない|行わない|利用しない|使用しない)", text):
        return False
    if re.match(r"^(?:あり|有り|有(?!無)|ある|行う|利用する|使用する)", text):
        return True
    head = split_top(text, "。")[0]
    if re.search(r"(?:利用|使用|処理)(?:は)?(?:しない|行わない)$", head):
        return False
    return True if re.search(r"(?:利用|使用)(?:する|して.*行う)$", head) else None


def clause(lines: Sequence[Line]) -> str | None:
    """Return the name in 「」 of the contract clause the contractor is held to."""
    names = re.findall(r"「([^「」]+)」", joined(lines))
    return next((tidy(name) for name in names if "特記" in name or "条項" in name), tidy(names[0]) if names else None)


def contractors(lines: Sequence[Line]) -> Read:
    """Read the contractors' names. 未定 gives none, without a doubt: the paper says that it is not known yet."""
    found = Read()
    rows = [line for line in lines if line.row]
    if rows:
        for row in rows:
            if not _is_head(row):
                _add_contractor(row.cells[-1], found)
        return found
    for line in _first_paragraph(lines):
        text = line.text.partition(":")[2] or line.text
        for part in split_top(text, "、"):
            _add_contractor(part, found)
    return found


def _is_head(row: Line) -> bool:
    heads = lexicon.words("labels", "heads_contractor")
    return all(
        re.sub(r"\(.*\)", "", cell) in heads or cell in lexicon.words("labels", "heads_business") for cell in row.cells
    )


def _add_contractor(text: str, found: Read) -> None:
    name = re.sub(r"（(?:予定|候補|候補者|選定済み?)）$", "", tidy(_LIST_MARK.sub("", text.strip("。 "))))
    if name and not is_undecided(name):
        found.add(name)


def _first_paragraph(lines: Sequence[Line]) -> list[Line]:
    """The lines up to the first blank one: an attachment may follow the last heading without any mark."""
    forms = lexicon.listed("labels", "company_forms")
    for at, line in enumerate(lines):
        listed = line.bullet or _numbered(line.text) or any(form in line.text for form in forms)
        if at and (line.gap or not listed or is_undecided(lines[0].text)):
            return list(lines[:at])
    return list(lines)


def is_undecided(text: str) -> bool:
    """Whether the paper says that there is no contractor yet."""
    return bool(_UNDECIDED.match(_LIST_MARK.sub("", text.strip("。 "))))
