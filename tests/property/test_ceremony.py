"""Who may take which step when and where: the rules and PostgreSQL, each from its own side, say the same."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import connections, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

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


def test_python_and_postgresql_judge_alike(hall: Meeting) -> None:
    """After every part of the usual road, any step by anybody anywhere, today or tomorrow, with the medium out or back."""
    today, begun = timezone.localdate(), hall.propose()
    actors = {login: hall.actor(login) for login in LOGINS if not login.startswith("cli:")}
    seen: set[rules.Why | None] = set()

    @settings(max_examples=250)
    @given(
        st.integers(0, len(ROAD)), st.booleans(), st.sampled_from([*Step]), st.sampled_from(LOGINS),
        st.sampled_from(PLACES), st.integers(0, 1), st.booleans(), st.booleans(), st.booleans(), st.booleans(),
    )  # fmt: skip
    def judged(
        far: int, cancelled: bool, step: Step, login: str, place: str, later: int, handed: bool, back: bool,
        usually: bool, here: bool,
    ) -> None:  # fmt: skip
        if usually:
            step = ROAD[min(far, len(ROAD) - 1)]
            login = usual(step)
        place = "ward" if here else place
        handed = handed or far > ROAD.index(Step.WRITTEN)
        back = (back and handed) or far == len(ROAD)
        with undone():
            _go(begun, far, cancelled and far <= ROAD.index(Step.WRITTEN), today, handed, back)
            card = ceremony.find(begun.id, using=OWNER)
            state = State(card.steps, card.proposed_by, card.place, handed, back)
            actor = actors.get(login) or replace(actors["privacy"], id=login, enrolled=frozenset())
            mine = rules.refusal(step, ceremony.who(card, actor), place, today + timedelta(days=later), state)
            assert theirs(card.id, step, login, place, today + timedelta(days=later)) == mine
            seen.add(mine)

    judged()
    assert {None, rules.Why.NOT_YET, rules.Why.ALREADY, rules.Why.SIDE, rules.Why.ABSENT, rules.Why.PLACE} <= seen


def theirs(key: int, step: Step, login: str, place: str, on: date) -> rules.Why | None:
    with connections[OWNER].cursor() as cursor:
        cursor.execute("SELECT public.ceremony_judge(%s, %s, %s, %s, %s)", [key, step.value, login, place, on])
        found = cursor.fetchone()[0]
    return rules.Why(found) if found else None


def _go(card: ceremony.CeremonyCard, far: int, cancelled: bool, today: date, handed: bool, back: bool) -> None:
    """Take the first steps of the road, by whom and where they belong; the database judges each on the way."""
    steps = (*ROAD[:far], *((Step.CANCELLED,) if cancelled else ()))
    if handed:
        _handed(card, back)
    for number, step in enumerate(steps):
        Witnessed.objects.using(OWNER).create(
            ceremony_id=card.id,
            contractor=card.contractor,
            step=step.value,
            by=usual(step),
            at=datetime(today.year, today.month, today.day, 9, number, tzinfo=TOKYO),
            on=today,
            place="ward",
            public="ab" * 32 if step in rules.OVER else "",
            signature="cd" * 64 if step in ceremony.SIGNED else "",
        )


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
                _one_more(card, far, today)
        assert ceremony.find(card.id, using=OWNER).ended


def _one_more(card: ceremony.CeremonyCard, far: int, today: date) -> None:
    step = ROAD[far]
    Witnessed.objects.using(OWNER).create(
        ceremony_id=card.id, contractor=card.contractor, step=step.value, by=usual(step),
        at=datetime(today.year, today.month, today.day, 9, far, tzinfo=TOKYO), on=today, place="ward",
        public="ab" * 32 if step in rules.OVER else "", signature="cd" * 64 if step in ceremony.SIGNED else "",
    )  # fmt: skip
