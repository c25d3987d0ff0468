"""Stub."""

from __future__ import annotations

from dataclasses import dataclass

from azukari.core.policy.types import Holds


@dataclass(frozen=True, slots=True)
class Vessel:
    table: str
    columns: tuple[str, ...]
    key: str
    holds: Holds


def subjects_function(table: str) -> str:
    return table
