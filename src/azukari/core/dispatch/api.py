"""Dispatch that can prove itself: everything other packages may ask of `core.dispatch`.

    job = api.plan("813-2", "donations", "1月の受領証明書", contractor, sets, by=actor)
    api.codes(job)["D-0001"][0].text      # into the QR of the first sheet
    api.printed(job, by=actor)
    api.scan(job, text, by=worker)        # sheet by sheet, until the set is 照合済
    api.seal(job, by=worker)
    api.hand_over(job, number="12", office="世田谷郵便局", on=day, count=100, by=officer)
    api.close(job, by=officer)            # only when every equation holds

Nothing here is about anybody: sets carry the business's opaque key and the ledger's keys of 本人. Call it outside
`access.under`: a flow's database role does not read these tables. `using` is the web's connection, or the owner's for
commands. Every change stands in the ledger; the legal steps are PostgreSQL's (`guards`).
"""

from azukari.core.dispatch.balancing import (
    FINISHED,
    balance,
    close,
    funnels,
    in_hand,
    job,
    jobs,
    papers,
    stops,
    waiting,
)
from azukari.core.dispatch.leaving import destroy, hand_over, returned, stock, withdraw
from azukari.core.dispatch.matching import acknowledge, put_aside, scan, seal, spoil, stage
from azukari.core.dispatch.planning import codes, plan, printed
from azukari.core.dispatch.rules import sheet_words
from azukari.core.dispatch.story import lines_of
from azukari.core.dispatch.types import (
    Balance,
    Identity,
    Job,
    Letter,
    Mark,
    Missing,
    NewSet,
    ReturnReason,
    SheetCode,
    Stage,
    State,
    StockKind,
    Stopped,
    StopReason,
    StoryLine,
    Unbalanced,
    Waiting,
)

__all__ = [
    "FINISHED",
    "Balance",
    "Identity",
    "Job",
    "Letter",
    "Mark",
    "Missing",
    "NewSet",
    "ReturnReason",
    "SheetCode",
    "Stage",
    "State",
    "StockKind",
    "StopReason",
    "Stopped",
    "StoryLine",
    "Unbalanced",
    "Waiting",
    "acknowledge",
    "balance",
    "close",
    "codes",
    "destroy",
    "funnels",
    "hand_over",
    "in_hand",
    "job",
    "jobs",
    "lines_of",
    "papers",
    "plan",
    "printed",
    "put_aside",
    "returned",
    "scan",
    "seal",
    "sheet_words",
    "spoil",
    "stage",
    "stock",
    "stops",
    "waiting",
    "withdraw",
]
