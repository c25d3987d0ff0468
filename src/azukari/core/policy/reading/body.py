"""What the text of a paper says beside its fields: the media of section 2, repeated items, totals. For `lint`."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from azukari.core.policy.reading.counts import Count
from azukari.core.policy.reading.flows import PartFlows
from azukari.core.policy.reading.packet import Paper, cut
from azukari.core.policy.reading.read import identify, read_parts
from azukari.core.policy.reading.text import decode, lines_of
from azukari.core.policy.reading.values import media_in

# Words that also stand for a task or a thing (電話対応, 書類の封入), not only for a medium of the hand-over.
_TOO_PLAIN = frozenset(
    [
        "電話",
        "口頭",
        "オンライン",
        "回線",
        "インターネット",
        "郵送",
        "書類",
        "帳票",
        "紙",
        "紙媒体",
        "電子データ",
        "書面",
    ]
)


@dataclass
class Body:
    """Line numbers with what stands there. `totals`: line, total, the flows it is the total of."""

    media: list[tuple[int, str]] = field(default_factory=list)
    repeated: list[tuple[str, int, tuple[str, ...]]] = field(default_factory=list)
    totals: list[tuple[int, int, tuple[str, ...]]] = field(default_factory=list)
    planned: list[tuple[str, int]] = field(default_factory=list)


def sections(path: Path) -> dict[str, Body]:
    """Return the body of each consultation of a paper, by number."""
    papers, _ = cut(lines_of(decode(path.read_bytes(), path.name)), path.name)
    return {paper.number: _body(paper, path.name) for paper in papers}


def _body(paper: Paper, file: str) -> Body:
    results = read_parts(paper, file)
    ids = identify(paper.number, results)
    body = Body()
    for result in results:
        _media(result, body)
        for made in result.made:
            if made.draft.whole.repeated:
                where = made.draft.cite.get("items", [0])[0]
                body.repeated.append((ids[id(made)], where, tuple(dict.fromkeys(made.draft.whole.repeated))))
            planned = [
                line.no for line in result.part.lines("start") if "予定" in line.text and line.no <= result.part.end
            ]
            if planned:
                body.planned.append((ids[id(made)], planned[0]))
        _totals(result, body, ids)
    return body


def _media(result: PartFlows, body: Body) -> None:
    """Media named where the contents speak of handing something over; 電話 as a task (電話対応) is no medium."""
    for line in result.part.lines("content"):
        if any(word in line.text for word in ("にて", "により", "で提供", "で報告", "で送付", "を用いて", "送信")):
            body.media += [(line.no, medium) for medium in media_in(line.text) if medium not in _TOO_PLAIN]


def _totals(result: PartFlows, body: Body, ids: dict[int, str]) -> None:
    flow_ids = tuple(ids[id(made)] for made in result.made)
    if len(flow_ids) < 2:
        return
    for count in result.totals:
        _total(count, flow_ids, body)


def _total(count: Count, flow_ids: tuple[str, ...], body: Body) -> None:
    if count.total is not None:
        body.totals.append((count.line, count.total, flow_ids))
