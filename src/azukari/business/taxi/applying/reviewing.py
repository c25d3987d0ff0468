"""対象者の一覧の見直し: every person's last application for each kind decided again, all at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from azukari.business.taxi.applying.declared import Declared, Residence, of_row, results_read
from azukari.business.taxi.applying.service import is_held
from azukari.business.taxi.eligibility import Result
from azukari.business.taxi.models import Application, CertificateSeen
from azukari.business.taxi.types import Kind


@dataclass(frozen=True, slots=True)
class Last:
    """A person's last application for the kinds in `decided`, and what was decided of them."""

    id: int
    person: int
    number: str
    declared: Declared
    decided: Mapping[Kind, Result]


@dataclass(frozen=True, slots=True)
class Change:
    """A kind whose result would be another one today."""

    application: int
    number: str
    kind: Kind
    decided: Result
    now: Result


@dataclass(frozen=True, slots=True)
class Count:
    """How many applications (件) have a result, as it was decided and as it would be today."""

    result: Result
    decided: int
    now: int


def last_applications() -> list[Last]:
    """The applications that are a person's last for a kind, with what they decided of those kinds; within r-taxi."""
    seen: set[tuple[int, Kind]] = set()
    found = []
    for row in Application.objects.order_by("person_id", "-applied_on", "-pk"):
        decided = {kind: one for kind, one in results_read(row.results).items() if (row.person_id, kind) not in seen}
        seen |= {(row.person_id, kind) for kind in decided}
        if decided:
            found.append(Last(row.pk, row.person_id, row.number, of_row(row), decided))
    return found


def review(
    applications: Sequence[Last], residences: Mapping[int, Residence], on: date
) -> tuple[dict[Kind, list[Count]], list[Change]]:
    """Decide all of them on that day: counts a kind and result, and whose result differs. Plain; nothing is read."""
    now = {kind: _now(applications, residences, kind, on) for kind in Kind}
    counts = {kind: [_count(applications, now[kind], kind, result) for result in Result] for kind in Kind}
    changes = (change for kind in Kind for change in _changes(applications, now[kind], kind))
    return counts, sorted(changes, key=lambda change: (change.number, change.kind))


def _now(applications: Sequence[Last], residences: Mapping[int, Residence], kind: Kind, on: date) -> dict[int, Result]:
    """By application, of those that ask for the kind."""
    from azukari.business.taxi.eligibility.register import decide_all, frame_of

    asked = {str(one.id): one.declared.applicant(residences[one.person]) for one in applications if kind in one.decided}
    frame = decide_all(frame_of(asked), kind, on)
    return {int(person): Result(result) for person, result in frame.select("person", "result").iter_rows()}


def _count(applications: Sequence[Last], now: Mapping[int, Result], kind: Kind, result: Result) -> Count:
    decided = sum(one.decided.get(kind) is result for one in applications)
    return Count(result, decided, sum(one is result for one in now.values()))


def _changes(applications: Sequence[Last], now: Mapping[int, Result], kind: Kind) -> Iterator[Change]:
    for one in applications:
        if one.id in now and now[one.id] is not one.decided[kind]:
            yield Change(one.id, one.number, kind, one.decided[kind], now[one.id])


def still_open(changes: Sequence[Change], on: date) -> list[Change]:
    """Without those whose certificate has been stopped, which is what the change asks for. Within r-taxi."""
    numbers = {change.number for change in changes}
    rows = CertificateSeen.objects.filter(number__in=numbers).order_by("pk")
    stopped = {(row.number, row.kind) for row in rows if not is_held(row, on)}
    return [one for one in changes if one.now is Result.ELIGIBLE or (one.number, one.kind) not in stopped]
