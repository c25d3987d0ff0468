"""The made-up ward: exactly as many, the same from the same seed, and people who could be."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable

import psycopg
import pytest

from azukari.core.people.api import search_key
from azukari.demo import namelists, population, ward
from azukari.kernel import ids

TABLES = ("people_person", "people_name", "people_household", "people_address", "people_membership")
SIZE = 4_000


def digest(size: int, seed: int, chunk: int = 1_000) -> str:
    lines = [lines for _, lines in population.Population(size, seed).chunks(chunk)]
    whole = hashlib.sha256()
    for table in ward.TABLES:
        for part in lines:
            whole.update("".join(getattr(part, table)).encode())
    return whole.hexdigest()


def test_the_same_seed_makes_the_same_ward() -> None:
    assert digest(SIZE, 2019) == digest(SIZE, 2019)
    assert digest(SIZE, 2019) == digest(SIZE, 2019, chunk=333)
    assert digest(SIZE, 2019) != digest(SIZE, 2020)


@pytest.mark.parametrize("size", [0, 1, 7, 8, 9, 300, 2_001])
def test_exactly_as_many_persons_as_asked(size: int) -> None:
    made = [(count, len(lines.person)) for count, lines in population.Population(size, 3).chunks(100)]
    assert sum(count for count, _ in made) == sum(lines for _, lines in made) == size


@pytest.fixture(scope="module")
def one_of() -> Callable[[str], list[list[str]]]:
    ((_, lines),) = population.Population(SIZE, 2019).chunks(SIZE)
    return lambda table: [line.rstrip("\n").split("\t") for line in getattr(lines, table)]


def test_search_keys_are_what_the_search_compares(one_of: Callable[[str], list[list[str]]]) -> None:
    for _, name, kana, former, key, _ in one_of("name"):
        assert key == search_key(name, kana, former)


def test_numbers_check_and_are_not_the_keys_in_disguise(one_of: Callable[[str], list[list[str]]]) -> None:
    numbers = [number for _, number, *_ in one_of("person")]
    assert all(map(ids.is_atena, numbers))
    assert len(set(numbers)) == SIZE
    assert numbers != sorted(numbers)


def test_names_are_as_registered(one_of: Callable[[str], list[list[str]]]) -> None:
    names = "".join(name for _, name, *_ in one_of("name"))
    assert {"髙", "﨑", "邊", "邉", "𠮷", "齋", "澤"} <= set(names)
    assert any(0xE0100 <= ord(character) <= 0xE01EF for character in names)
    assert any(character.isascii() and character.isalpha() for character in names)


def test_the_lists_are_long_enough() -> None:
    assert len({word.text for word in namelists.surnames()}) >= 300
    pools = namelists.given_names()
    assert len({word.text for sex in pools.values() for words in sex for word in words}) >= 400
    towns = {town.name: town.postcode for town in namelists.towns()}
    assert len(towns) == 61
    assert (towns["太子堂"], towns["成城"]) == ("1540004", "1570066")


@pytest.fixture
def made(owner_connection: psycopg.Connection) -> psycopg.Connection:
    """A fresh ward in the place of the demonstration's, until the end of the test."""
    owner_connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
    owner_connection.execute(f"TRUNCATE {', '.join(TABLES)} RESTART IDENTITY CASCADE")
    return owner_connection


def make_whole(connection: psycopg.Connection, size: int) -> None:
    ward.make(connection, size, 2019, lambda _done, _total: None)
    ward.bring_back([connection], lambda _done, _total: None)


def test_all_keys_are_in_force_again(made: psycopg.Connection) -> None:
    before = _keys(made)
    told: list[tuple[int, int]] = []
    ward.make(made, SIZE, 2019, lambda done, total: told.append((done, total)))
    assert told == sorted(told)
    assert told[-1] == (SIZE, SIZE)
    assert _keys(made) != before
    told.clear()
    ward.bring_back([made], lambda done, total: told.append((done, total)))
    assert told == [(done, len(told)) for done in range(1, len(told) + 1)]
    assert _keys(made) == before
    assert made.execute("SELECT count(*), max(id) FROM people_person").fetchone() == (SIZE, SIZE)
    assert made.execute("SELECT nextval(pg_get_serial_sequence('people_person', 'id'))").fetchone() == (SIZE + 1,)


def test_the_rows_that_come_in_are_the_ones_made_up(made: psycopg.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ward, "CHUNK", 700)
    turns = sys.getswitchinterval()
    make_whole(made, SIZE)
    assert sys.getswitchinterval() == turns
    ((_, lines),) = population.Population(SIZE, 2019).chunks(SIZE)
    for table, target in ward.TABLES.items():
        with made.cursor().copy(f"COPY {target} TO STDOUT") as copy:
            assert b"".join(copy) == "".join(getattr(lines, table)).encode()


def test_what_was_interrupted_goes_on_with_what_is_missing(made: psycopg.Connection) -> None:
    before = _keys(made)
    ward.make(made, SIZE, 2019, lambda _done, _total: None)

    def stop(done: int, _total: int) -> None:
        if done == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ward.bring_back([made], stop)
    left = made.execute("SELECT count(*) FROM demo_key").fetchone()
    told: list[int] = []
    ward.bring_back([made], lambda _done, total: told.append(total))
    assert left == (len(told),)
    assert _keys(made) == before
    assert made.execute("SELECT count(*) FROM demo_key").fetchone() == (0,)
    ward.bring_back([made], lambda _done, _total: pytest.fail("nothing was missing"))


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("UPDATE people_name SET person_id = 8 WHERE person_id = 9", psycopg.errors.ExclusionViolation),
        ("UPDATE people_membership SET head = true WHERE relation = '妻'", psycopg.errors.ExclusionViolation),
        ("UPDATE people_address SET valid = daterange(lower(valid) + 1, upper(valid)) WHERE id = 9", psycopg.errors.ForeignKeyViolation),
        ("DELETE FROM people_person WHERE id = 9", psycopg.errors.ForeignKeyViolation),
    ],
)  # fmt: skip
def test_a_row_against_a_key_is_found(made: psycopg.Connection, fault: str, error: type[psycopg.Error]) -> None:
    ward.make(made, SIZE, 2019, lambda _done, _total: None)
    made.execute(fault)
    with pytest.raises(error):
        ward.bring_back([made], lambda _done, _total: None)


def test_nobody_is_made(made: psycopg.Connection) -> None:
    make_whole(made, 0)
    assert made.execute("SELECT count(*) FROM people_household").fetchone() == (0,)


@pytest.mark.parametrize(
    ("impossible", "query"),
    [
        ("a living person in nobody's ward and household", """
            SELECT id FROM people_person WHERE NOT EXISTS (SELECT FROM people_membership WHERE person_id = people_person.id)
            OR NOT EXISTS (SELECT FROM people_name WHERE person_id = people_person.id)"""),
        ("an address before birth or after death", """
            SELECT p.id FROM people_person p JOIN people_address a ON a.person_id = p.id
            WHERE lower(a.valid) < p.born OR upper(a.valid) > p.died + 1 OR (p.died IS NOT NULL AND upper_inf(a.valid))"""),
        ("something after the day the ward stands on", """
            SELECT person_id FROM people_address WHERE lower(valid) > '2020-04-01' OR upper(valid) > '2020-04-01'"""),
        ("a household with people and without a head", """
            SELECT household_id FROM people_membership
            GROUP BY household_id HAVING NOT range_agg(valid) <@ range_agg(valid) FILTER (WHERE head)"""),
        ("a child as old as its mother", """
            SELECT c.id FROM people_membership m JOIN people_person p ON p.id = m.person_id
            JOIN people_membership n ON n.household_id = m.household_id AND n.relation = '子'
            JOIN people_person c ON c.id = n.person_id
            WHERE m.relation IN ('妻', '世帯主') AND p.sex = '女' AND c.born < p.born + 365 * 15"""),
        ("a household at two addresses", """
            SELECT m.household_id FROM people_membership m JOIN people_address a USING (person_id)
            WHERE upper_inf(m.valid) AND upper_inf(a.valid)
            GROUP BY 1 HAVING count(DISTINCT (town, chome, ban, go, building)) > 1"""),
        ("a wife named otherwise than her husband", """
            SELECT w.person_id FROM people_membership w JOIN people_membership h USING (household_id)
            JOIN people_name wn ON wn.person_id = w.person_id AND upper_inf(wn.valid)
            JOIN people_name hn ON hn.person_id = h.person_id AND upper_inf(hn.valid)
            WHERE w.relation = '妻' AND h.head AND hn.name !~ '^[A-ZÀ-Ü'']' AND hn.kana !~ '^(ワン|リー|ヂャン|リウ|チェン|ヤン|ホワン|ヂャオ|ヂョウ|ウー|シュー|スン)　'
            AND w.person_id <> h.person_id AND split_part(wn.name, '　', 1) <> split_part(hn.name, '　', 1)"""),
        ("旧氏 before it could be registered", "SELECT id FROM people_name WHERE former <> '' AND lower(valid) < '2019-11-05'"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_not_there(made: psycopg.Connection, impossible: str, query: str) -> None:
    make_whole(made, SIZE)
    assert made.execute(query).fetchall() == [], impossible


def test_households_and_ages_look_like_a_ward(made: psycopg.Connection) -> None:
    make_whole(made, SIZE)
    row = made.execute(
        "SELECT count(*) FILTER (WHERE born > '2005-04-01'), count(*) FILTER (WHERE born <= '1955-04-01'),"
        " count(*) FILTER (WHERE died IS NOT NULL), count(*) FILTER (WHERE sex = '女') FROM people_person"
    ).fetchone()
    assert row is not None
    children, elderly, dead, women = (count / SIZE for count in row)
    assert 0.09 < children < 0.18
    assert 0.15 < elderly < 0.27
    assert 0.002 < dead < 0.03
    assert 0.45 < women < 0.56
    per_household = made.execute(
        "SELECT count(*)::float / count(DISTINCT household_id) FROM people_membership WHERE upper_inf(valid)"
    ).fetchone()
    assert per_household is not None
    assert 1.7 < per_household[0] < 2.2


def _keys(connection: psycopg.Connection) -> list[tuple[str, ...]]:
    return connection.execute(
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid), convalidated::text FROM pg_constraint"
        " WHERE conrelid = ANY (%s::text[]::regclass[]) UNION ALL"
        " SELECT tablename, indexname, indexdef, '' FROM pg_indexes WHERE tablename = ANY (%s) ORDER BY 1, 2, 3",
        [list(TABLES), list(TABLES)],
    ).fetchall()
