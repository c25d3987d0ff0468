"""作ってから差し出すまで

予定 → 印刷済 → 照合済 → 封かん済 → 差出済 の順に進みます。順を守るのはデータベースです。
"""

from __future__ import annotations

import pytest

from azukari.core.dispatch import api as dispatch
from azukari.core.dispatch.types import State
from support.dispatch import make_job

pytestmark = pytest.mark.usefixtures("workshop")


def test_from_plan_to_close() -> None:
    """すべての組を照合し、封をし、差し出すと、四つの式がそろって締められます。"""
    job = make_job(3)
    job.sealed(1, 2, 3)
    assert job.post() == 3
    found = dispatch.close(job.id, by="furusato")
    assert [(one.left, one.total) for one in found.identities] == [(3, 3), (9, 9), (3, 3)]
    assert dict(found.funnel)[State.HANDED] == 3
