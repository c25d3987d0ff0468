"""Stub."""

from __future__ import annotations

from typing import Any


def plan(connection: Any) -> list[str]:
    return []


def apply(connection: Any) -> list[str]:
    return []


def lift(connection: Any) -> None:
    return None
