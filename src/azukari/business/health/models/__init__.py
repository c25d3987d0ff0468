"""Models of the package, for Django."""

from azukari.business.health.models.analysis import AnalysisRow
from azukari.business.health.models.receiving import ReceivedFile

__all__ = ["AnalysisRow", "ReceivedFile"]
