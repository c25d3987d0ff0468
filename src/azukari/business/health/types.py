"""Words of 国保データヘルス shared with other packages."""

from __future__ import annotations

from collections.abc import Callable

# What is being done, how many are done, of how many.
Progress = Callable[[str, int, int], None]

# The ward's own use (consultations/ward-register.toml), and the seven flows of 諮問809 §5.
WARD_ENTRY = "r-health"
CALLS = "809-1"  # 勧奨電話
ANALYSIS = "809-2-1"  # 分析・対象者抽出 (仮名)
LETTERS = "809-2-2"  # 受診勧奨通知発送
EFFECT = "809-2-3"  # 効果検証 (仮名)
GUIDANCE = "809-3"  # 糖尿病性腎症重症化予防の保健指導
VISITS = "809-4"  # 重複・頻回受診者、重複服薬者への訪問指導
EXTRACTION = "809-5"  # レセプト分析・対象者抽出・効果分析 (仮名)


def silent(_title: str, _done: int, _total: int) -> None:
    """Progress that nobody watches."""
