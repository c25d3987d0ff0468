from datetime import date

import pytest

from azukari.business.taxi import rules
from azukari.business.taxi.types import Bundle, Mark, Progress, Reason, State


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


def test_days_are_in_order_and_added_up() -> None:
    days = rules.by_day([bundle(1, 5, Progress(10, 4)), bundle(2, 1, Progress(3)), bundle(3, 5, Progress(5, 1, 1))])
    assert days == {date(2019, 7, 1): Progress(3), date(2019, 7, 5): Progress(15, 5, 1)}
    assert list(days) == sorted(days)


def test_locks_are_taken_in_one_order() -> None:
    marks = [Mark(key, 0, State.CHECKED) for key in (3, 1, 2)]
    assert [mark.voucher for mark in rules.in_lock_order(marks)] == [1, 2, 3]
