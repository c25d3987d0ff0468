"""The health store: encrypted Parquet at rest, plain SQL only for whoever holds the ward's key.

`<folder>/<part>/<table>.parquet`, one part a received file or a delivery, each table as `columns.TABLES` says. A part is
written aside and renamed: it is there whole, or not at all. Encryption is Parquet's own (modular encryption, AES-256-GCM,
footer and columns): one key a table, made from the ward's key, so the files of two tables cannot change places. The keys
are in no file, no file name and no message. (諮問809 別紙補足資料: 暗号化の鍵は区責任者のみが把握)
"""

from __future__ import annotations

import base64
import contextlib
import fcntl
import hashlib
import hmac
import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import duckdb
import polars as pl
import pyarrow.parquet as pq
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from pyarrow.parquet import encryption

from azukari.business.health.columns import TABLES
from azukari.kernel.errors import BadInput, Broken, Busy

_PRIVATE, _PRIVATE_FILE = 0o700, 0o600
_ASIDE = ".aside-"
_CHECK = "key.check"
# DuckDB 2.0 loses count of an encrypted column's pages after the first, so a row group has one page a column: no more rows
# than that, a page and a dictionary that are never full.
_ROWS, _NEVER_FULL = 120_000, 1 << 30
_PAGES = {"row_group_size": _ROWS}
_WRITING: dict[str, Any] = {
    "compression": "zstd",
    "compression_level": 1,
    "data_page_size": _NEVER_FULL,
    "max_rows_per_page": _NEVER_FULL,
    "dictionary_pagesize_limit": _NEVER_FULL,
    "write_statistics": True,
}
# DuckDB 2.0 cannot read the encrypted pages of another writer once a filter is pushed into the scan ("Computed AES tag
# differs"). No filter is pushed below a LIMIT; one that leaves everything costs nothing.
_BARRIER = f"LIMIT {(1 << 63) - 1}"
_CONNECTION: dict[str, str | int | float | list[str]] = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    # What does not fit in memory would be spilt to disk in clear.
    "temp_directory": "",
}
_DUCK = {
    "Int8": "TINYINT", "Int16": "SMALLINT", "Int32": "INTEGER", "Int64": "BIGINT", "UInt32": "UINTEGER",
    "Float64": "DOUBLE", "String": "VARCHAR", "Date": "DATE", "Boolean": "BOOLEAN",
}  # fmt: skip


class Store:
    """Tables by part under one folder. Raises BadInput when the key is not the one the store was begun with."""

    def __init__(self, folder: Path, key: bytes) -> None:
        self.folder = folder
        self._key = key
        folder.mkdir(mode=_PRIVATE, parents=True, exist_ok=True)
        self._check()

    def __repr__(self) -> str:
        return f"Store({self.folder})"

    def write(self, table: str, part: str, frame: pl.DataFrame) -> Path:
        """Write one table of a part; what the part held of this table is replaced. Raises BadInput for other columns."""
        final, whole = self.folder_of(part) / f"{_known(table)}.parquet", checked(table, frame)
        final.parent.mkdir(mode=_PRIVATE, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self.folder, prefix=_ASIDE) as aside:
            fresh = Path(aside) / final.name
            with self.writer(table, fresh) as writer:
                writer.write_table(whole.to_arrow(), **_PAGES)
            _to_disk(fresh)
            fresh.replace(final)
        _to_disk(final.parent)
        return final

    def read(self, table: str, columns: Sequence[str] | None = None, *, part: str | None = None) -> pl.DataFrame:
        """All rows of a table (of one part, if given), in the order of the parts' names. Raises Broken."""
        wanted = list(columns) if columns is not None else list(TABLES[_known(table)])
        schema = {name: TABLES[table][name] for name in wanted}
        opened = encryption.create_decryption_properties(self._table_key(table))
        frames = [_frame(file, wanted, opened).cast(dict(schema)) for file in self.files(table, part)]  # type: ignore[arg-type]
        return pl.concat(frames) if frames else pl.DataFrame(schema=schema)

    def connect(self) -> duckdb.DuckDBPyConnection:
        """A connection in memory with one view a table (typed and empty where there is no part yet)."""
        connection = duckdb.connect(config=_CONNECTION)
        for table in TABLES:
            files = [str(file) for file in self.files(table)]
            if not files:
                connection.execute(f"CREATE VIEW {table} AS SELECT {_nothing(table)} WHERE false")
                continue
            key = base64.b64encode(self._table_key(table)).decode()
            connection.execute(f"PRAGMA add_parquet_key('{table}', '{key}')")
            listed = ", ".join("'" + file.replace("'", "''") + "'" for file in files)
            columns = ", ".join(f'"{name}"' for name in TABLES[table])
            connection.execute(
                f"CREATE VIEW {table} AS SELECT {columns} FROM "
                f"read_parquet([{listed}], encryption_config = {{footer_key: '{table}'}}) {_BARRIER}"
            )
        return connection

    def files(self, table: str, part: str | None = None) -> list[Path]:
        """The files of a table, by the names of their parts."""
        found = self.folder.glob(f"{part or '[!.]*'}/{_known(table)}.parquet")
        return sorted(found)

    def parts(self) -> list[str]:
        """The names of the parts that are there."""
        return sorted(one.name for one in self.folder.iterdir() if one.is_dir() and not one.name.startswith("."))

    def staged(self) -> Staged:
        """A part to be written piece by piece, all its tables appearing together when it is published under its name."""
        return Staged(self)

    def drop(self, part: str) -> None:
        """Take a part away, all its tables at once."""
        folder = self.folder_of(part)
        with contextlib.suppress(FileNotFoundError):
            aside = folder.rename(self.folder / f"{_ASIDE}{part}")
            shutil.rmtree(aside)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Only one receives at a time; what a killed one left aside goes first. Raises Busy."""
        with (self.folder / ".lock").open("a+") as gate:
            try:
                fcntl.flock(gate, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Busy(
                    "いま、別の処理が受け取っています。",
                    "二つの処理が同じ保存場所に書くことはできません。",
                    "終わるのを待って、もう一度実行してください。",
                ) from None
            for left in self.folder.glob(f"{_ASIDE}*"):
                shutil.rmtree(left, ignore_errors=True)
            yield

    def folder_of(self, part: str) -> Path:
        """Where a part lies, or would lie. Raises ValueError for what is no name."""
        if not re.fullmatch(r"[0-9A-Za-z_-][0-9A-Za-z._-]{0,99}", part):
            raise ValueError(f"not a name of a part: {part!r}")
        return self.folder / part

    def _table_key(self, table: str) -> bytes:
        """32 bytes. HKDF-SHA256 of the ward's key and the table's name."""
        return HKDF(SHA256(), 32, None, f"azukari health {table}".encode()).derive(self._key)

    def writer(self, table: str, file: Path) -> pq.ParquetWriter:
        """A writer of one encrypted file of a table, closed by the caller."""
        schema = pl.DataFrame(schema=TABLES[_known(table)]).to_arrow().schema
        texts = [name for name, kind in TABLES[table].items() if kind == pl.String()]
        file.touch(mode=_PRIVATE_FILE)
        return pq.ParquetWriter(
            file,
            schema,
            use_dictionary=texts,
            encryption_properties=encryption.create_encryption_properties(self._table_key(table)),
            **_WRITING,
        )

    def _check(self) -> None:
        """A store begun with one key is not continued with another: half of it could never be read again."""
        own = hmac.digest(self._key, b"azukari health store", "sha256").hex()
        file = self.folder / _CHECK
        if not file.exists():
            fresh = self.folder / f"{_ASIDE}{os.getpid()}.check"
            fresh.touch(mode=_PRIVATE_FILE)
            fresh.write_text(own, encoding="ascii")
            with contextlib.suppress(FileExistsError):
                os.link(fresh, file)
            fresh.unlink()
        if not hmac.compare_digest(file.read_text(encoding="ascii"), own):
            raise BadInput(
                "保存場所の鍵が違います。",
                f"{self.folder} は、いまの鍵とは別の鍵で書かれています。何も読まず、何も書いていません。",
                "この保存場所を作ったときの鍵 (secrets/health) を、控えから戻してください。",
            )


class Staged:
    """A part being written aside. Leaving the `with` without `publish` leaves nothing behind."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._aside = Path(tempfile.mkdtemp(dir=store.folder, prefix=_ASIDE))
        self._writers: dict[str, pq.ParquetWriter] = {}
        self._held: dict[str, list[pl.DataFrame]] = {}
        self.rows = dict.fromkeys(TABLES, 0)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()
        shutil.rmtree(self._aside, ignore_errors=True)

    def add(self, table: str, frame: pl.DataFrame) -> None:
        """More rows of a table. Raises BadInput for other columns than the table's.

        They are held until they fill a row group: what a writer remembers of each until the end would grow with the file.
        """
        if frame.is_empty():
            return
        held = self._held.setdefault(table, [])
        held.append(checked(table, frame))
        self.rows[table] += frame.height
        if sum(one.height for one in held) >= _ROWS:
            whole = pl.concat(held)
            full = whole.height // _ROWS * _ROWS
            self._write(table, whole[:full])
            self._held[table] = [whole[full:]]

    def _write(self, table: str, frame: pl.DataFrame) -> None:
        if table not in self._writers:
            self._writers[table] = self._store.writer(table, self._aside / f"{table}.parquet")
        self._writers[table].write_table(frame.to_arrow(), **_PAGES)

    def finish(self) -> None:
        """Bring every byte to the disk; `publish` then only renames."""
        for table, held in self._held.items():
            if not (rest := pl.concat(held)).is_empty():
                self._write(table, rest)
        self._held.clear()
        self._close()
        for file in self._aside.iterdir():
            _to_disk(file)
        _to_disk(self._aside)

    def publish(self, part: str) -> None:
        """Let the part appear. A part of the same name that is there already is replaced."""
        final = self._store.folder_of(part)
        self.finish()
        if final.exists():
            self._store.drop(part)
        self._aside.rename(final)
        _to_disk(self._store.folder)

    def _close(self) -> None:
        while self._writers:
            self._writers.popitem()[1].close()


def open_store() -> Store:
    """The installation's own store, with the ward's key from its secrets (made on first use)."""
    return Store(Path(settings.HEALTH_STORE), ward_key())


def ward_key() -> bytes:
    """The ward's key over all it keeps of health, 32 bytes; what it is used for has a key of its own made from it."""
    return hashlib.sha256(settings.HEALTH_KEY.encode()).digest()


def checked(table: str, frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with its columns in the table's order. Raises BadInput for a column missing, unknown or of another type."""
    wanted, found = TABLES[_known(table)], dict(frame.schema)
    wrong = sorted(name for name in {*wanted, *found} if wanted.get(name) != found.get(name))
    if wrong:
        told = "、".join(f"{name} ({found.get(name, 'なし')} / {wanted.get(name, 'なし')})" for name in wrong)
        raise BadInput(
            f"表 {table} の列が合いません。",
            f"違う列 (渡された型 / 決まりの型): {told}",
            "business/health/columns.py の列に合わせてください。",
        )
    return frame.select(list(wanted))


def _known(table: str) -> str:
    if table not in TABLES:
        raise ValueError(f"no such table: {table!r}")
    return table


def _frame(file: Path, columns: list[str], opened: Any) -> pl.DataFrame:
    try:
        found = pl.from_arrow(pq.ParquetFile(file, decryption_properties=opened).read(columns=columns))
    except OSError as error:
        raise Broken(
            f"保存したデータ {file.parent.name}/{file.name} を開けません。",
            "書いたときの鍵で検証できません。ファイルが変わったか、別のファイルと入れ替わっています。",
            "控えから戻すか、原本からもう一度受け取ってください。",
        ) from error
    if not isinstance(found, pl.DataFrame):
        raise TypeError(f"{file} holds no table")
    return found


def _nothing(table: str) -> str:
    return ", ".join(f'CAST(NULL AS {_DUCK[str(kind)]}) AS "{name}"' for name, kind in TABLES[table].items())


def _to_disk(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
