"""The consultation is the permission: everything other packages may ask of `core.policy`.

    decision = api.decide(actor, "815-1", "氏名", subject, place, "画面", on)
    with api.enter("815-1", actor=actor, place=place, medium="画面", on=on):
        ...  # the transaction is now the flow's database role; only its views and columns answer

What the walls can promise, and what not. Wall 2 keeps a page inside the flow it has entered: columns, rows, term, place,
medium and direction are PostgreSQL's to refuse. The rolls, the places and their networks are the owner's: the web role
reads them and writes none of them. What remains is that the web process says, through the transaction's `azukari.*`
settings, which actor stands at which place by which medium on which day; whoever can run SQL of their own as
`azukari_web` can say that differently, and so act as anybody who is or was on a roll, under a flow that was in force
then. They still name nobody new, open no new place, and reach no item outside every flow, no table of the owner, no
ledger line to change, and no other database role. So page code never builds SQL from input.
"""

from __future__ import annotations

from azukari.core.policy import paper
from azukari.core.policy.checks import vessel_of, vessels
from azukari.core.policy.compile_sql import Vessel
from azukari.core.policy.decide import CountWarning, ItemLine, Matrix, warn_count
from azukari.core.policy.differences import Change
from azukari.core.policy.library import BrokenLibrary, Library, load
from azukari.core.policy.lint import Finding
from azukari.core.policy.openings import Opening
from azukari.core.policy.papers import compare, findings
from azukari.core.policy.rolls import (
    Named,
    enrol,
    enrolled,
    only_contractor,
    people_of,
    places,
    roll,
    save_place,
    withdraw,
)
from azukari.core.policy.service import (
    CoverageLine,
    admit,
    apply,
    coverage,
    decide,
    enter,
    explain,
    flow_title,
    library,
    lift,
    matrix,
    open_to_residents,
    plan,
    register_actual,
    subjects_of,
)
from azukari.core.policy.terms import SCREEN, Terms, covered, is_own_facility, role_of
from azukari.core.policy.types import (
    Actor,
    Consultation,
    Decision,
    Direction,
    Flow,
    Form,
    Holds,
    Place,
    RegisterEntry,
    Subject,
)

__all__ = [
    "SCREEN",
    "Actor",
    "BrokenLibrary",
    "Change",
    "Consultation",
    "CountWarning",
    "CoverageLine",
    "Decision",
    "Direction",
    "Finding",
    "Flow",
    "Form",
    "Holds",
    "ItemLine",
    "Library",
    "Matrix",
    "Named",
    "Opening",
    "Place",
    "RegisterEntry",
    "Subject",
    "Terms",
    "Vessel",
    "admit",
    "apply",
    "compare",
    "coverage",
    "covered",
    "decide",
    "enrol",
    "enrolled",
    "enter",
    "explain",
    "findings",
    "flow_title",
    "is_own_facility",
    "library",
    "lift",
    "load",
    "matrix",
    "only_contractor",
    "open_to_residents",
    "paper",
    "people_of",
    "places",
    "plan",
    "register_actual",
    "role_of",
    "roll",
    "save_place",
    "subjects_of",
    "vessel_of",
    "vessels",
    "warn_count",
    "withdraw",
]
