"""What crosses the border of the people package. Plain Python; a field the flow may not see is None."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from azukari.kernel.period import Period


class Sex(StrEnum):
    """性別 as registered."""

    MALE = "男"
    FEMALE = "女"


class Purpose(StrEnum):
    """Why an address is asked for. A concealed one may be open to one purpose and closed to another."""

    SCREEN = "画面"
    POST = "郵送"
    RETURNED = "返戻"
    HAND_OVER = "授受"
    RECORD = "記録"


class RefusalKind(StrEnum):
    """Why no address is given. Callers show `Refusal.reason`; they need not know every kind."""

    NOT_LISTED = "項目外"
    NONE_REGISTERED = "住所なし"


@dataclass(frozen=True, slots=True)
class Refusal:
    """No address, and the reason in words that say nothing personal."""

    kind: RefusalKind
    reason: str


@dataclass(frozen=True, slots=True)
class Address:
    """A registered 住所. `postcode` is 7 digits; `chome` None where the town has none."""

    postcode: str
    municipality: str
    town: str
    chome: int | None
    ban: str
    go: str
    building: str
    valid: Period

    def __str__(self) -> str:
        """As on an envelope: 東京都世田谷区太子堂四丁目21番27号 キャロット101."""
        chome = f"{_KANJI_NUMBERS[self.chome]}丁目" if self.chome else ""
        go = f"{self.go}号" if self.go else ""
        building = f" {self.building}" if self.building else ""
        return f"{self.municipality}{self.town}{chome}{self.ban}番{go}{building}"


_KANJI_NUMBERS = ("", "一", "二", "三", "四", "五", "六", "七", "八", "九", "十")


@dataclass(frozen=True, slots=True)
class Name:
    """A 氏名 in force for a while. `full` has one U+3000 between surname and given name; never folded."""

    full: str | None
    kana: str | None
    former: str | None
    valid: Period | None


@dataclass(frozen=True, slots=True)
class Member:
    """One person of a household: 続柄 is to its head."""

    person_id: int
    name: str | None
    relation: str | None
    head: bool | None
    born: date | None


@dataclass(frozen=True, slots=True)
class Household:
    """世帯 on one day, head first."""

    id: int
    number: str | None
    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """One line of a search answer."""

    person_id: int
    atena: str | None
    name: str | None
    kana: str | None
    born: date | None
    sex: str | None
    died: date | None
    address: Address | Refusal


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything the present flow may see of one person on one day. `names` are all names, latest first."""

    person_id: int
    atena: str | None
    born: date | None
    sex: str | None
    died: date | None
    name: Name | None
    names: tuple[Name, ...]
    household: Household | None
    address: Address | Refusal
