"""特定保健指導の階層化

健診の値から、積極的支援・動機付け支援・なし（情報提供）・判定不能を決めます。測っていない項目は、正常とはみなしません。
"""

from __future__ import annotations

import io
import json
import subprocess
import sys
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from typer.testing import CliRunner

from azukari.business.health.checkups import api
from azukari.business.health.checkups.types import Level, Metabolic, Values
from azukari.business.health.grading.api import grade
from azukari.business.health.targets.rules.kleene import egfr
from azukari.cli import health as commands
from azukari.config.home import ROOT
from azukari.kernel.errors import BadInput

R6, H30, H24 = date(2024, 6, 3), date(2019, 6, 3), date(2012, 6, 3)
# 55歳の男性。腹囲だけが基準に当たる。
WELL = Values(
    sex=1, age=55, waist=86, bmi=24, systolic=120, diastolic=80, tg=100, hdl=50, fpg=90, smoking=3,
    drug_pressure=False, drug_glucose=False, drug_lipid=False,
)  # fmt: skip


def level(on: date = R6, **changes: Any) -> Level:
    return api.classify(replace(WELL, **changes), on).level


def rows(text: str, on: date = R6) -> list[dict[str, Any]]:
    return list(grade(io.StringIO(text), on))


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, Level.NONE),
        ({"systolic": 130}, Level.MOTIVATIONAL),
        ({"systolic": 130, "fpg": 100}, Level.ACTIVE),
        ({"systolic": 130, "smoking": 1}, Level.ACTIVE),
        ({"smoking": 1}, Level.NONE),
        ({"waist": 84.9, "systolic": 130, "fpg": 100}, Level.NONE),
        ({"waist": 84.9, "bmi": 25, "systolic": 130, "fpg": 100}, Level.MOTIVATIONAL),
        ({"waist": 84.9, "bmi": 25, "systolic": 130, "fpg": 100, "hdl": 39}, Level.ACTIVE),
        ({"waist": 84.9, "bmi": 25, "systolic": 130, "fpg": 100, "smoking": 1}, Level.ACTIVE),
        ({"sex": 2, "waist": 89.9, "systolic": 130}, Level.NONE),
        ({"sex": 2, "waist": 90, "systolic": 130}, Level.MOTIVATIONAL),
        ({"waist": 80, "visceral_fat": 100, "systolic": 130}, Level.MOTIVATIONAL),
        ({"waist": None, "visceral_fat": 99.9, "systolic": 130}, Level.NONE),
    ],
)
def test_the_level_follows_obesity_and_risks(changes: dict[str, Any], expected: Level) -> None:
    """腹囲か内臓脂肪面積、次に BMI で肥満をみて、血圧・脂質・血糖のリスクを数え、喫煙は一つでもリスクがあるときだけ加えます。"""
    assert level(**changes) is expected


def test_from_65_an_active_level_becomes_motivational() -> None:
    """年度末に65歳以上の人は、積極的支援に当たっても動機付け支援になります。"""
    assert level(systolic=130, fpg=100, age=64) is Level.ACTIVE
    assert level(systolic=130, fpg=100, age=65) is Level.MOTIVATIONAL


@pytest.mark.parametrize("drug", ["drug_pressure", "drug_glucose", "drug_lipid"])
def test_who_takes_a_drug_is_no_subject(drug: str) -> None:
    """血圧・血糖・脂質の薬を一つでも飲んでいる人は、値がどうであっても対象になりません。測っていない項目があっても同じです。"""
    found = api.classify(replace(WELL, systolic=180, waist=None, **{drug: True}), R6)
    assert found.level is Level.NONE
    assert "服薬中" in found.reasons[0]


def test_fasting_glucose_goes_before_hba1c() -> None:
    """空腹時血糖と HbA1c の両方があるときは、空腹時血糖で決めます。随時血糖は、どちらもないときだけ使います。"""
    assert level(fpg=99, hba1c=6.9) is Level.NONE
    assert level(fpg=None, hba1c=5.6) is Level.MOTIVATIONAL
    assert level(fpg=None, hba1c=5.5, casual_glucose=150) is Level.NONE
    assert level(fpg=None, casual_glucose=100) is Level.MOTIVATIONAL


def test_an_item_not_measured_is_not_normal() -> None:
    """測っていない項目があるときは、どんな値であっても同じ判定になる場合にだけ判定し、そうでなければ判定不能とします。

    判定を左右する項目を挙げます。左右しない項目は挙げません。
    """
    found = api.classify(replace(WELL, waist=None, systolic=130, diastolic=None, hdl=None), R6)
    assert found.level is Level.UNDECIDED
    assert found.missing == ("waist", "hdl")
    assert "腹囲、HDLコレステロールが分からないため" in found.reasons[-1]
    assert level(systolic=130, fpg=100, smoking=None, hdl=None, bmi=None) is Level.ACTIVE
    assert level(drug_lipid=None) is Level.NONE
    assert level(drug_lipid=None, systolic=130) is Level.UNDECIDED


def test_the_criteria_are_those_of_the_day() -> None:
    """基準は健診の日のものを使います。随時中性脂肪の175は令和6年度から、HbA1c は平成25年4月から NGSP 値です。"""
    assert level(R6, tg=None, tg_casual=174) is Level.NONE
    assert level(R6, tg=None, tg_casual=175) is Level.MOTIVATIONAL
    assert level(H30, tg=None, tg_casual=150, smoking=2) is Level.MOTIVATIONAL
    assert level(H24, fpg=None, hba1c_jds=5.2, smoking=2) is Level.MOTIVATIONAL
    assert level(H24, fpg=None, hba1c_jds=5.1, smoking=2) is Level.NONE
    assert level(R6, fpg=None, hba1c_jds=5.1) is Level.UNDECIDED
    with pytest.raises(BadInput, match="2007-06-03"):
        level(date(2007, 6, 3))


def test_reasons_are_told_in_words() -> None:
    """判定の理由を、当たった値と基準の言葉で示します。"""
    found = api.classify(replace(WELL, systolic=132, hdl=38, smoking=1), R6)
    assert found.reasons == (
        "腹囲 86cm（85以上）", "収縮期血圧 132mmHg（130以上）", "HDLコレステロール 38mg/dL（40未満）", "喫煙あり",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, Metabolic.NOT),
        ({"systolic": 130}, Metabolic.NEAR),
        ({"systolic": 130, "fpg": 109}, Metabolic.NEAR),
        ({"systolic": 130, "fpg": 110}, Metabolic.MET),
        ({"drug_pressure": True, "hdl": 39}, Metabolic.MET),
        ({"waist": 84, "bmi": 30, "systolic": 180, "fpg": 200}, Metabolic.NOT),
        ({"systolic": 130, "hdl": None}, Metabolic.UNDECIDED),
        ({"waist": None, "systolic": 130}, Metabolic.UNDECIDED),
    ],
)
def test_the_metabolic_syndrome_is_another_question(changes: dict[str, Any], expected: Metabolic) -> None:
    """メタボリックシンドローム判定は別に出します。血糖は110から、服薬はその項目に当たるものとし、喫煙と BMI は使いません。"""
    assert api.metabolic(replace(WELL, **changes), R6)[0] is expected


def test_egfr_is_that_of_the_japanese_formula() -> None:
    """eGFR は、血清クレアチニン・年齢・性別から、日本腎臓学会の式で計算します（女性は0.739倍）。"""
    assert egfr(1.0, 60, 1) == 59.9
    assert egfr(1.0, 60, 2) == pytest.approx(59.9 * 0.739, abs=0.05)
    assert egfr(0, 60, 1) is None


def test_rows_come_in_by_any_of_their_names() -> None:
    """CSV でも、一行一つの JSON でも、JSON の配列でもよく、列の名は英語、健診の見出し、項目コードのどれでも読みます。全角の数も読みます。"""
    english = "sex,age,waist,systolic,fpg,tg,hdl,drug_pressure,drug_glucose,drug_lipid,smoking\n1,55,86,130,100,90,50,2,2,2,3\n"
    titled = (
        "性別,年齢,腹囲,収縮期血圧,空腹時血糖（電位差法）,中性脂肪（トリグリセリド）,ＨＤＬコレステロール,"
        "服薬１（血圧）,服薬２（血糖）,服薬３（脂質）,喫煙\n男,５５,８６,１３０,１００,90,50,いいえ,いいえ,いいえ,いいえ\n"
    )
    coded = json.dumps(
        {
            "sex": 1, "age": 55, "9N016160100000001": 86, "9A755000000000001": 130, "3D010000001926101": 100,
            "3F015000002327101": 90, "3F070000002327101": 50, "drug_pressure": False, "drug_glucose": False,
            "drug_lipid": False, "smoking": 3,
        }
    )  # fmt: skip
    texts = (english, titled, coded, f"[{coded}]")
    first, *others = [{k: v for k, v in rows(text)[0].items() if k != "line"} for text in texts]
    assert all(other == first for other in others)
    assert (first["level"], first["name"]) == (1, "積極的支援")


@pytest.mark.parametrize(
    ("bad", "word"),
    [
        ("3,55,86", "sex"),
        ("1,39,86", "39"),
        ("1,55,-1", "waist"),
        ("1,55,1e3", "waist"),
        ("1,55,八十", "waist"),
        ("1,55.5,86", "満年齢"),
        ("1,55", "項目が 2 個"),
        ("1,55,86,9", "項目が 4 個"),
    ],
)
def test_a_bad_row_is_told_and_the_rest_goes_on(bad: str, word: str) -> None:
    """読めない行には、行の番号・何が・なぜ・次に何をを返し、ほかの行はそのまま判定します。"""
    before, told, after = rows(f"sex,age,waist\n1,55,80\n{bad}\n2,60,80\n")
    assert (told["line"], "level" in told) == (3, False)
    assert word in told["error"]["what"] + told["error"]["why"]
    assert told["error"]["next"]
    assert before["level"] == after["level"] == Level.UNDECIDED


def test_a_row_may_say_its_own_day() -> None:
    """date の列があれば、その日の基準で判定します。id の列は、そのまま返します。"""
    text = "id,date,sex,age,waist,smoking\nA1,2024-06-03,1,55,80,3\nA2,2019-06-03,1,55,80,3\n"
    first, second = rows(text)
    assert (first["id"], first["criteria"]) == ("A1", "令和6年度からの基準")
    assert "平成30年度からの基準の答えは 1、2 です" in second["error"]["why"]


def test_a_stream_without_a_known_column_is_refused() -> None:
    """知っている列が一つもない入力と、空の入力は断ります。"""
    for text in ("", "\n", "a,b\n1,2\n", "[1, 2"):
        with pytest.raises(BadInput):
            rows(text)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_shift_jis_and_utf_8_are_told_apart(encoding: str) -> None:
    """Excel の Shift_JIS の CSV も、UTF-8 の CSV も、そのまま読みます。"""
    text = "性別,年齢,腹囲,服薬１（血圧）\r\n男,55,80,はい\r\n"
    result = CliRunner().invoke(commands.app, ["classify", "--json", "--on", "2024-06-03"], input=text.encode(encoding))
    assert result.exception is None, result.exc_info
    assert json.loads(result.stdout)["name"] == "なし（情報提供）"


def test_it_runs_where_there_is_no_ward() -> None:
    """区のデータベースのない端末でも動きます。Django も読み込みません。"""
    script = (
        "import sys; sys.argv = ['azukari', 'health', 'classify', '--json', '--on', '2024-06-03'];"
        "from azukari.cli.__main__ import main; main(); assert 'django' not in sys.modules; assert 'polars' not in sys.modules"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        input="sex,age,waist\n1,55,80\n9,55,80\n", capture_output=True, text=True, check=True, cwd=ROOT,
        env={"PYTHONPATH": str(ROOT / "src"), "PATH": "", "PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip
    first, second = map(json.loads, done.stdout.splitlines())
    assert first["level"] == Level.UNDECIDED
    assert "error" in second
    assert "1 行を読めませんでした" in done.stderr
