"""The articles consultations rest on, as dated data. The paper says what was consulted; the law of each day is ours to keep."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from azukari.core.policy.types import Basis, Kind

_FILE = Path(__file__).parent / "data" / "basis.toml"


@cache
def _all() -> tuple[Basis, ...]:
    return tuple(Basis.model_validate(row) for row in tomllib.loads(_FILE.read_text(encoding="utf-8"))["basis"])


def basis_rows(kinds: Iterable[Kind]) -> tuple[Basis, ...]:
    """Return every dated article for the kinds of a consultation, oldest first within a kind."""
    wanted = list(kinds)
    return tuple(row for kind in wanted for row in _all() if row.kind == kind)
