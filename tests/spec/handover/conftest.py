from __future__ import annotations

import pytest

from support.handover import Ward, make_ward


@pytest.fixture
def ward(scratch: str) -> Ward:
    return make_ward()


@pytest.fixture
def stick(tmp_path):  # type: ignore[no-untyped-def]
    folder = tmp_path / "stick"
    folder.mkdir()
    return folder
