"""Who may take which step when and where: the rules and PostgreSQL, each from its own side, say the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

from django.db import connections, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from azukari.core.accounts import api as accounts
from azukari.core.handover.api import ceremony
from azukari.core.handover.ceremony import rules
from azukari.core.handover.ceremony.models import Witnessed
from azukari.core.handover.ceremony.rules import ATTENDING, BACK, State
from azukari.core.handover.ceremony.types import Step
from azukari.core.handover.models import Handover
from support.ceremony import OFFICER, OWNER, THEIRS, WARD, Meeting

TOKYO = ZoneInfo("Asia/Tokyo")
ROAD = (*ATTENDING, Step.KEYED, Step.MADE, Step.ACCEPTED, Step.WRITTEN, Step.WARD_SIGNED, Step.THEIRS_SIGNED,
        Step.DELIVERED, *BACK, Step.RESTORED, Step.DESTROYED, Step.CLOSED)  # fmt: skip
LOGINS = (WARD, THEIRS, OFFICER, "analyst", "responsible-813", "caller-responsible", "privacy", "cli:root")
PLACES = ("ward", "analysts", "ward-health", "")


def usual(step: Step) -> str:
    return OFFICER if step is Step.DELIVERED else THEIRS if step in rules.THEIRS else WARD


@contextmanager
def undone() -> Iterator[None]:
    """Nothing of it stays."""
    with transaction.atomic(using=OWNER):
        yield
        transaction.set_rollback(True, using=OWNER)


def states() -> Iterator[tuple[int, bool, bool, bool]]:
    """How far along the usual road, whether cancelled there, whether the medium is out, and whether it is back."""
    for far in range(len(ROAD) + 1):
        out = far > ROAD.index(Step.WRITTEN)
        yield far, False, out, far == len(ROAD)
        if far == ROAD.index(Step.WRITTEN):
            yield far, False, True, False
        if far == ROAD.index(Step.CLOSED):
            yield far, False, True, True
        if far in {0, ROAD.index(Step.MADE), ROAD.index(Step.WRITTEN)}:
            yield far, True, out, False


def test_python_and_postgresql_judge_alike(hall: Meeting) -> None:
    """After every part of the usual road: every step by everybody everywhere, today and tomorrow. All reasons are met.

    The officer who proposed is a second responsible person here.
    """
    today, begun = timezone.localdate(), hall.propose()
    days = (today, today + timedelta(days=1))
    actors = {login: hall.actor(login) for login in LOGINS if not login.startswith("cli:")}
    actors[OFFICER] = replace(actors[OFFICER], kind="responsible")
    seen: set[rules.Why | None] = set()
    for far, cancelled, handed, back in states():
        with undone():
            with connections[OWNER].cursor() as cursor:
                cursor.execute("UPDATE accounts_account SET kind = 'responsible' WHERE login = %s", [OFFICER])
            _go(begun, far, cancelled, today, handed, back)
            card = ceremony.find(begun.id, using=OWNER)
            state = State(card.steps, card.proposed_by, card.place, handed, back)
            mine = {}
            for login in LOGINS:
                actor = actors.get(login) or replace(actors["privacy"], id=login, enrolled=frozenset())
                who = ceremony.who(card, actor)
                for step, place, on in product(Step, PLACES, days):
                    mine[step, login, place, on] = rules.refusal(step, who, place, on, state)
            assert theirs(card.id, days) == mine, (far, cancelled, handed, back)
            seen |= set(mine.values())
    assert seen == {None, *rules.Why}


def theirs(key: int, days: Sequence[date]) -> dict[tuple[Step, str, str, date], rules.Why | None]:
    with connections[OWNER].cursor() as cursor:
        cursor.execute(
            "SELECT step, login, place, day, public.ceremony_judge(%s, step, login, place, day)"
            " FROM unnest(%s::text[]) step, unnest(%s::text[]) login, unnest(%s::text[]) place, unnest(%s::date[]) day",
            [key, [step.value for step in Step], list(LOGINS), list(PLACES), list(days)],
        )
        return {
            (Step(step), login, place, day): rules.Why(why) if why else None
            for step, login, place, day, why in cursor.fetchall()
        }


def _go(card: ceremony.CeremonyCard, far: int, cancelled: bool, today: date, handed: bool, back: bool) -> None:
    """Take the first steps of the road, by whom and where they belong; the database judges each on the way."""
    steps = (*ROAD[:far], *((Step.CANCELLED,) if cancelled else ()))
    if handed:
        _handed(card, back)
    for number, step in enumerate(steps):
        _taken(card, step, number, today)


def _handed(card: ceremony.CeremonyCard, back: bool) -> None:
    """A hand-over of the ceremony that is out, or back; its own gates are not the matter here."""
    now = timezone.now()
    with connections[OWNER].cursor() as cursor:
        cursor.execute("ALTER TABLE handover_handover DISABLE TRIGGER USER")
        cursor.execute("SELECT key FROM handover_recipient WHERE contractor = %s", [card.contractor])
        recipient = cursor.fetchone()[0]
    Handover.objects.using(OWNER).create(
        source="analysis", batch=str(card.id), flow=card.flow, consultation="809", kind="USBメモリ",
        medium_id=card.serial, recipient_id=recipient, contractor=card.contractor, receiver=THEIRS, place="analysts",
        place_words="委託先事業者の施設", term=DateRange(timezone.localdate(), card.until), items=["x"], rows=1,
        rows_sha256="0" * 64, count_before=0, proposed_by=OFFICER, proposed_at=now, approved_by=WARD, approved_at=now,
        written_by=WARD, written_at=now, manifest_sha256="0" * 64, container_sha256="0" * 64, receipt_sha256="0" * 64,
        ledger=1, ceremony_id=card.id, returned_by=OFFICER if back else None,
        returned_on=timezone.localdate() if back else None,
    )  # fmt: skip
    with connections[OWNER].cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; ALTER TABLE handover_handover ENABLE TRIGGER USER")


def test_the_road_is_open_to_its_end(hall: Meeting) -> None:
    """Every step of the usual road is allowed to the usual person, and next_steps offers it."""
    card = hall.propose()
    today = timezone.localdate()
    with undone():
        _handed(card, back=True)
        for far, step in enumerate(ROAD):
            with transaction.atomic(using=OWNER):
                now = ceremony.find(card.id, using=OWNER)
                who = ceremony.who(now, accounts.actor_of(accounts.find(usual(step)), today))
                assert step in rules.next_steps(ceremony.state_of(now), who, "ward", today), step
                _taken(card, step, far, today)
        assert ceremony.find(card.id, using=OWNER).ended


def _taken(card: ceremony.CeremonyCard, step: Step, minute: int, today: date) -> None:
    Witnessed.objects.using(OWNER).create(
        ceremony_id=card.id, contractor=card.contractor, step=step.value, by=usual(step),
        at=datetime(today.year, today.month, today.day, 9, minute, tzinfo=TOKYO), on=today, place="ward",
        public="ab" * 32 if step in rules.OVER else "", signature="cd" * 64 if step in ceremony.SIGNED else "",
    )  # fmt: skip
