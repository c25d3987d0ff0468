"""Where the claims are: folders, zips, folders of both. What looks like a claim and is none is told, never passed over."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

from azukari.business.taxi.intake.types import Package
from azukari.core.intake.api import ARCHIVES, entries_of, is_junk, open_file
from azukari.core.intake.types import LIMITS, Entry, Limits, Problem, Problems, Source
from azukari.kernel.errors import BadInput, NotFound

INVOICES = frozenset({"invoice.csv", "invoice.xlsx"})
PAGES = "pages"
_DEEPEST = 8
_LINK = BadInput(
    "リンクです。", "フォルダの外を指せるので、たどりません。", "リンク先のファイルそのものを入れてください。"
)
_SPECIAL = BadInput("ふつうのファイルではありません。", "装置やパイプは読みません。", "取り除いてください。")
_FOLDER = BadInput(
    "知らないフォルダです。",
    "請求のフォルダの中は pages だけで、その下にフォルダはありません。",
    "請求ごとに一つのフォルダにするか、取り除いてください。",
)


def find(paths: Sequence[Path], *, limits: Limits = LIMITS) -> list[Path | Package]:
    """The claims at some paths: claim folders, zips of one or several, and folders of such. In the order of names.

    A zip that may not be used comes back as a package with its problems, and a folder without an invoice as that
    folder: reading either says what is wrong, so that one bad file among 150 hides none of the others. Loose files
    beside claims are left alone, unless they are archives. Raises NotFound for a path that is not there.
    """
    found: list[Path | Package] = []
    for path in paths:
        if not os.path.lexists(path):
            raise NotFound(f"「{path}」がありません。", "請求を読む場所です。", "場所を確かめてください。")
        found += _at(path, limits)
    return list(dict.fromkeys(found))


def contents(found: Path | Package, problems: Problems) -> dict[str, Source]:
    """The files of one claim by their name in it (`invoice.csv`, `pages/0001.png`). What may not be there is a problem."""
    if isinstance(found, Package):
        for problem in found.problems:
            problems.add(problem)
        return {} if found.problems else _in_package(found, problems)
    if _kind(found) != stat.S_IFDIR:
        problems.add(Problem.of(_LINK if _kind(found) == stat.S_IFLNK else _SPECIAL, found.name))
        return {}
    try:
        return dict(_on_disk(found, "", problems))
    except OSError as error:
        why = error.strerror or "読めません。"
        problems.add(Problem.of(BadInput("フォルダを開けません。", why, "読めるようにしてください。"), found.name))
        return {}


def _kind(path: Path) -> int:
    try:
        return stat.S_IFMT(path.lstat().st_mode)
    except OSError:
        return 0


def _at(path: Path, limits: Limits) -> Iterator[Path | Package]:
    if _kind(path) == stat.S_IFDIR:
        yield from _below(path, limits, _DEEPEST) or [path]
    elif _kind(path) == stat.S_IFREG:
        yield from _packages(path, limits)
    else:
        yield path


def _below(folder: Path, limits: Limits, deepest: int) -> list[Path | Package]:
    """The claims in a folder; the folder itself when it is one, or when it holds files and no claim."""
    try:
        children = _children(folder)
    except OSError:
        return [folder]
    if deepest == 0 or {child.name.casefold() for child in children} & {PAGES, *INVOICES}:
        return [folder]
    found: list[Path | Package] = []
    for child in children:
        if _kind(child) == stat.S_IFDIR:
            found += _below(child, limits, deepest - 1)
        elif child.suffix.lower() in ARCHIVES or _kind(child) == stat.S_IFLNK:
            found += _at(child, limits)
    return found or ([folder] if children else [])


def _children(folder: Path) -> list[Path]:
    return sorted(child for child in folder.iterdir() if not is_junk(child.name))


def _packages(archive: Path, limits: Limits) -> list[Package]:
    try:
        with open_file(archive) as file:
            entries, faults = entries_of(file, archive, limits)
    except BadInput as error:
        entries, faults = [], [error]
    if faults:
        return [Package(archive, "", problems=tuple(Problem.of(fault, archive.name) for fault in faults))]
    grouped = _grouped([entry for entry in entries if not is_junk(entry.name)])
    return [Package(archive, folder, tuple(grouped[folder])) for folder in sorted(grouped)]


def _grouped(entries: list[Entry]) -> dict[str, list[Entry]]:
    """The entries by claim folder, as `_below` would find them on disk; an empty claim where there is none at all."""
    claims = {_above(entry)[-1] for entry in entries if PurePosixPath(entry.name).name.casefold() in INVOICES}
    holding = {upper for claim in claims for upper in _upwards(claim)}
    groups: dict[str, list[Entry]] = {}
    for entry in entries:
        above = _above(entry)
        # Either the claim it belongs to, or the highest folder that holds no claim; neither when it lies beside one.
        folder = next((one for one in above if one in claims or one not in holding), None)
        if folder is not None:
            groups.setdefault(folder, []).append(entry)
    return groups or {"": []}


def _above(entry: Entry) -> list[str]:
    return _upwards(entry.name.rpartition("/")[0])


def _upwards(folder: str) -> list[str]:
    """A folder and those it lies in, from the zip itself ("") down."""
    parts = folder.split("/") if folder else []
    return ["/".join(parts[:depth]) for depth in range(len(parts) + 1)]


def _in_package(package: Package, problems: Problems) -> dict[str, Source]:
    start = len(package.folder) + 1 if package.folder else 0
    files: dict[str, Source] = {}
    for entry in package.entries:
        name = entry.name[start:]
        folder, _, _ = name.rpartition("/")
        if folder and folder.casefold() != PAGES:
            problems.add(Problem.of(_FOLDER, f"{folder}/"))
        else:
            files[name] = entry
    return files


def _on_disk(folder: Path, before: str, problems: Problems) -> Iterator[tuple[str, Source]]:
    for child in _children(folder):
        name, kind = before + child.name, _kind(child)
        if kind == stat.S_IFREG:
            yield name, child
        elif kind == stat.S_IFDIR and not before and child.name.casefold() == PAGES:
            yield from _on_disk(child, f"{child.name}/", problems)
        else:
            problems.add(Problem.of({stat.S_IFLNK: _LINK, stat.S_IFDIR: _FOLDER}.get(kind, _SPECIAL), name))
