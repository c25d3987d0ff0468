"""Splits a list of personal items as a reader of Japanese statutes does.

、 separates at bracket depth 0. 及び and ・ join two items, or stand inside one: that is vocabulary, not grammar. A person
in front (加害者の氏名・住所) belongs to each member, and so does a bracket behind (身長及び体重（出生時と現在）).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from azukari.core.policy.reading import lexicon
from azukari.core.policy.reading.text import tidy

_MARK = re.compile(r"（\s*(?:[※*＊注]*\d*|[①-⑳]|注\d*|別紙\d*参照)\s*）|※\d*|[*＊]\d*|\s+")
_LIST_MARK = re.compile(r"^(?:（\d{1,2}）|[①-⑳]|\d{1,2}[.．)）]|[・.．•●○])+")
_PERSON = re.compile(r"^(?P<who>[^（）・]*?[^（）・の])の(?P<what>[^（）].*)$")


@dataclass
class ItemList:
    """Items in order, each once. `doubts` are Japanese sentences; `repeated` items stood in the list twice."""

    items: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    repeated: list[str] = field(default_factory=list)
    open_ended: bool = False

    def add(self, term: str) -> None:
        """Add one item unless it is there already."""
        term = term.strip("　 、・")
        if not term:
            return
        if term in self.items:
            self.repeated.append(term)
        else:
            self.items.append(term)


@dataclass(frozen=True, slots=True)
class _Piece:
    core: str
    bracket: str
    who: str = ""

    @property
    def whole(self) -> str:
        return f"{self.who}{self.core}{self.bracket}"


def split_items(text: str) -> ItemList:
    """Split the text of one list. An empty list comes back for an empty text."""
    found = ItemList()
    cleaned = _open_end(_MARK.sub("", tidy(text)).rstrip("。．."), found)
    pieces = [_piece(raw) for raw in split_top(cleaned) if raw]
    _distribute(pieces, found)
    for at, piece in enumerate(pieces):
        for term in _members(piece, found, last=at == len(pieces) - 1 and at > 0):
            found.add(term)
    return found


def split_top(text: str, separators: str = "、，;；") -> list[str]:
    """Split at separators that stand outside brackets."""
    depth, parts, current = 0, [], ""
    for char in text:
        depth += (char in "（(「『") - (char in "）)」』")
        if char in separators and depth <= 0:
            parts.append(current)
            current = ""
        else:
            current += char
    return [*parts, current]


def _open_end(text: str, found: ItemList) -> str:
    """Take 等 off the end of a list: what it covers nobody but the section can say."""
    for ending in lexicon.listed("items", "open_endings"):
        if text.endswith(ending) and len(text) > len(ending):
            found.open_ended = True
            found.doubts.append(f"「…{text[-12:]}」の「{ending}」が何を含むか書かれていません")
            return text.removesuffix(ending)
    return text


def _piece(raw: str) -> _Piece:
    raw = _LIST_MARK.sub("", raw)
    core, bracket = _tail_bracket(raw)
    return _Piece(core, bracket)


def _tail_bracket(raw: str) -> tuple[str, str]:
    if not raw.endswith("）"):
        return raw, ""
    depth = 0
    for at in range(len(raw) - 1, -1, -1):
        depth += (raw[at] == "）") - (raw[at] == "（")
        if depth == 0:
            return raw[:at], raw[at:]
    return raw, ""


def is_person(text: str) -> bool:
    """Whether the text names a person or a kind of person (同一世帯全員, 加害者, 子ども)."""
    bare = re.sub(r"（[^（）]*）", "", text).removesuffix("等")
    if not bare or bare.endswith(tuple(lexicon.words("people", "not_people"))):
        return False
    return lexicon.ends_with(bare, "people", "endings")


def person_and_rest(core: str) -> tuple[str, str]:
    """Split 「加害者の氏名・住所」 into 「加害者の」 and 「氏名・住所」; ("", core) when nobody stands in front."""
    for at in (m.start() for m in re.finditer("の", core)):
        who, rest = core[:at], core[at + 1 :]
        if re.search(r"及び|並びに|・|、", who):
            return "", core
        if rest and is_person(who):
            return f"{who}の", rest
    return "", core


def _distribute(pieces: list[_Piece], found: ItemList) -> None:
    """「XのA、B、C及びD」: the person of A belongs to B, C and D as well."""
    for at, piece in enumerate(pieces):
        who, rest = person_and_rest(piece.core)
        if not who or rest not in lexicon.words("items", "person_terms") or piece.bracket:
            continue
        end = _closing(pieces, at)
        repeats = at > 0 and person_and_rest(pieces[at - 1].core)[0] == who
        if end is None or repeats:
            _doubt_reach(pieces, at, who, found)
            continue
        if end == len(pieces) - 1:
            found.doubts.append(f"「{who}」が終わりの「{pieces[end].core}」までかかるものとして読みました")
        for index in range(at, end + 1):
            pieces[index] = _Piece(rest if index == at else pieces[index].core, pieces[index].bracket, who)


def _closing(pieces: list[_Piece], at: int) -> int | None:
    """Return the index of the piece whose 及び closes the list that begins at `at`."""
    terms = lexicon.words("items", "person_terms")
    for index in range(at + 1, len(pieces)):
        piece = pieces[index]
        parts = _parts(piece.core)
        if len(parts) > 1:
            closes = (
                len(parts) == 2
                and all(part in terms for part in parts)
                and "・" not in piece.core
                and not piece.bracket
            )
            return index if closes else None
        if piece.core not in terms or piece.bracket:
            return None
    return None


def _doubt_reach(pieces: list[_Piece], at: int, who: str, found: ItemList) -> None:
    following = pieces[at + 1] if at + 1 < len(pieces) else None
    if following and _parts(following.core)[0] in lexicon.words("items", "person_terms"):
        found.doubts.append(
            f"「{who}」が次の「{following.core}」にもかかるか、文からは決められません（かからないものとして読みました）"
        )


def _parts(core: str) -> list[str]:
    """Split at 及び, 並びに and ・ outside brackets."""
    marked = core
    for word in lexicon.listed("items", "conjunctions"):
        marked = marked.replace(word, "\x1f")
    if "\x1f" not in marked:
        return [core]
    return [part for part in split_top(marked, "\x1f") if part]


def _members(piece: _Piece, found: ItemList, *, last: bool) -> Iterator[str]:
    """Yield the items of one piece: itself, or the members it joins."""
    who, core = (piece.who, piece.core) if piece.who else person_and_rest(piece.core)
    parts = _parts(core)
    receives = _receives(_parts(piece.core))
    if receives and last and parts[-1] in lexicon.words("items", "terms"):
        found.doubts.append(
            f"「{piece.whole}」の「{parts[-1]}」が独立した項目かどうか決められません（一つの項目としました）"
        )
    if len(parts) == 1 or _keeps(piece.core) or receives:
        yield piece.whole
        return
    verdict = _joins(core, parts, bool(who), last)
    if verdict == "one":
        yield piece.whole
        return
    if verdict == "one?":
        found.doubts.append(
            f"「{piece.whole}」を一つの項目と読むか、分けて読むか決められません（書かれたまま一つとしました）"
        )
        yield piece.whole
        return
    if verdict == "many?":
        found.doubts.append(
            f"「{piece.whole}」を「{'」「'.join(parts)}」に分けて読みました。語彙にないことばがあります"
        )
    if piece.bracket and not _is_pair(core):
        found.doubts.append(f"「{piece.bracket}」が「{'」「'.join(parts)}」のすべてにかかるものとして読みました")
    for part in parts:
        yield f"{who}{part}{piece.bracket}"


def _keeps(core: str) -> bool:
    return core in lexicon.words("items", "keep")


def _is_pair(core: str) -> bool:
    return core in lexicon.words("items", "pairs")


def _joins(core: str, parts: list[str], person: bool, last: bool) -> str:
    """Say whether the parts are one item, many, or not certain ("one?", "many?")."""
    known = [_stands_alone(part) for part in parts]
    if not person and _shares_tail(parts) and not known[0]:
        return "one" if _parallel(parts) else "one?"
    if all(known):
        return "many"
    if person and known[0]:
        return "many" if len(parts) > 2 else "many?"
    if len(parts) > 2 and "・" in core and sum(known) * 2 >= len(parts):
        return "many?"
    # 「A、B及びC」: the 及び of the last member closes the list, whatever the words are.
    return "many?" if last and "・" not in core else "one?"


def _receives(parts: list[str]) -> bool:
    """「障害の有無及び程度」: what follows only adds to the head."""
    heads = lexicon.listed("items", "heads_of_attributes")
    return parts[0].endswith(heads) and all(part in lexicon.words("items", "attributes") for part in parts[1:])


def _shares_tail(parts: list[str]) -> bool:
    """「産前産後休業及び育児休業の取得状況」: the tail belongs to both, the parts are no items of their own."""
    tails = lexicon.listed("items", "shared_tails")
    return parts[-1].endswith(tails) and not parts[0].endswith(tails)


def _parallel(parts: list[str]) -> bool:
    """Both heads end alike, so that the shared tail cannot be anything but shared (…休業及び…休業の取得状況)."""
    heads = [re.split("の", part)[0] for part in parts]
    return len({head[-2:] for head in heads}) == 1 or len({head[:2] for head in heads}) == 1


def _stands_alone(part: str) -> bool:
    if part in lexicon.words("items", "terms"):
        return True
    return (
        len(part) >= 2
        and lexicon.ends_with(part, "items", "suffixes")
        and part not in lexicon.words("items", "attributes")
    )


def looks_complete(text: str) -> bool:
    """Whether the last item of a text is whole, or may go on in the next line (被保険者識別番|号)."""
    text = tidy(text)
    if text.count("（") > text.count("）") or text.endswith(("、", "・", "及び", "並びに", "の")):
        return False
    last = re.split(r"、|及び|並びに|・", text)[-1]
    _, rest = person_and_rest(last)
    return (
        last.endswith("）") or rest in lexicon.words("items", "terms") or lexicon.ends_with(rest, "items", "suffixes")
    )
