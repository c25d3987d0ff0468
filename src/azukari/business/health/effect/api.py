"""What others use of the effect reports.

report = measure(study(frame, "kidney"))
told(report)  # for other programs
gather(store.connect(), outcome("kidney"), targets, reached, as_of)  # a frame of the store
"""

from __future__ import annotations

from azukari.business.health.effect.gathering import gather
from azukari.business.health.effect.keeping import keep, kept, told
from azukari.business.health.effect.measuring import measure
from azukari.business.health.effect.outcomes import outcome
from azukari.business.health.effect.printing import paper
from azukari.business.health.effect.reading import people_in, read
from azukari.business.health.effect.studying import study
from azukari.business.health.effect.types import PROGRAMMES, Report, Study
from azukari.business.health.effect.words import signed

__all__ = [
    "PROGRAMMES", "Report", "Study", "gather", "keep", "kept", "measure", "outcome", "paper", "people_in", "read",
    "signed", "study", "told",
]  # fmt: skip
