"""Reads a report to the council (報告): sections that try something out with which items, and the controls they rest on."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from azukari.core.policy.reading import dates, lexicon
from azukari.core.policy.reading.items import split_items
from azukari.core.policy.reading.packet import ReportPaper
from azukari.core.policy.reading.text import Line, tidy
from azukari.core.policy.types import Consultation, Control, Kind, LifeEvent, Review, Source, Stage, Trial

_ITEMS = re.compile(r"^[(【]?個人情報の項目[)】]?[:]?$")
_LOST = re.compile(r"上記\s*[~～・、及び]+\s*(?:において|について|は)")
_HEADING = re.compile(r"^(?:\d{1,2}[.、]|\(\d{1,2}\)|第\d)")
_CONTROLS = re.compile(r"[【《].*(?:対策|措置|管理).*[】》]")


@dataclass(frozen=True, slots=True)
class _Head:
    title: str
    section: str
    day: Line | None
    title_lines: tuple[int, ...]
    section_lines: tuple[int, ...]


def read_report(paper: ReportPaper, source: Source, position: int) -> Consultation:
    """Read one report. Its number is a word, from the lexicon or from the date of the council."""
    head = _head(paper.lines)
    day = dates.whole_line(head.day.text) if head.day else None
    number = _name(head.title) or f"report-{day or 'undated'}-{position}"
    trials, reviews = _trials(paper.lines, number)
    controls = _controls(paper.lines, number)
    return Consultation(
        number=number,
        title=tidy(head.title) or "報告",
        matter=tidy(head.title) or "報告",
        kinds=(Kind.REPORT,),
        section=head.section or "所管課未読",
        council_date=day,
        source=source,
        life=(LifeEvent(stage=Stage.CONSULTED, on=day),) if day else (),
        trials=tuple(trials),
        controls=tuple(controls),
        review=(*_lost_marks(paper.lines), *reviews),
        cite={
            name: where
            for name, where in {
                "title": head.title_lines,
                "section": head.section_lines,
                "council_date": (head.day.no,) if head.day else (),
            }.items()
            if where
        },
    )


def _name(title: str) -> str | None:
    return next((str(name) for word, name in lexicon.table("reports", "names").items() if word in title), None)


def _head(lines: Sequence[Line]) -> _Head:
    at = next((i for i, line in enumerate(lines) if dates.whole_line(line.text)), None)
    if at is None:
        return _Head(lines[0].text if lines else "", "", None, tuple(line.no for line in lines[:1]), ())
    after = []
    for line in lines[at + 1 :]:
        if _HEADING.match(line.text) or "。" in line.text:
            break
        after.append(line)
    title = "".join(line.text for line in lines[:at])
    section = "、".join(tidy(line.text) for line in after)
    return _Head(title, section, lines[at], tuple(line.no for line in lines[:at]), tuple(line.no for line in after))


def _trials(lines: Sequence[Line], number: str) -> tuple[list[Trial], list[Review]]:
    trials: list[Trial] = []
    reviews: list[Review] = []
    for at, line in enumerate(lines):
        if not _ITEMS.match(line.text) or at + 1 >= len(lines):
            continue
        tasks = _tasks(lines, at)
        section = lines[at - len(tasks) - 1]
        found = split_items(lines[at + 1].text)
        trials.append(
            Trial(
                id=f"{number}-{len(trials) + 1}",
                section=tidy(section.text),
                tasks=tuple(tidy(task.text) for task in tasks),
                items=tuple(found.items),
                items_open=found.open_ended,
                cite={
                    "section": (section.no,),
                    "tasks": tuple(task.no for task in tasks),
                    "items": (lines[at + 1].no,),
                },
            )
        )
        where = lines[at + 1].no
        reviews += [Review(field=f"trials.{trials[-1].id}.items", line=where, reason=doubt) for doubt in found.doubts]
    return trials, reviews


def _tasks(lines: Sequence[Line], at: int) -> list[Line]:
    """The marked lines directly above 「(個人情報の項目)」."""
    start = at
    while start > 0 and lines[start - 1].bullet:
        start -= 1
    return list(lines[start:at])


def _controls(lines: Sequence[Line], number: str) -> list[Control]:
    begin = next((at for at, line in enumerate(lines) if _CONTROLS.search(line.text)), None)
    if begin is None:
        return []
    controls: list[tuple[Line, list[str]]] = []
    for line in lines[begin + 1 :]:
        if _HEADING.match(line.text):
            break
        if line.bullet and controls:
            controls[-1][1].append(tidy(line.text))
        elif not line.bullet:
            controls.append((line, []))
    return [
        Control(id=f"{number}-c{at}", name=tidy(head.text), text="".join(texts), line=head.no)
        for at, (head, texts) in enumerate([c for c in controls if c[1]], start=1)
    ]


def _lost_marks(lines: Sequence[Line]) -> list[Review]:
    return [
        Review(
            field="trials",
            line=line.no,
            reason=f"「{tidy(line.text)[:24]}…」がどの所管課を指すか、記号が失われていて読み取れません",
        )
        for line in lines
        if _LOST.search(line.text)
    ]
