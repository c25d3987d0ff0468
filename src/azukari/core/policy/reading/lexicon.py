"""The words the reader knows, from `lexicon.toml`. Grammar is code; vocabulary is data."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

_FILE = Path(__file__).with_name("lexicon.toml")


@cache
def _all() -> dict[str, Any]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))


@cache
def words(section: str, name: str) -> frozenset[str]:
    """Return a list of words as a set, e.g. `words("items", "terms")`."""
    return frozenset(_all()[section][name])


@cache
def listed(section: str, name: str) -> tuple[str, ...]:
    """Return a list of words, longest first, so that a longer word is tried before one it contains."""
    return tuple(sorted(_all()[section][name], key=lambda w: (-len(w), w)))


@cache
def table(section: str, name: str) -> dict[str, Any]:
    """Return a table of the lexicon, e.g. surface forms to the canonical word."""
    return dict(_all()[section][name])


@cache
def pattern(section: str, name: str) -> re.Pattern[str]:
    """Return a list of regular expressions joined into one."""
    return re.compile("|".join(f"(?:{p})" for p in _all()[section][name]))


def ends_with(text: str, section: str, name: str) -> bool:
    """Whether the text ends with a word of the list."""
    return text.endswith(listed(section, name))


@cache
def groups(section: str, name: str) -> tuple[tuple[str, ...], ...]:
    """Return a list of lists of words."""
    return tuple(tuple(group) for group in _all()[section][name])
