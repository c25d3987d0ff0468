"""「第1の4(1)のとおり」 and 「別紙…のとおり」: where a paper says it elsewhere."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from azukari.core.policy.reading.text import Line, key
from azukari.core.policy.reading.tokens import Token

_PLACE = re.compile(
    r"^(?:上記|前記|本文)?(?:第(?P<part>\d{1,2})の)?(?P<section>\d{1,2})(?:\((?P<sub>\d)\))?(?:のとおり|に同じ|と同じ|に記載|参照)"
)
_ANNEX = re.compile(r"^「?(?P<word>別紙|別添|別表)(?P<n>\d*)(?:「(?P<title>[^「」]+)」)?")


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A reference inside the paper. `part` 0 is the part it stands in."""

    part: int
    section: int
    sub: int


def elsewhere(lines: Sequence[Line] | str) -> Elsewhere | None:
    """Return the reference when the lines are one and nothing else."""
    text = lines if isinstance(lines, str) else "".join(line.text for line in lines[:1])
    match = _PLACE.match(text)
    if match is None:
        return None
    return Elsewhere(int(match.group("part") or 0), int(match.group("section")), int(match.group("sub") or 0))


def annex_of(token: Token, lines: Sequence[Line]) -> list[Line] | None:
    """Return the lines of the annex a token refers to, or None when the text does not hold it."""
    match = _ANNEX.match(token.text)
    if match is None:
        return None
    starts = [
        at
        for at, line in enumerate(lines)
        if line.no not in token.lines and line.no > token.lines[-1] and _is_title(line, match)
    ]
    return list(_until_end(lines, starts[0])) if starts else None


def _is_title(line: Line, match: re.Match[str]) -> bool:
    title = match.group("title")
    bare = re.sub(r"^[(\[【]?(?:別紙|別添|別表)\d*[)\]】]?", "", line.text)
    if title:
        return key(bare) == key(title) and "のとおり" not in line.text
    return (
        bool(re.fullmatch(rf"[(\[【]?{match.group('word')}{match.group('n')}[)\]】]?(?:.{{0,30}}項目.*)?", line.text))
        and "のとおり" not in line.text
    )


def _until_end(lines: Sequence[Line], start: int) -> Sequence[Line]:
    """An annex goes on to its total, or to the next annex or sentence-like text."""
    for at in range(start + 1, len(lines)):
        if re.match(r"^(?:合計|総計|計)[:(約延\d]", lines[at].text):
            return lines[start + 1 : at + 1]
        if re.match(r"^[(\[【]?(?:別紙|別添|参考資料|資料)\d*[)\]】]?(?:$|[「:])", lines[at].text):
            return lines[start + 1 : at]
    return lines[start + 1 :]
