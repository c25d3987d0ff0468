"""Inconsistencies inside a paper. A finding is a question to the section that wrote it, never a change of the data.

Rules about the body (section 2) need the paper's own text; the others look at the typed consultation only, so that they
also run on the committed files.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from azukari.core.policy.library import Library
from azukari.core.policy.reading import body, read_file
from azukari.core.policy.types import Consultation, Direction, Flow, Kind

# Many slips of paper, and no computer at the contractor's: worth asking how they are checked.
MANY_A_YEAR = 100_000
_SENSITIVE = re.compile(
    r"病|障害|健康|診断|診療|レセプト|既往|服薬|アレルギー|犯罪|被害|支援措置|生活保護|受診結果|問診|要介護"
)
_SUBSUMES = {
    "電磁的記録媒体": {"USBメモリ", "CD-R", "DVD-R", "SDカード", "光ディスク"},
    "文書": {"書面", "書類", "帳票", "紙", "紙媒体"},
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One inconsistency. `line` is of the paper, 0 when nothing is cited."""

    code: str
    consultation: str
    field: str
    line: int
    sentence: str

    def as_dict(self) -> dict[str, Any]:
        """Return the finding as plain values."""
        return asdict(self)


def of_paper(path: Path) -> list[Finding]:
    """Return the findings of a paper, with those about its body."""
    read = read_file(path)
    texts = body.sections(path)
    return [finding for each in read for finding in [*of_consultation(each), *_of_body(each, texts.get(each.number))]]


def of_library(library: Library, papers: Path | None = None) -> list[Finding]:
    """Return the findings of every consultation of a folder.

    Where the paper a consultation was read from lies in `papers`, unchanged, its body is looked at as well.
    """
    found: list[Finding] = []
    texts: dict[str, dict[str, body.Body]] = {}
    for each in library.consultations.values():
        found += of_consultation(each)
        path = _unchanged(each, papers)
        if path is not None:
            texts.setdefault(path.name, body.sections(path))
            found += _of_body(each, texts[path.name].get(each.number))
    return found


def _unchanged(consultation: Consultation, papers: Path | None) -> Path | None:
    path = papers / consultation.source.file if papers else None
    if path is None or not path.is_file():
        return None
    return path if hashlib.sha256(path.read_bytes()).hexdigest() == consultation.source.sha256 else None


def of_consultation(consultation: Consultation) -> list[Finding]:
    """Return the findings that the typed consultation alone can show."""
    found = [finding for flow in consultation.flows for finding in _of_flow(consultation, flow)]
    return [*found, *_no_end(consultation), *_bare_counts(consultation), *_started_before(consultation)]


def _at(flow: Flow, name: str) -> int:
    return next(iter(flow.cite.get(name, ())), 0)


def _of_flow(consultation: Consultation, flow: Flow) -> Iterator[Finding]:
    def finding(code: str, field: str, sentence: str) -> Finding:
        return Finding(code, consultation.number, f"flows.{flow.id}.{field}", _at(flow, field), sentence)

    yearly = (flow.count or 0) * (12 if flow.per == "month" else 1)
    contract = flow.direction not in (Direction.RECORDED, Direction.LINE)
    if contract and flow.contractor_computer is False and yearly >= MANY_A_YEAR:
        yield finding(
            "many-without-computer",
            "contractor_computer",
            f"年{yearly:,}{flow.unit or '件'}を扱うのに、委託先の電子計算機を使わないとされています。数える・照らし合わせる方法を確かめてください",
        )
    if contract and not flow.places:
        yield finding("no-place", "places", "個人情報を取り扱う場所が書かれていません")
    if flow.start is None:
        yield finding("no-start", "start", "開始の時期が書かれていないか、読み取れません。このままでは何も許可しません")
    if flow.per is None and flow.count is not None:
        yield finding("count-without-period", "count", "件数が年あたりか月あたりか書かれていません")
    sensitive = [item for item in flow.items if _SENSITIVE.search(item) and not item.endswith("番号")]
    if sensitive and "ファクシミリ" in flow.media:
        yield finding(
            "sensitive-by-fax",
            "media",
            f"配慮の要る項目（{'、'.join(sensitive[:4])}{'ほか' if len(sensitive) > 4 else ''}）をファクシミリで受け渡すことになっています。誤送信の備えを確かめてください",
        )
    named = [item for item in flow.items if item in ("氏名", "住所", "電話番号")]
    if flow.form == "pseudonymised" and named:
        yield finding(
            "names-in-pseudonymised",
            "items",
            f"匿名化処理をするとされているのに、項目に「{'」「'.join(named)}」が並んでいます。符号に置き換えて渡すことを確かめてください",
        )


def _no_end(consultation: Consultation) -> Iterator[Finding]:
    open_ended = [flow for flow in consultation.flows if flow.end is None]
    if open_ended:
        line = next((at for flow in open_ended for at in flow.cite.get("start", ())), 0)
        yield Finding(
            "no-end",
            consultation.number,
            "flows",
            line,
            f"{len(open_ended)}つの取扱いに終わりの時期がありません（継続して行うとされています）。見直す時期を決めてください",
        )


def _bare_counts(consultation: Consultation) -> Iterator[Finding]:
    bare = [each for each in (*consultation.review,) if each.field.endswith(".count") and "名前がない" in each.reason]
    if bare:
        yield Finding(
            "bare-counts",
            consultation.number,
            "flows",
            bare[0].line,
            f"件数{len(bare)}行に、どの業務のものかが書かれていません。書かれた順に読みました",
        )


def _started_before(consultation: Consultation) -> Iterator[Finding]:
    day = consultation.council_date
    for flow in consultation.flows:
        if day and flow.start and flow.start <= day:
            yield Finding(
                "starts-before-council",
                consultation.number,
                f"flows.{flow.id}.start",
                _at(flow, "start"),
                f"開始（{flow.start}）が審議会の日（{day}）以前です",
            )


# --- the body ---------------------------------------------------------------------


def _of_body(consultation: Consultation, paper: body.Body | None) -> Iterator[Finding]:
    if paper is None or Kind.REPORT in consultation.kinds:
        return
    yield from _media_of_body(consultation, paper)
    yield from _repeated(consultation, paper)
    yield from _totals(consultation, paper)
    yield from _planned(consultation, paper)


def _media_of_body(consultation: Consultation, paper: body.Body) -> Iterator[Finding]:
    listed = {medium for flow in consultation.flows for medium in flow.media}
    covered = listed | {narrow for wide in listed for narrow in _SUBSUMES.get(wide, ())}
    seen: set[str] = set()
    for line, medium in paper.media:
        if medium in seen or medium in listed:
            continue
        seen.add(medium)
        if medium not in covered:
            yield Finding(
                "medium-not-listed",
                consultation.number,
                "media",
                line,
                f"委託の内容では「{medium}」で受け渡すとされていますが、授受の方法に書かれていません",
            )
        else:
            yield Finding(
                "medium-narrower",
                consultation.number,
                "media",
                line,
                f"委託の内容では「{medium}」に限っていますが、授受の方法はより広い書き方です",
            )


def _repeated(consultation: Consultation, paper: body.Body) -> Iterator[Finding]:
    for flow_id, line, items in paper.repeated:
        yield Finding(
            "item-twice",
            consultation.number,
            f"flows.{flow_id}.items",
            line,
            f"項目「{'」「'.join(items)}」が二度書かれています（一つとして読みました）",
        )


def _totals(consultation: Consultation, paper: body.Body) -> Iterator[Finding]:
    for line, total, flow_ids in paper.totals:
        counts = [flow.count for flow in consultation.flows if flow.id in flow_ids and flow.count is not None]
        if len(counts) == len(flow_ids) and sum(counts) != total:
            yield Finding(
                "total-mismatch",
                consultation.number,
                "flows",
                line,
                f"件数の合計 {sum(counts):,} が、書かれている合計 {total:,} と合いません",
            )


def _planned(consultation: Consultation, paper: body.Body) -> Iterator[Finding]:
    for line in dict.fromkeys(line for _, line in paper.planned):
        flows = "、".join(flow_id for flow_id, at in paper.planned if at == line)
        yield Finding(
            "start-planned", consultation.number, "flows", line, f"開始の時期が「予定」とされています（{flows}）"
        )
