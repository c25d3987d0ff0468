"""All that the residents' server may do with tables; for the rest there are the functions of the schema `guest`."""

from __future__ import annotations

from azukari.core.policy.api import Opening

LEDGER = (
    "action", "actor", "kind", "contractor", "section", "place", "flow", "consultation", "items", "subjects", "medium",
    "detail", "request",
)  # fmt: skip
OPENED = (Opening("audit_entry", reads=("id",), adds=LEDGER),)
