"""二人で確かめてから渡す

提案した人は承認できません。承認した内容と一字でも違えば渡しません。
"""

from __future__ import annotations

from pathlib import Path

import pytest

from azukari.core.handover import api
from azukari.core.handover.api import Kind, Stage
from azukari.kernel.errors import Refused
from support.handover import OWNER, Ward, refused, row


def test_the_proposer_does_not_approve(ward: Ward) -> None:
    """提案した人は、自分の提案を承認できません。"""
    card = ward.propose(by="officer")
    with refused("提案した人は承認できません", Refused):
        api.approve(card.id, by="officer", now=ward.now(), using=OWNER)
    assert ward.stage(card) is Stage.PROPOSED
    assert api.approve(card.id, by="responsible", now=ward.now(), using=OWNER).stage is Stage.APPROVED


def test_a_command_without_an_account_does_not_approve(ward: Ward) -> None:
    """利用者番号のない、機械の利用者 (cli:…) は承認できません。"""
    card = ward.propose(by="officer")
    with refused("利用者番号を持つ別の人", Refused):
        api.approve(card.id, by="cli:root", now=ward.now(), using=OWNER)


def test_nobody_approves_twice(ward: Ward) -> None:
    """承認は一度だけです。"""
    card = ward.approved()
    with refused("いま「承認」の段階です", Refused):
        api.approve(card.id, by="privacy", now=ward.now(), using=OWNER)


def test_nothing_is_written_without_approval(ward: Ward, stick: Path) -> None:
    """承認の前には、媒体に一バイトも書きません。"""
    with refused("渡せるのは、承認された授受だけです", Refused):
        ward.write(ward.propose(), stick)
    assert list(stick.iterdir()) == []


@pytest.mark.parametrize("changed", [[row(1), row(2)], [row(1), row(2), row(3, 住所="別の市1番地")]])
def test_what_changed_after_the_approval_is_not_written(ward: Ward, stick: Path, changed: list[api.SourceRow]) -> None:
    """承認した後に行が減ったり一字でも変わったりすると、渡さずに断ります。"""
    card = ward.approved()
    ward.batches.rows = changed
    with refused("承認した後に", Refused):
        ward.write(card, stick)
    assert not list(stick.glob("*.age*"))
    assert ward.stage(card) is Stage.APPROVED


def test_a_proposal_is_withdrawn(ward: Ward, stick: Path) -> None:
    """渡す前なら取り消せます。取り消した授受は渡せず、媒体はまた使えます。"""
    card = ward.approved()
    api.cancel(card.id, by="officer", now=ward.now(), using=OWNER)
    with refused("いま「取消し」の段階です", Refused):
        ward.write(card, stick)
    assert ward.propose().serial == ward.serial


def test_a_medium_has_one_hand_over(ward: Ward) -> None:
    """一つの媒体に、二つの授受を同時に入れられません。消去が済めばまた使えます。"""
    ward.propose()
    with refused("その媒体は、別の授受に使われています", Refused):
        ward.propose()
    assert ward.propose(serial=None, kind=Kind.PAPER)
