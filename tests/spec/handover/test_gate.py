"""渡せるのは、諮問に書かれたものだけ

提案するとき、行は委託先の受取人の目で読みます。項目・期間・媒体・場所・委託先・向きのどれかが諮問の外なら、そこで断ります。
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection

from azukari.core.audit.api import search
from azukari.core.handover import api
from azukari.core.handover.api import Kind, Stage
from azukari.core.policy import api as policy
from azukari.demo.names import CONTRACTOR
from azukari.kernel.errors import BadInput, NotFound, Refused
from azukari.kernel.fiscal import FiscalYear
from support.handover import FLOW, ITEMS, LEAD, OWNER, WORKSHOP, Ward, refused, row


def test_the_proposal_has_the_papers_items_word_for_word(ward: Ward) -> None:
    """提案の項目は、諮問書の項目と一字も違いません。誰も値を見ず、台帳に提案が残ります。"""
    card = ward.propose()
    assert card.items == ITEMS == policy.library().items_of(FLOW)
    assert (card.rows, card.stage) == (3, Stage.PROPOSED)
    assert search(action="handover.proposed", using=OWNER).lines[0].items == ITEMS


def test_another_item_is_refused(ward: Ward) -> None:
    """諮問にない項目 (電話番号など) が一つでもあれば、提案できません。"""
    ward.batches.rows = [row(1), row(2, 電話番号="03-0000-0000")]
    with refused("「電話番号」は、この取扱いの項目にありません", Refused):
        ward.propose()


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ({"contractor": CONTRACTOR, "serial": None, "kind": Kind.PAPER}, "委託先ではありません"),
        ({"serial": None, "kind": Kind.FAX}, "「ファクシミリ」は諮問第813号の授受の方法にありません"),
        ({"until": date(2019, 4, 30), "on": date(2019, 4, 20)}, "2019年5月1日からです"),
        ({"contractor": CONTRACTOR}, "渡すための媒体です"),
        ({"serial": "USB-9999"}, "登録されていません"),
        ({"serial": None}, "媒体が指定されていません"),
        ({"until": date(2019, 5, 1)}, "期間が終わっています"),
    ],
)
def test_outside_the_paper(ward: Ward, other: dict[str, Any], words: str) -> None:
    """諮問にない委託先、媒体、開始前の日、登録のない媒体、過ぎた期限は、理由と根拠を示して断ります。"""
    with refused(words):
        ward.propose(**other)


def test_another_direction_needs_another_consultation(ward: Ward) -> None:
    """諮問815号 (事業者から委託先へ) は、区から渡す許可ではありません。"""
    ward.batches.flow = "815-1"
    with refused("区から委託先へ渡す取扱いではありません", Refused):
        ward.propose(contractor=CONTRACTOR, serial=None, kind=Kind.PAPER)


def test_a_contractor_without_anybody_on_the_roll(fresh_ward: Ward) -> None:
    """名簿に載った受取人のいない委託先には渡せません。"""
    policy.withdraw(LEAD, FLOW, on=fresh_ward.today, using=OWNER)
    with refused("名簿に載った受取人がいません", Refused):
        fresh_ward.propose()


def test_the_source_reads_as_the_flow_and_nothing_else(ward: Ward) -> None:
    """渡すものの作りが諮問にない表を読もうとすると、データベースが断ります。"""

    def people() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT name FROM people_name LIMIT 1")

    ward.batches.read = people
    with refused("データベースが断りました", Refused):
        ward.propose()


def test_an_empty_batch(ward: Ward) -> None:
    """渡すものが一件もない束は提案できません。"""
    ward.batches.rows = []
    with refused("一件もありません", BadInput):
        ward.propose()


def test_invisible_control_characters_are_told_with_their_place(ward: Ward) -> None:
    """見えない制御文字のある値は、何行目のどの項目かを示して断ります。"""
    ward.batches.rows = [row(1), row(2, 住所="架空市\u202e1番地")]
    with refused("2 行目の「住所」", BadInput):
        ward.propose()


def test_over_the_number_told_a_reason_is_needed(fresh_ward: Ward) -> None:
    """諮問した件数 (年900件) を超えるときは、止めずに警告し、理由を書かなければ提案できません。"""
    fresh_ward.batches.rows = [row(number) for number in range(1, 899)]
    assert not fresh_ward.propose(serial=None, kind=Kind.PAPER).over_reason
    fresh_ward.batches.rows = [row(number) for number in range(1, 5)]
    with refused("約900件", BadInput):
        fresh_ward.propose()
    card = fresh_ward.propose(over_reason="年末に申込みが増えたため")
    assert card.over_reason == "年末に申込みが増えたため"
    assert (card.count_before, card.rows) == (898, 4)
    year = FiscalYear.of(fresh_ward.today)
    assert api.actual_of(FLOW)(year.start, year.end) == (902, frozenset(ITEMS))
    assert api.actual_of(FLOW)(year.end, year.next.end) == (0, frozenset())


def test_an_unknown_source(ward: Ward) -> None:
    """登録のない「渡すもの」は断ります。"""
    with refused("渡すもの 'nothing' はありません", NotFound):
        api.prepare(
            "nothing", "1", contractor=WORKSHOP, until=ward.today + timedelta(days=1), on=ward.today, kind=Kind.PAPER
        )
