"""What others use of the effect reports.

report = measure(study(frame, "kidney"))
told(report)                       # JSON
"""

from __future__ import annotations

from azukari.business.health.effect.keeping import keep, kept, told
from azukari.business.health.effect.limits import limits
from azukari.business.health.effect.measuring import measure
from azukari.business.health.effect.reading import read
from azukari.business.health.effect.studying import study
from azukari.business.health.effect.types import PROGRAMMES, Report, Study

__all__ = ["PROGRAMMES", "Report", "Study", "keep", "kept", "limits", "measure", "read", "study", "told"]
