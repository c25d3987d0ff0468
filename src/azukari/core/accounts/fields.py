"""PostgreSQL's own types for networks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models

if TYPE_CHECKING:
    Field = models.Field[str, str]
    Lookup = models.Lookup[Any]
else:
    Field = models.Field
    Lookup = models.Lookup


class CidrField(Field):
    """PostgreSQL's `cidr`: a network, with or without host bits refused by the database itself."""

    def db_type(self, connection: Any) -> str:  # noqa: ARG002 (Django's signature)
        """The column's type."""
        return "cidr"

    def from_db_value(self, value: Any, *_: Any) -> str | None:
        """Text, whatever the driver makes of a network."""
        return None if value is None else str(value)


@CidrField.register_lookup
class Contains(Lookup):
    """`block__contains_address`: the network holds the address."""

    lookup_name = "contains_address"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """PostgreSQL's "contains or equals"."""
        left, left_values = self.process_lhs(compiler, connection)
        return f"{left} >>= %s::inet", (*left_values, self.rhs)

    def get_prep_lookup(self) -> str:
        """The address as text."""
        return str(self.rhs)
