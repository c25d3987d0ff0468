"""What is wrong with a receipt file, by line: what refuses it, and what is only told. No item of a person is in a message."""

from __future__ import annotations

from azukari.business.health.receipts.lines import Lines, Numbers
from azukari.business.health.receipts.types import Block
from azukari.core.intake.types import LIMITS, Problem, Problems

_AGAIN = "提供元（国保連合会など）に確かめ、正しいファイルをもう一度受け取ってください。"
_TOLD = "受け取りましたが、内容を確かめてください。"


class Findings:
    """`refused` is empty for a file that may be loaded; `told` never stops anything."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.refused, self.told = Problems(LIMITS.problems), Problems(LIMITS.problems)

    def refuse(self, line: int | None, column: str, what: str, why: str, value: str = "") -> None:
        """The file cannot be loaded."""
        self.refused.add(Problem(self.file, line, column, value, what, why, _AGAIN))

    def warn(self, line: int | None, column: str, what: str, why: str) -> None:
        """Odd, but nothing that the specification forbids, or of a layout that is not confirmed."""
        self.told.add(Problem(self.file, line, column, "", what, why, _TOLD))

    def say(self, refuses: bool, line: int, column: str, what: str, why: str) -> None:
        """One of the two."""
        (self.refuse if refuses else self.warn)(line, column, what, why)

    def unread(self, lines: Lines, wrong: Numbers, column: str) -> None:
        """Values that money or the month depend on and that cannot be read."""
        for line in wrong:
            self.refuse(lines.number(line), column, "値が読めません。", "決まった桁の数字ではありません。")

    def warn_unread(self, lines: Lines, wrong: Numbers, column: str) -> None:
        """Values that are left empty instead."""
        for line in wrong:
            self.warn(
                lines.number(line),
                column,
                "値が読めないので、空にしました。",
                "暦にある日や決まった桁の数字ではありません。",
            )

    def warn_characters(self, lines: Lines, wrong: Numbers) -> None:
        """Bytes that are no character of cp932; the original has them as they came."""
        for line in wrong:
            self.warn(
                lines.number(line),
                "",
                "読めない文字があります。",
                "シフト JIS の文字ではないので、置き換えて記録しました。",
            )

    def stray(self, line: int, record: str) -> None:
        """A record at a place where it cannot be."""
        self.refuse(
            line,
            record,
            "レコードの順序が正しくありません。",
            "IR（YK）と GO のあいだ、RE のあとにあるはずのレコードです。",
        )

    def no_end(self, line: int, block: Block) -> None:
        """A block that is not closed: the file was cut off."""
        self.refuse(
            line,
            "GO",
            "途中で切れています。",
            f"{block.line:,} 行目に始まる医療機関の診療報酬請求書レコード (GO) がありません。",
        )

    def no_frame(self) -> None:
        """Nothing of a receipt file at all."""
        self.refuse(1, "", "レセプトのファイルではありません。", "IR、YK、GO のレコードが見つかりません。")
