"""How many of which errors a month gets."""

from __future__ import annotations

from collections.abc import Mapping

from azukari.business.taxi.types import Ground
from azukari.kernel.errors import BadInput

# Share of the month's vouchers. Guesses, so that every kind turns up; a small month has one of each at least.
SHARES: Mapping[str, float] = {
    Ground.NOT_ISSUED: 0.0005,
    Ground.DUPLICATE: 0.003,
    Ground.DENOM: 0.001,
    Ground.LOST: 0.0005,
    Ground.EARLY: 0.0005,
    Ground.EXPIRED: 0.001,
    Ground.STOPPED: 0.001,
    Ground.NO_AGREEMENT: 0.0005,
    Ground.OVER_FARE: 0.002,
    Ground.TYPE_LIMIT: 0.0005,
    Ground.UNREADABLE: 0.001,
    Ground.MISSING_ENTRY: 0.002,
    Ground.LATE_CLAIM: 0.001,
}
OUT_OF_TERM, TWICE, SHORT, SURPLUS = "OUT_OF_TERM", "TWICE", "SHORT", "SURPLUS"
# Number of claims: late at the counter, twice in the month, fewer and more vouchers in the bundle than invoiced.
CLAIMS: Mapping[str, float] = {OUT_OF_TERM: 1, TWICE: 1, SHORT: 2, SURPLUS: 2}
NONE: Mapping[str, float] = dict.fromkeys([*SHARES, *CLAIMS], 0.0)
_LARGEST_SHARE = 0.5


def amounts(mix: Mapping[str, float] | None) -> dict[str, float]:
    """The usual mix with what is given put in its place. Raises BadInput for an unknown code or an impossible amount."""
    given = dict(mix or {})
    usual = {str(code): amount for code, amount in {**SHARES, **CLAIMS}.items()}
    if unknown := sorted(given.keys() - usual.keys()):
        raise BadInput(
            f"誤りの種類「{'、'.join(unknown)}」を知りません。",
            f"使えるのは {'、'.join(usual)} です。",
            "DUPLICATE=0.02 のように書いてください。",
        )
    for code, amount in given.items():
        if not 0 <= amount <= (_LARGEST_SHARE if code in SHARES else 150):
            raise BadInput(
                f"誤りの量 {code}={amount:g} は使えません。",
                f"券の誤りは 0 から {_LARGEST_SHARE:g} までの割合、請求の誤りは 0 件からの件数です。",
                "DUPLICATE=0.02、TWICE=1 のように書いてください。",
            )
    return usual | given


def vouchers(share: float, total: int) -> int:
    """How many of `total` vouchers (枚): at least one where there is any share."""
    return max(1, round(share * total)) if share and total else 0
