"""Words of the report that pages need too: nothing here loads what computes."""

from __future__ import annotations

ARMS = {"treated": "届いた人", "control": "届かなかった人"}
STAGES = {
    "all": "データにある人",
    "ineligible": "対象の条件に当てはまらない",
    "unusable": "前の値が分からない",
    "eligible": "対象の人",
    "outside": "比べる相手がいない",
    "missing": "後の値が分からない",
    "analysed": "比べた人",
    "unpaired": "組の相手がいない",
    "paired": "組になった人",
}
UNKNOWN = "届いたか分からない人"


def signed(value: float, binary: bool) -> str:
    """A difference as it is read: −0.310, of shares +4.2ポイント."""
    if binary:
        return f"{value * 100:+.1f}ポイント".replace("-", "−")
    size = abs(value)
    return f"{value:+,.{3 if size < 10 else 1 if size < 1_000 else 0}f}".replace("-", "−")
