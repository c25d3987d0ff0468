"""The encrypted store: what is written comes back, by polars and by SQL; without the key nothing does."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import duckdb
import numpy as np
import polars as pl
import pyarrow.parquet as pq
import pytest
from pyarrow.parquet import encryption

from azukari.business.health.columns import ACTS, IDENTITIES, TABLES
from azukari.business.health.store import Store
from azukari.kernel.errors import BadInput, Broken, Busy

KEY = bytes(range(32))
NAME = "世田谷　梅子"


def identities(count: int, first: int = 0) -> pl.DataFrame:
    keys = np.arange(first, first + count)
    return pl.DataFrame(
        {
            "identity": keys * 7_919_000_111 % (1 << 62),
            "insurer": ["138123"] * count,
            "symbol": ["０１・２"] * count,
            "number": [f"{key:07d}" for key in keys],
            "branch": ["01"] * count,
            "name": [f"{NAME}{key}" for key in keys],
            "kana": [None] * count,
            "birth": [date(1950, 1, 1 + int(key % 28)) for key in keys],
            "sex": keys % 2 + 1,
        },
        schema=IDENTITIES,
        strict=False,
    )


def acts(count: int) -> pl.DataFrame:
    """Numbers that never repeat beside texts that do, in more rows than one row group holds."""
    places = np.arange(count)
    fixed = {"receipt": places * 1_000_003, "line": places, "amount": places / 3, "points": places % 9_001}
    columns = [
        pl.Series(name, fixed[name]).cast(kind) if name in fixed else pl.Series(name, [None] * count, dtype=kind)
        for name, kind in ACTS.items()
    ]
    return pl.DataFrame(columns).with_columns(code=pl.Series([f"{place % 50_000:09d}" for place in places]))


def rows(connection: duckdb.DuckDBPyConnection, query: str) -> pl.DataFrame:
    return connection.sql(query).pl()


def plain() -> duckdb.DuckDBPyConnection:
    return duckdb.connect(config={"autoinstall_known_extensions": False, "autoload_known_extensions": False})


def test_pieces_of_any_size_fill_whole_row_groups(tmp_path: Path) -> None:
    """What a writer remembers of a row group stays until the end, so small pieces must not be one each."""
    store, whole = Store(tmp_path / "health", KEY), acts(250_001)
    with store.staged() as part:
        for at in range(0, whole.height, 7_001):
            part.add("acts", whole[at : at + 7_001])
        part.add("identities", identities(3))
        part.publish("2019-06")
    assert part.rows["acts"] == whole.height
    assert store.read("acts").equals(whole)
    assert store.read("identities").equals(identities(3))
    [file] = store.files("acts")
    opened = encryption.create_decryption_properties(store._table_key("acts"))
    held = pq.ParquetFile(file, decryption_properties=opened).metadata
    assert [held.row_group(number).num_rows for number in range(held.num_row_groups)] == [120_000, 120_000, 10_001]


def test_what_is_written_comes_back_in_polars_and_in_sql(tmp_path: Path) -> None:
    store = Store(tmp_path / "health", KEY)
    first, second, many = identities(10), identities(5, first=10), acts(300_001)
    store.write("identities", "2019-06", first)
    store.write("identities", "2019-07", second)
    store.write("acts", "2019-06", many)
    assert store.read("identities").equals(pl.concat([first, second]))
    assert store.read("acts").equals(many)
    connection = store.connect()
    assert rows(connection, "SELECT * FROM identities ORDER BY identity").equals(
        pl.concat([first, second]).sort("identity")
    )
    found = connection.execute("SELECT count(*), sum(receipt), sum(amount), count(DISTINCT code) FROM acts").fetchone()
    assert found is not None
    assert found[:2] == (300_001, int(many["receipt"].sum()))
    assert found[2] == pytest.approx(many["amount"].sum())
    assert found[3] == 50_000
    assert {path.stat().st_mode & 0o077 for path in tmp_path.rglob("*")} == {0}


def test_a_part_written_again_is_replaced(tmp_path: Path) -> None:
    store = Store(tmp_path, KEY)
    store.write("identities", "2019-06", identities(10))
    store.write("identities", "2019-06", identities(3))
    assert store.read("identities", ["number"])["number"].to_list() == ["0000000", "0000001", "0000002"]
    assert store.parts() == ["2019-06"]


def test_every_table_is_there_typed_and_empty_before_anything_is_written(tmp_path: Path) -> None:
    store = Store(tmp_path, KEY)
    connection = store.connect()
    for table, columns in TABLES.items():
        found = rows(connection, f"SELECT * FROM {table}")
        assert found.is_empty()
        assert dict(found.schema) == columns == dict(store.read(table).schema)


def test_no_bytes_of_a_name_and_nothing_readable_without_the_key(tmp_path: Path) -> None:
    store = Store(tmp_path, KEY)
    path = store.write("identities", "2019-06", identities(2_000))
    for file in tmp_path.rglob("*"):
        content = file.read_bytes() if file.is_file() else b""
        for codec in ("utf-8", "cp932", "utf-16-le"):
            assert NAME.encode(codec) not in content, file
        assert b"138123" not in content
        assert b"symbol" not in content  # the footer with the names of the columns is encrypted too
        assert KEY not in content
    with pytest.raises(duckdb.Error):
        plain().execute(f"SELECT * FROM read_parquet('{path}')")
    with pytest.raises(duckdb.Error):
        plain().execute(f"SELECT * FROM parquet_schema('{path}')")
    with pytest.raises(OSError, match="encrypted"):
        pq.read_table(path)
    with pytest.raises(pl.exceptions.ComputeError):
        pl.read_parquet(path)


def test_another_key_is_refused_before_anything_is_read_or_written(tmp_path: Path) -> None:
    Store(tmp_path, KEY).write("identities", "2019-06", identities(3))
    other = bytes(32)
    with pytest.raises(BadInput, match="鍵が違います") as error:
        Store(tmp_path, other)
    assert other.hex() not in str(error.value)
    assert KEY.hex() not in str(error.value)


def test_a_file_changed_or_put_in_anothers_place_is_found(tmp_path: Path) -> None:
    store = Store(tmp_path, KEY)
    path = store.write("identities", "2019-06", identities(3))
    content = bytearray(path.read_bytes())
    content[40] ^= 1
    path.write_bytes(content)
    with pytest.raises(Broken, match="2019-06/identities"):
        store.read("identities")
    shutil.copyfile(store.write("acts", "2019-06", acts(3)), path)
    with pytest.raises(Broken, match="identities"):
        store.read("identities")


def test_other_columns_are_refused(tmp_path: Path) -> None:
    store = Store(tmp_path, KEY)
    with pytest.raises(BadInput, match="identities") as error:
        store.write("identities", "2019-06", identities(1).with_columns(sex=pl.lit(1)).drop("kana"))
    assert "kana" in error.value.why
    assert "sex" in error.value.why
    with pytest.raises(ValueError, match="no such table"):
        store.write("names", "2019-06", identities(1))
    with pytest.raises(ValueError, match="part"):
        store.write("identities", "../out", identities(1))
    assert store.parts() == []


def test_a_part_of_several_tables_appears_at_once_or_never(tmp_path: Path) -> None:
    store = Store(tmp_path, KEY)
    with store.staged() as part:
        part.add("identities", identities(3))
        part.add("identities", identities(2, first=3))
        part.add("acts", acts(4))
        assert store.parts() == []
    assert store.parts() == []
    with store.staged() as part:
        part.add("identities", identities(3))
        part.add("identities", identities(2, first=3))
        part.publish("2019-06-abc")
    assert store.read("identities").equals(identities(5))
    assert part.rows["identities"] == 5
    store.drop("2019-06-abc")
    assert store.read("identities").is_empty()
    assert not list(tmp_path.glob(".aside*"))


def test_only_one_receives_at_a_time_and_what_a_killed_one_left_goes(tmp_path: Path) -> None:
    store = Store(tmp_path, KEY)
    (tmp_path / ".aside-left").mkdir()
    with store.alone():
        assert not (tmp_path / ".aside-left").exists()
        with pytest.raises(Busy), Store(tmp_path, KEY).alone():
            pass
