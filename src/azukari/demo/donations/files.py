"""Files as portals write them, in each layout: right ones, and one of each with errors and its answer key."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random

from azukari.business.donations.api import Layout, layouts
from azukari.demo.donations.composing import Given, several

ENCODINGS = {"own": "utf-8", "portal-a": "cp932", "portal-b": "utf-8-sig"}
METHODS = {"own": "現金書留", "portal-a": "クレジットカード", "portal-b": "クレジットカード"}
Fields = dict[str, str]


@dataclass(frozen=True, slots=True)
class Break:
    """One error: its name, the field it is told at, and what it does to a row's fields."""

    name: str
    field: str
    does: Callable[[Fields], Fields]


def _set(**changes: str) -> Callable[[Fields], Fields]:
    return lambda fields: {**fields, **changes}


BREAKS = (
    Break("金額が負", "amount", _set(amount="-5")),
    Break("指数の金額", "amount", _set(amount="1e3")),
    Break("大きすぎる金額", "amount", _set(amount="99999999999999999999")),
    Break("0円", "amount", _set(amount="0")),
    Break("暦にない日", "applied_on", _set(applied_on="2019/2/30")),
    Break(
        "先の日付",
        "applied_on",
        _set(applied_on="2099-01-01", paid="2099-01-01", arrived_on="2099-01-01", settled_on=""),
    ),
    Break("式で始まる氏名", "name", _set(name="=HYPERLINK(1)")),
    Break("式で始まる住所", "address", _set(address="＠SUM(A1)", street="", building="")),
    Break("制御文字", "name", lambda fields: {**fields, "name": fields["name"][:1] + "\x07" + fields["name"][1:]}),
    Break("氏名がない", "name", _set(name="")),
    Break("知らない使途", "use", _set(use="月面基地")),
    Break("知らない納付方法", "method", _set(method="ビットコイン")),
    Break("有無が分からない", "one_stop", _set(one_stop="たぶん")),
    Break(
        "区民への贈呈品",
        "gift",
        _set(address="東京都世田谷区太子堂1-2-3", building="", gift="有", gift_kind="はちみつ"),
    ),
    Break("郵便番号が短い", "postcode", _set(postcode="154-850")),
    Break("番号が二度", "number", lambda fields: fields),
)


def write_files(out: Path, *, rows: int, seed: int) -> list[Path]:
    """Write `<layout>.csv`, `<layout>-errors.csv` and `<layout>-errors.json` for each layout; the paths, right ones first."""
    out.mkdir(parents=True, exist_ok=True)
    right, wrong = [], []
    for place, layout in enumerate(layouts().values()):
        rng = Random(seed + place)  # noqa: S311 (made-up donors)
        made = written(layout, several(rng, f"{layout.key}-", rows, METHODS[layout.key]))
        right.append(write(layout, out / f"{layout.key}.csv", made))
        broken, key = _broken(layout, made, rng)
        wrong.append(write(layout, out / f"{layout.key}-errors.csv", broken))
        answers = out / f"{layout.key}-errors.json"
        answers.write_text(json.dumps(key, ensure_ascii=False, indent=1), encoding="utf-8")
        wrong.append(answers)
    return [*right, *wrong]


def written(layout: Layout, donations: Iterable[Given]) -> list[Fields]:
    """Each donation by field, as this layout's system would print it."""
    return [fields for one in donations if _fits(fields := _fields(layout, one), ENCODINGS[layout.key])]


def _fits(fields: Mapping[str, str], encoding: str) -> bool:
    """A system that knows only its own code page cannot have taken the name."""
    try:
        "".join(fields.values()).encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def _fields(layout: Layout, one: Given) -> Fields:
    donor, paid = one.donor, one.paid
    moment = f"{paid:%Y-%m-%d %H:%M:%S}" if paid else ""
    by_mail = one.method == "現金書留"
    other = one.other
    return {
        "number": one.number,
        "name": donor.name,
        "kana": donor.kana,
        "postcode": f"{donor.postcode[:3]}-{donor.postcode[3:]}",
        "address": donor.address,
        "building": donor.building,
        "phone": donor.phone,
        "email": donor.email,
        "use": _theirs(layout, "use", one.use),
        "amount": str(one.amount),
        "method": _theirs(layout, "method", one.method),
        "applied_on": one.applied_on.isoformat(),
        "paid": "" if by_mail else moment,
        "arrived_on": moment[:10] if by_mail else "",
        "settled_on": _day(one.settled_on),
        "year": str(paid.year) if paid else "",
        "one_stop": "有" if one.one_stop else "無",
        "gift": "有" if one.gift else "無",
        "gift_kind": one.gift,
        "gift_name": other.name if other else "",
        "gift_address": other.address + other.building if other else "",
    }


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _theirs(layout: Layout, name: str, ours: str) -> str:
    return next((theirs for theirs, meant in layout.words.get(name, {}).items() if meant == ours), ours)


def _broken(layout: Layout, made: Sequence[Fields], rng: Random) -> tuple[list[Fields], list[dict[str, str | int]]]:
    """The rows with each error once, on lines apart, and where each must be told (line and title)."""
    known = {*layout.required, *layout.optional}
    breaks = [one for one in BREAKS if one.field in known]
    places = rng.sample(range(1, len(made)), min(len(breaks), len(made) - 1))
    broken, key = list(made), list[dict[str, str | int]]()
    for place, one in zip(sorted(places), breaks, strict=False):
        broken[place] = one.does(broken[place])
        if one.name == "番号が二度":
            broken[place] = {**broken[place], "number": broken[0]["number"]}
        key.append({"line": place + 2, "column": layout.title_of(one.field), "error": one.name})
    return broken, key


def write(layout: Layout, path: Path, rows: Sequence[Fields]) -> Path:
    """One CSV file with every title of the layout."""
    titles = [*layout.wanted, *layout.further]
    with path.open("w", encoding=ENCODINGS[layout.key], newline="") as file:
        writer = csv.writer(file)
        writer.writerow(titles)
        writer.writerows([_cells(layout, row) for row in rows])
    return path


def _cells(layout: Layout, row: Fields) -> list[str]:
    return [
        cell
        for name, titles in (*layout.required.items(), *layout.optional.items())
        for cell in _parted(name, row.get(name, ""), len(titles), row)
    ]


def _parted(name: str, value: str, parts: int, row: Fields) -> list[str]:
    """A value over the columns it stands in; what does not part goes into the first."""
    if parts == 1:
        return [f"{value}{row.get('building', '')}" if name == "address" else value]
    cut = value.split("\u3000", parts - 1) if name in {"name", "kana"} else [value]
    return [*cut, *[""] * (parts - len(cut))]
