"""A person's sheet and the search for persons, under the flow entered."""

from __future__ import annotations

from datetime import date

from azukari.core.people.types import Found, Sheet


def sheet(person_id: int, on: date) -> Sheet | None:
    """Everything the flow entered may see of one person on one day; None when it may not see that person at all."""
    raise NotImplementedError


def search(
    text: str = "", *, kana: str = "", born: date | None = None, atena: str = "", on: date, limit: int = 50
) -> tuple[Found, ...]:
    """Persons by name (any spelling), kana, birth date or 宛名番号."""
    raise NotImplementedError
