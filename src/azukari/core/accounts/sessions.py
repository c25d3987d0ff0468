"""Sessions in our own table (settings.SESSION_ENGINE), so that the walls know what it holds."""

from __future__ import annotations

from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

from azukari.core.accounts.models import Session

ACCOUNT = "account"


class SessionStore(DatabaseStore):
    """Django's database sessions over `models.Session`, with the account in its own column."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        row: Session = super().create_model_instance(data)
        row.account_id = data.get(ACCOUNT)
        return row
