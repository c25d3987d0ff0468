"""What makes sense in this business, whatever the database or the screen. Plain Python."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date

from azukari.business.taxi.types import Bundle, Mark, Progress, Reason, State
from azukari.kernel import era
from azukari.kernel.errors import BadInput

NUMBER_DIGITS = 12
MOST_YEN = 999_999
# A day typed from a voucher lies within a year of the month claimed, or it was misread.
NEAR_DAYS = 366
MONTH_AND_DAY = re.compile(r"([0-9]{1,2})[/.\-月]([0-9]{1,2})日?")


def hangs_together(state: State, reason: Reason | None) -> bool:
    """A query to the ward says why, and nothing else does."""
    return (state is State.QUERIED) == (reason is not None)


def number_of(written: str) -> str | None:
    """The certificate number in what a person typed: any width of digits, spaces and hyphens left out. None if none."""
    digits = "".join(unicodedata.normalize("NFKC", written).replace("-", " ").split())
    return digits if digits.isascii() and digits.isdigit() and len(digits) <= NUMBER_DIGITS else None


def key_of(written: str) -> int:
    """A key sent with a form; 0, which no row has, for anything else."""
    return int(written) if re.fullmatch("[0-9]{1,18}", written) else 0


def day_of(written: str, month: date) -> date:
    """The day in what a person typed from a voucher; a day without its year lies in the year nearest to `month`.

    Raises BadInput for what is no day, and for one further than a year from the month claimed: that was misread.
    """
    plain = "".join(unicodedata.normalize("NFKC", written).split())
    short = MONTH_AND_DAY.fullmatch(plain)
    found = _nearest(int(short[1]), int(short[2]), month) if short else era.parse(plain).date
    if abs((found - month).days) > NEAR_DAYS:
        raise BadInput(
            f"{era.long(found)}は、請求月から一年より離れています。",
            "年の読み違いかもしれません。",
            "券の字を確かめてください。",
        )
    return found


def _nearest(month: int, day: int, claimed: date) -> date:
    """The day of that name closest to the month claimed: a bundle of January holds rides of December."""
    days = []
    for year in (claimed.year - 1, claimed.year, claimed.year + 1):
        try:
            days.append(date(year, month, day))
        except ValueError:
            continue
    if not days:
        raise BadInput(
            f"{month}月{day}日は暦にありません。", "日の読み違いかもしれません。", "券の字を確かめてください。"
        )
    return min(days, key=lambda found: abs((found - claimed).days))


def fare_of(written: str) -> int | None:
    """Yen in what a person typed: any width, with or without 円 and commas. None when it is no fare of a ride."""
    plain = re.sub(r"[,¥\\円\s]", "", unicodedata.normalize("NFKC", written))
    return int(plain) if re.fullmatch("[0-9]{1,7}", plain) and 0 < int(plain) <= MOST_YEN else None


def progress_of(counts: Mapping[str, int]) -> Progress:
    """From the number of vouchers by state."""
    return Progress(sum(counts.values()), counts.get(State.CHECKED, 0), counts.get(State.QUERIED, 0))


def total(bundles: Iterable[Bundle]) -> Progress:
    """All bundles together."""
    return sum((bundle.progress for bundle in bundles), Progress())


def next_to_check(bundles: Iterable[Bundle]) -> Bundle | None:
    """The bundle to go on with: the one begun before the untouched ones, then the one received first."""
    open_ones = [bundle for bundle in bundles if bundle.progress.left]
    return min(open_ones, key=_urgency, default=None)


def _urgency(bundle: Bundle) -> tuple[bool, date, int]:
    untouched = bundle.progress.left == bundle.progress.total
    return untouched, bundle.received_on, bundle.id


def in_lock_order(marks: Iterable[Mark]) -> list[Mark]:
    """Everyone locks rows in the same order, so that two people marking one page wait and never deadlock."""
    return sorted(marks, key=lambda mark: mark.voucher)
