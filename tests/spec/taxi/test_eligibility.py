"""対象者の判定

諮問815 4の基準を、一人ずつ理由を添えて、また名簿ごとまとめて判定します。分からないことは「当たらない」とはせず、確認待ちにします。
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest

from azukari.business.taxi.eligibility import (
    AiDegree,
    Applicant,
    CareLevel,
    Departure,
    Eligibility,
    Facility,
    Impairment,
    Result,
    Standing,
    decide,
    entitlement,
    read_rules,
)
from azukari.business.taxi.eligibility.entitling import Rates, read_rates
from azukari.business.taxi.eligibility.register import decide_all, frame_of, ids_of
from azukari.business.taxi.eligibility.rulebook import data_text
from azukari.business.taxi.types import Kind
from azukari.kernel.errors import BadInput
from azukari.kernel.fiscal import FiscalYear

ON = date(2019, 6, 14)
YEAR = FiscalYear(2019)
RIDES = [Kind.PICKUP, Kind.STRETCHER]
NOBODY = Applicant(
    impairments=frozenset(),
    ai_degree=AiDegree.NONE,
    care_level=CareLevel.NONE,
    wheelchair=False,
    resident=True,
    resident_since=date(2001, 4, 1),
    fuel_aid=False,
    facility=Facility.NONE,
    inpatient=False,
    applied_on=date(2019, 6, 3),
    departure=Departure.NONE,
)


def listed(impairment: Impairment, grade: int | None) -> frozenset[tuple[Impairment, int | None]]:
    return frozenset({(impairment, grade)})


WALKER = replace(NOBODY, impairments=listed(Impairment.LOWER_LIMB, 2))
RIDER = replace(WALKER, wheelchair=True)


def result(applicant: Applicant, kind: Kind = Kind.TAXI, **facts: Any) -> Result:
    return decide(replace(applicant, **facts), kind, ON).result


@pytest.mark.parametrize(
    "impairment", [Impairment.LOWER_LIMB, Impairment.INTERNAL, Impairment.TRUNK, Impairment.BALANCE]
)
def test_limbs_to_grade_three(impairment: Impairment) -> None:
    """4(1)ア: 下肢・内部・体幹・平衡の機能障害は、3級までが対象で、4級からは対象になりません。"""
    assert result(NOBODY, impairments=listed(impairment, 1)) is Result.ELIGIBLE
    assert result(NOBODY, impairments=listed(impairment, 3)) is Result.ELIGIBLE
    assert result(NOBODY, impairments=listed(impairment, 4)) is Result.INELIGIBLE


def test_sight_to_grade_two() -> None:
    """4(1)イ: 視覚障害は、2級までが対象で、3級からは対象になりません。"""
    assert result(NOBODY, impairments=listed(Impairment.SIGHT, 2)) is Result.ELIGIBLE
    assert result(NOBODY, impairments=listed(Impairment.SIGHT, 3)) is Result.INELIGIBLE


@pytest.mark.parametrize("impairment", [Impairment.EARLY_BRAIN_WALK, Impairment.EARLY_BRAIN_ARM])
def test_early_brain_to_grade_three(impairment: Impairment) -> None:
    """4(1)ウ: 乳幼児期以前の非進行性の脳病変による運動機能障害は、3級までが対象です。

    諮問は上肢機能と移動機能を分けていないため、どちらも同じに扱います。
    """
    assert result(NOBODY, impairments=listed(impairment, 3)) is Result.ELIGIBLE
    assert result(NOBODY, impairments=listed(impairment, 4)) is Result.INELIGIBLE


def test_other_impairments_do_not_count() -> None:
    """4(1): ア・イ・ウにない障害は、1級でも身体障害者手帳の要件に当たりません。"""
    assert result(NOBODY, impairments=listed(Impairment.OTHER, 1)) is Result.INELIGIBLE


def test_each_impairment_by_its_own_grade() -> None:
    """4(1): 障害ごとの級で判定します。当たらない障害が重くても、当たる障害の級は変わりません。"""
    both = frozenset({(Impairment.OTHER, 1), (Impairment.LOWER_LIMB, 4)})
    assert result(NOBODY, impairments=both) is Result.INELIGIBLE


def test_the_heaviest_of_several_grades() -> None:
    """4(1): 同じ障害の級が二つ書かれていれば、重いほうで判定します。"""
    for heavier, expected in [(3, Result.ELIGIBLE), (4, Result.INELIGIBLE)]:
        both = frozenset({(Impairment.LOWER_LIMB, heavier), (Impairment.LOWER_LIMB, 6)})
        assert result(NOBODY, impairments=both) is expected


def test_ai_to_degree_two() -> None:
    """4(1): 愛の手帳は、1度と2度が対象で、3度と4度は対象になりません。"""
    found = [result(NOBODY, ai_degree=degree) is Result.ELIGIBLE for degree in AiDegree]
    assert dict(zip(AiDegree, found, strict=True)) == {
        AiDegree.NONE: False,
        AiDegree.FIRST: True,
        AiDegree.SECOND: True,
        AiDegree.THIRD: False,
        AiDegree.FOURTH: False,
    }


@pytest.mark.parametrize(
    "facts", [{"fuel_aid": True}, {"facility": Facility.OTHER}, {"facility": Facility.SPECIAL_NURSING}]
)
def test_taxi_excludes(facts: dict[str, Any]) -> None:
    """4(1)ただし書: 自動車燃料費助成の認定を受けた人と、施設に入所している人は、福祉タクシー券の対象になりません。"""
    assert result(WALKER) is Result.ELIGIBLE
    assert result(WALKER, **facts) is Result.INELIGIBLE


def test_taxi_excludes_inpatients() -> None:
    """4(1)ただし書: 病院などに入院している人は、福祉タクシー券の対象になりません。"""
    assert result(WALKER, inpatient=True) is Result.INELIGIBLE


@pytest.mark.parametrize("kind", RIDES)
def test_rides_need_a_wheelchair(kind: Kind) -> None:
    """4(2): 予約料・迎車料補助券とストレッチャー料免除券は、いつも車いすかストレッチャーを使う人が対象です。"""
    assert result(RIDER, kind) is Result.ELIGIBLE
    assert result(RIDER, kind, wheelchair=False) is Result.INELIGIBLE


@pytest.mark.parametrize("kind", RIDES)
def test_rides_by_care_level(kind: Kind) -> None:
    """4(2): 手帳がなくても、要介護3から5であれば足ります。福祉タクシー券では要介護は数えません。"""
    met = {level for level in CareLevel if result(NOBODY, kind, wheelchair=True, care_level=level) is Result.ELIGIBLE}
    assert met == {CareLevel.CARE_3, CareLevel.CARE_4, CareLevel.CARE_5}
    assert result(NOBODY, Kind.TAXI, wheelchair=True, care_level=CareLevel.CARE_5) is Result.INELIGIBLE


@pytest.mark.parametrize("kind", RIDES)
def test_rides_exclude_special_nursing_only(kind: Kind) -> None:
    """4(2)ただし書: 除かれるのは特別養護老人ホームの入所者だけです。燃料費助成、ほかの施設、入院では除かれません。"""
    assert result(RIDER, kind, facility=Facility.SPECIAL_NURSING) is Result.INELIGIBLE
    assert result(RIDER, kind, facility=Facility.OTHER, fuel_aid=True, inpatient=True) is Result.ELIGIBLE


@pytest.mark.parametrize("kind", Kind)
def test_residents_only(kind: Kind) -> None:
    """区民だけが対象です。登録の日より前と、転出や死亡の届けの日からあとは、対象になりません。"""
    assert result(RIDER, kind, resident=False) is Result.INELIGIBLE
    assert result(RIDER, kind, resident_since=ON + timedelta(days=1)) is Result.INELIGIBLE
    for departure in (Departure.MOVED, Departure.DIED):
        assert result(RIDER, kind, departure=departure, departed_on=ON) is Result.INELIGIBLE
        assert result(RIDER, kind, departure=departure, departed_on=ON + timedelta(days=1)) is Result.ELIGIBLE


def test_applied_by_the_day() -> None:
    """申請した日からが対象です。申請の定めは要綱で確かめていないため、未確認の印が付きます。"""
    assert result(WALKER, applied_on=ON) is Result.ELIGIBLE
    assert result(WALKER, applied_on=ON + timedelta(days=1)) is Result.INELIGIBLE
    [mark] = [reason.mark for reason in decide(WALKER, Kind.TAXI, ON).reasons if reason.id == "applied"]
    assert mark == "M"


def words(decided: Eligibility, standing: Standing) -> list[str]:
    return [reason.words for reason in decided.reasons if reason.standing is standing]


def test_reasons_with_ground() -> None:
    """判定には、要件ごとに、満たすかどうかと、諮問の箇所が付きます。"""
    decided = decide(replace(WALKER, fuel_aid=True), Kind.TAXI, ON)
    [reason] = [reason for reason in decided.reasons if reason.standing is Standing.UNMET]
    assert reason.words == "自動車燃料費助成の認定を受けていないこと"
    assert reason.ground.startswith("諮問第815号 4(1)ただし書")
    assert "身体障害者手帳の「下肢機能障害」が1級から3級までであること" in words(decided, Standing.MET)


def test_only_declared_impairments_are_named() -> None:
    """本人が申し出ていない障害の名は、理由に出ません。"""
    decided = decide(NOBODY, Kind.TAXI, ON)
    assert words(decided, Standing.UNMET) == ["身体障害者手帳か愛の手帳の程度が、決められた級か度であること"]
    declared = decide(replace(NOBODY, impairments=listed(Impairment.SIGHT, 4)), Kind.TAXI, ON)
    assert words(declared, Standing.UNMET)[1:] == ["身体障害者手帳の「視覚障害」が1級か2級であること"]


def test_unknown_waits() -> None:
    """分からない事実で結果が変わるときは確認待ちとし、結果を変えうる書類だけを挙げます。"""
    decided = decide(replace(WALKER, impairments=None), Kind.TAXI, ON)
    assert decided.result is Result.PENDING
    [missing] = decided.missing
    assert missing.words == "「身体障害者手帳の写し」をお出しください。これだけで、対象になるかどうかが決まります。"
    assert (missing.if_met, missing.if_unmet) == (Result.ELIGIBLE, Result.INELIGIBLE)


def test_an_unknown_grade_waits() -> None:
    """障害の名だけが分かり、級が分からないときも確認待ちです。対象でない障害の級は尋ねません。"""
    assert result(NOBODY, impairments=listed(Impairment.TRUNK, None)) is Result.PENDING
    assert result(NOBODY, impairments=listed(Impairment.OTHER, None)) is Result.INELIGIBLE


def test_papers_that_change_nothing_are_not_asked_for() -> None:
    """ほかの要件で結果が決まっているときは、分からない事実があっても、書類を求めません。"""
    assert not decide(replace(WALKER, ai_degree=None), Kind.TAXI, ON).missing
    excluded = decide(replace(WALKER, impairments=None, fuel_aid=True), Kind.TAXI, ON)
    assert (excluded.result, excluded.missing) == (Result.INELIGIBLE, ())


def test_the_wards_own_records_are_not_asked_of_the_resident() -> None:
    """区の記録で分かることは、区が確かめます。本人には求めません。"""
    [missing] = decide(replace(WALKER, resident=None), Kind.TAXI, ON).missing
    assert missing.paper.giver == "区"
    assert "お出しいただくものはありません" in missing.words


def test_a_whole_register() -> None:
    """名簿は一度に判定でき、一人ずつの判定と同じ結果に、満たさない要件と分からない要件が付きます。"""
    people = {"a": RIDER, "b": replace(RIDER, wheelchair=None), "c": replace(NOBODY, wheelchair=True)}
    decided = decide_all(frame_of(people), Kind.PICKUP, ON)
    assert decided["result"].to_list() == ["該当", "確認待ち", "非該当"]
    assert ids_of(decided["unknown"][1], Kind.PICKUP, ON) == ("departs_later", "wheelchair")
    assert {"limbs", "ai", "care"} <= set(ids_of(decided["unmet"][2], Kind.PICKUP, ON))


@pytest.mark.parametrize(
    ("column", "said"),
    [
        (pl.Series("facility", ["老人ホーム"]), "1行目の facility「老人ホーム」"),
        (pl.Series("grade_trunk", [8]), "1行目の grade_trunk「8」"),
        (pl.Series("grade_trunk", [-1]), "1行目の grade_trunk「-1」"),
        (pl.Series("grade_trunk", [2.7]), "grade_trunk の型"),
        (pl.Series("fuel_aid", ["はい"]), "fuel_aid の型"),
    ],
)
def test_odd_registers_are_refused(column: pl.Series, said: str) -> None:
    """名簿に知らない値や違う型があれば、「分からない」に読み替えず、行と値を示して断ります。"""
    with pytest.raises(BadInput, match=said):
        decide_all(frame_of({"a": WALKER}).with_columns(column), Kind.TAXI, ON)


def test_a_column_left_out_is_refused() -> None:
    """名簿に要る欄がなければ、欄の名を示して断ります。その券の基準が使わない欄は、なくてもかまいません。"""
    register = frame_of({"a": WALKER})
    with pytest.raises(BadInput, match="fuel_aid"):
        decide_all(register.drop("fuel_aid"), Kind.TAXI, ON)
    assert decide_all(register.drop("fuel_aid"), Kind.PICKUP, ON).height == 1


@pytest.mark.parametrize(
    "grades", [{(Impairment.SIGHT, 0)}, {(Impairment.SIGHT, 8)}, {(Impairment.SIGHT, g) for g in (1, None)}]
)
def test_grades_that_do_not_exist_are_refused(grades: set[tuple[Impairment, int | None]]) -> None:
    """1級から7級まで以外の級と、同じ障害に級のあるものとないものが並ぶことは、断ります。"""
    with pytest.raises(BadInput):
        Applicant(impairments=frozenset(grades))


OWN = data_text("eligibility.toml")
CHANGED = (
    OWN.replace('id = "ai"\n', 'id = "ai"\nvalid_until = 2020-04-01\n')
    + """
[[condition]]
id = "ai"
valid_from = 2020-04-01
words = "愛の手帳が1度から3度までであること"
ground = "見本の改正"
mark = "M"
papers = ["ai_card"]
test = { of = "choice", fact = "ai_degree", one_of = ["1度", "2度", "3度"] }
"""
)


def test_rules_change_by_the_day() -> None:
    """基準は日付つきのデータです。改正は新しい行を足し、判定する日の行で判定します。"""
    rules, holder = read_rules(CHANGED), replace(NOBODY, ai_degree=AiDegree.THIRD)
    results = [decide(holder, Kind.TAXI, day, rules).result for day in (date(2020, 3, 31), date(2020, 4, 1))]
    assert results == [Result.INELIGIBLE, Result.ELIGIBLE]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (CHANGED.replace("valid_until = 2020-04-01", "valid_until = 2020-04-02"), "期間が重なっています"),
        (CHANGED.replace("valid_until = 2020-04-01", "valid_until = 2020-03-31"), "2020-03-31 の「ai」がありません"),
        (OWN + '[[kind]]\nkind = "福祉タクシー券"\nrule = "ride"\n', "「福祉タクシー券」の期間が重なっています"),
        (OWN.replace('papers = ["ai_card"]', 'papers = ["card"]'), "書類「card」がありません"),
        (OWN.replace('"1度", "2度"', '"1級"'), "「1級」という値はありません"),
        (OWN.replace('of = ["resident", ', 'of = ["resident_here", '), "自分自身を含んでいます"),
        (OWN.replace('of = ["resident", ', 'of = ["resident", "resident", '), "二度尋ねています"),
        (OWN.replace("at_most = 2", "at_most = 2, at_least = 1"), "at_least"),
        ("condition = [", "eligibility.toml"),
    ],
)
def test_rules_that_are_not_whole_are_refused(text: str, said: str) -> None:
    """期間の重なりや切れ目、ない書類や値、堂々めぐりのある基準は、読み込むときに断ります。"""
    assert text not in {OWN, CHANGED}
    with pytest.raises(BadInput, match=said):
        read_rules(text)


def test_a_day_without_rules_is_refused() -> None:
    """基準のない日の判定は、非該当とはせず、基準がないと答えます。"""
    rules = read_rules(OWN.replace('rule = "taxi"', 'rule = "taxi"\nvalid_from = 2019-06-15'))
    with pytest.raises(BadInput, match="基準がありません"):
        decide(WALKER, Kind.TAXI, ON, rules)


def test_taxi_vouchers_from_the_month_of_application() -> None:
    """福祉タクシー券は、申請の月から年度の終わりまで、月に500円券5枚と100円券14枚（3,900円）です。"""
    got = entitlement(Kind.TAXI, date(2019, 6, 30), YEAR)
    assert got.months == 10
    assert [(line.denomination, line.sheets) for line in got.lines] == [(500, 50), (100, 140)]
    assert got.yen == 39_000


def test_whole_years_and_years_gone_by() -> None:
    """年度の前に申請した人は12か月分です。申請より前に終わった年度の分はありません。"""
    assert entitlement(Kind.TAXI, date(2018, 5, 1), YEAR).yen == 46_800
    assert entitlement(Kind.TAXI, date(2020, 3, 31), YEAR).months == 1
    gone = entitlement(Kind.TAXI, date(2020, 4, 1), YEAR)
    assert (gone.months, gone.lines, gone.yen) == (0, (), 0)


@pytest.mark.parametrize("kind", Kind)
def test_numbers_nobody_has_seen_are_marked(kind: Kind) -> None:
    """券面額と枚数は、出典が確かでないあいだ、未確認です。"""
    got = entitlement(kind, ON, YEAR)
    assert not got.confirmed
    assert got.sources


def test_no_switch_to_fuel_aid_looking_back() -> None:
    """福祉タクシー券には、さかのぼって燃料費助成に切り替えられないことを書き添えます。"""
    [note] = entitlement(Kind.TAXI, ON, YEAR).notes
    assert "さかのぼって" in note
    assert not entitlement(Kind.PICKUP, ON, YEAR).notes


def rates(way: str, rest: str) -> Rates:
    head = f'[[rate]]\nkind = "福祉タクシー券"\nway = "{way}"\nsource = "隣の区の見本"\nmark = "V"\n'
    return read_rates(head + rest)


def test_another_wards_monthly_amount() -> None:
    """月4,000円の区（新宿区）の枚数も、データを替えるだけで出ます。"""
    ward = rates("monthly", "vouchers = [{ yen = 500, sheets = 8 }]")
    got = entitlement(Kind.TAXI, date(2019, 10, 1), YEAR, ward)
    assert (got.yen, got.confirmed) == (24_000, True)


BOOKLETS = """vouchers = [{ yen = 500, sheets = 28 }]
steps = [{ month = 4, booklets = 3 }, { month = 8, booklets = 2 }, { month = 12, booklets = 1 }]
"""


@pytest.mark.parametrize(
    ("applied_on", "yen"),
    [
        (date(2018, 12, 1), 42_000),
        (date(2019, 4, 1), 42_000),
        (date(2019, 7, 31), 42_000),
        (date(2019, 8, 1), 28_000),
        (date(2019, 12, 1), 14_000),
        (date(2020, 3, 31), 14_000),
    ],
)
def test_another_wards_booklets(applied_on: date, yen: int) -> None:
    """年42,000円を、申請の月により3冊・2冊・1冊の500円券で渡す区（足立区）も、データで表せます。

    冊数の変わる月は見本です。
    """
    assert entitlement(Kind.TAXI, applied_on, YEAR, rates("booklets", BOOKLETS)).yen == yen


def test_amounts_change_by_the_month() -> None:
    """年度の途中で枚数が変わっても、月ごとに、その月の1日の枚数で数えます。"""
    text = data_text("entitlement.toml")
    first = text.replace('mark = "M"\n', 'mark = "M"\nvalid_until = 2019-10-01\n', 1)
    later = '\n[[rate]]\nkind = "福祉タクシー券"\nway = "monthly"\nvouchers = [{ yen = 500, sheets = 8 }]\n'
    book = read_rates(first + later + 'source = "見本"\nmark = "V"\nvalid_from = 2019-10-01\n')
    assert entitlement(Kind.TAXI, date(2019, 4, 1), YEAR, book).yen == 6 * 3_900 + 6 * 4_000


@pytest.mark.parametrize(
    ("way", "rest", "said"),
    [
        ("booklets", BOOKLETS.replace("month = 4,", "month = 5,"), "4月から"),
        ("booklets", BOOKLETS.replace("month = 8,", "month = 1,"), "年度の月の順"),
        ("monthly", "vouchers = [{ yen = -500, sheets = 5 }]", "greater than"),
        ("monthly", "vouchers = []", "at least 1"),
    ],
)
def test_odd_numbers_are_refused(way: str, rest: str, said: str) -> None:
    """負の額や、順の違う冊数の表は、読み込むときに断ります。"""
    with pytest.raises(BadInput, match=said):
        rates(way, rest)


def test_two_numbers_for_one_day_are_refused() -> None:
    """同じ券の枚数や同じ書き添えが一つの日に二つあれば、読み込むときに断ります。"""
    text = data_text("entitlement.toml")
    for part in ("[[rate]]", "[[note]]"):
        again = part + text.split(part)[1].split("[[")[0]
        with pytest.raises(BadInput, match="期間が重なっています"):
            read_rates(text + again)


def test_a_year_without_numbers_is_refused() -> None:
    """枚数の登録がない月は、0枚とはせず、登録がないと答えます。"""
    ward = rates("monthly", "vouchers = [{ yen = 500, sheets = 8 }]\nvalid_from = 2019-07-01")
    with pytest.raises(BadInput, match="2019-06"):
        entitlement(Kind.TAXI, ON, YEAR, ward)
