"""What a store lacked for an extraction, said before anybody relies on the list."""

from __future__ import annotations

from collections.abc import Iterator

from azukari.business.health.targets.extracting import month_words
from azukari.business.health.targets.judging import Judging
from azukari.business.health.targets.rules.records import last_month
from azukari.kernel.fiscal import FiscalYear

TABLES = {"checkups": "特定健診の結果", "guidance": "特定保健指導の記録"}


def notes(judging: Judging) -> tuple[str, ...]:
    """How far the records reach, and what could not be judged for want of them."""
    return (*_receipts(judging), *_years(judging), *_lists(judging), *_drugs(judging))


def _receipts(judging: Judging) -> Iterator[str]:
    store = judging.store
    if not judging.definition.lines:
        return  # a list that needs no receipt
    newest = store.seen.newest
    if newest is None:
        yield "レセプトが一件もないため、受診の有無は分かりません。"
        return
    if newest != last_month(store.as_of):
        yield f"レセプトは{month_words(newest)}分までです。それより後の受診は分かりません。"
    if store.loose:
        yield f"だれのものか決まっていないレセプトが {store.loose:,} 件あり、見ていません。"


def _years(judging: Judging) -> Iterator[str]:
    year = FiscalYear.of(judging.store.as_of).year
    for latest in judging.definition.latest.values():
        wanted = {year + back for back in latest.years}
        if not wanted & judging.store.seen.years[latest.table]:
            years = "、".join(FiscalYear(each).label for each in sorted(wanted))
            yield f"{years}の{TABLES[latest.table]}がまだ一件もありません。"


def _lists(judging: Judging) -> Iterator[str]:
    known = judging.store.codes.lists
    for name in sorted(judging.definition.lists()):
        if not known[name].known:
            yield f"基本マスターがないため、「{known[name].title}」に当たるかどうかは分かりません。"


def _drugs(judging: Judging) -> Iterator[str]:
    definition, codes = judging.definition, judging.store.codes
    kinds = {codes.lists[name].kind for name in definition.lists()}
    repeats = any(each.asks_drugs for each in definition.repeats.values())
    if not repeats and "drug" not in kinds:
        return
    if repeats and not codes.drugs:
        yield "医薬品マスターがないため、同じ薬かどうかは分かりません。"
    elif strange := judging.store.strange_drugs:
        yield f"医薬品マスターにない薬のコードが {len(strange):,} 種あり、同じ薬かどうかは分かりません。"
