"""What the analysts get, as shapes. Plain Python."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

TOKEN_ITEM = "被保険者識別番号"  # noqa: S105 (the name of an item)
SEX_ITEM, BIRTH_ITEM, LEVEL_ITEM = "性別", "生年月日", "保健指導区分"
CHECKUP_ITEM, INTERVIEW_ITEM, RECEIPT_ITEM = "受診結果", "問診結果", "レセプトデータ"
# Items that 809-5 lists although its records are pseudonymised: nothing at all is given for them.
NEVER = frozenset({"氏名", "住所"})


@dataclass(frozen=True, slots=True)
class Wanted:
    """Of whom and what: records of `since <= day < before`, of persons under 75 on the day `on` (諮問809 §4).

    `rare`: disease codes of fewer persons are left out; 0 leaves all in.
    """

    on: date
    since: date
    before: date
    rare: int


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of people who look the same: the values they share, and how many they are."""

    values: tuple[str, ...]
    persons: int


@dataclass(frozen=True, slots=True)
class Disclosure:
    """What somebody could tell from the tables (件 are persons).

    `k` is the fewest persons who share their quasi-identifiers, `small` the cells of fewer than `smallest`, `exposed` the
    persons in them. `l` is the fewest different diseases within one of the cells, `alike` the cells where everybody has
    the same. `seen` are the persons whom sex, age and one facility visited would single out.
    """

    persons: int
    smallest: int
    k: int
    small: tuple[Cell, ...]
    exposed: int
    l: int  # noqa: E741 (its name in the literature)
    alike: int
    seen: int


@dataclass(frozen=True, slots=True)
class Left:
    """What was left out on the way: rare disease codes and the lines they stood on."""

    codes: int
    lines: int
