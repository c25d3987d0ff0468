"""Models of the package, for Django."""

from azukari.business.health.models.analysis import AnalysisRow
from azukari.business.health.models.persons import Doubt, NamedIdentity, PersonDecision
from azukari.business.health.models.programmes import (
    ByHand,
    Call,
    CallSubject,
    GuidanceMember,
    HandedOver,
    Handing,
    Issued,
    LetterLine,
    Listed,
    Picture,
    Posted,
    ProgrammeList,
    Protected,
    VisitMember,
)
from azukari.business.health.models.receiving import ReceivedFile

__all__ = [
    "AnalysisRow",
    "ByHand",
    "Call",
    "CallSubject",
    "Doubt",
    "GuidanceMember",
    "HandedOver",
    "Handing",
    "Issued",
    "LetterLine",
    "Listed",
    "NamedIdentity",
    "PersonDecision",
    "Picture",
    "Posted",
    "ProgrammeList",
    "Protected",
    "ReceivedFile",
    "VisitMember",
]
