"""What the donations tests share: files as portals write them, rows by the owner, and the contractor's own eyes."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from django.db import connections

from azukari.business.donations import api
from azukari.business.donations.api import Received
from azukari.business.donations.types import BatchKind
from azukari.core.policy import api as policy
from azukari.demo.names import WORKSHOP

OWNER, BY = "owner", "test"
ON = date(2020, 4, 1)
ROW = {
    "受付番号": "T-1",
    "氏名": "見本\u3000花子",
    "フリガナ": "ミホン\u3000ハナコ",
    "郵便番号": "060-0001",
    "住所": "北海道札幌市中央区北一条西2-1-1",
    "電話番号": "011-000-0000",
    "メールアドレス": "hanako@example.jp",
    "希望する寄附金の使途": "子ども基金",
    "寄附金額": "10000",
    "納付方法": "クレジットカード",
    "申込日": "2020-03-01",
    "納付日": "2020-03-01 10:00:00",
    "受領日": "",
    "入金確認日": "2020-03-10",
    "ワンストップ特例の希望": "有",
    "贈呈品の希望": "無",
    "贈呈品の種類": "",
    "贈呈品の送付先氏名": "",
    "贈呈品の送付先住所": "",
}
SLIP = {"納付方法": "納付書", "納付日": "", "入金確認日": "", "受付番号": "T-2"}


def table(*changes: Mapping[str, str], more: Mapping[str, str] | None = None) -> str:
    """A CSV in the ward's own layout, one row for each set of changes."""
    titles = [*ROW, *(more or {})]
    text = io.StringIO()
    writer = csv.DictWriter(text, titles)
    writer.writeheader()
    for change in changes:
        writer.writerow({**ROW, **(more or {}), **change})
    return text.getvalue()


def given(folder: Path, *changes: Mapping[str, str], name: str = "t.csv", on: date = ON) -> Received:
    """Take such a file as the command does."""
    path = folder / name
    path.write_text(table(*changes), encoding="utf-8", newline="")
    return api.receive(path, by=BY, on=on)


def made(kind: BatchKind, on: date = ON) -> int:
    """A batch of everything that is due."""
    return api.make(kind, contractor=WORKSHOP, on=on, by=BY, using=OWNER)


def rows(query: str, *values: object) -> list[tuple[object, ...]]:
    """The owner's answer."""
    with connections[OWNER].cursor() as cursor:
        cursor.execute(query, values)
        return list(cursor.fetchall())


def one(query: str, *values: object) -> object:
    """The single value of the owner's answer."""
    [(value,)] = rows(query, *values)
    return value


@contextmanager
def inside(
    flow: str, *, actor: str = "workshop", contractor: str = WORKSHOP, place: str = "shiinoki"
) -> Iterator[None]:
    """The flow's database role, as that contractor's worker with the medium in hand; over the owner's connection, which
    sees what the test has written and not committed."""
    who = policy.Actor(actor, "operator", frozenset({flow}), contractor)
    there = policy.places(using=OWNER)[place]
    with policy.enter(flow, actor=who, place=there, medium="電磁的記録媒体", on=date(2026, 11, 1), using=OWNER):
        yield
