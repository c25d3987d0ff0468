"""Cuts the text of a council meeting into its papers: consultations (諮問第N号) and reports, with their attachments."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from azukari.core.policy.reading import dates, lexicon
from azukari.core.policy.reading.text import Line
from azukari.kernel.errors import BadInput

_NUMBER = re.compile(r"^(?:\(?(?:案件|議題|議案|資料)?\d{0,2}\)?[.:]?)?諮問第(\d{1,6})号(?:\((?:写し?|案)\))?$")
_FIRST_HEADING = re.compile(
    r"^(?:第1.*について|1[.、]?(?:委託の件名|電子計算機|記録|回線|結合).*|[《【〈<].*(?:概要|経緯|背景|目的).*[》】〉>])$"
)
_ABOUT = re.compile(r"^(?P<title>.*?について)(?:[((](?P<matter>.*)[))])?$")


@dataclass(frozen=True, slots=True)
class Paper:
    """The lines of one consultation, from its first 「諮問第N号」 to the next paper."""

    number: str
    lines: list[Line]
    number_lines: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ReportPaper:
    """The lines of a report that follows the consultations."""

    lines: list[Line]


@dataclass(frozen=True, slots=True)
class Head:
    """What a paper says before its first heading."""

    title: str
    matter: str
    section: str
    submitted: date | None
    council_date: date | None
    articles: tuple[str, ...]
    cite: dict[str, tuple[int, ...]]


def cut(lines: list[Line], file: str) -> tuple[list[Paper], list[ReportPaper]]:
    """Return the consultations and reports of a text.

    Raises `BadInput` when no line is 「諮問第N号」 and nothing is a report, or when one number stands at two places.
    """
    marks = [(at, match.group(1)) for at, line in enumerate(lines) if (match := _NUMBER.match(line.text))]
    body_end, reports = _reports(lines, marks[-1][0] if marks else 0)
    if not marks:
        if reports:
            return [], reports
        raise BadInput(
            f"{file} に「諮問第…号」の行がありません",
            "諮問の番号がないと、どの諮問に基づく許可かを示せません",
            "審議会に出した諮問書の全文（表紙の「諮問第…号」から）が入ったテキストかどうか確かめてください",
        )
    return _papers(lines[:body_end], marks, file), reports


def _papers(lines: list[Line], marks: list[tuple[int, str]], file: str) -> list[Paper]:
    runs: list[tuple[str, int, int]] = []
    for index, (at, number) in enumerate(marks):
        until = marks[index + 1][0] if index + 1 < len(marks) else len(lines)
        if runs and runs[-1][0] == number:
            runs[-1] = (number, runs[-1][1], until)
        else:
            runs.append((number, at, until))
    # A table of contents names the numbers before the papers do: a run without any heading gives way to one that has some.
    with_body = [run for run in runs if _has_heading(lines[run[1] : run[2]])]
    kept = [run for run in runs if run in with_body or run[0] not in {r[0] for r in with_body}]
    _refuse_twice(kept, lines, file)
    return [
        _paper(number, lines[a:b], [lines[at].no for at, n in marks if n == number and a <= at < b])
        for number, a, b in kept
    ]


def _paper(number: str, lines: list[Line], number_lines: list[int]) -> Paper:
    return Paper(number, lines, tuple(number_lines))


def _has_heading(lines: list[Line]) -> bool:
    return any(
        re.match(r"^\(?\d{1,2}\)?[.、:]?(?:委託の件名|諮問の趣旨|対象となる個人の範囲)", line.text) for line in lines
    )


def _refuse_twice(runs: list[tuple[str, int, int]], lines: list[Line], file: str) -> None:
    seen: dict[str, int] = {}
    for number, at, _ in runs:
        if number in seen:
            raise BadInput(
                f"{file} に諮問第{number}号が二度あります（{seen[number]}行目と{lines[at].no}行目）",
                "どちらが審議会に諮られた本文かを決められません",
                "片方を別のファイルに分けてから、もう一度読み取ってください",
            )
        seen[number] = lines[at].no


def _reports(lines: list[Line], after: int) -> tuple[int, list[ReportPaper]]:
    marker = lexicon.pattern("reports", "markers")
    starts = [at for at in range(after, len(lines)) if marker.fullmatch(lines[at].text) and _is_report(lines, at)]
    bounds = [*starts, len(lines)]
    reports = [ReportPaper(lines[a + 1 : b]) for a, b in pairwise(bounds)]
    return (starts[0] if starts else len(lines)), reports


def _is_report(lines: list[Line], at: int) -> bool:
    """A report has a title, a date and a section below its marker."""
    return any(dates.whole_line(line.text) for line in lines[at + 1 : at + 6])


def read_head(paper: Paper) -> tuple[Head, int]:
    """Read the cover and the title. Returns the head, and how many lines of the paper it took."""
    until = next(
        (at for at, line in enumerate(paper.lines) if _FIRST_HEADING.match(line.text)), min(len(paper.lines), 40)
    )
    zone = paper.lines[:until]
    start = max((at for at, line in enumerate(zone) if _NUMBER.match(line.text)), default=0)
    cover, inner = zone[:start], zone[start + 1 :]
    if not any(dates.whole_line(line.text) for line in inner) or any(
        re.search(r"様$|^記$", line.text) for line in inner
    ):
        cover, inner = _split_single(zone)
    return _head(paper, cover, inner), until


def _split_single(zone: list[Line]) -> tuple[list[Line], list[Line]]:
    """A paper with one 「諮問第N号」 only: what follows 記 is the title."""
    mark = next((at for at, line in enumerate(zone) if line.text == "記"), None)
    if mark is None:
        return [], [line for line in zone if not _NUMBER.match(line.text)]
    return zone[: mark + 1], zone[mark + 1 :]


def _head(paper: Paper, cover: list[Line], inner: list[Line]) -> Head:
    dated = [at for at, line in enumerate(inner) if dates.whole_line(line.text)]
    titles = inner[: dated[0]] if dated and dated[0] else _title_run(inner, dated)
    titles = [line for line in titles if not _NUMBER.match(line.text)]
    section = [
        line
        for line in inner[(dated[-1] + 1) if dated else len(titles) :]
        if line not in titles and _is_section(line.text)
    ]
    title, matter = _title("".join(line.text for line in titles))
    submitted = next((line for line in cover if dates.whole_line(line.text)), None)
    cite = {
        "number": paper.number_lines,
        "title": tuple(line.no for line in titles if "について" in line.text or not title),
        "matter": tuple(line.no for line in titles),
        "section": tuple(line.no for line in section),
        "submitted": (submitted.no,) if submitted else (),
        "council_date": (inner[dated[-1]].no,) if dated else (),
    }
    return Head(
        title,
        matter,
        "、".join(line.text for line in section),
        dates.whole_line(submitted.text) if submitted else None,
        dates.whole_line(inner[dated[-1]].text) if dated else None,
        tuple(_articles(cover + inner)),
        {name: where for name, where in cite.items() if where},
    )


def _title_run(inner: list[Line], dated: list[int]) -> list[Line]:
    """The title when the date stands above it, or when there is no date."""
    begin = dated[0] + 1 if dated else 0
    run: list[Line] = []
    for line in inner[begin:]:
        run.append(line)
        if line.text.endswith((")", "について")) and "について" in "".join(r.text for r in run):
            follow = inner[begin + len(run) : begin + len(run) + 1]
            if not (follow and follow[0].text.startswith("(")):
                break
    return run if any("について" in line.text for line in run) else []


def _is_section(text: str) -> bool:
    return (
        bool(re.search(r"(?:課|部|室|局|所|センター|会|担当|館|園|校)$|(?:課|部|室|担当)\(.*\)$", text))
        and "。" not in text
        and len(text) <= 60
    )


def _title(joined: str) -> tuple[str, str]:
    match = _ABOUT.match(joined)
    if match is None:
        return joined, ""
    return match.group("title"), match.group("matter") or ""


def _articles(lines: list[Line]) -> list[str]:
    text = "".join(line.text for line in lines)
    sentence = re.search(r"([^。]*?(?:条例|法律|規則)(?:\([^)]*\))?第\d+条.*?)の規定に基づき", text)
    return re.findall(r"第\d+条(?:の\d+)?(?:第\d+項)?(?:第\d+号)?", sentence.group(1)) if sentence else []
