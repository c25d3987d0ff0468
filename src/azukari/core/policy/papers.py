"""What the pages ask about the papers of this installation: inconsistencies in them, and two of them compared."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache

from django.conf import settings

from azukari.core.policy import differences, lint
from azukari.core.policy.differences import Change
from azukari.core.policy.lint import Finding
from azukari.core.policy.service import library


@cache
def findings() -> Mapping[str, tuple[Finding, ...]]:
    """What the check of the papers found, by consultation number; with the papers' bodies where they lie beside."""
    found = lint.of_library(library(), settings.CONSULTATIONS / "papers")
    return {number: tuple(one for one in found if one.consultation == number) for number in library().consultations}


@lru_cache(maxsize=64)
def compare(before: str, after: str) -> tuple[Change, ...]:
    """What consultation `after` would permit, withdraw or change beside `before`. Raises NotFound."""
    return tuple(
        differences.between(*(differences.open_side(number, settings.CONSULTATIONS) for number in (before, after)))
    )
