"""分析する委託先に見えるもの

分析の取扱い（809-2-1、809-2-3、809-5）では、氏名も記号番号も生年月日も渡りません。データベースを直接読んでも、媒体の表を開いても、
だれのことかは分かりません。
"""

from __future__ import annotations

import re
from datetime import date

import polars as pl
import pytest
from django.db import DatabaseError, connections, transaction
from django.utils import timezone

from azukari.business.health.models import AnalysisRow
from azukari.business.health.types import ANALYSIS, EFFECT
from azukari.config.home import ROOT
from azukari.core.handover.api import ceremony
from azukari.core.policy import api as policy
from azukari.kernel import keystore, pseudonyms
from support.ceremony import COMMON_CODE, OWNER, PASSPHRASE, RARE_CODE, Meeting

ITEMS = {"members": {"token", "sex", "age_band"}}
# What may stand on a medium of each flow, table by table.
RECEIPT_COLUMNS = {
    "receipts": {
        "token", "receipt_token", "kind", "facility", "billed", "month", "receipt_type", "inpatient", "days", "points",
        "prescriber",
    },
    "payers": {"receipt_token", "position", "law", "days", "points", "copay"},
    "diagnoses": {"receipt_token", "line", "code", "started", "outcome", "main", "suspected", "modifiers"},
    "acts": {
        "receipt_token", "line", "unit", "record", "category", "burden", "code", "amount", "points", "times", "days",
        "drug_days", "dispensed", "prescribed",
    },
}  # fmt: skip


def secrets_of(hall: Meeting) -> dict[str, str]:
    """Everything that says who somebody is, as it would be written."""
    found: dict[str, str] = {}
    for row in hall.frames["identities"].iter_rows(named=True):
        born: date = row["birth"]
        for name in ("name", "kana", "symbol", "number", "identity", "insurer"):
            found[f"{name} {row[name]}"] = str(row[name])
        found[f"birth {born}"] = born.isoformat()
        found[f"birth plain {born}"] = f"{born:%Y%m%d}"
    for row in hall.frames["members"].iter_rows(named=True):
        found[f"person {row['person']}"] = str(row["person"])
        found[f"household {row['household']}"] = str(row["household"])
    for row in hall.frames["receipts"].iter_rows(named=True):
        found[f"receipt {row['receipt']}"] = str(row["receipt"])
    key = keystore.read(hall.keystore, PASSPHRASE)
    found |= {"key": key.hex(), "key on paper": keystore.on_paper(key), "file": "himitsu", "text": "主治医から"}
    return found | {"ticket": "2511000000", "opinion": "先生の言葉"}


def told(content: str, hall: Meeting) -> set[str]:
    # Whether it is there at all is asked first: looking before every letter is slow.
    found = {name: secret for name, secret in secrets_of(hall).items() if secret in content}
    return {name for name, secret in found.items() if re.search(rf"(?<![0-9a-f]){re.escape(secret)}", content)}


@pytest.mark.parametrize(("login", "flow"), [("analyst", ANALYSIS), ("analyst-responsible", EFFECT)])
def test_plain_sql_tells_nobody(hall: Meeting, login: str, flow: str) -> None:
    """分析者の役割で、すべての表のすべての列を一つずつ読もうとしても、だれのことかは一つも出てきません。"""
    key = hall.accepted(flow=flow)
    place = policy.places()["analysts"]
    read: dict[str, list[str]] = {}
    everywhere = columns()
    assert len(everywhere) > 1000
    with policy.enter(flow, actor=hall.actor(login), place=place, medium="USBメモリ", on=timezone.localdate()):
        for table, column in everywhere:
            read[f"{table}.{column}"] = values_of(table, column)
    seen = {name: found for name, found in read.items() if found}
    assert seen[f"{rows_view(seen)}.token"], "the flow does show its own rows"
    assert told("\n".join(value for found in seen.values() for value in found), hall) == set()
    hidden = {"sex", "age_band", "checkups", "interviews", "level"} if flow == EFFECT else {"level"}
    assert not {f"{rows_view(seen)}.{name}" for name in hidden} & set(seen)
    assert ceremony.find(key, using=OWNER)


def rows_view(seen: dict[str, list[str]]) -> str:
    return next(name.rpartition(".")[0] for name in seen if name.endswith("v_health_analysisrow.token"))


def columns() -> list[tuple[str, str]]:
    """Every column of every relation of the database, as the owner knows them."""
    with connections[OWNER].cursor() as cursor:
        cursor.execute(
            "SELECT format('%I.%I', n.nspname, c.relname), format('%I', a.attname) FROM pg_attribute a"
            " JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'v', 'm', 'p')"
            " AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')"
        )
        found: list[tuple[str, str]] = [(table, column.strip('"')) for table, column in cursor.fetchall()]
    return found


def values_of(table: str, column: str) -> list[str]:
    try:
        with transaction.atomic(), connections["default"].cursor() as cursor:
            cursor.execute(f'SELECT "{column}"::text FROM {table}')
            return [str(row[0]) for row in cursor.fetchall()]
    except DatabaseError:
        return []


def test_functions_tell_nobody_either(hall: Meeting) -> None:
    """役割が呼べる関数から、仮名の行がだれのものかを引けません。行が媒体に移ると、データベースからも消えます。"""
    key = hall.accepted()
    ids = list(AnalysisRow.objects.using(OWNER).filter(ceremony=key).values_list("id", flat=True))
    place = policy.places()["analysts"]
    with policy.enter(ANALYSIS, actor=hall.actor("analyst"), place=place, medium="USBメモリ", on=timezone.localdate()):
        for table in ("health_analysisrow", "v_health_analysisrow"):
            with pytest.raises(DatabaseError), transaction.atomic():
                policy.subjects_of(table, ids)
    hall.write(key)
    assert not AnalysisRow.objects.using(OWNER).filter(ceremony=key).exists()


@pytest.fixture
def opened(hall: Meeting) -> tuple[Meeting, dict[str, pl.DataFrame], str]:
    """What the analysts have once they opened the medium: tables, and the rows of the consultation's items."""
    folder = hall.opened(hall.signed())
    return (
        hall,
        {path.stem: pl.read_parquet(path) for path in folder.glob("*.parquet")},
        (folder / "rows.csv").read_text(),
    )


def test_the_tables_of_the_medium_tell_nobody(opened: tuple[Meeting, dict[str, pl.DataFrame], str]) -> None:
    """開いた媒体の Parquet は、決めた列だけを持ち、氏名・記号番号・生年月日・私たちの番号・自由文・鍵は、値にもファイルにもありません。"""
    hall, tables, rows = opened
    assert set(tables["members"].columns) == ITEMS["members"]
    for name, columns_of in RECEIPT_COLUMNS.items():
        assert set(tables[f"{name}-202504"].columns) == columns_of
    everything = "\n".join([rows, *(frame.write_csv() for frame in tables.values())])
    assert told(everything, hall) == set()
    raw = "\n".join(path.read_bytes().decode("latin-1") for path in (hall.folder / "opened").iterdir())
    assert {name for name in told(raw, hall) if not name.startswith(("birth", "insurer"))} == set()
    assert "level" not in tables["checkups"].columns, "保健指導区分 is no item of 809-2-1"
    assert not {"ticket", "opinion", "date", "identity"} & set(tables["checkups"].columns)


def test_the_tables_still_hang_together(opened: tuple[Meeting, dict[str, pl.DataFrame], str]) -> None:
    """一人は一つの仮名です。健診とレセプトは仮名でつながり、病名と診療行為はレセプトの仮名でつながります。行の順は元の順を語りません。"""
    hall, tables, _ = opened
    tokens = set(tables["members"]["token"])
    assert len(tokens) == 40
    assert set(tables["receipts-202504"]["token"]) == set(tables["receipts-202505"]["token"]) == tokens
    assert set(tables["checkups"]["token"]) < tokens
    for name in ("diagnoses", "acts", "payers"):
        assert set(tables[f"{name}-202504"]["receipt_token"]) == set(tables["receipts-202504"]["receipt_token"])
    series = pseudonyms.pseudonyms(keystore.read(hall.keystore, PASSPHRASE), "株式会社NTTデータ", _series())
    persons = series.persons.numbers(tables["members"]["token"]).to_list()
    assert sorted(persons) == [70_000_000_000 + number for number in range(1, 41)]
    assert persons != sorted(persons)


def _series() -> str:
    return ceremony.listing(using=OWNER)[0].series


def test_birth_is_a_band_and_rare_diseases_are_blank(opened: tuple[Meeting, dict[str, pl.DataFrame], str]) -> None:
    """生年月日は、年度末の年齢の5歳の区分だけを渡します。10人に満たない病名は空欄にします。"""
    _, tables, rows = opened
    assert all(band % 5 == 0 for band in tables["members"]["age_band"])
    assert tables["members"]["age_band"].max() <= 75  # type: ignore[operator]  # a column of numbers
    assert "歳" in rows.splitlines()[1]
    codes = set(tables["diagnoses-202504"]["code"])
    assert codes == {COMMON_CODE, None}
    assert RARE_CODE not in codes


def test_effect_checks_get_receipts_and_nothing_else(hall: Meeting) -> None:
    """効果検証（809-2-3）の項目は被保険者識別番号とレセプトデータだけです。性別も年齢も健診も渡りません。"""
    folder = hall.opened(hall.signed(flow=EFFECT))
    assert (folder / "rows.csv").read_text().splitlines()[0].lstrip("\ufeff") == '"被保険者識別番号","レセプトデータ"'
    names = {path.stem.partition("-")[0] for path in folder.glob("*.parquet")}
    assert names == {"members", "receipts", "payers", "diagnoses", "acts"}
    assert pl.read_parquet(folder / "members.parquet").columns == ["token"]


def test_it_is_never_called_more_than_it_is() -> None:
    """仮名にした記録は個人情報のままです。法律の「匿名加工情報」だとは、画面にも書類にも、どこにも書きません。"""
    word = "匿名加工" + "情報"
    shown = [path for kind in ("*.py", "*.html", "*.typ", "*.toml") for path in (ROOT / "src").rglob(kind)]
    assert len(shown) > 300
    assert [path.name for path in shown if word in path.read_text(encoding="utf-8")] == []
    manual = (ROOT / "docs" / "howto-health-ceremony.md").read_text(encoding="utf-8")
    assert "個人情報のまま" in manual
    assert word not in manual
