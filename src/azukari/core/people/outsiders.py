"""Keys for those whom no register of the ward knows. Their names and addresses stand with the business that met them."""

from __future__ import annotations

from django.db import DEFAULT_DB_ALIAS, connections


def reserve_keys(how_many: int, *, using: str = DEFAULT_DB_ALIAS) -> list[int]:
    """New keys of 本人, of the sequence persons have theirs from; inside the caller's transaction and flow."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT people_reserve(%s) AS key ORDER BY key", [how_many])
        return [row[0] for row in cursor.fetchall()]
