"""The plainest words of what the analysts get: age bands, and disclosure counted person by person. Plain Python.

`tables` and `disclosure` do the same in columns; property tests compare them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from azukari.business.health.analysis.types import BIRTH_ITEM, SEX_ITEM, Cell, Disclosure
from azukari.kernel.age import age_reached
from azukari.kernel.fiscal import FiscalYear

BAND, TOP = 5, 75
ONE_DAY = timedelta(days=1)
SEXES = {1: "男", 2: "女"}
NO_DISEASE = ""


def band(born: date, on: date) -> int:
    """The five-year band (its lowest age) at the end of the fiscal year of `on`; 75 holds everybody from 75.

    By law an age is reached the day before the birthday, so who is born on 1 April has it on 31 March. Between two days
    of one fiscal year nobody changes the band: two hand-overs of a year do not tell a birthday.
    """
    return min(age_reached(born, FiscalYear.of(on).end - ONE_DAY) // BAND * BAND, TOP)


def band_words(lowest: int | None) -> str:
    """A band in words; empty for one that is not known."""
    if lowest is None:
        return ""
    return f"{TOP}歳以上" if lowest >= TOP else f"{lowest}〜{lowest + BAND - 1}歳"


def quasi(items: Iterable[str]) -> tuple[str, ...]:
    """Which quasi-identifiers the flow's items give away."""
    given = set(items)
    return tuple(name for name, item in (("sex", SEX_ITEM), ("age_band", BIRTH_ITEM)) if item in given)


def disclosure(people: Sequence[tuple[tuple[str, ...], Sequence[str], Sequence[str]]], smallest: int) -> Disclosure:
    """Of each person the quasi-identifiers, the disease codes and the facilities: see `Disclosure`."""
    cells: dict[tuple[str, ...], int] = Counter(values for values, _, _ in people)
    diseases: dict[tuple[str, ...], set[str]] = defaultdict(set)
    visits: Counter[tuple[tuple[str, ...], str]] = Counter()
    for values, codes, facilities in people:
        diseases[values] |= set(codes) or {NO_DISEASE}
        visits.update({(values, facility) for facility in facilities})
    single = {
        number
        for number, (values, _, facilities) in enumerate(people)
        if any(visits[values, facility] == 1 for facility in facilities)
    }
    small = tuple(Cell(values, count) for values, count in sorted(cells.items()) if count < smallest)
    return Disclosure(
        persons=len(people),
        smallest=smallest,
        k=min(cells.values(), default=0),
        small=small,
        exposed=sum(cell.persons for cell in small),
        l=min((len(found) for found in diseases.values()), default=0),
        alike=sum(1 for found in diseases.values() if len(found) == 1),
        seen=len(single),
    )


def lines(found: Disclosure, hidden_codes: int, hidden_lines: int) -> list[str]:
    """The report in sentences, for the person who accepts it. No cell says a count under the border."""
    told = [
        f"{found.persons:,} 人。性別と年齢の区分が同じ人は、最も少ない組で {_at_most(found.k, found.smallest)}です。",
        f"{found.smallest} 人に満たない組は {len(found.small):,} 組、合わせて {_at_most(found.exposed, found.smallest)}です。"
        if found.small
        else f"{found.smallest} 人に満たない組はありません。",
        *(
            f"　{'・'.join(value or '不明' for value in cell.values) or '全員'}: {found.smallest} 人未満"
            for cell in found.small
        ),
        f"一つの組の中の病名は、最も少ない組で {found.l:,} 種類、全員が同じ組は {found.alike:,} 組です。",
        f"性別・年齢の区分に加え、かかった医療機関を一つ知る人には、{found.seen:,} 人が一人に絞られます。",
    ]
    if hidden_codes:
        told.append(f"まれな病名 {hidden_codes:,} 種類（{hidden_lines:,} 行）は、空欄にしました。")
    return told


def _at_most(count: int, smallest: int) -> str:
    return f"{count:,} 人" if count >= smallest else f"{smallest} 人未満"
