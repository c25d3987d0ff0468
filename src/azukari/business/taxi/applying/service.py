"""Deciding and saving an application, within r-taxi, which the page has entered.

Whoever writes the register does so alone until the transaction ends, so a number is given once and a person certified
once however many officers press the button. The tables themselves are read where a row must be found by its person:
the views that pages use do not hold that key.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import OperationalError, connection

from azukari.business.taxi.applying.declared import (
    Declared,
    Residence,
    columns,
    results_read,
    results_told,
    results_written,
)
from azukari.business.taxi.eligibility import (
    Eligibility,
    Entitlement,
    Reason,
    Result,
    Standing,
    decide,
    entitlement,
)
from azukari.business.taxi.models import Application, Certificate, CertificateSeen
from azukari.business.taxi.rows import LOCK
from azukari.business.taxi.types import Kind
from azukari.kernel.errors import Busy, Refused
from azukari.kernel.fiscal import FiscalYear

# A second number beside the business's own, so that a month's check and the register do not wait for each other.
REGISTER_LOCK = 1
LOCK_WAIT = "5s"
FIRST_NUMBER, DRAWS = 10_000_000, 1_000


@dataclass(frozen=True, slots=True)
class Decision:
    """One kind that was applied for: the decision, and what a new certificate brings until the fiscal year ends.

    `held` is the number under which the person holds the kind already, "" when they do not.
    """

    eligibility: Eligibility
    entitlement: Entitlement | None
    held: str

    @property
    def kind(self) -> Kind:
        """The kind of voucher."""
        return self.eligibility.kind

    @property
    def met(self) -> list[Reason]:
        """The conditions that are met."""
        return [reason for reason in self.eligibility.reasons if reason.standing is Standing.MET]

    @property
    def others(self) -> list[Reason]:
        """The conditions that are not met, or not known: what the officer has to look at."""
        return [reason for reason in self.eligibility.reasons if reason.standing is not Standing.MET]

    @property
    def papers_open(self) -> bool:
        """A paper rests on what nobody has seen yet."""
        return any(one.paper.mark not in {"S", "V"} for one in self.eligibility.missing)


@dataclass(frozen=True, slots=True)
class Past:
    """What the register already holds of a person: certificates and applications, the latest application first."""

    certificates: Sequence[Certificate]
    applications: Sequence[Application]

    def number_of(self, kind: Kind, on: date) -> str:
        """The number under which the person holds the kind on that day; "" when they do not."""
        return next((row.number for row in self.certificates if row.kind == kind and is_held(row, on)), "")

    @property
    def pending(self) -> Application | None:
        """The last application, while something in it is 確認待ち."""
        return next((row for row in self.applications[:1] if is_pending(row)), None)

    @property
    def decided(self) -> list[tuple[date, str]]:
        """The applications with their results in words."""
        return [(row.applied_on, results_told(row.results)) for row in self.applications]


@dataclass(frozen=True, slots=True)
class Saved:
    """What was written: the application, the certificates made, and the number ("" when none was given or held)."""

    application: int
    certificates: Sequence[int]
    number: str


def is_held(row: Certificate | CertificateSeen, on: date) -> bool:
    """Neither stopped nor over by that day. A stop that is still to come leaves the certificate in force."""
    return (row.stopped_on is None or row.stopped_on > on) and (row.until is None or row.until > on)


def is_pending(row: Application) -> bool:
    """Something in it waits for a paper, so it may be decided once more."""
    return Result.PENDING in results_read(row.results).values()


def alone() -> None:
    """Keep everybody else from writing the register until the transaction ends. Raises Busy after five seconds."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = '{LOCK_WAIT}'")
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, REGISTER_LOCK])
    except OperationalError as error:
        raise Busy(
            "ほかの人が台帳に書いています。",
            "番号を重ねないため、書くのは一人ずつです。",
            "少し待ってから、もう一度押してください。",
        ) from error


def past(person: int) -> Past:
    """The person's certificates and applications."""
    return Past(
        list(Certificate.objects.filter(person_id=person).order_by("since", "kind")),
        list(Application.objects.filter(person_id=person).order_by("-applied_on", "-pk")),
    )


def decisions(declared: Declared, residence: Residence, known: Past, on: date) -> list[Decision]:
    """Each kind applied for, decided on that day. Raises BadInput where the rules have no answer for it."""
    applicant = declared.applicant(residence)
    return [_decision(decide(applicant, kind, on), declared, known, on) for kind in declared.kinds]


def _decision(found: Eligibility, declared: Declared, known: Past, on: date) -> Decision:
    held = known.number_of(found.kind, on)
    new = found.result is Result.ELIGIBLE and not held
    given = entitlement(found.kind, declared.applied_on, FiscalYear.of(on)) if new else None
    return Decision(found, given, held)


def results(found: Iterable[Decision]) -> dict[Kind, Result]:
    """The bare results."""
    return {one.kind: one.eligibility.result for one in found}


def save(person: int, declared: Declared, decided: Mapping[Kind, Result], on: date) -> Saved:
    """Write the application with its results, and certify what is 該当 and not held yet, all or nothing.

    A certificate runs from the day of the application. An application that was 確認待ち keeps its day and is decided
    again in its own row. Raises Refused when one of that day is decided already, and Busy when somebody else writes.
    """
    alone()
    known = past(person)
    same = next((row for row in known.applications if row.applied_on == declared.applied_on), None)
    if same and not is_pending(same):
        raise Refused(
            "この人の、この日の申請は、すでに保存されています。",
            "同じ日の申請は一つだけです。ほかの職員が先に保存したのかもしれません。",
            "台帳で前の申請を確かめてください。",
        )
    wanted = [kind for kind, result in decided.items() if result is Result.ELIGIBLE and not known.number_of(kind, on)]
    number = _number(known, wanted) if wanted else _held(known, declared.kinds, on)
    certificates = [_certify(number, person, kind, declared.applied_on) for kind in wanted]
    written = columns(declared) | {"results": results_written(decided), "decided_on": on, "number": number}
    if same:
        Application.objects.filter(pk=same.pk).update(**written)
        return Saved(same.pk, certificates, number)
    return Saved(Application.objects.create(person_id=person, **written).pk, certificates, number)


def _certify(number: str, person: int, kind: Kind, since: date) -> int:
    return Certificate.objects.create(number=number, person_id=person, kind=kind.value, since=since).pk


def _held(known: Past, kinds: Iterable[Kind], on: date) -> str:
    return next(filter(None, (known.number_of(kind, on) for kind in kinds)), "")


def _number(known: Past, kinds: Iterable[Kind]) -> str:
    """The person's own number where it has none of the kinds, stopped ones too; otherwise a new one."""
    for number in dict.fromkeys(row.number for row in reversed(known.certificates)):
        if not {row.kind for row in known.certificates if row.number == number} & set(kinds):
            return number
    return _new_number()


def _new_number() -> str:
    """Eight digits drawn at random: without a check digit, a slip of the pen should not be somebody else's number."""
    for _ in range(DRAWS):
        number = str(FIRST_NUMBER + secrets.randbelow(9 * FIRST_NUMBER))
        if not CertificateSeen.objects.filter(number=number).exists():
            return number
    raise Refused(
        "認定番号が足りません。",
        "8桁の番号のほとんどが使われています。",
        "システムの担当に伝えてください。",
    )
