"""A person's sheet and a search answer in the words of the screen. What the flow may not see is left out, not blanked."""

from __future__ import annotations

from dataclasses import dataclass

from azukari.core.people.types import Address, Found, Member, Name, Refusal, Sheet
from azukari.kernel import era
from azukari.web.types import Fact

NOW = "現在"


@dataclass(frozen=True, slots=True)
class Hit:
    """One line of a search answer."""

    name: str
    kana: str
    born: str
    sex: str
    atena: str
    address: str
    link: str


@dataclass(frozen=True, slots=True)
class Kin:
    """One member of the household."""

    name: str
    relation: str
    born: str


@dataclass(frozen=True, slots=True)
class Past:
    """A name and while it was in force."""

    name: str
    kana: str
    term: str


@dataclass(frozen=True, slots=True)
class PersonSheet:
    """One person: facts, household, all names."""

    name: str
    facts: tuple[Fact, ...]
    household: str
    members: tuple[Kin, ...]
    names: tuple[Past, ...]


def hit(found: Found, link: str) -> Hit:
    """A line of a search answer with the address of the sheet."""
    born = era.short(found.born) if found.born else ""
    return Hit(
        found.name or "", found.kana or "", born, found.sex or "", found.atena or "", _address(found.address), link
    )


def sheet(sheet: Sheet) -> PersonSheet:
    """The sheet of a person."""
    name = sheet.name or Name(None, None, None, None)
    rows = (
        ("氏名", name.full),
        ("氏名のフリガナ", name.kana),
        ("旧氏", name.former),
        ("生年月日", era.both(sheet.born) if sheet.born else None),
        ("性別", sheet.sex),
        ("住所", _address(sheet.address)),
        ("宛名番号", sheet.atena),
        ("死亡年月日", era.both(sheet.died) if sheet.died else None),
    )
    home = sheet.household
    return PersonSheet(
        name=name.full or "",
        facts=tuple(Fact(term, value) for term, value in rows if value),
        household=(home.number or "") if home else "",
        members=tuple(_kin(member) for member in home.members) if home else (),
        names=tuple(_past(one) for one in sheet.names),
    )


def _address(address: Address | Refusal) -> str:
    return (
        address.reason if isinstance(address, Refusal) else f"〒{address.postcode[:3]}-{address.postcode[3:]} {address}"
    )


def _kin(member: Member) -> Kin:
    born = era.short(member.born) if member.born else ""
    return Kin(member.name or "", member.relation or "", born)


def _past(name: Name) -> Past:
    valid = name.valid
    start = era.short(valid.start) if valid and valid.start else ""
    last = era.short(valid.last) if valid and valid.last else NOW
    return Past(name.full or "", name.kana or "", f"{start}〜{last}")
