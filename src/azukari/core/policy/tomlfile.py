"""Writes consultations as TOML that people read and compare line by line; `tomllib` of the standard library reads it.

One value a line, lists of more than one long entry over several lines, keys in the order of the types, empty values left
out. The same consultation gives the same bytes.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any

from azukari.core.policy.types import Consultation, Strict
from azukari.kernel.errors import Unavailable

_WIDTH = 110
_TABLES = ("source", "basis", "life", "flows", "trials", "controls", "review", "resolved", "cite")


def dumps(consultation: Consultation, note: str = "") -> str:
    """Return a consultation as TOML. `note` is a comment for the head of the file."""
    plain = _plain(consultation)
    head = [f"# {line}".rstrip() for line in note.splitlines()]
    scalars = [f"{name} = {_value(value)}" for name, value in plain.items() if name not in _TABLES]
    tables = [block for name in _TABLES if name in plain for block in _tables(name, plain[name])]
    return "\n".join([*head, *scalars, *tables]) + "\n"


def _plain(model: Strict) -> dict[str, Any]:
    """Return the fields that say something, in the order of the type."""
    out: dict[str, Any] = {}
    for name, info in type(model).model_fields.items():
        value = getattr(model, name)
        if value is None or (isinstance(value, (tuple, Mapping)) and not value):
            continue
        if not info.is_required() and value == info.default and name not in ("approximate", "mark"):
            continue
        out[name] = value
    return out


def _tables(name: str, value: Any) -> Iterable[str]:
    if isinstance(value, Strict):
        yield _table(f"[{name}]", _plain(value))
    elif isinstance(value, Mapping):
        yield _table(f"[{name}]", value)
    else:
        for each in value:
            yield _table(f"[[{name}]]", _plain(each))


def _table(head: str, fields: Mapping[str, Any]) -> str:
    return "\n".join(["", head, *(f"{name} = {_value(value)}" for name, value in fields.items())])


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return f"{value:_}" if value >= 10_000 else str(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (StrEnum, str)):
        return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{name} = {_value(each)}" for name, each in value.items()) + " }"
    return _list([_value(each) for each in value])


def _list(values: list[str]) -> str:
    line = "[" + ", ".join(values) + "]"
    if len(line) <= _WIDTH and not any(len(value) > 40 for value in values[1:]):
        return line
    return "[\n" + "".join(f"  {value},\n" for value in values) + "]"


def write_all(files: Mapping[Path, str]) -> None:
    """Write files, all or none as far as a file system allows.

    Every file is first written beside its place and flushed to the disk; only when all are there are they renamed.
    Raises `Unavailable` (disk full, no permission) and leaves what was there untouched.
    """
    made: list[tuple[str, Path]] = []
    try:
        for path, text in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            made.append((_beside(path, text), path))
        for temporary, path in made:
            Path(temporary).replace(path)
    except OSError as error:
        raise Unavailable(
            f"書き込めません: {error.filename or '保存先'}（{error.strerror}）",
            "読み取った結果を保存できませんでした。もとのファイルには手を付けていません",
            "空き容量と書き込みの権限を確かめてから、もう一度実行してください",
        ) from error
    finally:
        for temporary, _ in made:
            Path(temporary).unlink(missing_ok=True)
    _sync_folders({path.parent for path in files})


def _beside(path: Path, text: str) -> str:
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(path.stat().st_mode & 0o777 if path.exists() else 0o644)
    except OSError:
        Path(temporary).unlink(missing_ok=True)
        raise
    return temporary


def _sync_folders(folders: Iterable[Path]) -> None:
    for folder in folders:
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
