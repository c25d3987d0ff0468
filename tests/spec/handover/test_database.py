"""データベースに直接書いても、できないこと

画面や命令を通さず、表の持ち主がじかに書こうとしても、データベースが断ります。どの守りも、それを外すと同じ文が通ることを
確かめてあります。
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connections
from psycopg import sql

from azukari.config.cluster import Cluster
from azukari.config.server import OWNER as OWNER_ROLE
from azukari.config.server import WEB
from azukari.core.handover.models import Handover
from azukari.demo.names import CONTRACTOR
from support.handover import FLOW, LEAD, WORKSHOP, Ward
from support.taxi import as_flow

GATE = "ALTER TABLE handover_handover DISABLE TRIGGER handover_gate"
NUMBER = "0A1B-2C3D-4E5F-6071"
APPROVE = "UPDATE handover_handover SET approved_by = 'responsible', approved_at = now() WHERE id = %(id)s"
WRITE = (
    "UPDATE handover_handover SET written_by = 'x', written_at = now(), manifest_sha256 = 'm', container_sha256 = 'c',"
    f" receipt_sha256 = '{sha256(NUMBER.encode()).hexdigest()}', ledger = 1 WHERE id = %(id)s"
)
GIVE = "UPDATE handover_handover SET written_by = 'x', written_at = now(), pages_out = 5, ledger = 1 WHERE id = %(id)s"
BACK = "UPDATE handover_handover SET returned_by = 'x', returned_on = current_date + 1{} WHERE id = %(id)s"
ERASE = "UPDATE handover_handover SET erased_by = 'x', erased_on = current_date + 1, erased_how = 'x' WHERE id = %(id)s"


@dataclass(frozen=True)
class Wrong:
    """What is tried, which guard refuses it, and how that guard is taken away. `before` are right steps on the way."""

    guard: str
    off: str
    tried: str = ""
    other: Mapping[str, Any] = field(default_factory=dict)
    before: tuple[str, ...] = ()


def without(name: str) -> str:
    return f"ALTER TABLE handover_handover DROP CONSTRAINT {name}"


ON_PAPER = {"kind": "文書", "medium_id": None, "recipient_id": None}
WRONG = {
    "before the flow begins": Wrong("handover_flow_term", without("handover_flow_term"), other={"days": (-2800, -2790)}),
    "by a medium that the paper does not list": Wrong(
        "handover_flow_term", without("handover_flow_term"), other=ON_PAPER | {"kind": "ファクシミリ"}
    ),
    "under a flow nobody consulted": Wrong(
        "handover_gate", f"{GATE}; {without('handover_flow_term')}; {without('handover_flow_place')}",
        other={"flow": "899-1"},
    ),
    "at a place that the paper does not name": Wrong(
        "handover_flow_place", without("handover_flow_place"), other={"place_words": "自宅"}
    ),
    "in another direction": Wrong(
        "handover_gate", GATE,
        other=ON_PAPER | {"flow": "815-1", "contractor": CONTRACTOR, "receiver": "operator"},
    ),
    "to somebody not on the roll": Wrong("handover_gate", GATE, other={"receiver": "nobody"}),
    "on another contractor's medium": Wrong(
        "handover_medium_is", f"{without('handover_medium_is')}; {without('handover_recipient_is')}; {GATE}",
        other={"contractor": CONTRACTOR, "receiver": "operator", "flow": FLOW, "enrol": CONTRACTOR},
    ),
    "to a key of nobody": Wrong(
        "handover_recipient_is", without("handover_recipient_is"), other={"recipient_id": "foreign"}
    ),
    "on a medium that is out": Wrong(
        "handover_one_on_a_medium", "DROP INDEX handover_one_on_a_medium", other={"medium_id": "taken"}
    ),
    "more than the council was told": Wrong("handover_gate", GATE, other={"rows": 901}),
    "already approved": Wrong("handover_gate", GATE, other={"approved_by": "responsible", "approved_at": "now"}),
    "approval by the proposer": Wrong(
        "handover_second_person", without("handover_second_person"),
        "UPDATE handover_handover SET approved_by = proposed_by, approved_at = now() WHERE id = %(id)s",
    ),
    "written without approval": Wrong("handover_approved_first", without("handover_approved_first"), WRITE),
    "written without a container": Wrong(
        "handover_written_proof", without("handover_written_proof"),
        "UPDATE handover_handover SET written_by = 'x', written_at = now(), ledger = 1 WHERE id = %(id)s", before=(APPROVE,),
    ),
    "written after the term": Wrong(
        "handover_written_in_term", without("handover_written_in_term"),
        WRITE.replace("written_at = now()", "written_at = now() + interval '90 days'"), before=(APPROVE,),
    ),
    "paper without a number of pages": Wrong(
        "handover_written_proof", without("handover_written_proof"), GIVE.replace("pages_out = 5", "pages_out = NULL"),
        ON_PAPER, (APPROVE,),
    ),
    "opened without the number that stands inside": Wrong(
        "handover_receipt_is", without("handover_receipt_is"),
        "UPDATE handover_handover SET opened_by = 'x', opened_at = now(), receipt = '0000' WHERE id = %(id)s",
        before=(APPROVE, WRITE),
    ),
    "opened without any number": Wrong(
        "handover_receipt_told", f"{without('handover_receipt_told')}; {without('handover_written_first')}",
        "UPDATE handover_handover SET opened_by = 'x', opened_at = now() WHERE id = %(id)s", before=(APPROVE, WRITE),
    ),
    "returned before it left": Wrong("handover_out_first", without("handover_out_first"), BACK.format(""), before=(APPROVE,)),
    "fewer pages without a word": Wrong(
        "handover_pages_back", without("handover_pages_back"), BACK.format(", pages_back = 4"), ON_PAPER, (APPROVE, GIVE)
    ),
    "pages not counted back": Wrong(
        "handover_pages_back", without("handover_pages_back"), BACK.format(""), ON_PAPER, (APPROVE, GIVE)
    ),
    "erased before the return": Wrong(
        "handover_returned_first", without("handover_returned_first"), ERASE, before=(APPROVE, WRITE)
    ),
    "another item afterwards": Wrong(
        "handover_gate", GATE, "UPDATE handover_handover SET items = '{電話番号}' WHERE id = %(id)s", before=(APPROVE,)
    ),
    "another approver afterwards": Wrong(
        "handover_gate", GATE, APPROVE.replace("'responsible'", "'privacy'"), before=(APPROVE,)
    ),
    "forgotten": Wrong(
        "handover_gate", "ALTER TABLE handover_handover DISABLE TRIGGER handover_keep",
        "DELETE FROM handover_handover WHERE id = %(id)s",
    ),
}  # fmt: skip


@pytest.fixture
def owner(ward: Ward, cluster: Cluster) -> Iterator[psycopg.Connection]:
    name = connections["owner"].settings_dict["NAME"]
    with cluster.connect(OWNER_ROLE, name) as connection, connection.transaction(force_rollback=True):
        yield connection


def proposal(owner: psycopg.Connection, ward: Ward, **other: Any) -> int:
    """A right proposal by plain SQL but for `other`; its number."""
    first, last = other.pop("days", (0, 14))
    if contractor := other.pop("enrol", None):
        owner.execute(
            "UPDATE policy_enrolment SET contractor = %s, flow = %s WHERE actor = 'operator'", [contractor, FLOW]
        )
    fields: dict[str, Any] = {
        "source": "test", "batch": "1", "flow": FLOW, "consultation": "813", "kind": "USBメモリ", "medium_id": ward.serial,
        "recipient_id": str(ward.identity.to_public()), "contractor": WORKSHOP, "receiver": LEAD, "place": "workshop",
        "place_words": "委託先事業者の施設", "items": ["氏名"], "rows": 1, "rows_sha256": "r", "count_before": 0,
        "over_reason": "", "proposed_by": "officer",
    } | other  # fmt: skip
    columns = sql.SQL(", ").join(map(sql.Identifier, fields))
    query = sql.SQL(
        "INSERT INTO handover_handover ({}, term, proposed_at) VALUES ({}, daterange(current_date + %s, current_date + %s), now())"
        " RETURNING id"
    ).format(columns, sql.SQL(", ").join([sql.Placeholder()] * len(fields)))
    [(key,)] = owner.execute(query, [*fields.values(), first, last]).fetchall()
    return int(key)


def attempt(owner: psycopg.Connection, ward: Ward, wrong: Wrong) -> None:
    with owner.transaction(force_rollback=True):
        other = dict(wrong.other)
        if other.get("medium_id") == "taken":
            other["medium_id"] = ward.serial
            proposal(owner, ward)
        if other.get("recipient_id") == "foreign":
            other["recipient_id"] = "age1" + "q" * 58
            owner.execute(
                "INSERT INTO handover_recipient VALUES (%s, '別の委託先', daterange('2018-04-01', NULL))",
                [other["recipient_id"]],
            )
        key = proposal(owner, ward, **other)
        for step in (*wrong.before, wrong.tried):
            if step:
                owner.execute(step, {"id": key})


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_refused_by_the_database_and_only_by_that_guard(owner: psycopg.Connection, ward: Ward, wrong: Wrong) -> None:
    """取扱い・期間・媒体・場所・向き・名簿・件数の外の授受、承認のない引渡し、順序の違う記録、後からの書き換えは、表の持ち主にもできません。"""
    with pytest.raises(psycopg.errors.IntegrityError) as caught, owner.transaction():
        attempt(owner, ward, wrong)
    assert caught.value.diag.constraint_name == wrong.guard
    with owner.transaction(force_rollback=True):
        for statement in wrong.off.split("; "):
            owner.execute(statement)
        attempt(owner, ward, wrong)


def test_the_right_way_passes(owner: psycopg.Connection, ward: Ward) -> None:
    """正しい順序なら、同じ文で通ります。"""
    attempt(owner, ward, Wrong("", "", ERASE, before=(APPROVE, WRITE, BACK.format(""))))


def test_a_contractor_sees_and_signs_its_own_only(ward: Ward, stick: Path, cluster: Cluster) -> None:
    """委託先の役割で見えるのは自分の委託先の授受だけで、書けるのは受領と使用終了だけです。"""
    card = ward.write(ward.approved(), stick).card
    name = connections["owner"].settings_dict["NAME"]
    day = ward.today
    with cluster.connect(WEB, name) as web:
        with as_flow(web, flow=FLOW, actor=LEAD, place="workshop", on=day) as flow:
            assert flow.execute("SELECT DISTINCT contractor FROM v_handover_handover").fetchall() == [(WORKSHOP,)]
            with pytest.raises(psycopg.errors.InsufficientPrivilege), flow.transaction():
                flow.execute("UPDATE v_handover_handover SET returned_by = 'x' WHERE id = %s", [card.id])
        with as_flow(web, flow="815-1", on=day) as other, pytest.raises(psycopg.errors.UndefinedTable):
            other.execute("SELECT id FROM v_handover_handover")
        with pytest.raises(psycopg.errors.InsufficientPrivilege), web.transaction():
            web.execute("SELECT id FROM handover_handover")


def test_two_at_once_do_not_pass_the_number_together(fresh_ward: Ward, cluster: Cluster) -> None:
    """同時に二人が提案しても、合わせた件数が諮問を超えれば、後の人には理由が要ります。"""
    name = connections["owner"].settings_dict["NAME"]
    with cluster.connect(OWNER_ROLE, name) as one, cluster.connect(OWNER_ROLE, name) as other:
        with one.transaction():
            proposal(one, fresh_ward, rows=500, **ON_PAPER)
            other.execute("SET lock_timeout = '200ms'")
            with pytest.raises(psycopg.errors.LockNotAvailable), other.transaction():
                proposal(other, fresh_ward, rows=500, **ON_PAPER)
        with pytest.raises(psycopg.errors.CheckViolation, match="件数を超える"), other.transaction():
            proposal(other, fresh_ward, rows=500, **ON_PAPER)


def test_every_day_of_the_term_counts(ward: Ward, owner: psycopg.Connection) -> None:
    """期間は一日でも諮問の外にはみ出せません。"""
    begins = owner.execute(
        "SELECT lower(valid) - current_date FROM policy_flowmedium WHERE flow = %s", [FLOW]
    ).fetchone()
    assert begins
    for first, allowed in ((begins[0], True), (begins[0] - 1, False)):
        try:
            with owner.transaction(force_rollback=True):
                proposal(owner, ward, days=(first, first + 3))
        except psycopg.errors.ForeignKeyViolation:
            assert not allowed
        else:
            assert allowed


def test_a_facsimile_is_erased_where_it_arrived(owner: psycopg.Connection, ward: Ward) -> None:
    """諮問にファクシミリがあれば、届いた紙は返さず、受領の後に委託先での消去を記録します。受領の前には記録できません。"""
    owner.execute(
        "INSERT INTO policy_flowmedium (flow, medium, valid) VALUES (%s, 'ファクシミリ', daterange(current_date, NULL))",
        [FLOW],
    )
    by_fax = ON_PAPER | {"kind": "ファクシミリ"}
    opened = "UPDATE handover_handover SET opened_by = 'x', opened_at = now(), pages_received = 5 WHERE id = %(id)s"
    attempt(owner, ward, Wrong("", "", ERASE, by_fax, (APPROVE, GIVE, opened)))
    with pytest.raises(psycopg.errors.CheckViolation, match="handover_returned_first"), owner.transaction():
        attempt(owner, ward, Wrong("", "", ERASE, by_fax, (APPROVE, GIVE)))


def test_what_is_written_names_every_field() -> None:
    """授受の表のどの列も、個人についての値ではないと宣言されています。"""
    assert not Handover.holds.items
    assert Handover.holds.subject is None
