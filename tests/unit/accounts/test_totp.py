"""The second secret: RFC 6238, sealed to its own row, every code once."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import given
from hypothesis import strategies as st

from azukari.core.accounts import totp

RFC_SECRET = b"12345678901234567890"
NOW = datetime(2019, 6, 3, 9, 0, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "digits"),
    [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"), (20000000000, "353130")],
)
def test_the_examples_of_rfc_6238(seconds: int, digits: str) -> None:
    assert totp.code_at(RFC_SECRET, datetime.fromtimestamp(seconds, UTC)) == digits


def test_a_code_works_one_step_early_and_late_and_no_further() -> None:
    step = totp.step_at(NOW)
    found = {
        offset: totp.step_used(RFC_SECRET, totp.code_at(RFC_SECRET, NOW + offset * totp.STEP), NOW, 0)
        for offset in range(-2, 3)
    }
    assert found == {-2: None, -1: step - 1, 0: step, 1: step + 1, 2: None}


def test_a_used_step_and_all_before_it_are_spent() -> None:
    digits = totp.code_at(RFC_SECRET, NOW)
    assert totp.step_used(RFC_SECRET, digits, NOW, totp.step_at(NOW)) is None
    assert totp.step_used(RFC_SECRET, digits, NOW, totp.step_at(NOW) - 1) == totp.step_at(NOW)


@given(st.text(max_size=8))
def test_odd_input_is_a_wrong_code_and_no_error(typed: str) -> None:
    if typed not in {totp.code_at(RFC_SECRET, NOW + offset * totp.STEP) for offset in (-1, 0, 1)}:
        assert totp.step_used(RFC_SECRET, typed, NOW, 0) is None


@pytest.mark.parametrize("typed", ["２８７０８２", "+12345", "12_345", " 12345", "²34567"])
def test_only_ascii_digits_are_digits(typed: str) -> None:
    assert totp.step_used(RFC_SECRET, typed, NOW, 0) is None


def test_a_sealed_secret_opens_in_its_own_row_only() -> None:
    mine, other = uuid4(), uuid4()
    sealed = totp.seal(mine, RFC_SECRET)
    assert RFC_SECRET not in sealed
    assert totp.unseal(mine, sealed) == RFC_SECRET
    with pytest.raises(InvalidTag):
        totp.unseal(other, sealed)
    with pytest.raises(InvalidTag):
        totp.unseal(mine, sealed[:-1] + bytes([sealed[-1] ^ 1]))
