"""What goes on the medium, made from rows and nothing else. Plain Python: no Django, no clock."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import date

from azukari.core.handover.types import SourceRow
from azukari.kernel.errors import BadInput, Refused
from azukari.kernel.fiscal import FiscalYear

ROWS_NAME = "rows.csv"
# A cell that begins so is a formula to a spreadsheet; an apostrophe before it makes it text (OWASP CSV injection).
FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\r\n]")
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\u202a-\u202e\u2066-\u2069]")
MONTH, YEAR = "month", "year"


def rows_csv(items: Sequence[str], rows: Iterable[SourceRow]) -> bytes:
    """The rows as CSV (UTF-8 with BOM, CRLF): a column an item, in the consultation's order; what a row has not is empty.

    Raises Refused for a value under a name that is no item of the consultation, BadInput for control characters.
    """
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(items)
    for number, row in enumerate(rows, start=1):
        if strangers := [name for name in row.values if name not in items]:
            raise Refused(
                f"「{strangers[0]}」は、この取扱いの項目にありません。",
                "渡せるのは、諮問に書かれた項目だけです。",
                "渡すものから除くか、項目を加える諮問をしてください。",
            )
        writer.writerow([_cell(row.values.get(item, ""), item, number) for item in items])
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def _cell(value: str, item: str, number: int) -> str:
    if found := CONTROL.search(value):
        raise BadInput(
            f"{number} 行目の「{item}」に、見えない制御文字があります (U+{ord(found[0]):04X})。",
            "印刷や読み込みで、別の文字として扱われるおそれがあります。",
            "元の記録を直してから、提案し直してください。",
        )
    return f"'{value}" if FORMULA.match(value) else value


def period_of(per: str | None, on: date) -> tuple[date, date]:
    """The period, half-open, in which the paper counts: the month, else the fiscal year."""
    if per == MONTH:
        first = on.replace(day=1)
        return first, date(first.year + first.month // 12, first.month % 12 + 1, 1)
    year = FiscalYear.of(on)
    return year.start, year.end
