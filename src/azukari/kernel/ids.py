"""宛名番号: nine digits and a check digit.

The law leaves 宛名番号 to each municipality. Ours is ten digits whose last is a check digit by the rule the law gives
for 個人番号 (平成26年総務省令第85号5条; 住民票コード has the same): from the lowest digit, weights 2 to 7 and again from 2;
11 less the remainder by 11; 0 where the remainder is 0 or 1. So one wrong digit is found unless it turns a remainder of
0 into 1 or back.
"""

from __future__ import annotations

import re

ATENA_DIGITS = 10
_PAYLOAD = ATENA_DIGITS - 1
_BLOCK = 1000
WEIGHTS = (4, 3, 2, 7, 6, 5, 4, 3, 2)


def check_digit(payload: int) -> int:
    """The check digit of a number of at most nine digits."""
    high, rest = divmod(payload, _BLOCK * _BLOCK)
    middle, low = divmod(rest, _BLOCK)
    remainder = (_SUMS[0][high] + _SUMS[1][middle] + _SUMS[2][low]) % 11
    return 0 if remainder <= 1 else 11 - remainder


def atena(payload: int) -> str:
    """The 宛名番号 of a number of at most nine digits."""
    return f"{payload:0{_PAYLOAD}d}{check_digit(payload)}"


def is_atena(text: str) -> bool:
    """Ten ASCII digits whose last is right."""
    return bool(re.fullmatch(f"[0-9]{{{ATENA_DIGITS}}}", text)) and check_digit(int(text[:-1])) == int(text[-1])


def _weighted(weights: tuple[int, ...]) -> tuple[int, ...]:
    """The weighted sum of every block of three digits, so that a check digit costs three look-ups."""
    a, b, c = weights
    return tuple(number // 100 * a + number // 10 % 10 * b + number % 10 * c for number in range(_BLOCK))


_SUMS = tuple(_weighted(WEIGHTS[start : start + 3]) for start in (0, 3, 6))
