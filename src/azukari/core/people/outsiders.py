"""Keys of 本人: new ones for those whom no register of the ward knows, and the register's own by 宛名番号.

The names and addresses of outsiders stand with the business that met them.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import DEFAULT_DB_ALIAS, connections


def reserve_keys(how_many: int, *, using: str = DEFAULT_DB_ALIAS) -> list[int]:
    """New keys of 本人, of the sequence persons have theirs from; inside the caller's transaction and flow."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT people_reserve(%s) AS key ORDER BY key", [how_many])
        return [row[0] for row in cursor.fetchall()]


def keys_of(atena: Sequence[str], *, using: str) -> dict[str, int]:
    """The key of each 宛名番号 that the register has, for the owner's commands: no flow reads it."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT atena, id FROM people_person WHERE atena = ANY (%s)", [list(atena)])
        return dict(cursor.fetchall())
