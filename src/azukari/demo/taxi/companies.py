"""Made-up companies: names, agreements by kind of voucher, and accounts of banks that do not exist."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import product
from random import Random

from azukari.business.taxi.types import Kind

WORDS = (
    "あさぎり", "あめんぼ", "いちばん星", "うぐいす", "かざぐるま", "かたつむり", "からくさ", "きりん草", "くじら雲",
    "こがらし", "こもれび", "さざなみ", "しおかぜ", "しゃぼん", "すずめ", "せせらぎ", "たんぽぽ", "つむじ風", "とんぼ",
    "なぎさ", "ねこやなぎ", "ひなげし", "ほたる", "みずうみ", "よあけ",
)  # fmt: skip
TYPES = {
    "タクシー": "タクシー",
    "交通": "コウツウ",
    "自動車": "ジドウシヤ",
    "ハイヤー": "ハイヤー",
    "福祉交通": "フクシコウツウ",
    "介護タクシー": "カイゴタクシー",
}
# Companies of one person come last: they are the smallest.
PERSONS = {
    "個人タクシー岡本": "オカモト イサム",
    "個人タクシー宇奈根": "ウナネ ミノル",
    "個人タクシー鎌田": "カマタ ヒロシ",
    "個人タクシー喜多見": "キタミ マサル",
    "個人タクシー粕谷": "カスヤ タケシ",
    "個人タクシー八幡山": "ハチマンヤマ カオル",
}
NUMBER = 150
BANKS = {"0981": "タマガワミホン", "0982": "セタミホン", "0983": "カラスヤマミホン", "0984": "ミホンシンキン"}
BRANCHES = {"101": "ホンテン", "102": "キタザワ", "103": "キヌタ", "104": "ソシガヤ", "105": "フタコ"}
ORDINARY, CURRENT = 1, 2
CURRENT_SHARE, LIMITED_SHARE = 0.15, 0.3
# An account's holder as banks write it: no small kana.
LARGE = str.maketrans("ァィゥェォッャュョ", "アイウエオツヤユヨ")
READINGS = {"星": "ボシ", "草": "ソウ", "雲": "グモ", "風": "カゼ"}
LONG_AGO = (1998, 2018)
# Agreements that begin or end within the register's two years, by place in the list: since, until.
CHANGING: dict[int, tuple[date | None, date | None]] = {
    120: (date(2019, 10, 1), None),
    121: (date(2020, 4, 1), None),
    122: (None, date(2019, 4, 1)),
    123: (None, date(2019, 9, 1)),
    124: (None, date(2020, 1, 1)),
}


@dataclass(frozen=True, slots=True)
class Company:
    """A company: 事業者番号, name, account holder in kana as its bank has it, the kinds of voucher it takes."""

    code: str
    name: str
    holder: str
    kinds: Sequence[Kind]


def companies(rng: Random) -> list[Company]:
    """150 of them, in an order from the seed; the six one-person companies are the last."""
    combined = list(product(WORDS, TYPES))
    rng.shuffle(combined)
    found = [(word + of, _holder(rng, word, of), _kinds(of)) for word, of in combined[: NUMBER - len(PERSONS)]]
    found += [(name, holder, (Kind.TAXI,)) for name, holder in PERSONS.items()]
    return [Company(f"{number:04d}", *one) for number, one in enumerate(found, 1)]


def _kinds(of: str) -> Sequence[Kind]:
    return tuple(Kind) if "福祉" in of or "介護" in of else (Kind.TAXI,)


def _holder(rng: Random, word: str, of: str) -> str:
    form = "ユ)" if rng.random() < LIMITED_SHARE else "カ)"
    return form + kana(word).translate(LARGE) + TYPES[of]


def kana(word: str) -> str:
    """A word of the list in katakana."""
    return "".join(READINGS.get(letter) or chr(ord(letter) + 0x60) for letter in word)


def agreements(rng: Random, found: Sequence[Company]) -> Iterator[tuple[Company, Kind, date, date | None]]:
    """Company, kind, first day, day after the last."""
    for place, company in enumerate(found):
        since, until = CHANGING.get(place, (None, None))
        for kind in company.kinds:
            yield company, kind, since or date(rng.randint(*LONG_AGO), rng.randint(1, 12), 1), until


def accounts(rng: Random, found: Sequence[Company]) -> Iterator[tuple[Company, str, str, str, str, int, str]]:
    """Company, bank and its name, branch and its name, 預金種目, number."""
    for company in found:
        bank, branch = rng.choice(list(BANKS)), rng.choice(list(BRANCHES))
        kind = CURRENT if rng.random() < CURRENT_SHARE else ORDINARY
        yield company, bank, BANKS[bank], branch, BRANCHES[branch], kind, f"{rng.randrange(1, 10_000_000):07d}"
