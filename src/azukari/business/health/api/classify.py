"""特定保健指導の階層化 of a stream of rows, for the command that needs no ward."""

from __future__ import annotations

from azukari.business.health.checkups.grading import grade

__all__ = ["grade"]
