"""Layouts of files: which column is which field. Adding a portal is adding a TOML to `layouts/`."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any
from unicodedata import normalize

from azukari.business.donations.rules import same_text
from azukari.kernel.errors import BadInput

# What joins the columns of one field: 姓 and 名 by U+3000, the parts of an address by nothing.
JOINED = {"name": "\u3000", "kana": "\u3000", "gift_name": "\u3000"}


@dataclass(frozen=True, slots=True)
class Layout:
    """One kind of file. `columns` are the titles of a field, in order; `words` what its values mean here."""

    key: str
    name: str
    source: str
    required: Mapping[str, tuple[str, ...]]
    optional: Mapping[str, tuple[str, ...]]
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def wanted(self) -> tuple[str, ...]:
        """Titles that must be there."""
        return tuple(title for titles in self.required.values() for title in titles)

    @property
    def further(self) -> tuple[str, ...]:
        """Titles that may be there."""
        return tuple(title for titles in self.optional.values() for title in titles)

    def title_of(self, name: str) -> str:
        """The title (the first, where a field has several) to speak of a field by."""
        titles = self.required.get(name) or self.optional.get(name) or (name,)
        return titles[0]

    def rows(self, columns: Mapping[str, Sequence[str]], count: int) -> Iterator[dict[str, str]]:
        """Each row of some columns by field; a field whose columns are not there is ""."""
        fields = [(name, self._joined(name, titles, columns, count)) for name, titles in self._fields()]
        for place in range(count):
            yield {name: texts[place] for name, texts in fields}

    def _fields(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        yield from self.required.items()
        yield from self.optional.items()

    def _joined(
        self, name: str, titles: Sequence[str], columns: Mapping[str, Sequence[str]], count: int
    ) -> Sequence[str]:
        there = [columns[title] for title in titles if title in columns]
        if not there:
            return ("",) * count
        if len(there) == 1:
            return there[0]
        return [JOINED.get(name, "").join(filter(str.strip, parts)) for parts in zip(*there, strict=True)]

    def meaning(self, name: str, text: str) -> str:
        """A value of this layout in our words; as it stands where the layout says nothing."""
        return self._meanings(name).get(same_text(text), text)

    def _meanings(self, name: str) -> dict[str, str]:
        return {same_text(theirs): ours for theirs, ours in self.words.get(name, {}).items()}


@cache
def layouts() -> dict[str, Layout]:
    """Every layout by its key, the ward's own first."""
    found = [one for one in files(f"{__package__}.layouts").iterdir() if one.name.endswith(".toml")]
    read = (_layout(one.name.removesuffix(".toml"), one.read_text(encoding="utf-8")) for one in found)
    return {layout.key: layout for layout in sorted(read, key=lambda layout: (layout.key != "own", layout.key))}


def layout_named(key: str) -> Layout:
    """Raises BadInput for a layout that is not there."""
    found = layouts().get(key)
    if found is None:
        raise BadInput(
            f"様式「{key}」はありません。",
            f"あるのは {'、'.join(layouts())} です。",
            "--layout を直すか、付けずに実行してください (見出しから選びます)。",
        )
    return found


def fitting(titles: frozenset[str]) -> Layout | None:
    """The layout all of whose needed titles are there; None when none, or more than one, fits."""
    found = [layout for layout in layouts().values() if titles.issuperset(layout.wanted)]
    return found[0] if len(found) == 1 else None


def _layout(key: str, text: str) -> Layout:
    data = tomllib.loads(text)
    return Layout(
        key,
        data["name"],
        data["source"],
        _columns(data["required"]),
        _columns(data["optional"]),
        data.get("words", {}),
    )


def _columns(written: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """In one width, as the titles of a file are compared."""
    listed = {name: (titles,) if isinstance(titles, str) else tuple(titles) for name, titles in written.items()}
    return {name: tuple(normalize("NFKC", title) for title in titles) for name, titles in listed.items()}
