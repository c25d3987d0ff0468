"""One claim, read whole: its invoice, its vouchers, its pages. With a single error anywhere nothing of it is used."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

from azukari.business.taxi.intake import invoice, vouchers
from azukari.business.taxi.intake.packages import INVOICES, PAGES, contents
from azukari.business.taxi.intake.types import Claim, Package, Rejected
from azukari.core.intake.api import Table, digest, expect_image, read_all
from azukari.core.intake.types import LIMITS, Limits, Original, Page, Problem, Problems, Source, shown
from azukari.kernel.errors import BadInput

VOUCHERS = frozenset({"vouchers.csv", "vouchers.xlsx"})
_SEND_AGAIN = "事業者に確かめて、もう一度出してもらってください。"
Files = Mapping[str, Source]
Whole = TypeVar("Whole")


@dataclass(slots=True)
class _Reading:
    """One claim being read: its files by name, and what has come of them so far."""

    files: Files
    limits: Limits
    problems: Problems
    warnings: Problems
    originals: list[Original] = field(default_factory=list)

    def problem(self, error: BadInput, file: str) -> None:
        self.problems.add(Problem.of(error, file))


def read_claim(found: Path | Package, *, limits: Limits = LIMITS) -> Claim | Rejected:
    """Read what `find` found. Nothing that the files hold is raised: it comes back as Rejected, line by line."""
    problems = Problems(limits.problems)
    name = found.name if isinstance(found, Package) else found.name or found.resolve().name
    files = contents(found, problems)
    if not files and problems:
        return Rejected(name, problems.in_order(), problems.rest)
    reading = _Reading(files, limits, problems, Problems(limits.problems))
    bill = _table(reading, INVOICES, invoice.TITLES, invoice.read)
    columns = _table(reading, VOUCHERS, vouchers.TITLES, vouchers.read)
    pages = tuple(page for file in _pages(files) if (page := _page(reading, file)))
    _complete(reading, name, bool(pages))
    if bill is None or problems:
        return Rejected(name, problems.in_order(), problems.rest, tuple(reading.originals))
    return Claim(name, *bill, columns, pages, tuple(reading.originals), reading.warnings.in_order())


def _named(files: Files, names: frozenset[str]) -> list[str]:
    return [file for file in files if file.casefold() in names]


def _table(
    reading: _Reading,
    names: frozenset[str],
    titles: tuple[str, ...],
    read: Callable[[Table, bytes], Whole | None],
) -> Whole | None:
    there = _named(reading.files, names)
    if len(there) > 1:
        why = "どちらが正しいか決まりません。"
        reading.problem(
            BadInput(f"{'と'.join(there)} の両方があります。", why, "片方だけにしてもらってください。"), there[0]
        )
    if len(there) != 1:
        return None
    [file] = there
    try:
        data = read_all(reading.files[file], reading.limits.table)
    except BadInput as error:
        reading.problem(error, file)
        return None
    own = Problems(reading.limits.problems)
    table = Table(file, titles, reading.limits, own, reading.warnings)
    whole = read(table, data)
    reading.problems.extend(own)
    original = Original(file, sha256(data).hexdigest(), len(data), reading.files[file], table.read_as)
    reading.originals.append(original)
    return whole


def _pages(files: Files) -> list[str]:
    """The files in `pages`, 9 before 10."""
    return sorted((file for file in files if file.casefold().startswith(f"{PAGES}/")), key=_natural)


def _natural(file: str) -> list[tuple[int, str]]:
    parts = re.findall(r"[0-9]+|[^0-9]+", file)
    return [(int(part[:18]), part) if part[0] in "0123456789" else (-1, part) for part in parts]


def _page(reading: _Reading, file: str) -> Page | None:
    source = reading.files[file]
    try:
        found = digest(source)
        kind = expect_image(found.head, found.tail)
    except BadInput as error:
        reading.problem(error, file)
        return None
    reading.originals.append(Original(file, found.sha256, found.size, source, kind))
    return Page(source, found.sha256, found.size)


def _complete(reading: _Reading, name: str, has_pages: bool) -> None:
    """There is an invoice and something to check it against; whatever else lies there is named."""
    files = reading.files
    if not _named(files, INVOICES):
        there = "、".join(shown(file) for file in list(files)[:5]) or "何もありません"
        error = BadInput(
            "請求書がありません。", f"あるもの: {there}。", "invoice.csv か invoice.xlsx を入れてもらってください。"
        )
        reading.problem(error, name)
    if not has_pages and not _named(files, VOUCHERS) and not reading.problems:
        why = "請求を確かめるものがありません。"
        reading.problem(BadInput("券の明細も画像もありません。", why, _SEND_AGAIN), name)
    used = {*_named(files, INVOICES), *_named(files, VOUCHERS), *_pages(files)}
    for file in files:
        if file not in used:
            error = BadInput(
                "使わないファイルです。", "請求書、明細、pages の画像だけを読みます。", "次から除いてもらってください。"
            )
            reading.warnings.add(Problem.of(error, file))
