"""A folder of consultations with something wrong in it: everything is told at once, with where and what to do."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from azukari.config.home import ROOT
from azukari.core.policy import tomlfile
from azukari.core.policy.library import BrokenLibrary, load
from azukari.core.policy.reading import read_file
from azukari.core.policy.store import Mode, plan_files
from azukari.kernel.errors import BadInput, NotFound, Refused, Unavailable

PACKET = ROOT / "tests/data/packet/council-2019-02-12.txt"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for path in (ROOT / "consultations").glob("*.toml"):
        shutil.copy(path, tmp_path)
    return tmp_path


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def told(folder: Path) -> list[str]:
    with pytest.raises(BrokenLibrary) as caught:
        load(folder, demonstration=True)
    assert caught.value.exit_code == 65
    return [str(fault) for fault in caught.value.faults]


def test_the_committed_folder_is_whole(folder: Path) -> None:
    assert len(load(folder, demonstration=True).flows) == 22


def test_a_half_written_file(folder: Path) -> None:
    """書きかけのファイルは、行を示して断る。"""
    path = folder / "815.toml"
    path.write_text(path.read_text(encoding="utf-8")[:900], encoding="utf-8")
    (fault,) = told(folder)
    assert fault.startswith("815.toml の ")
    assert "行目" in fault


def test_an_unknown_key_and_a_wrong_date_are_both_told(folder: Path) -> None:
    """誤りが二つのファイルにあれば、両方を一度に伝える。"""
    change(folder / "815.toml", "contractor_computer", "contracter_computer")
    change(folder / "813.toml", "start = 2019-05-01", 'start = "五月"')
    faults = told(folder)
    assert any("flows.815-1.contracter_computer: 知らない欄" in fault for fault in faults)
    assert any("flows.813-1.start: 日付ではありません" in fault for fault in faults)


def test_an_end_before_the_start(folder: Path) -> None:
    change(folder / "815.toml", "start = 2019-06-01", "start = 2019-06-01\nend = 2019-05-01")
    assert "終了 2019-05-01 が開始 2019-06-01 より後ではありません" in told(folder)[0]


def test_an_item_that_is_new_but_not_listed(folder: Path) -> None:
    change(folder / "814.toml", 'items_new = ["ID", "パスワード"]', 'items_new = ["ID", "顔写真"]')
    assert "新たな項目が項目に含まれていません: 顔写真" in told(folder)[0]


def test_two_flows_of_one_id(folder: Path) -> None:
    change(folder / "813.toml", 'id = "813-1"', 'id = "815-1"')
    assert any("取扱い 815-1 は 813.toml にもあります" in fault for fault in told(folder))


def test_a_reference_that_points_nowhere(folder: Path) -> None:
    change(folder / "816.toml", 'items_of = ["816-1-1"', 'items_of = ["816-9-9"')
    assert any("取扱い 816-9-9 はどのファイルにもありません" in fault for fault in told(folder))


def test_a_resolution_of_a_field_that_does_not_exist(folder: Path) -> None:
    change(folder / "814.toml", "flows.814-1.count", "flows.814-7.count")
    assert any("resolved.flows.814-7.count" in fault for fault in told(folder))


def test_another_encoding(folder: Path) -> None:
    path = folder / "815.toml"
    path.write_bytes(path.read_text(encoding="utf-8").encode("cp932", errors="replace"))
    assert "UTF-8" in told(folder)[0]


def test_a_missing_folder(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        load(tmp_path / "none", demonstration=True)


def test_settled_fields_are_not_overwritten(folder: Path) -> None:
    """人が決めた欄のあるファイルは、黙って上書きしない。"""
    read = read_file(PACKET)
    with pytest.raises(Refused, match=r"flows\.812-1\.start"):
        plan_files(read, folder, Mode.REFUSE)


def test_settled_fields_are_kept_on_request(folder: Path) -> None:
    """--keep で読み直しても、人が決めた欄は変わらない。"""
    files = plan_files(read_file(PACKET), folder, Mode.KEEP)
    for path, text in files.items():
        assert text == path.read_text(encoding="utf-8")


def test_a_broken_file_is_not_overwritten(folder: Path) -> None:
    (folder / "815.toml").write_text("number = ", encoding="utf-8")
    with pytest.raises(BadInput):
        plan_files(read_file(PACKET), folder, Mode.REFUSE)


def test_a_full_disk_leaves_every_file_as_it_was(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """途中でディスクが一杯になっても、もとのファイルはすべてそのまま残る。"""
    before = {path: path.read_bytes() for path in folder.iterdir()}
    calls = iter(range(100))

    def full(handle: int) -> None:
        if next(calls) == 3:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(tomlfile.os, "fsync", full)
    with pytest.raises(Unavailable):
        tomlfile.write_all(plan_files(read_file(PACKET), folder, Mode.REPLACE))
    assert {path: path.read_bytes() for path in folder.iterdir()} == before
