"""開示請求: 自分の情報が、だれに、どの諮問によって渡ったか

ひとりについて台帳にあるものを、区の外へ渡ったものと、区の中での取扱いに分けて示します。
"""

from __future__ import annotations

import pytest

from azukari.core.audit.api import of_person, record, sentence
from support.ledger import OFFICER, OPERATOR

pytestmark = pytest.mark.django_db
PERSON, OTHER = 10**12, 10**12 + 1


def test_contractors_view_is_something_that_left() -> None:
    """委託先の担当者が見たものは、委託先の名前と諮問の番号とともに、渡ったものとして残る。"""
    record("view", actor=OPERATOR, place="hidamari", flow="815-1", items=["氏名"], subjects=[PERSON], medium="画面")
    (line,) = of_person(PERSON)
    assert line.left
    assert (line.contractor, line.consultation, line.items) == ("福祉事務センター", "815", ("氏名",))
    assert "諮問第815号" in sentence(line)


def test_wards_own_view_is_shown_apart() -> None:
    """職員が見たものは、区の中での取扱いとして分けて示す。"""
    record("view", actor=OFFICER, flow="r-taxi", items=["氏名"], subjects=[PERSON])
    assert [line.left for line in of_person(PERSON)] == [False]


def test_refusal_is_not_something_that_left() -> None:
    """拒否されたものは、渡っていない。"""
    record("refusal", actor=OPERATOR, flow="815-1", items=["住所"], subjects=[PERSON])
    assert [line.left for line in of_person(PERSON)] == [False]


def test_handover_and_export_left_whoever_did_it() -> None:
    """職員がした引渡しや書き出しも、渡ったものである。"""
    for action in ("handover.sent", "export"):
        record(action, actor=OFFICER, flow="815-1", items=["氏名"], subjects=[PERSON])
    assert all(line.left for line in of_person(PERSON))


def test_other_persons_entries_are_not_in_the_sheet() -> None:
    """ほかの人だけについての記録は、出てこない。"""
    record("view", actor=OPERATOR, flow="815-1", items=["氏名"], subjects=[OTHER])
    assert of_person(PERSON) == []
