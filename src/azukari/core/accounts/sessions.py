"""Sessions in our own table (settings.SESSION_ENGINE), so that the walls know what it holds."""

from __future__ import annotations

from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.base_session import AbstractBaseSession

from azukari.core.accounts.models import Session

ACCOUNT = "account"


class SessionStore(DatabaseStore):
    """Django's database sessions over `models.Session`, with the account in its own column."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        """Our own table."""
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> AbstractBaseSession:
        """The row of a session, with its account."""
        row = super().create_model_instance(data)
        setattr(row, "account_id", data.get(ACCOUNT))  # noqa: B010 (the stubs know only Django's own table)
        return row
