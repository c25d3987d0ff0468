"""Reads the text of a council meeting into consultations: the one entrance of this package."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from azukari.core.policy.basis import basis_rows
from azukari.core.policy.reading.flows import Made, PartFlows, flow_of, read_part
from azukari.core.policy.reading.outline import outline
from azukari.core.policy.reading.packet import Head, Paper, cut, read_head
from azukari.core.policy.reading.references import Elsewhere, elsewhere
from azukari.core.policy.reading.report import read_report
from azukari.core.policy.reading.text import decode, lines_of, tidy
from azukari.core.policy.types import Consultation, Flow, Kind, LifeEvent, Review, Source, Stage
from azukari.kernel.errors import BadInput, NotFound, Unavailable

# The ordinance in the opening sentence of a paper, and how it names an article.
ORDINANCE = "個人情報保護条例"
ARTICLE = r"第\d+条(?:第\d+項)?(?:第\d+号)?"


def read_file(path: Path) -> list[Consultation]:
    """Read a paper from a file. Raises `NotFound`, `Unavailable` or `BadInput`."""
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise NotFound(
            f"{path} がありません", "読み取る諮問書が必要です", "ファイルの場所と名前を確かめてください"
        ) from error
    except OSError as error:
        raise Unavailable(
            f"{path} を開けません（{error.strerror}）",
            "読み取る諮問書が必要です",
            "ファイルの権限と場所を確かめてください",
        ) from error
    return read_bytes(data, path.name)


def read_bytes(data: bytes, file: str) -> list[Consultation]:
    """Read a paper from its bytes. `file` is the name it is cited by. Consultations come in the paper's order."""
    lines = lines_of(decode(data, file))
    papers, reports = cut(lines, file)
    source = Source(file=file, sha256=hashlib.sha256(data).hexdigest())
    read = [_consultation(paper, source, file) for paper in papers]
    return read + [read_report(report, source, at) for at, report in enumerate(reports, start=1)]


def read_parts(paper: Paper, file: str) -> list[PartFlows]:
    """Read the parts of one consultation, references not yet resolved."""
    head, taken = read_head(paper)
    parts = outline(paper.lines[taken:], f"{file} の諮問第{paper.number}号（{paper.number_lines[0]}行目から）")
    return [read_part(part, paper.lines, tidy(head.matter)) for part in parts]


def _consultation(paper: Paper, source: Source, file: str) -> Consultation:
    head, _ = read_head(paper)
    results = read_parts(paper, file)
    ids = identify(paper.number, results)
    _resolve(results, ids)
    flows, reviews = _flows(results, ids)
    matter = tidy(head.matter)
    kinds = tuple(dict.fromkeys(result.part.kind for result in results))
    title = tidy(head.title) or next((r.matter for r in results if r.matter), "")
    if not title:
        raise BadInput(
            f"{file} の諮問第{paper.number}号に件名がありません",
            "何についての諮問かわかりません",
            "「…について」の行が抜けていないか確かめてください",
        )
    return Consultation(
        number=paper.number,
        title=title,
        matter=matter or next((r.matter for r in results if r.matter), title),
        kinds=kinds,
        section=tidy(head.section) or "（所管課の記載なし）",
        submitted=head.submitted,
        council_date=head.council_date,
        source=source,
        basis=basis_rows(kinds),
        life=_life(head),
        subjects=tuple(dict.fromkeys(subject for r in results for subject in r.subjects)),
        flows=tuple(flows),
        review=(*_head_reviews(head, paper), *_basis_reviews(paper, kinds), *_part_reviews(results), *reviews),
        cite=head.cite | _subject_cite(results),
    )


def _subject_cite(results: Sequence[PartFlows]) -> dict[str, tuple[int, ...]]:
    lines = tuple(line for result in results for line in result.subject_lines)
    return {"subjects": lines} if lines else {}


def _life(head: Head) -> tuple[LifeEvent, ...]:
    steps = ((Stage.DRAFTED, head.submitted), (Stage.CONSULTED, head.council_date))
    return tuple(LifeEvent(stage=stage, on=day) for stage, day in steps if day)


def identify(number: str, results: Sequence[PartFlows]) -> dict[int, str]:
    """Return the id of each flow, by Python's `id()` of it: number-n, number-business-n, with the part's number before."""
    ids: dict[int, str] = {}
    for result in results:
        stem = f"{number}-{result.part.number}" if result.part.number else number
        if result.part.number and len(result.made) == 1 and _borrows(result.made[0]):
            ids[id(result.made[0])] = stem
            continue
        for at, made in enumerate(result.made, start=1):
            ids[id(made)] = f"{stem}-{_suffix(made, at, result)}"
    return ids


def _suffix(made: Made, at: int, result: PartFlows) -> str:
    if result.business_count < 2:
        return str(at)
    siblings = [other for other in result.made if other.at == made.at]
    business = result.units[made.at].number
    return str(business) if len(siblings) == 1 else f"{business}-{made.sub}"


def _borrows(made: Made) -> bool:
    return bool(made.draft.references) and not made.draft.whole.items


# --- references between parts --------------------------------------------------


def _resolve(results: Sequence[PartFlows], ids: dict[int, str]) -> None:
    for result in results:
        for made in result.made:
            _borrow_items(made, result, results, ids)
        for role in dict.fromkeys(result.references):
            _borrow_value(role, result, results)


def _target(place: Elsewhere, own: PartFlows, results: Sequence[PartFlows]) -> PartFlows | None:
    if not place.part:
        return own
    return next((result for result in results if result.part.number == place.part), None)


def _borrow_items(made: Made, result: PartFlows, results: Sequence[PartFlows], ids: dict[int, str]) -> None:
    for text, lines in made.draft.references:
        place = elsewhere(text)
        if place is None:
            continue
        target = _target(place, result, results)
        section = target.part.by_number(place.section) if target else None
        if target is None or target is result or section is None or section.heading.role != "items":
            made.doubt("items_of", lines[0], f"「{tidy(text)}」が指す項目がこの文書の中に見つかりません")
            continue
        made.fields["items_of"] = (*made.fields.get("items_of", ()), *(ids[id(other)] for other in target.made))
        made.draft.cited("items_of", lines)


_FIELDS = {
    "count": ("count", "unit", "per", "approximate"),
    "start": ("start", "end"),
    "computer": ("contractor_computer",),
}


def _borrow_value(role: str, result: PartFlows, results: Sequence[PartFlows]) -> None:
    lines = result.part.lines({"count": "items"}.get(role, role))
    where = [line for line in lines if elsewhere([line])]
    line = where[-1] if role == "count" else where[0]
    place = elsewhere([line])
    target = _target(place, result, results) if place else None
    if target is None or not target.made:
        for made in result.made:
            made.doubt(role, line.no, f"「{tidy(line.text)}」が指すものがこの文書の中に見つかりません")
        return
    if role == "subjects":
        result.subjects, result.subject_lines = (), (line.no,)
    for made in result.made:
        _copy(role, made, target, line.no)


def _copy(role: str, made: Made, target: PartFlows, line: int) -> None:
    """Take over the values of the part referred to, when all of its flows agree; its total, for counts."""
    if role == "subjects":
        made.fields["subject"] = "、".join(target.subjects) or made.fields.get("subject", "")
        made.draft.cited("subject", [line, *target.subject_lines])
        return
    if role == "count" and target.totals:
        total = target.totals[-1]
        made.fields |= {"count": total.total, "unit": total.unit, "per": total.per, "approximate": total.approximate}
        made.draft.cited("count", [line, total.line])
        return
    for name in _FIELDS.get(role, (role,)):
        found = {repr(other.fields.get(name)): other.fields.get(name) for other in target.made}
        if len(found) == 1:
            made.fields[name] = next(iter(found.values()))
        else:
            made.doubt(name, line, "参照先の値が一つに決まりません")
    made.draft.cited(role, [line, *target.made[0].draft.cite.get(role, [])])


# --- what a person must look at --------------------------------------------------


def _flows(results: Sequence[PartFlows], ids: dict[int, str]) -> tuple[list[Flow], list[Review]]:
    flows: list[Flow] = []
    reviews: list[Review] = []
    for result in results:
        for made in result.made:
            flow, doubts = flow_of(made, ids[id(made)], result.matter)
            flows.append(flow)
            reviews.extend(doubts)
    return flows, reviews


def _part_reviews(results: Sequence[PartFlows]) -> list[Review]:
    found = [
        Review(field=name, line=line, reason=reason) for result in results for name, line, reason in result.reviews
    ]
    for result in results:
        if not result.made:
            head = result.part.head("items")
            found.append(
                Review(
                    field="flows",
                    line=head.no if head else 1,
                    reason="個人情報の項目が一つも書かれていません。渡すものがないのか、読み取れないのかを確かめてください",
                )
            )
    return found


def _head_reviews(head: Head, paper: Paper) -> list[Review]:
    line = paper.number_lines[0]
    found = []
    if head.council_date is None:
        found.append(Review(field="council_date", line=line, reason="審議会の日付が読み取れません"))
    if not head.section:
        found.append(Review(field="section", line=line, reason="所管課が読み取れません"))
    if not head.title:
        found.append(Review(field="title", line=line, reason="「…について」という件名が読み取れません"))
    return found


def _basis_reviews(paper: Paper, kinds: Iterable[Kind]) -> list[Review]:
    """A paper that asks under another article than its kinds rest on (目的外利用, 外部提供 …) is for a person to judge."""
    known = {row.article for row in basis_rows(kinds) if row.law.endswith(ORDINANCE)}
    for line in paper.lines:
        if named := re.search(rf"{ORDINANCE}((?:{ARTICLE}|[、及び並びに])+)の規定に基づき", line.text):
            strangers = [article for article in re.findall(ARTICLE, named[1]) if article not in known]
            return [Review(field="basis", line=line.no, reason=_other_basis(strangers, known))] if strangers else []
    return []


def _other_basis(strangers: Iterable[str], known: Iterable[str]) -> str:
    return (
        f"諮問の文は条例の{'、'.join(strangers)}によるとしていますが、この様式の根拠は"
        f"{'、'.join(sorted(known))}です。何を諮問しているのかを人が確かめてください"
    )
