"""From the sections of one part of a paper to its flows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from azukari.core.policy.reading import counts, dates, values
from azukari.core.policy.reading.counts import Count
from azukari.core.policy.reading.drafts import Draft, Folded, fold, form_of, open_conditions, row_scope_of
from azukari.core.policy.reading.items import is_person
from azukari.core.policy.reading.outline import HEADINGS, Part
from azukari.core.policy.reading.references import annex_of, elsewhere
from azukari.core.policy.reading.text import Line, tidy
from azukari.core.policy.reading.tokens import tokens
from azukari.core.policy.reading.units import Shares, Unit, bare_name, label_lines, labels, same_name, share, strip_mark
from azukari.core.policy.types import Direction, Flow, Kind, Review

_RECORD = {Kind.NEW_ITEMS: Direction.RECORDED, Kind.LINE: Direction.LINE}


@dataclass
class Made:
    """One flow in the making, with the unit it belongs to: `at` its business, `sub` its place within it."""

    draft: Draft
    at: int
    sub: int
    fields: dict[str, Any] = field(default_factory=dict)
    reviews: list[tuple[str, int, str]] = field(default_factory=list)

    def doubt(self, name: str, line: int, reason: str) -> None:
        """Ask a person about a field."""
        self.reviews.append((name, line, reason))

    def cite(self, name: str, lines: Sequence[Line]) -> None:
        """Note the lines of a field."""
        self.draft.cited(name, [line.no for line in lines])


@dataclass
class PartFlows:
    """What one part came to. `reviews` are about the part as a whole."""

    part: Part
    made: list[Made]
    matter: str
    subjects: tuple[str, ...]
    subject_lines: tuple[int, ...]
    totals: list[Count] = field(default_factory=list)
    references: list[str] = field(default_factory=list)
    reviews: list[tuple[str, int, str]] = field(default_factory=list)
    units: list[Unit] = field(default_factory=list)
    business_count: int = 1


def read_part(part: Part, lines: Sequence[Line], title_matter: str) -> PartFlows:
    """Read one part. `lines` are those of the whole paper: an annex stands outside the part."""
    matter = tidy(values.joined(part.lines("matter"))) or title_matter
    known = _known_businesses(part)
    item_lines, count_lines = _items_and_counts(part)
    folded = _fold_with_annex(part, item_lines, known, lines)
    names = [name for name in folded.businesses if any(draft.business == name for draft in folded.drafts)]
    numbers = {name: at for at, name in enumerate(folded.businesses, start=1)}
    made = _numbered(folded, names)
    result = PartFlows(part, made, matter, (), (), folded.totals)
    result.units = [Unit(name, _names(name, known), numbers[name]) for name in names] or [Unit(matter, (matter,), 1)]
    result.business_count = len(folded.businesses)
    result.reviews += [("flows", line, reason) for reason, line in folded.doubts]
    _fill(result, count_lines)
    return result


def _known_businesses(part: Part) -> list[Unit]:
    """The names that sections use as labels. A kind of person must be one in two sections to count as a business."""
    seen: list[tuple[str, set[str]]] = []
    for role in ("matter", "subjects", "places", "computer", "start", "contractors"):
        for label in labels(part.lines(role)):
            match = next((roles for name, roles in seen if same_name(name, label)), None)
            if match is None:
                seen.append((label, {role}))
            else:
                match.add(role)
    names = [name for name, roles in seen if len(roles) > 1 or "matter" in roles or not is_person(name)]
    return [Unit(name, (name,), at) for at, name in enumerate(names, start=1)]


def _names(name: str, known: Sequence[Unit]) -> tuple[str, ...]:
    return (name, *(unit.name for unit in known if same_name(unit.name, name)))


def _items_and_counts(part: Part) -> tuple[list[Line], list[Line]]:
    """Cut section 5 at 「(2) 件数」. Counts may also stand with the items."""
    lines = part.lines("items")
    for at, line in enumerate(lines):
        number, bare = strip_mark(line.text)
        named = re.match(r"(?:取り?扱い?|見込み?|想定|処理|年間|利用)?(?:件|枚|人)数(?![^(:は見予0-9約])", bare)
        if named and (number or not counts.find(line.text, line.no)):
            return list(lines[:at]), list(lines[at:])
    return list(lines), []


def _fold_with_annex(part: Part, item_lines: Sequence[Line], known: Sequence[Unit], lines: Sequence[Line]) -> Folded:
    direction = _RECORD.get(part.kind)
    stream = tokens(item_lines, known)
    folded = fold(stream, direction)
    for draft in list(folded.drafts):
        for text, where in list(draft.references):
            token = next(t for t in stream if t.kind == "ref" and t.lines == where and t.text == text)
            annex = annex_of(token, lines)
            if annex is not None:
                draft.references.remove((text, where))
                _merge_annex(folded, draft, fold(tokens(annex, known), draft.direction))
    return folded


def _merge_annex(folded: Folded, draft: Draft, annex: Folded) -> None:
    """Put the flows of an annex in the place of the draft that referred to it."""
    at = folded.drafts.index(draft)
    for each in annex.drafts:
        each.business = each.business or draft.business
        each.cited("direction", draft.cite.get("direction", []))
    folded.drafts[at : at + 1] = annex.drafts
    folded.businesses += [name for name in annex.businesses if name not in folded.businesses]
    folded.totals += annex.totals
    folded.doubts += annex.doubts


def _numbered(folded: Folded, names: Sequence[str]) -> list[Made]:
    made = []
    subs: dict[str, int] = {}
    for draft in folded.drafts:
        subs[draft.business] = subs.get(draft.business, 0) + 1
        made.append(Made(draft, names.index(draft.business) if draft.business in names else 0, subs[draft.business]))
    return made


# --- the values of each flow ---------------------------------------------------


def _fill(result: PartFlows, count_lines: Sequence[Line]) -> None:
    part, units = result.part, _units(result)
    _subjects(result)
    for made in result.made:
        _from_draft(made, result)
    _counts(result, count_lines)
    for role in ("places", "media", "computer", "start", "contractors"):
        last = role == HEADINGS[part.kind][-1].role
        lines = _without_attachment(part.lines(role), result) if last else part.lines(role)
        shares = share(lines, units)
        for made in result.made:
            _value(role, made, shares, result)
    _clause(result)
    if part.kind is Kind.LINE:
        for made in result.made:
            _line(made, part)


def _units(result: PartFlows) -> list[Unit]:
    """What the other sections speak of: the businesses, or the kinds of person where there is one business only."""
    labels_ = [made.draft.label for made in result.made]
    if len(result.units) > 1 or len(labels_) < 2 or "" in labels_ or len(set(labels_)) < len(labels_):
        return result.units
    return [Unit(label, (label,), at) for at, label in enumerate(labels_, start=1)]


def _index(made: Made, result: PartFlows) -> int:
    """The place of a flow among `_units`."""
    return made.at if _units(result) is result.units else result.made.index(made)


def _from_draft(made: Made, result: PartFlows) -> None:
    draft = made.draft
    form, form_lines = form_of(draft)
    scope, scope_lines = row_scope_of(draft)
    made.fields |= {"form": form, "row_scope": scope}
    draft.cited("form", form_lines) if form_lines else None
    draft.cited("row_scope", scope_lines) if scope_lines else None
    line = draft.cite.get("items", [result.part.end])[0]
    for doubt in draft.whole.doubts:
        made.doubt("items", line, doubt)
    for text, lines in draft.references:
        if elsewhere(text) is None:
            made.doubt("items", lines[0], f"「{tidy(text)}」が指すものがこの文書の中に見つかりません")
    for text, lines in open_conditions(draft):
        made.doubt("row_scope", lines[0], f"「{text}。」という条件があります。どの範囲の行に限るかを人が決めてください")


def _subjects(result: PartFlows) -> None:
    """Section 4: one kind of person for all, one for each business, or a list."""
    lines = result.part.lines("subjects")
    if elsewhere(lines):
        result.references.append("subjects")
        return
    shares = share(lines, result.units)
    common = _first_subjects(shares.common)
    for made in result.made:
        if made.draft.label_is_person:
            made.fields["subject"] = made.draft.label
            continue
        own = shares.by_unit.get(made.at, [])
        made.fields["subject"] = tidy(values.joined(own)) if own else "、".join(common)
        made.cite("subject", own or shares.common[:1])
    own_subjects = [tidy(values.joined(bucket)) for bucket in shares.by_unit.values()]
    result.subjects = tuple(dict.fromkeys([*common, *own_subjects]))
    result.subject_lines = tuple(line.no for line in lines)


def _first_subjects(lines: Sequence[Line]) -> list[str]:
    """The kinds of person of a common list; a breakdown below a first line (内訳は、以下のとおり) is left out."""
    if not lines:
        return []
    if strip_mark(lines[0].text)[0]:
        return [_subject(strip_mark(line.text)[1]) for line in lines if strip_mark(line.text)[0]]
    head = list(lines[:1])
    for line in lines[1:]:
        if line.gap or line.bullet or strip_mark(line.text)[0]:
            break
        head.append(line)
    rest = [
        line
        for line in lines[len(head) :]
        if line.bullet and not strip_mark(line.text)[0] and "内訳" not in head[0].text
    ]
    return [_subject("".join(line.text for line in head)), *(_subject(line.text) for line in rest if lines[0].bullet)]


def _subject(text: str) -> str:
    return tidy(re.sub(r"\((?:内訳|以下|詳細)[^()]*\)", "", text)).rstrip("。")


def _counts(result: PartFlows, lines: Sequence[Line]) -> None:
    head = result.part.head("items")
    if result.part.kind is Kind.LINE and not lines and not any(made.draft.counts for made in result.made):
        return  # 回線結合 has no heading for a count.
    head_rough = counts.is_rough(lines[0].text) if lines else False
    head_rough = head_rough or bool(head and counts.is_rough(head.text))
    body = _count_body(lines)
    if elsewhere(body):
        result.references.append("count")
        return
    shares = share(body, _count_units(result))
    labelled = {i: _found(bucket, head_rough) for i, bucket in shares.by_unit.items()}
    common = _found(shares.common, head_rough)
    for at, made in enumerate(result.made):
        own = made.draft.counts or labelled.get(at) or labelled.get(len(result.made) + made.at) or []
        _own_count(made, [_rough(each, head_rough) for each in own])
    _common_counts(result, common, bare=_all_bare(shares.common))
    result.totals = [*result.totals, *common] if result.made and result.made[0].draft.counts else result.totals


def _count_body(lines: Sequence[Line]) -> list[Line]:
    """The lines under 「(2) 件数」, with what stands behind the heading on its own line."""
    if not lines:
        return []
    first = lines[0]
    behind = first.text.partition(":")[2]
    if not behind and counts.find(first.text, first.no):
        behind = first.text
    return ([Line(first.no, behind)] if behind else []) + list(lines[1:])


def _count_units(result: PartFlows) -> list[Unit]:
    """Flows by their label first, then businesses: a count may be given for either."""
    flows = []
    for made in result.made:
        label = made.draft.label
        flows.append(Unit(label or "\x00", (label,) if label else ()))
    businesses = result.units if len(result.units) > 1 else []
    return flows + list(businesses)


def _found(lines: Sequence[Line], head_rough: bool) -> list[Count]:
    found = [
        count for line in lines if not line.text.startswith(("(", "※")) for count in counts.find(line.text, line.no)
    ]
    rough = head_rough or any(line.text.startswith("(") and counts.is_rough(line.text) for line in lines)
    return [_rough(each, rough) for each in found]


def _rough(count: Count, rough: bool) -> Count:
    return replace(count, approximate=count.approximate or rough)


def _own_count(made: Made, found: Sequence[Count]) -> None:
    if len(found) == 1:
        _set_count(made, found[0])
    elif found:
        made.doubt("count", found[0].line, f"件数が{len(found)}つ書かれ、どれがこの取扱いのものか決められません")
        made.fields["count_open"] = True


def _set_count(made: Made, count: Count) -> None:
    made.fields |= {"count": count.total, "unit": count.unit, "per": count.per, "approximate": count.approximate}
    made.draft.cited("count", [count.line])
    if count.doubt:
        made.doubt("count" if count.total is None else "per", count.line, count.doubt)


def _all_bare(lines: Sequence[Line]) -> bool:
    """Whether the lines hold counts and no names: only then may they be matched with the flows by their order."""
    said = [
        counts.find(line.text, line.no)
        for line in lines
        if not line.text.startswith(("(", "※")) or strip_mark(line.text)[0]
    ]
    return all(len(found) == 1 and not strip_mark(found[0].label)[1] for found in said)


def _common_counts(result: PartFlows, common: Sequence[Count], *, bare: bool) -> None:
    """Counts that name no flow: one for the only business, or one for each flow in the same order."""
    without = [made for made in result.made if "count" not in made.fields and "count_open" not in made.fields]
    if not without:
        return
    if len(common) == 1 and len(result.units) == 1:
        _one_count(without, common[0])
    elif bare and len(common) == len(without) > 1:
        for made, count in zip(without, common, strict=True):
            _set_count(made, count)
            made.doubt(
                "count",
                count.line,
                "件数の行に名前がないため、書かれた順に取扱いと対応させました（行数と取扱いの数は一致しています）",
            )
    else:
        line = common[0].line if common else _line_of_counts(result)
        reason = _why_open(len(common), len(without), bare=bare)
        for made in without:
            made.doubt("count", line, reason)


def _why_open(counted: int, flows: int, *, bare: bool) -> str:
    if not counted:
        return "件数が書かれていません"
    if not bare:
        return f"件数{counted}行に付いた名前が、どの取扱いを指すか読み取れません"
    return f"件数が{counted}行、取扱いが{flows}つで数が合わず、対応させられません"


def _one_count(without: Sequence[Made], count: Count) -> None:
    for made in without:
        _set_count(made, count)
        if len(without) > 1:
            made.doubt(
                "count",
                count.line,
                f"件数が一つだけ書かれているため、{len(without)}つの取扱いに共通の件数として読みました",
            )


def _line_of_counts(result: PartFlows) -> int:
    head = result.part.head("items")
    return head.no if head else result.part.end


def _value(role: str, made: Made, shares: Shares, result: PartFlows) -> None:
    index = _index(made, result)
    lines = shares.of(index)
    head = result.part.head(role)
    if head is None:
        return
    if index in shares.guessed:
        line, reason = shares.guessed[index]
        made.doubt(_FIELD.get(role, role), line.no, reason)
    if elsewhere(lines):
        result.references.append(role)
        return
    _READERS[role](made, lines, head, result)
    made.cite(_FIELD.get(role, role), lines)


_FIELD = {"computer": "contractor_computer"}


def _places(made: Made, lines: Sequence[Line], head: Line, result: PartFlows) -> None:
    found = values.places(lines)
    made.fields["places"] = tuple(found.values)
    numbered = sum(bool(strip_mark(line.text)[0]) for line in lines)
    if numbered > 1 and numbered == len(result.made):
        found.doubts.append(
            "番号の付いた場所の数が取扱いの数と同じですが、どれがどの取扱いのものか書かれていません（すべての取扱いの場所としました）"
        )
    for doubt in found.doubts:
        made.doubt("places", lines[0].no if lines else head.no, doubt)


def _media(made: Made, lines: Sequence[Line], head: Line, result: PartFlows) -> None:  # noqa: ARG001
    found = values.media(lines)
    made.fields["media"] = tuple(found.values)
    for doubt in found.doubts:
        made.doubt("media", lines[0].no if lines else head.no, doubt)


def _computer(made: Made, lines: Sequence[Line], head: Line, result: PartFlows) -> None:  # noqa: ARG001
    made.fields["contractor_computer"] = values.computer(lines)
    if made.fields["contractor_computer"] is None:
        made.doubt("contractor_computer", lines[0].no if lines else head.no, "「あり」か「なし」かを読み取れません")


def _start(made: Made, lines: Sequence[Line], head: Line, result: PartFlows) -> None:
    siblings = [other for other in result.made if other.at == made.at]
    own = _own_start_lines(made, lines, siblings)
    if own is None:
        made.doubt(
            "start",
            lines[0].no if lines else head.no,
            "この取扱いの開始時期が書かれていません。始まりが決まるまで、この取扱いは何も許可しません",
        )
        return
    read = dates.term("".join(line.text for line in own))
    made.fields |= {"start": read.start, "end": read.end}
    where = own[0].no if own else head.no
    for doubt in read.doubts:
        made.doubt("start", where, doubt)
    for doubt in read.end_doubts:
        made.doubt("end", where, doubt)


def _own_start_lines(made: Made, lines: Sequence[Line], siblings: Sequence[Made]) -> list[Line] | None:
    """Within one business each task may start on its own day; a task without a day of its own has none."""
    if len(siblings) < 2:
        return list(lines)
    units = [
        Unit(other.draft.label or other.draft.business, (other.draft.label or other.draft.business,))
        for other in siblings
    ]
    shares = share(lines, units, tasks=True)
    index = siblings.index(made)
    if index in shares.guessed:
        line, reason = shares.guessed[index]
        made.doubt("start", line.no, reason)
    if not shares.by_unit:
        return list(lines)
    return shares.by_unit.get(index) or ([line for line in shares.common if dates.find(line.text)] or None)


def _contractors(made: Made, lines: Sequence[Line], head: Line, result: PartFlows) -> None:  # noqa: ARG001
    made.fields["contractors"] = tuple(values.contractors(lines).values)


_READERS = {"places": _places, "media": _media, "computer": _computer, "start": _start, "contractors": _contractors}


def _without_attachment(lines: Sequence[Line], result: PartFlows) -> list[Line]:
    """Section 13 is the last: what follows it, set apart by a blank line and under no label, is an attachment."""
    marks = label_lines(lines, _units(result))
    kept: list[Line] = []
    for at, line in enumerate(lines):
        follows_value = at > 0 and marks.get(at - 1, True)
        if line.gap and follows_value and at not in marks and not (line.row and kept[-1].row):
            break
        if follows_value and dates.whole_line(line.text):
            break
        kept.append(line)
    return kept


def _clause(result: PartFlows) -> None:
    lines = result.part.lines("conditions")
    name = values.clause(lines)
    for made in result.made if name else []:
        made.fields["clause"] = name
        made.cite("clause", [line for line in lines if "「" in line.text] or list(lines[:1]))


def _line(made: Made, part: Part) -> None:
    lines = part.lines("method")
    made.fields["media"] = tuple(values.line_media("".join(line.text for line in lines)))
    made.cite("media", lines[:1])
    if not made.fields["media"]:
        made.doubt("media", lines[0].no if lines else part.end, "どのような回線かを読み取れません")


def flow_of(made: Made, flow_id: str, matter: str) -> tuple[Flow, list[Review]]:
    """Return the typed flow, and what a person must look at."""
    draft = made.draft
    business = draft.business or matter
    if draft.label and not draft.label_is_person:
        business = f"{business}（{draft.label}）"
    taken = {name: value for name, value in made.fields.items() if name in Flow.model_fields}
    subject = taken.pop("subject", "") or "対象者"
    cite = {name: tuple(lines) for name, lines in sorted(draft.cite.items()) if lines}
    flow = Flow(
        id=flow_id, business=tidy(business), direction=draft.direction, subject=subject,
        items=tuple(draft.whole.items), items_new=tuple(draft.new), cite=cite, **taken,
    )  # fmt: skip
    reviews = [Review(field=f"flows.{flow_id}.{name}", line=line, reason=reason) for name, line, reason in made.reviews]
    return flow, reviews


def names_of(result: PartFlows) -> list[str]:
    """Return the businesses of a part."""
    return [bare_name(unit.name) for unit in result.units]
