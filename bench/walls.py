"""Reading one contractor's 200,000 of 1,000,000 rows through the walls, beside the same query by the owner.

The two are asked in turns within one run, and medians of the server process's own CPU time are compared, so that what
else the machine does is counted for neither. All rows travel to the client; they are not turned into Python objects,
which would cost both the same and hide the difference.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg

from azukari.config.cluster import Cluster
from azukari.config.server import OWNER, WEB
from azukari.core.policy import apply
from azukari.core.policy.compile_sql import ENTER, Vessel, compile_state
from azukari.core.policy.terms import SCREEN, Terms
from azukari.core.policy.types import Direction, Form, Holds

ROWS = 1_000_000
CONTRACTORS = 5
ROUNDS = 21
GOAL = 1.1
ITEMS = {"name": "氏名", "used_on": "タクシー利用日", "amount": "タクシー代金", "number": "福祉タクシー券等認定番号"}
COLUMNS = ("id", *ITEMS, "kind", "person", "contractor")
VESSEL = Vessel(
    "presented",
    COLUMNS,
    "id",
    Holds(items=ITEMS, hidden=("kind",), flows=("999-1",), subject="person", contractor="contractor"),
)
TERMS = Terms(
    id="999-1",
    name="諮問第999号",
    business="計測",
    ground="計測",
    items=tuple(ITEMS.values()),
    direction=Direction.THIRD_PARTY_TO_CONTRACTOR,
    form=Form.PLAIN,
    row_scope=None,
    since=date(2026, 4, 1),
    until=date.max,
    gap=None,
    places=("委託先事業者の施設",),
    media=frozenset({"文書"}),
    screen=True,
    divided=True,
    own_record=False,
)
TABLE = """
CREATE TABLE presented (
  id bigint PRIMARY KEY, name text, used_on date, amount int, number text, kind text, person bigint,
  contractor varchar(80)
)"""
FILL = f"""
INSERT INTO presented
SELECT i, '世田谷' || i % 9973, date '2026-04-01' + (i % 30)::int, 500 + (i % 40)::int * 10, lpad((i % 13300)::text, 8, '0'),
  '福祉タクシー券', i % 13300, '委託先' || i % {CONTRACTORS}
FROM generate_series(1, {ROWS}) i"""
LISTS = (
    "INSERT INTO policy_enrolment (actor, flow, period, contractor) VALUES ('計測', '999-1', '[2026-01-01,)', '委託先0')",
    "INSERT INTO policy_placerow VALUES ('p', '計測', '委託先事業者の施設', '委託先0', true)",
)
SEEN = "SELECT id, name, used_on, amount, number FROM presented"
CONTEXT = ["計測", "p", SCREEN, "2026-05-01", TERMS.direction, f"{TERMS.role}, public", TERMS.role]


def run() -> dict[str, Any]:
    cluster, name = Cluster(), f"bench_{uuid4().hex[:8]}"
    cluster.start(bound=True)
    cluster.make_database(name)
    try:
        with cluster.connect(OWNER, name) as owner, cluster.connect(WEB, name) as web:
            _build(owner)
            return {"rows": [_measure(owner, web)]}
    finally:
        cluster.drop_database(name)


def _build(owner: psycopg.Connection) -> None:
    policy_tables(owner)
    owner.execute(TABLE)
    with owner.transaction():
        state = compile_state({TERMS.id: TERMS}, [VESSEL], owner=OWNER, web=WEB)
        apply.carry_out(owner.cursor(), state)
    for statement in (FILL, *LISTS, "VACUUM ANALYZE presented"):
        owner.execute(statement)


def policy_tables(owner: psycopg.Connection) -> None:
    """The tables the row policies read, as the migration makes them."""
    owner.execute(
        "CREATE TABLE policy_enrolment (actor text, flow text, period daterange, contractor text, person bigint)"
    )
    owner.execute("CREATE INDEX ON policy_enrolment USING gist (actor, flow, period)")
    owner.execute(
        "CREATE TABLE policy_placerow (code text PRIMARY KEY, name text, stands_for text, contractor text, ward_terminal bool)"
    )
    owner.execute(
        "CREATE TABLE policy_flowrow (flow text PRIMARY KEY, role text, direction text, since date, until date, screen bool,"
        " most int, per text)"
    )
    owner.execute("CREATE TABLE policy_flowplace (flow text, stands_for text, own bool)")
    owner.execute("CREATE TABLE policy_flowmedium (flow text, medium text, valid daterange)")


def _measure(owner: psycopg.Connection, web: psycopg.Connection) -> dict[str, Any]:
    def by_owner() -> int:
        return owner.execute(f"{SEEN} WHERE contractor = '委託先0'").rowcount

    def through_the_walls() -> int:
        with web.transaction():
            web.execute(ENTER, CONTEXT)
            return web.execute(SEEN.replace("presented", "v_presented")).rowcount

    if {by_owner(), through_the_walls()} != {ROWS // CONTRACTORS}:
        raise RuntimeError("the walls and the owner's query do not return the same rows")
    turns = [(_cpu(owner, by_owner), _cpu(web, through_the_walls)) for _ in range(ROUNDS)]
    theirs, ours = (statistics.median(column) for column in zip(*turns, strict=True))
    ratio = ours / theirs
    return {
        "what": f"{ROWS:,} 行のうち一つの委託先の {ROWS // CONTRACTORS:,} 行を読む",
        "ours": round(ours, 1),
        "unit": "ms (サーバーの CPU)",
        "peers": {"持ち主の同じ問い合わせ(壁なし)": round(theirs, 1)},
        "ratio": round(ratio, 3),
        "goal": f"≤ {GOAL}",
        "met": ratio <= GOAL,
    }


def _cpu(connection: psycopg.Connection, work: Callable[[], int]) -> float:
    """Milliseconds the connection's server process was on a CPU meanwhile (Linux, and the embedded server is local)."""
    clock = Path(f"/proc/{connection.info.backend_pid}/schedstat")
    began = int(clock.read_text().split()[0])
    work()
    return (int(clock.read_text().split()[0]) - began) / 1e6
