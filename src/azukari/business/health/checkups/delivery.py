"""A delivery of CDA documents, a zip or one document alone: every file read and reconciled before anything is kept."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from lxml import etree

from azukari.business.health.checkups import xml
from azukari.business.health.checkups.cda import Document, document
from azukari.core.intake.api import entries_of, is_junk, open_file, read_all
from azukari.core.intake.types import LIMITS, Entry, Problem, Problems, Source
from azukari.kernel.errors import BadInput

_ONE_FILE = 8 << 20
_CLAIM = {"c": xml.CLAIM}
_SEND_AGAIN = "健診機関か国保連に、欠けのない送付物を送り直してもらってください。"


@dataclass(slots=True)
class Delivery:
    """What came: checkup documents, and what index and summary say of them (yen)."""

    documents: list[Document] = field(default_factory=list)
    read: int = 0
    claims: int = 0
    claimed: dict[str, int] = field(default_factory=dict)
    records: int | None = None
    summary: dict[str, int] | None = None
    notes: list[str] = field(default_factory=list)


def read(path: Path, problems: Problems) -> Delivery:
    """Read a zip or an XML file. Whatever is wrong is in `problems`, with file, line and element."""
    found = Delivery()
    for name, source in _sources(path, problems, found):
        try:
            root = xml.parse(read_all(source, _ONE_FILE))
            if xml.check(root, name, problems):
                _take(root, name, found, problems)
        except BadInput as error:
            problems.add(Problem.of(error, name))
    # What cannot be read is missing from every count: it is told once.
    if not problems:
        _reconcile(found, path.name, problems)
    return found


def _sources(path: Path, problems: Problems, found: Delivery) -> Iterator[tuple[str, Source]]:
    with open_file(path) as file:
        if file.read(2) != b"PK":
            yield path.name, path
            return
        entries, faults = entries_of(file, path, LIMITS)
    for fault in faults:
        problems.add(Problem.of(fault, path.name))
    if not faults:
        for entry in entries:
            if _is_ours(entry, found):
                yield entry.name.rpartition("/")[2], entry


def _is_ours(entry: Entry, found: Delivery) -> bool:
    """XML files; the delivery's own copy of the schema is left alone, and anything else is said to be unused."""
    name = entry.name.casefold()
    if name.endswith(".xsd") or is_junk(entry.name):
        return False
    if not name.endswith(".xml"):
        found.notes.append(f"使わないファイルです: {entry.name.rpartition('/')[2][:80]}")
        return False
    return True


def _take(root: etree._Element, name: str, found: Delivery, problems: Problems) -> None:
    if root.tag == xml.DOCUMENT:
        found.read += 1
        if one := document(root, name, problems):
            found.documents.append(one)
    elif root.tag == xml.INDEX:
        found.records = _number(root, "totalRecordCount")
    elif root.tag == xml.SUMMARY:
        words = ("totalSubjectCount", "totalCostAmount", "totalPaymentAmount", "totalClaimAmount")
        found.summary = {word: _number(root, word) for word in words}
    else:
        found.claims += 1
        for word in ("unitAmount", "paymentAmount", "claimAmount"):
            found.claimed[word] = found.claimed.get(word, 0) + _number(root, f"settlement/c:{word}")


def _number(root: etree._Element, path: str) -> int:
    text = root.find(f"c:{path}", _CLAIM).get("value", "0")
    return int(text) if re.fullmatch("-?[0-9]{1,12}", text) else 0


def _reconcile(found: Delivery, name: str, problems: Problems) -> None:
    """The files that the index counts, and the persons and yen of the summary, must all be there."""
    if found.records is not None and found.records not in {found.read, found.read + found.claims}:
        _differs(problems, name, "目次（ix08）の件数", found.records, found.read)
    if found.summary is None:
        return
    pairs = (
        ("集計（su08）の人数", "totalSubjectCount", found.claims),
        ("集計（su08）の単価の計", "totalCostAmount", found.claimed.get("unitAmount", 0)),
        ("集計（su08）の窓口負担の計", "totalPaymentAmount", found.claimed.get("paymentAmount", 0)),
        ("集計（su08）の請求額の計", "totalClaimAmount", found.claimed.get("claimAmount", 0)),
    )
    for word, key, counted in pairs:
        if found.summary[key] != counted:
            _differs(problems, name, word, found.summary[key], counted)


def _differs(problems: Problems, name: str, word: str, said: int, counted: int) -> None:
    error = BadInput(f"{word}が中身と合いません。", f"{said:,} とありますが、中身は {counted:,} です。", _SEND_AGAIN)
    problems.add(Problem.of(error, name))
