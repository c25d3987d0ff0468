"""券を支払わない理由と、三者の照合

券は1枚ずつ区の記録と照らし、支払わない理由をすべて残します。扱いは、決まった順で最初に当てはまる理由で決まります。
事業者に見せる文と、区だけが見る文を分けます。
"""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest

from azukari.business.taxi import serials
from azukari.business.taxi.checking import explaining, grounds, questions, scalar
from azukari.business.taxi.checking.columns import check, examine
from azukari.business.taxi.checking.matching import match
from azukari.business.taxi.checking.scalar import Booklet, Books, Case, Finding, History, Line
from azukari.business.taxi.checking.types import (
    BLANK,
    EPOCH,
    NEVER,
    Agreements,
    Booklets,
    Dated,
    Invoice,
    Losses,
    Presented,
    Query,
    Register,
)
from azukari.business.taxi.types import Ground, Kind, Outcome, StopReason
from azukari.kernel.errors import Broken
from azukari.kernel.period import Period

FIRST = serials.payload(serials.serial(2019, Kind.TAXI, 1))
PICKUP_FIRST = serials.payload(serials.serial(2019, Kind.PICKUP, 1))
YEAR = (date(2019, 4, 1), date(2020, 4, 1))
TERMS = explaining.terms_of(grounds.parameters())
HELD = {
    Ground.DENOM,
    Ground.OVER_FARE,
    Ground.TYPE_LIMIT,
    Ground.UNREADABLE,
    Ground.MISSING_ENTRY,
    Ground.LATE_CLAIM,
    Ground.QUERIED,
    Ground.OVER_INVOICE,
}


def books(**changes: Any) -> Books:
    """Two booklets of nine vouchers of one holder, stopped on 20 June because of a move, and one company (1)."""
    taxi = Booklet(Kind.TAXI, 500, 1001, *YEAR, date(2019, 6, 20), StopReason.MOVED)
    pickup = taxi._replace(kind=Kind.PICKUP, face=400)
    facts: dict[str, Any] = {
        "firsts": [FIRST, PICKUP_FIRST],
        "lasts": [FIRST + 8, PICKUP_FIRST + 8],
        "booklet": [taxi, pickup].__getitem__,
        "losses": {FIRST + 7: date(2019, 6, 3), FIRST + 8: None},
        "agreements": {(1, kind): [Period(date(2019, 4, 1), None)] for kind in (Kind.TAXI, Kind.PICKUP)},
    }
    return Books(**(facts | changes))


def voucher(place: int = 0, **changes: Any) -> Line:
    """The voucher in this place of the first booklet, used on 12 June on a ride of 1,200 yen."""
    number = serials.checked(FIRST + place)
    month = date(2019, 6, 1)
    line = Line(0, number, 1, Kind.TAXI, 500, date(2019, 6, 12), 1200, 1001, True, Query.NONE, 1, month)
    return line._replace(**changes)


def findings(*lines: Line, register: Books | None = None) -> tuple[Finding, ...]:
    """Of the last of several vouchers received one after another."""
    numbered = [line._replace(row=row) for row, line in enumerate(lines)]
    return list(scalar.judge_all(numbered, register or books(), TERMS))[-1][1]


def pickup(place: int) -> Line:
    return voucher(serial=serials.checked(PICKUP_FIRST + place), kind=Kind.PICKUP, face=400)


CASES: dict[Ground, tuple[tuple[Line, ...], str]] = {
    Ground.NOT_ISSUED: ((voucher(50),), "番号 19-1-0000051-47 の券は交付していません"),
    Ground.DUPLICATE: (
        (voucher(), voucher(1), voucher(operator=2, batch=9), voucher()),
        "同じ番号の券が、先に提出されています（同じ束、1行目）",
    ),
    Ground.DENOM: ((voucher(face=100),), "福祉タクシー券 100円として出ていますが、交付は福祉タクシー券 500円です"),
    Ground.LOST: ((voucher(7),), "6月12日の利用ですが、6月3日からの紛失の届けがあります"),
    Ground.EARLY: ((voucher(used=date(2019, 3, 31)),), "3月31日の利用ですが、使えるのは4月1日からです"),
    Ground.EXPIRED: (
        (voucher(used=date(2020, 4, 1), month=date(2020, 4, 1)),),
        "4月1日の利用ですが、有効期限は3月31日までです",
    ),
    Ground.STOPPED: ((voucher(used=date(2019, 6, 20)),), "6月20日の利用ですが、6月20日に停止されています（転出）"),
    Ground.NO_AGREEMENT: (
        (voucher(operator=2),),
        "2019年6月12日の利用ですが、その日に福祉タクシー券の協定がありません",
    ),
    Ground.OVER_FARE: (
        (voucher(), voucher(1), voucher(2)),
        "この券までの合計が1,500円で、代金1,200円を超えています",
    ),
    Ground.TYPE_LIMIT: ((pickup(0), pickup(1)), "一回の乗車に使える予約料・迎車料補助券は1枚ですが、2枚目です"),
    Ground.UNREADABLE: ((voucher(serial=0),), "券の番号が読めません"),
    Ground.MISSING_ENTRY: ((voucher(named=False, used=None),), "氏名・利用日が書かれていません"),
    Ground.LATE_CLAIM: (
        (voucher(month=date(2019, 8, 1)),),
        "2か月前（2019年6月）の利用です。1か月前までの決まりです",
    ),
    Ground.QUERIED: ((voucher(query=Query.OTHER),), "委託先が区へ照会した券です"),
}


@pytest.mark.parametrize("ground", CASES)
def test_facts_in_words(ground: Ground) -> None:
    """理由は、利用日・停止日・枚数・金額などの事実を書いた文になります。

    例: 「6月20日の利用ですが、6月20日に停止されています（転出）」「この券までの合計が1,500円で、代金1,200円を超えています」。
    """
    lines, words = CASES[ground]
    found = {finding.ground: finding for finding in findings(*lines)}
    assert found[ground].in_full == words


def test_a_good_voucher_has_no_ground() -> None:
    """交付され、使える日に、協定のある事業者で使われ、代金の中に収まる券には、理由がありません。"""
    assert findings(voucher()) == ()
    assert findings(voucher(), voucher(1), pickup(0)) == ()


@pytest.mark.parametrize(
    ("register", "lines", "where"),
    [
        (books(), (voucher(), voucher(used=date(2019, 6, 13))), "同じ束、1行目"),
        (books(), (voucher(), voucher(batch=2)), "同じ事業者の別の束、1行目"),
        (books(), (voucher(operator=2), voucher()), "同じ束、1行目"),
        (books(), (voucher(operator=2, batch=2), voucher()), "ほかの事業者、1行目"),
        (books(), (voucher(), voucher(month=date(2019, 7, 1))), "前の月（2019年6月分）、1行目"),
        (books(taken={voucher().serial}), (voucher(),), "前の請求"),
    ],
)
def test_who_was_first(register: Books, lines: tuple[Line, ...], where: str) -> None:
    """同じ番号の券が先に出ていれば、どの束の何行目が先かを区に示します。事業者には、先に出ていることだけを伝えます。"""
    found = findings(*lines, register=register)
    assert (found[0].ground, found[0].detail) == (Ground.DUPLICATE, where)
    assert "事業者" not in found[0].words


def test_the_first_ground_decides() -> None:
    """いくつも当てはまるときは、すべてを残し、決まった順で最初の理由が扱いを決めます。"""
    found = findings(voucher(7, face=100, used=date(2019, 6, 25), named=False))
    assert [finding.ground for finding in found] == [
        Ground.DENOM,
        Ground.LOST,
        Ground.STOPPED,
        Ground.MISSING_ENTRY,
    ]
    mask = sum(finding.ground.bit for finding in found)
    assert grounds.first_of(mask) is Ground.DENOM
    assert grounds.outcome_of(mask) is Outcome.HELD
    assert grounds.outcome_of(0) is Outcome.ACCEPTED


@pytest.mark.parametrize("ground", Ground)
def test_held_or_refused(ground: Ground) -> None:
    """事業者や本人の回答で決まる理由は「保留」、決まっている理由は「不支給」です。

    保留になるのは、券種・券面額の違い、代金や枚数の超過、読めない券、書かれていない欄、遅れた請求、照会中、請求書の枚数の超過です。
    """
    assert grounds.rules()[ground].outcome is (Outcome.HELD if ground in HELD else Outcome.REFUSED)
    assert grounds.outcome_of(ground.bit) is grounds.rules()[ground].outcome


@pytest.mark.parametrize("ground", Ground)
def test_what_the_company_is_told(ground: Ground) -> None:
    """どの理由にも、事業者や本人に見せる文と、次にできることがあります。転出や入院など、利用者の身の上は書きません。"""
    rule = grounds.rules()[ground]
    assert rule.told.endswith("。")
    assert rule.next_step.endswith("。")
    lines, _ = CASES.get(ground, ((), ""))
    words = [finding.words for finding in findings(*lines)] if lines else []
    told = "".join([rule.told, rule.next_step, *words])
    assert not [reason for reason in StopReason if reason in told]


def test_an_unreadable_number_is_not_looked_up() -> None:
    """番号が読めない券は、区の記録と照らさずに保留にします。券に書かれたことだけを見ます。"""
    found = findings(voucher(serial=0, operator=2, face=999, used=date(2019, 6, 25)))
    assert [finding.ground for finding in found] == [Ground.UNREADABLE]
    assert findings(voucher(serial=voucher().serial + 1))[0].words == "券の番号の検査数字が合いません"


def test_a_blank_day_is_no_wrong_day() -> None:
    """利用日が書かれていない券は、日付による理由では断りません。破棄や返還の届けは、日付がなくても当てはまります。"""
    assert [finding.ground for finding in findings(voucher(7, used=None))] == [Ground.MISSING_ENTRY]
    assert [finding.ground for finding in findings(voucher(8, used=None))] == [Ground.LOST, Ground.MISSING_ENTRY]


def test_what_is_not_good_uses_up_no_fare() -> None:
    """交付していない券、先に出ている券、読めない券は、同じ乗車の合計に数えません。"""
    assert findings(voucher(), voucher(), voucher(60), voucher(2, query=Query.UNREADABLE), voucher(1)) == ()


def test_numbers_have_dates() -> None:
    """請求の遅れや枚数の決まりは、始まる日のついた値です。値が変わった後の券から、新しい値で判定します。"""
    changing = Dated(((0, 1), (date(2019, 8, 1).toordinal() - EPOCH, 3)))
    terms = explaining.terms_of(grounds.Parameters(changing, changing, changing))
    late = voucher(used=date(2019, 5, 31), month=date(2019, 7, 1))
    assert [f.ground for f in scalar.judge(late, books(), History(), terms)] == [Ground.LATE_CLAIM]
    assert scalar.judge(late._replace(month=date(2019, 8, 1)), books(), History(), terms) == ()
    none = explaining.terms_of(grounds.Parameters(Dated(()), Dated(()), Dated(())))
    assert scalar.judge(late._replace(month=date(2020, 3, 1)), books(), History(), none) == ()


def test_a_number_may_change() -> None:
    """値の行には始まる日を書けます。書かない値は、はじめからの値です。"""
    row = grounds.parameter_rows()[0]
    later = grounds.Parameter("late_months", "", 2, "か月", "要綱", "V", date(2020, 4, 1))
    steps = grounds.dated("late_months", (later, row))
    assert [steps.at(date(2020, month, 1).toordinal() - EPOCH) for month in (3, 4)] == [row.value, 2]
    with pytest.raises(KeyError, match="nothing"):
        grounds.dated("nothing")


def test_unconfirmed_is_said() -> None:
    """どの理由と値にも出典と印があります。要綱で確かめていないもの（印 M）は「未確認」と示します。"""
    every = [*grounds.rules().values(), *grounds.parameter_rows()]
    assert all(one.source and one.mark in {"S", "V", "M"} for one in every)
    assert not any(one.confirmed for one in grounds.parameter_rows())
    assert grounds.rules()[Ground.NO_AGREEMENT].confirmed
    assert not grounds.rules()[Ground.LATE_CLAIM].confirmed


def test_no_more_than_the_invoice() -> None:
    """券が請求書の枚数より多ければ、後から受け取った券を保留にし、請求書より多くは払いません。"""
    lines = [voucher(place, row=place, fare=9_000) for place in range(4)]
    key = (1, date(2019, 6, 1), Kind.TAXI, 500)
    tallies, found = scalar.three_way(scalar.judge_all(lines, books(), TERMS), {key: 3})
    assert [len(found[row]) for row in range(4)] == [0, 0, 0, 1]
    assert found[3][0].words == "請求書は3枚ですが、支払える券の4枚目です"
    assert (tallies[key].counted, tallies[key].valid) == (4, 4)


def test_two_checks_that_differ_stop_the_payment() -> None:
    """検査は、まとめて行うものと1枚ずつ行うものの二つがあります。食い違えば、支払いを止めます。"""
    case: Case = History().look(voucher(), books(), TERMS)
    with pytest.raises(Broken, match="二つの検査が食い違いました"):
        scalar.confirm(case, Ground.LOST.bit)


# --- columns: the same month for the three-way match and the questions ---


def day(number: int, month: int = 6) -> int:
    return date(2019, month, number).toordinal() - EPOCH


def register(size: int = 60) -> Register:
    """Booklets of taxi vouchers of two holders (1 and 2), and three companies with an agreement."""
    firsts = np.array([FIRST, FIRST + 100])
    two = {name: np.full(2, value) for name, value in {"face": 500, "from": day(1, 4), "until": NEVER}.items()}
    holders, kind = np.array([1, 2]), np.zeros(2, np.int8)
    booklets = Booklets(
        firsts, firsts + size - 1, kind, two["face"], holders, holders + 1000, two["from"], two["until"],
        two["until"], kind - 1,
    )  # fmt: skip
    companies = np.array([1, 2, 3], np.int32)
    agreements = Agreements(companies, np.zeros(3, np.int8), np.full(3, day(1, 4)), np.full(3, NEVER))
    return Register(booklets, Losses(np.zeros(0, np.int64), np.zeros(0, np.int32)), agreements, np.zeros(0, np.int64))


def month(*rows: tuple[int, int, int, int], number: int = 1001) -> Presented:
    """Vouchers (place, company, day of June, fare) of the first holder."""
    place, company, used, fare = np.array(rows).T
    count = len(rows)
    return Presented(
        serials.checked(FIRST + place),
        company.astype(np.int32),
        np.zeros(count, np.int8),
        np.full(count, 500, np.int32),
        (day(1) - 1 + used).astype(np.int32),
        fare.astype(np.int32),
        np.full(count, number),
        np.ones(count, np.bool_),
        np.zeros(count, np.int8),
        company.astype(np.int32),
        np.full(count, day(1), np.int32),
    )


def test_three_way() -> None:
    """事業者・月・券種・券面額ごとに、数えた枚数、請求の枚数、支払える枚数を並べます。

    請求 = 支払い + 理由ごとの枚数 + 差（請求にあって券がない枚数）です。金額でも同じです。
    """
    presented = month((0, 1, 3, 9000), (1, 1, 3, 9000), (1, 1, 4, 9000), (2, 2, 3, 9000))
    invoice = Invoice(*(np.array(column) for column in ([1, 3], [day(1)] * 2, [0, 0], [500, 500], [5, 2])))
    mask, lines = match(presented, check(presented, register(), grounds.parameters()), invoice)
    assert [grounds.first_of(one) for one in mask.tolist()] == [None, None, Ground.DUPLICATE, Ground.OVER_INVOICE]
    assert lines.operator.tolist() == [1, 2, 3]
    assert list(zip(lines.counted, lines.claimed, lines.valid, strict=True)) == [(3, 5, 2), (1, 0, 1), (0, 2, 0)]
    assert (lines.paid.tolist(), lines.variance.tolist()) == ([2, 0, 0], [2, -1, 2])
    assert lines.yen(lines.paid).tolist() == [1000, 0, 0]


def asked(presented: Presented) -> list[questions.Question]:
    checked = examine(presented, register(), grounds.parameters())
    limits = questions.thresholds(day(1))
    return list(questions.questions(presented, checked.mask, register().booklets, limits))


@pytest.mark.parametrize(
    ("rows", "pattern", "words"),
    [
        (
            [(place, 1, 3, 9990) for place in range(15)],
            questions.Pattern.RUN,
            "6月3日に、一人の券 15 枚が 19-1-0000001-03 から続き番号で使われています。冊のまま預かっていませんか。",
        ),
        (
            [(3 * on + company, company, on, 990) for on in (3, 4, 5) for company in (1, 2, 3)],
            questions.Pattern.PLACES,
            "一人の券が一日に 3 以上の事業者で使われた日が、3 日あります。",
        ),
        (
            [(2 * on, 1, on, 2000 if on % 2 else 2010) for on in range(1, 21)],
            questions.Pattern.ROUND,
            "20 回の乗車のうち 10 回（50％）の代金が 1,000 円の倍数です。",
        ),
        (
            [(2 * place, 1, 30, 9990) for place in range(10)],
            questions.Pattern.LAST_DAY,
            "2019年6月の一人の券 10 枚が、すべて月末の6月30日に使われています。",
        ),
    ],
)
def test_questions(rows: list[tuple[int, int, int, int]], pattern: questions.Pattern, words: str) -> None:
    """不正に多い形は「質問」として並べます。続き番号、一日に多くの事業者、切りのよい代金、月末の日だけの利用を探します。

    質問の枚数に一つ足りなければ尋ねません。質問だけで支払いを止めることはありません。
    """
    presented = month(*rows)
    assert [(one.pattern, one.words) for one in asked(presented)] == [(pattern, words)]
    assert not check(presented, register(), grounds.parameters()).any()
    fewer = presented.part(np.arange(len(rows)) != 2)
    assert asked(fewer) == []


def test_a_number_of_somebody_else() -> None:
    """券に書かれた認定番号が、券を交付した人の番号と違う券が続く事業者にも尋ねます。"""
    rows = [(2 * on, 1, on, 990) for on in (3, 4, 5)]
    [question] = asked(month(*rows, number=1002))
    assert (question.operator, question.rows.tolist()) == (1, [0, 1, 2])
    assert question.words == "3 枚の券に書かれた認定番号が、券を交付した人の番号と違います。"
    assert asked(month(*rows, number=BLANK)) == []
    assert asked(month(*rows[:2], number=1002)) == []


def test_questions_name_no_voucher_twice() -> None:
    """同じ券が二度出ていても、質問では一度だけ数えます。"""
    rows = [(place, 1, 3, 9990) for place in range(11)]
    assert asked(month(*rows, (5, 1, 3, 9990))) == []
