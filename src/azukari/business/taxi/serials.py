"""The number of a voucher: fiscal year, kind, running number, and two check digits. Plain numbers, one or many at once.

Twelve digits `YYKNNNNNNNCC`: the last two of the fiscal year, the kind (1 to 3), a running number within both, and the
check digits of ISO/IEC 7064 MOD 97-10, which find every wrong digit and every pair of digits that changed places.
So a number is right exactly when it leaves 1 divided by 97, for one number or for a whole column.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, TypeVar

from azukari.business.taxi.types import Kind

if TYPE_CHECKING:
    # Only named here: a server that starts has no need to load it.
    import numpy as np
    from numpy.typing import NDArray

DIGITS = 12
LAST_RUNNING = 9_999_999
QR_MARK = "AZT1"
CODES = {kind: code for code, kind in enumerate(Kind, 1)}
MODULUS, RIGHT = 97, 1
_QR = re.compile(rf"{QR_MARK}([0-9]{{{DIGITS}}})")
_PAST_CHECK = 100
_PAST_RUNNING = 10_000_000
Numbers = TypeVar("Numbers", int, "NDArray[np.int64]")


def serial(fiscal_year: int, kind: Kind, running: int) -> int:
    """The number of the `running`-th (from 1) voucher of a fiscal year and kind. Raises ValueError past the last."""
    if not 1 <= running <= LAST_RUNNING:
        raise ValueError(f"券の通し番号は 1 から {LAST_RUNNING:,} までです: {running}")
    return checked((fiscal_year % 100 * 10 + CODES[kind]) * _PAST_RUNNING + running)


def checked(payload: Numbers) -> Numbers:
    """Put the check digits behind ten digits, or behind each of a column of them."""
    return payload * _PAST_CHECK + (98 - payload * _PAST_CHECK % MODULUS)


def payload(number: Numbers) -> Numbers:
    """The ten digits before the check digits, which run without a gap inside a booklet."""
    return number // _PAST_CHECK


def is_right(number: int) -> bool:
    """Twelve digits at most, whose check digits are right."""
    return 0 < number < 10**DIGITS and number % MODULUS == RIGHT and 2 <= number % _PAST_CHECK <= MODULUS + 1


def are_right(numbers: NDArray[np.int64]) -> NDArray[np.bool_]:
    """`is_right` for a column."""
    last = numbers % _PAST_CHECK
    within = (numbers > 0) & (numbers < 10**DIGITS) & (last >= 2) & (last <= MODULUS + 1)
    right: NDArray[np.bool_] = within & (numbers % MODULUS == RIGHT)
    return right


def written(number: int) -> str:
    """As it stands on the voucher, for people: 19-1-0000001-23."""
    digits = f"{number:0{DIGITS}d}"
    return f"{digits[:2]}-{digits[2]}-{digits[3:10]}-{digits[10:]}"


def read(text: str) -> int | None:
    """The number in what was typed or printed (any width, blanks and hyphens); None when no right number stands there."""
    digits = re.sub(r"[\s\-‐-―−ー－]", "", unicodedata.normalize("NFKC", text))
    if not re.fullmatch(rf"[0-9]{{{DIGITS}}}", digits):
        return None
    return int(digits) if is_right(int(digits)) else None


def qr_text(number: int) -> str:
    """What the QR code of a voucher holds: 16 characters of the alphanumeric set, so that level Q fits the smallest code."""
    return f"{QR_MARK}{number:0{DIGITS}d}"


def of_qr(text: str) -> int | None:
    """The number a voucher's QR code holds; None for any other code, and for one whose check digits are wrong."""
    found = _QR.fullmatch(text)
    return int(found[1]) if found and is_right(int(found[1])) else None
