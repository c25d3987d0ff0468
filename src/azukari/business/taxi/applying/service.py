"""Deciding and saving an application, within r-taxi, which the page has entered.

Whoever writes the register does so alone until the transaction ends, so a number is given once and a person certified
once however many officers press the button. The tables themselves are read where a row must be found by its person:
the views that pages use do not hold that key.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import OperationalError, connection
from django.db.models import Max

from azukari.business.taxi.applying.declared import Declared, Residence, columns, results_written
from azukari.business.taxi.eligibility import Eligibility, Entitlement, Result, decide, entitlement
from azukari.business.taxi.models import Application, Certificate, CertificateSeen
from azukari.business.taxi.rows import LOCK
from azukari.business.taxi.types import Kind
from azukari.kernel.errors import Busy, Refused
from azukari.kernel.fiscal import FiscalYear

# A second number beside the business's own, so that a month's check and the register do not wait for each other.
REGISTER_LOCK = 1
LOCK_WAIT = "5s"
FIRST_NUMBER, NUMBER = 10_000_000, r"^[1-9][0-9]{7}$"


@dataclass(frozen=True, slots=True)
class Decision:
    """One kind that was applied for: the decision, and what it brings until the fiscal year ends where it is 該当."""

    eligibility: Eligibility
    entitlement: Entitlement | None
    held: str

    @property
    def kind(self) -> Kind:
        """The kind of voucher."""
        return self.eligibility.kind


@dataclass(frozen=True, slots=True)
class Past:
    """What the register already holds of a person: certificates and applications, the latest application first."""

    certificates: Sequence[Certificate]
    applications: Sequence[Application]

    def number_of(self, kind: Kind, on: date) -> str:
        """The number under which the person holds the kind on that day; "" when they do not."""
        return next((row.number for row in self.certificates if row.kind == kind and is_held(row, on)), "")


@dataclass(frozen=True, slots=True)
class Saved:
    """What was written: the application, the certificates made, and the number ("" when none was given or held)."""

    application: int
    certificates: Sequence[int]
    number: str


def is_held(row: Certificate | CertificateSeen, on: date) -> bool:
    """Neither stopped nor over by that day. A stop that is still to come leaves the certificate in force."""
    return (row.stopped_on is None or row.stopped_on > on) and (row.until is None or row.until > on)


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
    eligible = found.result is Result.ELIGIBLE
    given = entitlement(found.kind, declared.applied_on, FiscalYear.of(on)) if eligible else None
    return Decision(found, given, known.number_of(found.kind, on))


def results(found: Iterable[Decision]) -> dict[Kind, Result]:
    """The bare results."""
    return {one.kind: one.eligibility.result for one in found}


def save(person: int, declared: Declared, decided: Mapping[Kind, Result], on: date) -> Saved:
    """Write the application with its results, and certify what is 該当 and not held yet, all or nothing.

    A certificate runs from the day of the application. Raises Refused when an application of that day is there
    already, and Busy when somebody else writes.
    """
    alone()
    known = past(person)
    if any(row.applied_on == declared.applied_on for row in known.applications):
        raise Refused(
            "この人の、この日の申請は、すでに保存されています。",
            "同じ日の申請は一つだけです。ほかの職員が先に保存したのかもしれません。",
            "台帳で前の申請を確かめてください。",
        )
    wanted = [kind for kind, result in decided.items() if result is Result.ELIGIBLE and not known.number_of(kind, on)]
    number = _number(known, wanted) if wanted else _held(known, declared.kinds, on)
    certificates = [_certify(number, person, kind, declared.applied_on) for kind in wanted]
    row = Application.objects.create(
        person_id=person, **columns(declared), results=results_written(decided), decided_on=on, number=number
    )
    return Saved(row.pk, certificates, number)


def _certify(number: str, person: int, kind: Kind, since: date) -> int:
    return Certificate.objects.create(number=number, person_id=person, kind=kind.value, since=since).pk


def _held(known: Past, kinds: Iterable[Kind], on: date) -> str:
    return next(filter(None, (known.number_of(kind, on) for kind in kinds)), "")


def _number(known: Past, kinds: Iterable[Kind]) -> str:
    """The person's own number where it has none of the kinds, stopped ones too; otherwise the next free one."""
    for number in dict.fromkeys(row.number for row in reversed(known.certificates)):
        if not {row.kind for row in known.certificates if row.number == number} & set(kinds):
            return number
    return _next_number()


def _next_number() -> str:
    last = CertificateSeen.objects.filter(number__regex=NUMBER).aggregate(last=Max("number"))["last"]
    return str(max(int(last or 0) + 1, FIRST_NUMBER))
