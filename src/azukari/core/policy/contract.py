"""The JSON that `consult read --json` and `consult show --json` promise to other programs."""

from __future__ import annotations

from typing import Any

from azukari.core.policy.types import Consultation, Flow

_FLOW = (
    "id", "business", "direction", "subject", "items", "items_new", "form", "row_scope", "count", "unit", "per", "approximate",
    "places", "media", "contractor_computer", "start", "end", "items_of", "contractors", "clause", "cite",
)  # fmt: skip
_REST = ("matter", "submitted", "source", "basis", "life", "subjects", "trials", "controls", "resolved", "cite")


def as_json(consultation: Consultation) -> dict[str, Any]:
    """Return a consultation as plain values. Keys of the contract come first; the others may grow."""
    plain = consultation.model_dump(mode="json")
    return {
        "number": plain["number"],
        "title": plain["title"],
        "kinds": plain["kinds"],
        "section": plain["section"],
        "council_date": plain["council_date"],
        "flows": [_flow(flow) for flow in consultation.flows],
        "review": plain["review"],
        **{name: plain[name] for name in _REST},
    }


def _flow(flow: Flow) -> dict[str, Any]:
    plain = flow.model_dump(mode="json")
    return {name: plain[name] for name in _FLOW}
