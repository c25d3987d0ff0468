"""資格の一覧

区の資格の一覧（だれが、いつからいつまで、どの記号番号で加入しているか）を受け取ります。新しい一覧が、前の一覧に代わります。
"""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from django.conf import settings

from azukari.business.health.insured import reading
from azukari.business.health.insured.service import receive
from azukari.business.health.store import open_store
from support.residents import owner

HEAD = "宛名番号,世帯番号,氏名,氏名カナ,生年月日,性別,保険者番号,記号,番号,枝番,資格取得日,資格喪失日\n"
HANA = "{atena},H1,世田谷　花,セタガヤ　ハナ,S35.4.1,女,138123,１３－０,0001234,01,2019-04-01,"
ONE = "1,H1,名,メイ,S35.4.1,女,1,2,3,01,2019-04-01,"


def listed(*rows: str) -> bytes:
    return (HEAD + "".join(f"{row}\n" for row in rows)).encode("utf-8-sig")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(settings, "HEALTH_STORE", tmp_path / "store")
    monkeypatch.setattr(settings, "ORIGINALS", tmp_path / "originals")
    return tmp_path


@pytest.mark.usefixtures("scratch")
def test_persons_are_the_registers_own(folder: Path) -> None:
    """宛名番号が住民の台帳にあれば、その人として入ります。ない番号は、ほかの人と取り違えないように分けて入り、数を示します。"""
    row = owner().execute("SELECT id, atena FROM people_person ORDER BY id LIMIT 1").fetchone()
    assert row
    file = folder / "shikaku.csv"
    file.write_bytes(listed(HANA.format(atena=row[1]), HANA.format(atena="9").replace("S35", "S36")))
    found = receive(file, by="test")
    assert (found.problems, found.spans, found.persons, found.strangers) == ((), 2, 2, 1)
    store = open_store()
    assert set(store.read("members")["person"]) == {row[0], -9}
    assert store.read("identities")["number"].to_list() == ["0001234"] * 2
    assert receive(file, by="test").known


@pytest.mark.usefixtures("scratch")
def test_the_newest_list_takes_the_place_of_the_last(folder: Path) -> None:
    """新しい一覧を受け取ると、前の一覧は残りません。誤りのある一覧は一行も入らず、前の一覧がそのまま残ります。"""
    for name, atena in (("first.csv", "1"), ("second.csv", "2")):
        (folder / name).write_bytes(listed(HANA.format(atena=atena)))
        assert not receive(folder / name, by="test").problems
    (folder / "bad.csv").write_bytes(listed(HANA.format(atena="3").replace("女", "？")))
    assert [(one.line, one.column) for one in receive(folder / "bad.csv", by="test").problems] == [(2, "性別")]
    assert open_store().read("members")["person"].to_list() == [-2]


@pytest.mark.parametrize(
    ("rows", "line", "column"),
    [
        ((ONE.replace("1,H1", "x,H1"),), 2, "宛名番号"),
        ((ONE.replace("名,", ",", 1),), 2, "氏名"),
        ((ONE.replace("S35.4.1", "2019-13-01"),), 2, "生年月日"),
        ((f"{ONE}2019-04-01",), 2, "資格喪失日"),
        ((ONE, ONE.replace(",3,01,2019", ",4,01,2020")), 3, "資格取得日"),
    ],
)
def test_what_is_wrong_is_told_by_line(rows: tuple[str, ...], line: int, column: str) -> None:
    """誤りは、行と列と、なぜ誤りかを示します。一人の資格が同じ時に二つあることもありません。"""
    problems = reading.read(listed(*rows), "shikaku.csv").problems
    assert [(one.line, one.column) for one in problems] == [(line, column)]


def test_records_of_a_person_lead_to_the_register() -> None:
    """名寄せでまとまった記録に、一覧の人が一人だけいれば、その人の記録です。二人いれば、混ぜません。"""
    links = pl.DataFrame(
        {"identity": [1, 2, 3, 4, 5, 6], "person": [1, 1, 3, 3, 3, 6], "how": ["exact"] * 6, "probability": [1.0] * 6}
    )
    register = pl.DataFrame({"identity": [1, 3, 4], "person": [100, 300, 400]})
    assert reading.register_persons(links, register)["person"].to_list() == [100, 100, 300, 400, 3, 6]
