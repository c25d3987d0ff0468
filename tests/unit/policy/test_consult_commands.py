"""`consult`: what each command prints, and its exit codes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from azukari.config.home import ROOT

PACKET = ROOT / "tests/data/packet/council-2019-02-12.txt"
CONTRACT = {"number", "title", "kinds", "section", "council_date", "flows", "review"}
FLOW = {
    "id", "business", "direction", "subject", "items", "items_new", "form", "row_scope", "count", "unit", "per", "approximate", "places", "media",
    "contractor_computer", "start", "end",
}  # fmt: skip


def consult(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "azukari.cli", "consult", *map(str, arguments)]
    environment = {
        "PYTHONPATH": str(ROOT / "src"),
        "PATH": "/usr/bin:/bin",
        "PYTHONIOENCODING": "utf-8",
        "COLUMNS": "100",
    }
    return subprocess.run(command, capture_output=True, text=True, env=environment, cwd=ROOT, check=False)


def answer(*arguments: str | Path) -> Any:
    done = consult(*arguments, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_read_prints_the_contract_and_writes_the_files(tmp_path: Path) -> None:
    read = answer("read", PACKET, "--out", tmp_path)
    assert [each["number"] for each in read] == ["812", "813", "814", "815", "809", "816", "mobile-work"]
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(f"{each['number']}.toml" for each in read)
    assert all(set(each) >= CONTRACT for each in read)
    assert all(set(flow) >= FLOW for each in read for flow in each["flows"])
    assert read[3]["flows"][0]["start"] == "2019-06-01"
    assert {tuple(sorted(each)) for paper in read for each in paper["review"]} == {("field", "line", "reason")}


def test_read_again_into_settled_files_is_refused_and_changes_nothing() -> None:
    before = {path: path.read_bytes() for path in (ROOT / "consultations").glob("*.toml")}
    done = consult("read", PACKET, "--out", ROOT / "consultations")
    assert done.returncode == 77
    assert "--keep" in done.stdout + done.stderr
    assert {path: path.read_bytes() for path in (ROOT / "consultations").glob("*.toml")} == before


def test_one_paper_that_cannot_be_read_writes_none(tmp_path: Path) -> None:
    paper = tmp_path / "paper.txt"
    paper.write_text(PACKET.read_text(encoding="utf-8").replace("11 委託の条件", "", 1), encoding="utf-8")
    done = consult("read", paper, "--out", tmp_path / "out")
    assert done.returncode == 65
    assert "11 委託の条件" in done.stdout + done.stderr
    assert not (tmp_path / "out").exists()


def test_a_paper_in_shift_jis_is_refused(tmp_path: Path) -> None:
    paper = tmp_path / "paper.txt"
    paper.write_bytes("諮問第812号\n委託の件名".encode("cp932"))
    done = consult("read", paper, "--out", tmp_path / "out")
    assert done.returncode == 65
    assert "Shift_JIS" in done.stdout + done.stderr


def test_show_gives_the_same_contract() -> None:
    (shown,) = answer("show", "812")
    assert [flow["id"] for flow in shown["flows"]] == ["812-1", "812-2", "812-3"]
    assert "諮問第812号" in consult("show", "812").stdout
    assert consult("show", "999").returncode == 66


def test_lint_names_the_inconsistencies_of_the_packet() -> None:
    for found in (answer("lint", PACKET), answer("lint")):
        told = {(each["code"], each["consultation"], each["line"]) for each in found}
        assert told >= {
            ("medium-not-listed", "812", 53),
            ("medium-narrower", "813", 330),
            ("many-without-computer", "815", 637),
            ("item-twice", "816", 1162),
            ("item-twice", "816", 1167),
            ("names-in-pseudonymised", "809", 806),
            ("sensitive-by-fax", "814", 499),
            ("start-planned", "816", 1026),
        }
        assert not [each for each in found if each["code"] == "total-mismatch"]
        assert all(set(each) == {"code", "consultation", "field", "line", "sentence"} for each in found)


def test_lint_adds_up_the_annex(tmp_path: Path) -> None:
    paper = tmp_path / "paper.txt"
    paper.write_text(PACKET.read_text(encoding="utf-8").replace("合計 約740件/年", "合計 約750件/年"), encoding="utf-8")
    assert ("total-mismatch", 1185) in {(each["code"], each["line"]) for each in answer("lint", paper)}


def test_diff_says_what_would_newly_be_permitted(tmp_path: Path) -> None:
    paper = tmp_path / "paper.txt"
    text = PACKET.read_text(encoding="utf-8")
    changed = text.replace("氏名、タクシー利用日、", "氏名、住所、タクシー利用日、").replace(
        "文書による\n", "文書及び電子メールによる\n"
    )
    paper.write_text(
        changed.replace("約 120 万枚", "約 130 万枚").replace("平成31年(2019年)6月より", "平成31年(2019年)5月より"),
        encoding="utf-8",
    )
    found = {(each["flow"], each["field"], each["effect"], each["after"]) for each in answer("diff", PACKET, paper)}
    assert found == {
        ("815-1", "items", "permits", "住所"),
        ("815-1", "media", "permits", "電子メール"),
        ("815-1", "count", "permits", "約1,300,000枚/年"),
        ("815-1", "start", "permits", "2019-05-01"),
    }
    assert answer("diff", "815", "815") == []


def test_register_drafts_a_row_for_each_business() -> None:
    rows = answer("register")
    assert {"福祉タクシー券等の確認業務委託ファイル（仮称）", "入院助産業務ファイル（仮称）"} <= {
        row["name"] for row in rows
    }
    assert all(row["open"] for row in rows)
