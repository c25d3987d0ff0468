"""What the check of a paper found, with its lines."""

from __future__ import annotations

from azukari.core.policy.types import Consultation
from azukari.web.types import Fact


def findings(paper: Consultation) -> tuple[Fact, ...]:
    return ()
