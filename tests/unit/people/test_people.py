"""Persons under the walls: the sheet, the search, the one address service, and the dated keys beneath them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from azukari.core.people import api as people
from azukari.core.people.api import Address, Found, Purpose, Refusal, RefusalKind, Sheet
from azukari.core.policy import api as policy
from azukari.core.policy.api import SCREEN, Actor
from support.signing import AT

pytestmark = pytest.mark.django_db
ON = date(2020, 4, 2)
SAMPLE = """
SELECT p.id, p.atena, p.born, n.name, n.kana FROM people_person p
JOIN people_name n ON n.person_id = p.id AND n.valid @> %s::date
JOIN people_membership m ON m.person_id = p.id AND m.valid @> %s::date
WHERE {} ORDER BY p.id LIMIT 1"""
WIFE = "m.relation = '妻'"


@contextmanager
def working_as(login: str, flow: str, place: str | None = None) -> Iterator[None]:
    """Inside a flow as one of the demonstration's people, at the place where they usually are."""
    actor = Actor(login, "officer", frozenset({flow}))
    with policy.enter(flow, actor=actor, place=policy.places()[place or AT[login]], medium=SCREEN, on=ON):
        yield


def one(owner: psycopg.Connection, condition: str) -> tuple[int, str, date, str, str]:
    row = owner.execute(SAMPLE.format(condition), [ON, ON]).fetchone()
    assert row is not None, condition
    return row  # type: ignore[return-value]


def test_an_officer_sees_the_whole_sheet(owner_connection: psycopg.Connection) -> None:
    key, atena, born, name, kana = one(owner_connection, WIFE)
    with working_as("officer", "r-juki"):
        sheet = people.sheet(key, ON)
    assert sheet is not None
    assert sheet.name is not None
    assert (sheet.atena, sheet.born, sheet.name.full, sheet.name.kana) == (atena, born, name, kana)
    assert isinstance(sheet.address, Address)
    assert ON in sheet.address.valid
    assert sheet.household is not None
    assert sheet.household.members[0].head
    assert {member.relation for member in sheet.household.members} >= {"世帯主", "妻"}
    assert all(member.name for member in sheet.household.members)


def test_a_resident_sees_the_own_sheet_and_nobody_elses(owner_connection: psycopg.Connection) -> None:
    (own,) = owner_connection.execute(
        "SELECT person FROM policy_enrolment WHERE actor = 'resident' AND flow = 'r-self'"
    ).fetchone() or (0,)
    stranger, *_ = one(owner_connection, f"p.id <> {own}")
    with working_as("resident", "r-self"):
        sheet = people.sheet(own, ON)
        assert people.sheet(stranger, ON) is None
        assert people.address_for(stranger, on=ON, purpose=Purpose.SCREEN) == Refusal(
            RefusalKind.NONE_REGISTERED, "この日に登録されている住所はありません。"
        )
        assert people.search("佐藤", on=ON) == ()
    assert isinstance(sheet, Sheet)
    assert sheet.household is not None
    assert [member.person_id for member in sheet.household.members] == [own]


def test_outside_every_flow_there_is_nobody(owner_connection: psycopg.Connection) -> None:
    key, *_ = one(owner_connection, WIFE)
    assert people.sheet(key, ON) is None
    assert people.search("佐藤", on=ON) == ()
    refused = people.address_for(key, on=ON, purpose=Purpose.POST)
    assert isinstance(refused, Refusal)
    assert refused.kind is RefusalKind.NOT_LISTED


def test_from_a_place_that_is_not_the_entrys_nobody_is_found(owner_connection: psycopg.Connection) -> None:
    key, _, _, name, _ = one(owner_connection, WIFE)
    with working_as("officer", "r-juki", place="hidamari"):
        assert people.search(name, on=ON) == ()
        assert people.sheet(key, ON) is None


def test_a_flow_without_persons_refuses_every_address(owner_connection: psycopg.Connection) -> None:
    key, *_ = one(owner_connection, WIFE)
    with working_as("operator", "815-1"):
        answers = people.addresses_for([key, -1], on=ON, purpose=Purpose.HAND_OVER)
    assert {answer.kind for answer in answers.values() if isinstance(answer, Refusal)} == {RefusalKind.NOT_LISTED}
    assert list(answers) == [key, -1]


@pytest.mark.parametrize("how", ["name", "surname", "without space", "kana", "hiragana", "birth", "atena", "all"])
def test_a_person_is_found(owner_connection: psycopg.Connection, how: str) -> None:
    key, atena, born, name, kana = one(owner_connection, WIFE)
    hiragana = "".join(chr(ord(c) - 0x60) if "ァ" <= c <= "ヶ" else c for c in kana)
    asked: dict[str, dict[str, object]] = {
        "name": {"text": name},
        "surname": {"text": name.split("\u3000")[0]},
        "without space": {"text": name.replace("\u3000", "")},
        "kana": {"kana": kana},
        "hiragana": {"text": hiragana},
        "birth": {"born": born},
        "atena": {"atena": atena},
        "all": {"text": name, "kana": kana, "born": born, "atena": atena},
    }
    with working_as("officer", "r-juki"):
        found = people.search(**asked[how], on=ON, limit=200)  # type: ignore[arg-type]
    hit = next(line for line in found if line.person_id == key)
    assert isinstance(hit, Found)
    assert (hit.name, hit.kana, hit.atena, hit.born) == (name, kana, atena, born)
    assert isinstance(hit.address, Address)


def test_variant_kanji_are_found_by_the_common_form_and_shown_as_registered(
    owner_connection: psycopg.Connection,
) -> None:
    row = owner_connection.execute(
        "SELECT person_id, name FROM people_name WHERE name ~ '^(髙橋|渡邊|渡邉|齋藤|山﨑)' AND upper_inf(valid) LIMIT 1"
    ).fetchone()
    assert row is not None
    key, name = row
    common = name.translate(str.maketrans("髙邊邉齋﨑", "高辺辺斎崎"))
    with working_as("officer", "r-juki"):
        found = {line.person_id: line.name for line in people.search(common, on=ON, limit=200)}
    assert found[key] == name


@pytest.mark.parametrize("asked", ["", " ", "%", "_", "%%", "'; DROP TABLE people_person", "\\", "あ" * 400])
def test_odd_questions_find_nobody(asked: str) -> None:
    with working_as("officer", "r-juki"):
        assert people.search(asked, on=ON) == ()


def test_a_former_name_finds_the_person_under_the_present_one(owner_connection: psycopg.Connection) -> None:
    row = owner_connection.execute(
        "SELECT o.person_id, o.name, n.name FROM people_name o JOIN people_name n USING (person_id)"
        " WHERE o.name <> n.name AND upper_inf(n.valid) ORDER BY 1 LIMIT 1"
    ).fetchone()
    assert row is not None
    key, before, after = row
    with working_as("officer", "r-juki"):
        found = {line.person_id: line.name for line in people.search(before, on=ON, limit=200)}
        sheet = people.sheet(key, ON)
    assert found[key] == after
    assert sheet is not None
    assert [name.full for name in sheet.names][-1] == before


def test_those_who_are_called_so_come_first(owner_connection: psycopg.Connection) -> None:
    """The day's own names before former ones and 旧氏, each in the order of the kana."""
    with working_as("officer", "r-juki"):
        found = people.search("佐", on=ON, limit=200)
    own = [line for line in found if line.name and line.name.startswith("佐")]
    assert found[: len(own)] == tuple(own)
    assert len(own) > 2
    assert [line.kana for line in own] == sorted(line.kana or "" for line in own)


def test_an_address_is_that_of_the_day(owner_connection: psycopg.Connection) -> None:
    row = owner_connection.execute(
        "SELECT a.person_id, upper(a.valid) FROM people_address a JOIN people_address b"
        " ON b.person_id = a.person_id AND lower(b.valid) = upper(a.valid) ORDER BY 1 LIMIT 1"
    ).fetchone()
    assert row is not None
    key, moved = row
    with working_as("officer", "r-juki"):
        before, after, never = (
            people.address_for(key, on=day, purpose=Purpose.SCREEN)
            for day in (date.fromordinal(moved.toordinal() - 1), moved, date(1880, 1, 1))
        )
    assert isinstance(before, Address)
    assert isinstance(after, Address)
    assert before.valid.end == after.valid.start == moved
    assert isinstance(never, Refusal)
    assert never.kind is RefusalKind.NONE_REGISTERED


def test_how_an_address_is_written() -> None:
    from azukari.kernel.period import Period

    home = Address("1540004", "東京都世田谷区", "太子堂", 4, "21", "27", "見本荘101号室", Period())
    assert str(home) == "東京都世田谷区太子堂四丁目21番27号 見本荘101号室"
    park = Address("1540013", "東京都世田谷区", "駒沢公園", None, "1", "", "", Period())
    assert str(park) == "東京都世田谷区駒沢公園1番"


@pytest.mark.parametrize(
    ("statement", "key"),
    [
        (
            "UPDATE people_name SET valid = daterange('-infinity', NULL) WHERE person_id = {two_names}",
            "people_name_one_a_day",
        ),
        (
            (
                "INSERT INTO people_address (person_id, postcode, municipality, town, ban, go, building, valid)"
                " SELECT person_id, '1540000', 'x', 'x', '1', '1', '', valid FROM people_address LIMIT 1"
            ),
            "people_address_one_a_day",
        ),
        (
            (
                "INSERT INTO people_membership (person_id, household_id, relation, head, valid)"
                " SELECT person_id, household_id, relation, false, valid FROM people_membership LIMIT 1"
            ),
            "people_membership_one_a_day",
        ),
        ("UPDATE people_membership SET head = true", "people_membership_one_head"),
        ("DELETE FROM people_address WHERE person_id = {member}", "people_membership_has_address"),
        ("UPDATE people_person SET died = born - 1", "people_person_dies_after_birth"),
        ("UPDATE people_person SET atena = 'x' || atena WHERE id = {member}", None),
        ("UPDATE people_person SET sex = '？'", "people_person_sex"),
    ],
)
def test_the_database_refuses_what_cannot_be(
    owner_connection: psycopg.Connection, statement: str, key: str | None
) -> None:
    two = owner_connection.execute(
        "SELECT person_id FROM people_name GROUP BY 1 HAVING count(*) > 1 LIMIT 1"
    ).fetchone()
    member = owner_connection.execute("SELECT person_id FROM people_membership LIMIT 1").fetchone()
    assert two is not None
    assert member is not None
    with pytest.raises(psycopg.DatabaseError) as refused:  # noqa: PT012 (some keys are checked at the end)
        owner_connection.execute(statement.format(two_names=two[0], member=member[0]))
        owner_connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert key is None or key in str(refused.value)


def test_a_move_closes_one_address_and_opens_the_next(owner_connection: psycopg.Connection) -> None:
    """The PERIOD key waits for the end, so that a move need not be one statement."""
    row = owner_connection.execute(
        "SELECT a.id, a.person_id FROM people_address a JOIN people_membership m USING (person_id)"
        " WHERE upper_inf(a.valid) AND upper_inf(m.valid) ORDER BY 1 LIMIT 1"
    ).fetchone()
    assert row is not None
    owner_connection.execute(
        "UPDATE people_address SET valid = daterange(lower(valid), '2020-05-01') WHERE id = %s", row[:1]
    )
    owner_connection.execute(
        "INSERT INTO people_address (person_id, postcode, municipality, town, ban, go, building, valid)"
        " VALUES (%s, '1540004', '東京都世田谷区', '太子堂', '1', '1', '', '[2020-05-01,)')",
        row[1:],
    )
    owner_connection.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_the_web_role_reads_no_table_of_people(web_connection: psycopg.Connection) -> None:
    for table in ("people_person", "people_name", "people_household", "people_membership", "people_address"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege), web_connection.transaction():
            web_connection.execute(f"SELECT 1 FROM {table}")


def test_no_flow_reads_the_search_key() -> None:
    with working_as("officer", "r-juki"), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM v_people_name LIMIT 0")
        assert "search_key" not in [column.name for column in cursor.description]
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            cursor.execute("SELECT search_key FROM people_name")
