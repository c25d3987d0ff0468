"""Models of the package, for Django."""

from azukari.business.health.models.persons import Doubt, NamedIdentity, PersonDecision
from azukari.business.health.models.receiving import ReceivedFile

__all__ = ["Doubt", "NamedIdentity", "PersonDecision", "ReceivedFile"]
