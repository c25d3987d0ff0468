"""データベースの壁は、画面のプログラムを通さずに直接たたいても破れない (S1, S8)。"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import psycopg
import pytest

from azukari.config.server import OWNER, WEB
from azukari.core.policy.compile_sql import LEAVE
from property.test_three_walls import good
from property.walls import CONTRACTORS, PEOPLE, Ask, Walls

FLOW = "901-1"
SETTINGS = ("actor", "place", "medium", "on", "direction")
DENIED = psycopg.errors.InsufficientPrivilege
GONE = (DENIED, psycopg.errors.UndefinedTable, psycopg.errors.UndefinedColumn, psycopg.errors.UndefinedFunction)


@pytest.fixture
def ask(made_up_walls: Walls) -> Ask:
    return good(made_up_walls, FLOW, item="氏名", probe="probe_plain")


@pytest.fixture
def entered(made_up_walls: Walls, ask: Ask) -> Iterator[psycopg.Connection]:
    """The web role inside flow 901-1, as 甲社's operator at 甲社's place."""
    walls = made_up_walls
    with walls.listed(ask), walls.web.transaction(force_rollback=True):
        walls.enter(ask)
        yield walls.web


def column(walls: Walls, item: str) -> str:
    return walls.probes["probe_plain"].columns[item]


def refused(connection: psycopg.Connection, query: str, *errors: type[Exception]) -> None:
    with pytest.raises(errors or (DENIED,)), connection.transaction():
        connection.execute(query)


def seen(connection: psycopg.Connection, query: str) -> list[tuple[object, ...]]:
    with connection.transaction():
        return connection.execute(query).fetchall()


@pytest.mark.parametrize("table", ["probe_plain", "flow_901_1.v_probe_plain", "entry_r_ward.v_probe_plain"])
def test_without_entering_nothing_is_read(made_up_walls: Walls, table: str) -> None:
    """取扱いに入らなければ、表も窓も読めない。"""
    refused(made_up_walls.web, f"SELECT id FROM {table}")
    refused(made_up_walls.web, f"SELECT count(*) FROM {table}")
    refused(made_up_walls.web, f"TABLE {table}")


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM probe_plain",
        "SELECT probe_plain FROM probe_plain",
        "SELECT {hidden} FROM probe_plain",
        "SELECT id FROM probe_plain WHERE {hidden} = '値'",
        "SELECT id FROM probe_plain ORDER BY {hidden}",
        "SELECT count(*) FROM probe_plain GROUP BY {hidden}",
        "SELECT {name} FROM probe_plain UNION SELECT {hidden} FROM probe_plain",
        "SELECT contractor, person, scopes FROM probe_plain",
        "SELECT to_jsonb(p) FROM probe_plain p",
        "SELECT p.* FROM v_probe_plain v JOIN probe_plain p USING (id)",
        "EXPLAIN SELECT {hidden} FROM probe_plain",
        "EXPLAIN ANALYZE SELECT * FROM probe_plain",
        "SELECT * FROM entry_r_ward.v_probe_plain",
        "COPY probe_plain TO STDOUT",
        "COPY probe_plain ({hidden}) TO STDOUT",
        "COPY (SELECT {hidden} FROM probe_plain) TO STDOUT",
        "COPY probe_plain (id) TO PROGRAM 'cat'",
        "SELECT query_to_xml('SELECT {hidden} FROM probe_plain', true, false, '')",
        "SELECT lo_import('/etc/passwd')",
        "SELECT pg_read_file('/etc/passwd')",
        "UPDATE probe_plain SET {name} = 'x'",
        "UPDATE v_probe_plain SET {name} = 'x'",
        "INSERT INTO probe_plain (id) VALUES (999)",
        "DELETE FROM probe_plain",
        "TRUNCATE probe_plain",
        "ALTER TABLE probe_plain DISABLE ROW LEVEL SECURITY",
        "DROP POLICY flow_901_1_read ON probe_plain",
        "CREATE POLICY mine ON probe_plain USING (true)",
        "CREATE OR REPLACE VIEW v_probe_plain AS SELECT 1",
        "CREATE TABLE public.mine AS SELECT 1",
        "CREATE FUNCTION public.leak(text) RETURNS bool LANGUAGE sql COST 0.0001 AS 'SELECT true'",
        "CREATE SCHEMA mine",
        "GRANT SELECT ON probe_plain TO azukari_web",
        "SET ROLE azukari_owner",
        "SET SESSION AUTHORIZATION azukari_owner",
        "ALTER ROLE azukari_web BYPASSRLS",
        "CREATE ROLE mine",
        "UPDATE policy_flowrow SET until = NULL",
        "INSERT INTO policy_flowplace (flow, stands_for, own) VALUES ('901-1', '町内会館', false)",
        "SET row_security = off; SELECT id FROM probe_plain",
        "SELECT * FROM pg_authid",
        "SELECT * FROM pg_statistic",
    ],
)
def test_no_way_around_the_columns(made_up_walls: Walls, entered: psycopg.Connection, query: str) -> None:
    """諮問にない列は、どう書いても読めず、書けない。"""
    sql = query.format(hidden=column(made_up_walls, "病歴"), name=column(made_up_walls, "氏名"))
    refused(entered, sql, DENIED, psycopg.errors.ExternalRoutineException)


def test_the_flow_s_rows_and_no_others(made_up_walls: Walls, entered: psycopg.Connection) -> None:
    """自らの委託先の行だけが、数にも集計にも現れる。"""
    own = {row.id for row in made_up_walls.rows if row.contractor == CONTRACTORS[0]}
    assert {row[0] for row in seen(entered, "SELECT id FROM v_probe_plain")} == own
    assert seen(entered, "SELECT count(*), max(id) FROM probe_plain") == [(len(own), max(own))]
    others = min(row.id for row in made_up_walls.rows if row.contractor == CONTRACTORS[1])
    assert seen(entered, f"SELECT id FROM v_probe_plain WHERE id = {others}") == []
    assert seen(entered, f"SELECT id FROM v_probe_plain WHERE id = {others} OR true LIMIT 0") == []


def test_statistics_of_hidden_values_are_hidden(made_up_walls: Walls, entered: psycopg.Connection) -> None:
    """統計情報から、見えない列や行の値は読み取れない。"""
    made_up_walls.owner.execute("ANALYZE probe_plain")
    query = "SELECT attname, most_common_vals, histogram_bounds FROM pg_stats WHERE tablename LIKE '%probe%'"
    assert seen(entered, query) == []
    assert seen(entered, "SELECT * FROM pg_stats_ext WHERE tablename LIKE '%probe%'") == []


def test_error_messages_do_not_tell_values(made_up_walls: Walls, entered: psycopg.Connection) -> None:
    """見えない行の値を、計算の誤りの文から読み取ることはできない。"""
    name = column(made_up_walls, "氏名")
    other = f"id NOT IN (SELECT id FROM v_probe_plain) AND {name}::int = 1"
    assert seen(entered, f"SELECT id FROM probe_plain WHERE {other}") == []
    assert seen(entered, f"SELECT id FROM v_probe_plain WHERE 1 / (id - id) = 1 AND {other} LIMIT 0") == []


def test_a_leaky_function_sees_only_visible_rows(made_up_walls: Walls, ask: Ask) -> None:
    """誰かが安い漏えい関数を置いても、壁の内側の行しか渡らない。"""
    walls = made_up_walls
    name = column(walls, "氏名")
    walls.owner.execute(
        "CREATE FUNCTION public.leaky(bigint, text) RETURNS bool LANGUAGE plpgsql COST 0.0000001"
        " AS $$BEGIN RAISE NOTICE '%', $1; RETURN true; END$$"
    )
    told: list[int] = []

    def listen(notice: psycopg.errors.Diagnostic) -> None:
        told.append(int(notice.message_primary or -1))

    walls.web.add_notice_handler(listen)
    try:
        with walls.listed(ask), walls.web.transaction(force_rollback=True):
            walls.enter(ask)
            walls.web.execute(f"SELECT id FROM v_probe_plain WHERE public.leaky(id, {name})")
    finally:
        walls.web.remove_notice_handler(listen)
        walls.owner.execute("DROP FUNCTION public.leaky")
    assert set(told) == {row.id for row in walls.rows if row.contractor == CONTRACTORS[0]}


def test_subjects_of_is_no_oracle(made_up_walls: Walls, entered: psycopg.Connection) -> None:
    """だれの行かは、見えている行についてだけ答え、ほかの取扱いの分は答えない。"""
    ids = [row.id for row in made_up_walls.rows]
    query = f"SELECT * FROM subjects_of_probe_plain(ARRAY{ids}::bigint[])"
    assert {row[0] for row in seen(entered, query)} == set(PEOPLE)
    others = [row.id for row in made_up_walls.rows if row.contractor != CONTRACTORS[0]]
    assert seen(entered, f"SELECT * FROM subjects_of_probe_plain(ARRAY{others}::bigint[])") == []
    refused(entered, f"SELECT * FROM entry_r_ward.subjects_of_probe_plain(ARRAY{ids}::bigint[])")
    with made_up_walls.web.transaction(force_rollback=True):
        made_up_walls.web.execute("RESET ROLE")
        refused(made_up_walls.web, f"SELECT * FROM flow_901_1.subjects_of_probe_plain(ARRAY{ids}::bigint[])")


@pytest.mark.parametrize("missing", ["actor", "place", "medium", "direction"])
def test_a_missing_setting_closes(entered: psycopg.Connection, missing: str) -> None:
    """だれが・どこで・何で・どの向きかが一つでも欠ければ、一行も見えない。"""
    assert seen(entered, "SELECT id FROM v_probe_plain")
    entered.execute(f"SET LOCAL azukari.{missing} TO ''")
    assert seen(entered, "SELECT id FROM v_probe_plain") == []


def test_a_missing_day_means_today(made_up_walls: Walls, ask: Ask) -> None:
    """日が書かれていなければ今日とみなし、始まっていない取扱いは閉じている。"""
    walls = made_up_walls
    with walls.listed(ask), walls.web.transaction(force_rollback=True):
        walls.enter(ask)
        walls.web.execute("SELECT set_config('azukari.on', '', true)")
        today = walls.web.execute("SELECT (now() AT TIME ZONE 'Asia/Tokyo')::date").fetchall()[0][0]
        assert bool(seen(walls.web, "SELECT id FROM v_probe_plain")) == (today >= date(2026, 4, 1))


@pytest.mark.parametrize("end", ["COMMIT", "ROLLBACK"])
def test_a_pooled_connection_keeps_nothing(made_up_walls: Walls, ask: Ask, end: str) -> None:
    """取引が終われば、役割も設定も次の取引に残らない。"""
    web = made_up_walls.web
    web.execute("BEGIN")
    made_up_walls.enter(ask)
    web.execute(end)
    assert web.execute("SELECT current_user, current_setting('role')").fetchall() == [(WEB, "none")]
    for name in SETTINGS:
        assert web.execute(f"SELECT current_setting('azukari.{name}', true)").fetchall()[0][0] in {None, ""}
    assert "flow_" not in web.execute("SHOW search_path").fetchall()[0][0]
    refused(web, "SELECT id FROM probe_plain")


def test_leaving_within_a_transaction_closes_again(made_up_walls: Walls, entered: psycopg.Connection) -> None:
    """同じ取引の中でも、取扱いを出れば閉じる。"""
    entered.execute(LEAVE)
    assert seen(entered, "SELECT current_user") == [(WEB,)]
    for name in SETTINGS:
        assert seen(entered, f"SELECT current_setting('azukari.{name}')") == [("",)]
    refused(entered, "SELECT id FROM v_probe_plain", *GONE)
    refused(entered, "SELECT id FROM flow_901_1.v_probe_plain")


def test_a_long_table_name_keeps_its_walls(made_up_walls: Walls) -> None:
    """63バイトを超える名前の表にも、窓と行の壁が立つ。"""
    long = next(name for name in made_up_walls.probes if not name.isascii())
    asked = good(made_up_walls, FLOW, item="氏名", probe=long)
    assert made_up_walls.postgres(asked) == made_up_walls.python(asked) != frozenset()


STRONG = """
SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication, rolinherit,
  (SELECT count(*) FROM pg_class WHERE relowner = r.oid) + (SELECT count(*) FROM pg_proc WHERE proowner = r.oid)
  + (SELECT count(*) FROM pg_namespace WHERE nspowner = r.oid) + (SELECT count(*) FROM pg_database WHERE datdba = r.oid)
FROM pg_roles r WHERE rolname = %s"""


def test_the_web_role_owns_and_bypasses_nothing(web_connection: psycopg.Connection) -> None:
    """S8: 画面の利用者は何も所有せず、何も越えられず、持ち主の役割になれない。"""
    assert web_connection.execute(STRONG, [WEB]).fetchall() == [(False,) * 6 + (0,)]
    assert web_connection.execute("SELECT pg_has_role(%s, %s, 'MEMBER')", [WEB, OWNER]).fetchall() == [(False,)]
    refused(web_connection, f"SET ROLE {OWNER}")


@pytest.mark.parametrize("role", [WEB, "flow_815_1", "entry_r_taxi"])
@pytest.mark.parametrize(
    "query",
    [
        "INSERT INTO policy_enrolment (actor, flow, period) VALUES ('council', '815-1', '[2019-06-01,)')",
        "UPDATE policy_enrolment SET actor = 'council'",
        "DELETE FROM policy_enrolment",
        "TRUNCATE policy_enrolment",
        "INSERT INTO policy_placerow (code, name, stands_for, ward_terminal) VALUES ('home', '家', '区の執務室', true)",
        "UPDATE policy_placerow SET ward_terminal = true",
        "DELETE FROM policy_placerow",
        "TRUNCATE policy_placerow",
        "INSERT INTO accounts_network (block, place) VALUES ('203.0.113.0/24', 'ward-taxi')",
        "UPDATE accounts_network SET place = 'ward-taxi'",
        "DELETE FROM accounts_network",
        "TRUNCATE accounts_network",
    ],
)
def test_the_web_role_writes_no_roll_place_or_network(
    web_connection: psycopg.Connection, role: str, query: str
) -> None:
    """S8: 名簿・取扱場所・回線は、画面の利用者からは、どの取扱いの役割に替わっても書き換えられない。"""
    web_connection.execute(f"SET LOCAL ROLE {role}")
    with pytest.raises(DENIED, match="permission denied for table"), web_connection.transaction():
        web_connection.execute(query)


def test_the_web_role_reads_rolls_places_and_networks(web_connection: psycopg.Connection) -> None:
    """画面は、名簿・取扱場所・回線を読むことはできる (上の拒否は、表が見つからないためではない)。"""
    for table in ("policy_enrolment", "policy_placerow", "accounts_network"):
        assert seen(web_connection, f"SELECT count(*) FROM {table}") > [(0,)]


PERSONAL = """
SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relrowsecurity
  AND has_any_column_privilege(%s, c.oid, 'SELECT, INSERT, UPDATE, REFERENCES')"""


def test_the_web_role_has_no_right_on_any_walled_table(web_connection: psycopg.Connection) -> None:
    """S1: 区の実際の表でも、画面の利用者そのものは個人情報の表に何の権利も持たない。"""
    assert web_connection.execute(PERSONAL, [WEB]).fetchall() == []
    walled = "SELECT count(*) FROM pg_class WHERE relrowsecurity AND relnamespace = 'public'::regnamespace"
    assert web_connection.execute(walled).fetchall()[0][0] > 0
