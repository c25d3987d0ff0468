"""対象者の抽出

対象者は、定義のファイルに書いたとおりに取り出します。分からないことは「正常」とも「当てはまらない」ともせず、分からない人として数えます。
"""

from __future__ import annotations

from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from azukari.business.health.targets import api, checking, reading
from azukari.business.health.targets.rules.records import tables_of
from azukari.business.health.targets.types import Explanation, Extraction
from azukari.kernel.errors import BadInput, NotFound
from support.health_targets import connected, people

KIDNEY = reading.packs()["kidney-r6"]
ON = KIDNEY.on
CODES = checking.codes_of(KIDNEY)
# Somebody else, so that the store holds checkups and receipts of the newest month.
OTHER: dict[str, Any] = {
    "checkups": [{"date": date(2025, 6, 10), "hba1c": 5.0, "urine_protein": 1, "egfr": 80.0}],
    "receipts": [{"months": [202512]}],
}
HIGH: dict[str, Any] = {"checkups": [{"date": date(2025, 6, 10), "hba1c": 7.0, "urine_protein": 3}]}


def extracted(*patients: dict[str, Any], pack: str = "kidney-r6", **given: Any) -> Extraction:
    chosen = reading.packs()[pack]
    with closing(people(chosen, *patients)) as connection:
        given.setdefault("codes", checking.codes_of(chosen))
        return api.extract(chosen.programme, connection, chosen.on, pack, **given)


def explained(patient: dict[str, Any], person: int = 1) -> Explanation:
    with closing(people(KIDNEY, patient, OTHER)) as connection:
        return api.explain("kidney", connection, person, ON, codes=CODES)


def words(found: Extraction) -> list[str]:
    return [reason.words for target in found.targets for reason in target.reasons]


@pytest.mark.parametrize("pack", sorted(reading.packs()))
def test_invented_patients(pack: str) -> None:
    """どの定義にも見本の人が添えてあり、一人ずつ見ても、全員をまとめて見ても、定義の言うとおりの区分になります。"""
    chosen = reading.packs()[pack]
    assert [each for each in api.check(chosen) if not each.right] == []
    with closing(connected(tables_of(chosen))) as connection:
        found = api.extract(chosen.programme, connection, chosen.on, pack, codes=checking.codes_of(chosen))
    listed = {target.person: target.group for target in found.targets}
    expected = {place: each.expect for place, each in enumerate(chosen.patient, 1)}
    assert listed == {person: group for person, group in expected.items() if group not in {"none", "unknown"}}
    assert found.counts["unknown"] == list(expected.values()).count("unknown")


def test_every_group_has_a_patient() -> None:
    """どの区分にも、そこに入る見本の人と、どこにも入らない見本の人がいます。"""
    for pack in api.packs_of():
        expected = {each.expect for each in pack.patient}
        assert expected >= {group.code for group in pack.group} | {"none"}, pack.name


def test_reasons_name_the_record_line() -> None:
    """載った人には、住民に分かる言葉の理由と、もとになったレセプトの行が付きます。"""
    found = extracted({"receipts": [{"months": [202512], "diagnoses": ["4375001", "8830042"]}]})
    (target,) = found.targets
    assert target.group == "B"
    (line,) = [reason for reason in target.reasons if reason.receipt is not None]
    assert (line.table, line.receipt, line.line) == ("diagnoses", 1, 3)
    assert line.words == "令和7年12月に、糖尿病の診療を受けています（２型糖尿病性腎症）。"


def test_reasons_of_a_checkup() -> None:
    """健診の値で載った人には、いつの健診のどの値かを示します。"""
    found = words(extracted(HIGH, OTHER))
    assert "令和7年6月10日の健診で、HbA1cが7%でした。" in found
    assert "この6か月、糖尿病の診療の記録がありません。" in found


def test_suspected_is_no_diagnosis() -> None:
    """「の疑い」の傷病名は、病気と数えません。"""
    found = extracted({"receipts": [{"months": [202512], "suspected": ["8830042"]}]}, OTHER)
    assert found.targets == ()
    assert found.counts["none"] == 2


def test_a_name_without_code_is_unknown() -> None:
    """コードのない傷病名に疑わしい言葉があれば、対象とも対象でないとも言わず、「分からない」に数えます。"""
    found = extracted({"receipts": [{"months": [202512], "uncoded": ["糖尿病性腎症"]}]})
    assert (found.targets, found.counts["unknown"]) == ((), 1)


def test_without_a_master_drugs_are_unknown() -> None:
    """医薬品マスターがなければ、同じ薬かどうかは分からず、だれも載せず、そのことを知らせます。"""
    two = [{"months": [202510, 202511, 202512], "facility": place, "drugs": {"620000003": 30}} for place in "ab"]
    found = extracted({"receipts": two}, pack="drugs-setagaya", codes=api.read_codes())
    assert (found.targets, found.counts["unknown"]) == ((), 1)
    assert "医薬品マスターがないため、同じ薬かどうかは分かりません。" in found.notes


def test_a_list_that_only_a_repeat_asks_is_missed(tmp_path: Path) -> None:
    """続いて繰り返すものだけが使うコード表でも、それを引くマスターがなければ、そのことを知らせます。"""
    text = (reading.files("azukari.business.health.targets") / "data" / "packs" / "visits-takizawa.toml").read_text(
        "utf-8"
    )
    own = tmp_path / "own.toml"
    own.write_text(text.replace("and not suspected and code != '0000999'", "and code in cancer", 1), encoding="utf-8")
    pack = reading.packs()["visits-takizawa"]
    with closing(people(pack, {"receipts": [{"months": [202512]}]})) as connection:
        found = api.extract("visits", connection, pack.on, str(own), codes=api.read_codes())
    assert (found.targets, found.counts["unknown"]) == ((), 1)
    assert "基本マスターがないため、「がん」に当たるかどうかは分かりません。" in found.notes


def test_no_checkups_yet_is_not_untested() -> None:
    """健診の結果が一件も届いていない年度は、全員を未受診とせず、「分からない」とします。"""
    found = extracted({}, pack="checkup-r6")
    assert (found.targets, found.counts["unknown"]) == ((), 1)
    assert found.notes[-1] == "令和7年度（2025年度）の特定健診の結果がまだ一件もありません。"


def test_no_receipts_is_not_healthy() -> None:
    """レセプトが一件もなければ、受診していないとは言いません。"""
    assert extracted(HIGH, OTHER).counts["A"] == 1
    found = extracted(HIGH)
    assert (found.targets, found.counts["unknown"]) == ((), 1)
    assert found.notes[0] == "レセプトが一件もないため、受診の有無は分かりません。"


def test_receipts_that_are_late() -> None:
    """レセプトがまだ届いていない月は、受診していない月とは数えません。"""
    found = extracted({"receipts": [{"months": [202507], "diagnoses": ["8830042"]}]})
    assert found.targets[0].group == "B"
    assert "レセプトは令和7年7月分までです。それより後の受診は分かりません。" in found.notes


def test_receipts_of_nobody() -> None:
    """だれのものか決まっていないレセプトは、だれの記録にもせず、件数を知らせます。"""
    with closing(people(KIDNEY, {"receipts": [{"months": [202512], "diagnoses": ["8830042"]}]})) as connection:
        connection.execute("UPDATE links SET identity = 99")
        found = api.extract("kidney", connection, ON, codes=CODES)
    assert found.targets == ()
    assert "だれのものか決まっていないレセプトが 1 件あり、見ていません。" in found.notes


def test_long_prescriptions() -> None:
    """長い日数の薬が残っている間は、受診がなくても中断とは言いません。"""
    month = {"months": [202506], "diagnoses": ["8830042"]}
    long = {"receipts": [{**month, "drugs": {"620000001": 270}}]}
    short = {"receipts": [{**month, "drugs": {"620000001": 90}}]}
    found = extracted(long, short, OTHER)
    assert [target.group for target in found.targets] == ["B", "D"]


def test_explain_says_what_failed() -> None:
    """載っていない人についても、どの条件に当てはまらなかったかを聞けます。"""
    found = explained({"checkups": [{"date": date(2025, 6, 10), "hba1c": 6.4, "urine_protein": 3}]})
    assert found.group is None
    failed = {
        each.words for group in found.groups if group.code == "C" for each in group.because if each.truth is False
    }
    assert any("健診のHbA1cは6.4%で、基準に届きません。" in each for each in failed)


def test_explain_says_what_is_unknown() -> None:
    """分からない条件は、分からないと言います。"""
    found = explained(
        {"checkups": [{"date": date(2025, 6, 10), "urine_protein": 3}], "receipts": [{"months": [202512]}]}
    )
    assert found.group is None
    (group,) = [each for each in found.groups if each.code == "A"]
    assert group.truth is None
    assert any("健診のHbA1cが分かりません。" in each.words for each in group.because if each.truth is None)


def test_explain_somebody_unheard_of() -> None:
    """記録のない人を聞かれたら、そう答えます。"""
    found = explained(HIGH, person=7)
    assert (found.known, found.group, found.groups) == (False, None, ())


def test_values_of_the_ward() -> None:
    """月数などの値は区が決められ、使った値が結果に残ります。"""
    patient = {
        "receipts": [{"months": [202509], "diagnoses": ["8830042"]}, {"months": [202512], "diagnoses": ["4375001"]}]
    }
    assert extracted(patient, OTHER).targets[0].group == "B"
    found = extracted(patient, OTHER, parameters={"care_months": 3})
    assert found.targets[0].group == "D"
    assert found.parameters["care_months"] == 3


def test_exclusions_are_chosen() -> None:
    """除く病気は区が選びます。選んだのにマスターがなければ、だれも「除かない」とは言いません。"""
    patient = {"receipts": [{"months": [202512], "diagnoses": ["8830042", "1000001"]}]}
    assert extracted(patient).counts["B"] == 1
    assert extracted(patient, parameters={"exclude_cancer": True}).counts["none"] == 1
    unsure = extracted(patient, parameters={"exclude_cancer": True}, codes=api.read_codes())
    assert unsure.counts["unknown"] == 1
    assert "基本マスターがないため、「がん」に当たるかどうかは分かりません。" in unsure.notes


def test_dated_criteria() -> None:
    """糖尿病性腎症の基準は、その日に有効な年版を使います。令和6年4月からは令和6年版です。"""
    assert reading.choose("kidney", date(2024, 3, 31), None).name == "kidney-2019"
    assert reading.choose("kidney", date(2024, 4, 1), None).name == "kidney-r6"
    with pytest.raises(BadInput, match="2024-04-01 には使えません"):
        reading.choose("kidney", date(2024, 4, 1), "kidney-2019")
    with pytest.raises(NotFound):
        reading.choose("kidney", date(2019, 3, 31), None)


def test_four_municipalities_differ() -> None:
    """同じ人でも、自治体の要綱によって、重複受診に当たることも当たらないこともあります。"""
    two = {
        "receipts": [{"months": [202510, 202511, 202512], "facility": each, "diagnoses": ["4375001"]} for each in "ab"]
    }
    found = {
        name: extracted(two, pack=f"visits-{name}").counts["duplicate"]
        for name in ("mishima", "takizawa", "shimotsuke", "inami")
    }
    assert found == {"mishima": 0, "takizawa": 1, "shimotsuke": 0, "inami": 1}


def test_an_ordinance_without_the_programme() -> None:
    """滝沢市の訓令には重複服薬の定めがないため、その定義はなく、あるものを示して断ります。"""
    with pytest.raises(NotFound, match="drugs-takizawa"):
        reading.choose("drugs", ON, "drugs-takizawa")


def test_unconfirmed_is_shown() -> None:
    """出典を確かめていない値は、使うたびに未確認と示します。世田谷区の基準は見つかっていません。"""
    found = extracted({}, pack="visits-setagaya")
    assert any(each.words == "重複・頻回受診（世田谷区・未確認）" for each in found.unconfirmed)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("c.hba1c >= hba1c_from", "c.hba1c >= hba1c_frm", "hba1c_frm"),
        ("c.hba1c >= hba1c_from", "c.hba1c + 1", "当てはまるかどうかを表していません"),
        ("c.hba1c >= hba1c_from", "c.hba1c >= '6.5'", "number ではなく text"),
        ("c.hba1c >= hba1c_from", "c.hba1c in diabetes", "コード表はありません"),
        ('id = "egfr_low"', 'id = "protein_high"', "二度使われています"),
        ('months = "care_months"', 'months = "exclude_type1"', "1 から 120 までの整数ではありません"),
        ('mark = "S"', 'mark = "X"', "mark"),
        ("[[group]]", "[[gruop]]", "gruop"),
        ("[[latest]]", "[[latest", "line"),
    ],
)
def test_a_definition_that_does_not_hold_together(tmp_path: Any, old: str, new: str, told: str) -> None:
    """つじつまの合わない定義は、抽出を始める前に、箇所と理由を示して断ります。"""
    text = (reading.files("azukari.business.health.targets") / "data" / "packs" / "kidney-r6.toml").read_text("utf-8")
    path = tmp_path / "own.toml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(BadInput, match=told):
        reading.defined(reading.choose("kidney", ON, str(path)), CODES)


def test_unknown_values_are_refused() -> None:
    """定義にない値、種類の違う値は断ります。"""
    for given in ({"cure_months": 3}, {"care_months": True}, {"exclude_cancer": 1}, {"care_months": 0}):
        with pytest.raises(BadInput):
            extracted(HIGH, parameters=given)
