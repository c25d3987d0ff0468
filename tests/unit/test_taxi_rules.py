from datetime import date

import pytest

from azukari.business.taxi import rules
from azukari.business.taxi.types import Bundle, Mark, Progress, Reason, State
from azukari.kernel.errors import BadInput


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("12345678", "12345678"),
        (" １２３４ ５６７８ ", "12345678"),
        ("1234-5678", "12345678"),
        ("00012", "00012"),
        ("", None),
        ("山田", None),
        ("1234567890123", None),
        ("१२३", None),
        ("12'; --", None),
    ],
)
def test_number_of(written: str, number: str | None) -> None:
    assert rules.number_of(written) == number


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("reason", [None, *Reason])
def test_only_a_query_has_a_reason(state: State, reason: Reason | None) -> None:
    assert rules.hangs_together(state, reason) == ((state is State.QUERIED) == (reason is not None))


def bundle(key: int, day: int, progress: Progress) -> Bundle:
    return Bundle(key, "見本交通", date(2019, 6, 1), 1, date(2019, 7, day), "見本", progress)


def test_progress_is_of_all_states() -> None:
    progress = rules.progress_of({"未確認": 5, "確認済": 3, "区へ照会": 1})
    assert (progress.total, progress.checked, progress.queried, progress.left) == (9, 3, 1, 5)


def test_total_of_no_bundle_is_nothing() -> None:
    assert rules.total([]) == Progress()


def test_the_bundle_begun_comes_before_the_untouched() -> None:
    untouched = bundle(1, 1, Progress(10))
    begun = bundle(2, 5, Progress(10, 4))
    done = bundle(3, 1, Progress(10, 9, 1))
    assert rules.next_to_check([done, untouched, begun]) == begun
    assert rules.next_to_check([done, untouched]) == untouched
    assert rules.next_to_check([done]) is None


@pytest.mark.parametrize("written", ["6/3", "6月3日", "６／３", "R1.6.3", "令和元年6月3日", "2019-06-03"])
def test_a_day_as_people_write_it(written: str) -> None:
    assert rules.day_of(written, date(2019, 6, 1)) == date(2019, 6, 3)


def test_a_day_without_its_year_is_near_the_month_claimed() -> None:
    assert rules.day_of("12/28", date(2020, 1, 1)) == date(2019, 12, 28)


@pytest.mark.parametrize("written", ["2/30", "13/1", "昨日", "2001-06-03", ""])
def test_what_is_no_day_of_a_claim_is_refused(written: str) -> None:
    with pytest.raises(BadInput):
        rules.day_of(written, date(2019, 6, 1))


@pytest.mark.parametrize(
    ("written", "fare"),
    [("1,200円", 1200), ("１２００", 1200), ("¥980", 980), ("-980", None), ("0", None), ("九百", None)],
)
def test_a_fare_as_people_write_it(written: str, fare: int | None) -> None:
    assert rules.fare_of(written) == fare


def test_locks_are_taken_in_one_order() -> None:
    marks = [Mark(key, 0, State.CHECKED) for key in (3, 1, 2)]
    assert [mark.voucher for mark in rules.in_lock_order(marks)] == [1, 2, 3]
