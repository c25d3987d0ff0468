"""Writing and reading: in whose transaction, as whose role, and what the web role cannot do to what is written."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import psycopg
import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError

from azukari.core.audit import rules
from azukari.core.audit.api import Entry, describe, grouped, of_person, record, record_many, search, sentence
from azukari.core.policy import api as policy
from support.ledger import OFFICER, OPERATOR, entries

pytestmark = pytest.mark.django_db
PERSON = 10**12
OTHER = PERSON + 1
STATEMENTS = (
    "UPDATE public.audit_entry SET actor = 'x'",
    "DELETE FROM public.audit_entry",
    "TRUNCATE public.audit_entry",
    "UPDATE public.audit_epoch SET signature = ''",
    "DELETE FROM public.audit_epoch",
    "TRUNCATE public.audit_epoch",
)


def test_entry_reads_back_as_it_was_written() -> None:
    with grouped() as request:
        number = record(
            "view", actor=OPERATOR, place="hidamari", flow="815-1", items=["氏名", "タクシー代金"], subjects=[PERSON],
            medium="画面", detail={"rows": 1, "table": "taxi_voucher"},
        )  # fmt: skip
    line = of_person(PERSON)[0]
    assert (line.id, line.request, line.epoch) == (number, request, None)
    assert (line.actor, line.kind, line.contractor, line.section) == (
        "operator-1",
        "operator",
        "福祉事務センター",
        None,
    )
    assert (line.place, line.flow, line.consultation, line.medium) == ("hidamari", "815-1", "815", "画面")
    assert (line.items, line.subjects) == (("氏名", "タクシー代金"), (PERSON,))
    assert line.detail == {"rows": 1, "table": "taxi_voucher"}
    assert abs(datetime.now(UTC) - line.at) < timedelta(minutes=5)
    assert sentence(line) == (
        "委託先の担当者（福祉事務センター）operator-1が諮問第815号（815-1）により画面で1人の氏名、タクシー代金を見ました。"
    )


def change_that_fails() -> None:
    with transaction.atomic():
        record("change", actor=OFFICER, subjects=[PERSON], items=["氏名"])
        raise ZeroDivisionError


def test_rolled_back_change_leaves_no_entry() -> None:
    with pytest.raises(ZeroDivisionError):
        change_that_fails()
    assert of_person(PERSON) == []


def test_refusal_stays_when_it_has_a_transaction_of_its_own() -> None:
    with grouped() as request:
        with pytest.raises(ZeroDivisionError):
            change_that_fails()
        record("refusal", actor=OPERATOR, subjects=[PERSON], items=["住所"], detail={"reason": "諮問にない項目です。"})
    (line,) = of_person(PERSON)
    assert (line.action, line.request) == ("refusal", request)


def test_many_are_written_together_or_not_at_all() -> None:
    assert record_many(entries(5, first_subject=PERSON)) == 5
    lines = [of_person(PERSON + number)[0] for number in range(5)]
    assert len({line.request for line in lines}) == 1
    with pytest.raises(ValueError, match="no sentence"):
        record_many([*entries(2, first_subject=OTHER + 9), Entry("nobody.knows", OPERATOR)])
    assert of_person(OTHER + 9) == []


def test_flow_role_writes_and_cannot_read(django_assert_num_queries: Callable[[int], object]) -> None:
    place = policy.Place("hidamari", "施設", "委託先事業者の施設", "ひだまり")
    with policy.enter("815-1", actor=OPERATOR, place=place, medium=policy.SCREEN, on=date(2019, 7, 1)):
        with django_assert_num_queries(1):
            record("view", actor=OPERATOR, flow="815-1", subjects=[PERSON], items=["氏名"])
        record_many(entries(1, first_subject=OTHER))
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            connection.cursor().execute("SELECT actor FROM public.audit_entry")
    assert len(of_person(PERSON)) == len(of_person(OTHER)) == 1


def test_writer_cannot_choose_number_turn_or_time() -> None:
    before = record("view", actor=OPERATOR, items=["氏名"])
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO public.audit_entry (id, turn, at, action, actor, request)"
            " VALUES (-7, -7, '2001-01-01', 'view', 'forger', gen_random_uuid()) RETURNING id"
        )
        number = cursor.fetchone()[0]
        cursor.execute(
            "SELECT turn > 0, at > now() - interval '1 hour' FROM public.audit_entry WHERE id = %s", [number]
        )
        assert cursor.fetchone() == (True, True)
    assert number == before + 1


@pytest.mark.parametrize("statement", STATEMENTS)
def test_web_role_adds_and_nothing_else(web_connection: psycopg.Connection, statement: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="permission denied"):
        web_connection.execute(statement)


@pytest.mark.parametrize("statement", STATEMENTS)
def test_even_the_owner_is_stopped(owner_connection: psycopg.Connection, statement: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="追記だけ"):
        owner_connection.execute(statement)


def test_search_by_every_filter() -> None:
    start = datetime.now(UTC) - timedelta(seconds=1)
    wanted = record("signin.ok", actor="filter-1", flow="815-1", items=["口座番号"], subjects=[PERSON])
    record("view", actor="filter-2", flow="r-taxi", items=["氏名"], subjects=[OTHER])
    for given in (
        {"actor": "filter-1"}, {"action": "signin.ok"}, {"action": "signin"}, {"item": "口座番号"}, {"subject": PERSON},
        {"consultation": "815", "since": start}, {"flow": "815-1", "since": start},
    ):  # fmt: skip
        assert [line.id for line in search(**given).lines] == [wanted], given  # type: ignore[arg-type]
    assert search(until=start, actor="filter-1").lines == ()
    assert search(action="sign", since=start).lines == ()


def test_pages_follow_each_other_without_gap_or_overlap() -> None:
    record_many(entries(7, first_subject=PERSON))
    seen, before = [], None
    while True:
        page = search(actor=OPERATOR.id, limit=3, before=before)
        seen += [line.id for line in page.lines]
        before = page.next
        if before is None:
            break
    assert len(seen) == 7
    assert seen == sorted(set(seen), reverse=True)


def test_left_is_what_contractors_saw_and_not_what_was_refused() -> None:
    for action, actor in (("view", OPERATOR), ("view", OFFICER), ("refusal", OPERATOR), ("export", OFFICER)):
        record(action, actor=actor, subjects=[PERSON], items=["氏名"])
    assert [(line.action, line.left) for line in of_person(PERSON)] == [
        ("export", True), ("refusal", False), ("view", False), ("view", True),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "detail",
    [
        {"name": "世田谷 太郎"}, {"phone": "03-5432-1111"}, {"atena": "0012345678"}, {"mail": "a@example.jp"}, {"Key": 1},
        {"amount": 10**12}, {"note": "x" * 81}, {"names": ["花子"]}, {"nested": {"a": 1}}, {"reason": "長" * 401},
        {f"k{number}": 1 for number in range(21)},
    ],
)  # fmt: skip
def test_details_that_could_be_about_a_person_are_not_written(detail: dict[str, object]) -> None:
    with pytest.raises(rules.NotForTheLedgerError) as caught:
        record("view", actor=OPERATOR, detail=detail)  # type: ignore[arg-type]
    assert all(str(value) not in str(caught.value) for value in detail.values() if value != 1)


@pytest.mark.parametrize(
    "detail",
    [
        {"state": "answered"}, {"from": "2019-02-12"}, {"until": "2019-02-12T10:20:30+00:00"}, {"sha256": "0123456789abcdef" * 4},
        {"rows": 200, "full": True, "page": None}, {"ground": "諮問第815号 5(1)", "reason": "この項目は諮問にありません。"},
        {"tables": ["taxi_voucher"], "request": "e2099ddb-97f7-49e6-8e2b-d399d6785778"},
    ],
)  # fmt: skip
def test_keys_states_counts_and_hashes_are_written(detail: dict[str, object]) -> None:
    record("view", actor="plain-1", detail=detail)  # type: ignore[arg-type]
    assert search(actor="plain-1").lines[0].detail == detail


def test_subjects_and_items_are_checked() -> None:
    with pytest.raises(rules.NotForTheLedgerError):
        record("view", actor=OPERATOR, subjects=[0])
    with pytest.raises(rules.NotForTheLedgerError):
        record("view", actor=OPERATOR, items=["氏名\n世田谷 太郎"])


def test_an_action_has_one_sentence() -> None:
    describe("view.test", "{who}が試しました。")
    describe("view.test", "{who}が試しました。")
    with pytest.raises(ValueError, match="another sentence"):
        describe("view.test", "{who}が見ました。")
