"""A month as files: a folder a claim, as the companies' machines write them, and the answer key beside them."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from azukari.business.taxi.api import (
    InvoiceLine,
    VoucherColumns,
    checked,
    write_invoice,
    write_vouchers_csv,
    write_vouchers_xlsx,
)
from azukari.business.taxi.types import Ground, Outcome
from azukari.demo.taxi.composing import Claim, Form, Made, outcomes
from azukari.demo.taxi.known import KINDS, Ints
from azukari.demo.taxi.pictures import draw_pages
from azukari.demo.taxi.rides import DAY, EVERYDAY, FARE, KANA, NAME, NO_NUMBER, WRONG_DIGIT

DIGITS = 12
# As `VoucherColumns` has a blank day and a blank amount.
BLANK_DAY, BLANK_YEN = -(2**31), -1
# In turn, claim after claim: most machines write UTF-8 for Excel, some what Windows writes by itself, some an Excel file.
FORMATS = ("utf-8-sig", "cp932", "utf-8-sig", "utf-8", "utf-8-sig", "cp932", "utf-8-sig", "xlsx", "utf-8-sig", "utf-8")
XLSX, EXCEL_MOST = "xlsx", 1_500
EVERYDAY_FORMS = str.maketrans("髙﨑邊邉澤齋齊濵櫻德廣眞國瀨𠮷", "高崎辺辺沢斎斉浜桜徳広真国瀬吉")
VARIATION_SELECTORS = dict.fromkeys(range(0xE0100, 0xE01F0))
ANSWERS = ("事業者番号", "請求", "行", "券番号", "理由", "結果")
KEYED = ("請求", "行", "氏名", "タクシー利用日", "タクシー代金", "認定番号", "理由", "結果")
README = """{month} の福祉タクシー券の請求（見本）です。claims の下のフォルダー一つが請求一件で、誤りを混ぜてあります。
答えは answers.csv（券ごと）と answers.json（合計）にあります。画像だけの請求の四項目は pages.csv のとおりに入力します。
"""
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Texts:
    """What is written on the vouchers, row by row: name, number and 認定番号; blank where something is missing."""

    names: list[str]
    serials: list[str]
    numbers: list[str]


def write(made: Made, out: Path, seed: int, progress: Progress) -> None:
    """Write claims, answers and a word of explanation. `progress(done, total)` counts vouchers."""
    texts = _texts(made)
    total = len(made.rows)
    (out / "claims").mkdir(parents=True, exist_ok=True)
    for nth, claim in enumerate(made.claims):
        _write_claim(made, texts, claim, out / "claims" / claim.folder, FORMATS[nth % len(FORMATS)])
        progress(claim.end, total)
    _write_answers(made, texts, out)
    answers = json.dumps(_totals(made, seed), ensure_ascii=False, indent=2)
    (out / "answers.json").write_text(answers + "\n", encoding="utf-8")
    (out / "README.txt").write_text(README.format(month=f"{made.known.span.month:%Y-%m}"), encoding="utf-8")


def _texts(made: Made) -> Texts:
    rows, known = made.rows, made.known
    names = _Names(known.names)
    written = zip(rows.holder.tolist(), rows.written.tolist(), rows.blank.tolist(), strict=True)
    return Texts(
        ["" if blank == NAME else names[holder, how] for holder, how, blank in written],
        _serials(checked(rows.payload), rows.digits),
        [known.numbers[holder] for holder in rows.holder.tolist()],
    )


class _Names(dict[tuple[int, int], str]):
    """(holder, how it is written) → the name; worked out once each."""

    def __init__(self, names: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self.names = names

    def __missing__(self, key: tuple[int, int]) -> str:
        holder, how = key
        name, kana = self.names[holder]
        text = kana if how == KANA else everyday(name) if how == EVERYDAY else name
        self[key] = text
        return text


def everyday(name: str) -> str:
    """A name in the forms of the kanji that people write."""
    return name.translate(VARIATION_SELECTORS).translate(EVERYDAY_FORMS)


def _serials(numbers: Ints, digits: Ints) -> list[str]:
    """Twelve digits; one of them is wrong, or all are missing, where `digits` says so."""
    texts = [f"{number:0{DIGITS}d}" for number in numbers.tolist()]
    for row in np.flatnonzero(digits == NO_NUMBER).tolist():
        texts[row] = ""
    for row in np.flatnonzero(digits == WRONG_DIGIT).tolist():
        place, text = row % DIGITS, texts[row]
        texts[row] = f"{text[:place]}{(int(text[place]) + 1 + row % 9) % 10}{text[place + 1 :]}"
    return texts


def _write_claim(made: Made, texts: Texts, claim: Claim, folder: Path, how: str) -> None:
    folder.mkdir(parents=True)
    excel = how == XLSX and claim.end - claim.first <= EXCEL_MOST
    encoding = "utf-8-sig" if how == XLSX else how
    lines = [
        InvoiceLine(KINDS[line.kind], line.face, line.claimed, line.face * line.claimed, row)
        for row, line in enumerate(claim.invoice, 2)
    ]
    code, month = made.known.companies[claim.company], made.known.span.month
    write_invoice(folder / "invoice.csv", code, month, claim.received_on, lines, encoding=encoding)
    if claim.form is not Form.LIST:
        draw_pages(made, claim, texts.names, folder / "pages")
    if claim.form is Form.PICTURES:
        return
    columns = _columns(made, texts, claim, encoding)
    if excel:
        write_vouchers_xlsx(folder / "vouchers.xlsx", columns)
    else:
        write_vouchers_csv(folder / "vouchers.csv", columns, encoding)


def _columns(made: Made, texts: Texts, claim: Claim, encoding: str) -> VoucherColumns:
    rows, part = made.rows.part(claim.rows), claim.rows
    names = texts.names[part]
    if encoding == "cp932":
        registered = (made.known.names[holder] for holder in rows.holder.tolist())
        names = [
            name if _fits(name) else _fitting(name, kana) for name, (_, kana) in zip(names, registered, strict=True)
        ]
    return VoucherColumns(
        row=np.arange(2, len(rows) + 2),
        serial=checked(rows.payload),
        kind=rows.kind.astype(np.int8),
        face=rows.face.astype(np.int32),
        used=np.where(rows.blank == DAY, BLANK_DAY, rows.day).astype(np.int32),
        fare=np.where(rows.blank == FARE, BLANK_YEN, rows.fare).astype(np.int32),
        names=names,
        numbers=texts.numbers[part],
        as_written=texts.serials[part],
    )


def _fits(name: str) -> bool:
    try:
        name.encode("cp932")
    except UnicodeEncodeError:
        return False
    return True


def _fitting(name: str, kana: str) -> str:
    """What is written by somebody whose machine has no such letter."""
    return everyday(name) if _fits(everyday(name)) else kana


def _write_answers(made: Made, texts: Texts, out: Path) -> None:
    found, keyed = outcomes(made, made.rows.grounds), outcomes(made, made.keyed)
    grounds = _Grounds()
    answers: list[tuple[object, ...]] = []
    entries: list[tuple[object, ...]] = []
    for claim in made.claims:
        code = made.known.companies[claim.company]
        for nth, row in enumerate(range(claim.first, claim.end), 1):
            mask, later = int(made.rows.grounds[row]), int(made.keyed[row])
            answers.append((code, claim.folder, nth, texts.serials[row], grounds[mask], found[row].value))
            if claim.form is Form.PICTURES:
                day = date.fromordinal(int(made.rows.day[row]) + date(1970, 1, 1).toordinal())
                entry = (texts.names[row], day, int(made.rows.fare[row]), texts.numbers[row])
                entries.append((claim.folder, nth, *entry, grounds[later], keyed[row].value))
    _write_csv(out / "answers.csv", ANSWERS, answers)
    if entries:
        _write_csv(out / "pages.csv", KEYED, entries)


class _Grounds(dict[int, str]):
    """A mask of grounds → their codes in order of precedence."""

    def __missing__(self, mask: int) -> str:
        self[mask] = text = "|".join(ground for ground in Ground if mask & ground.bit)
        return text


def _write_csv(path: Path, titles: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(titles)
        writer.writerows(rows)


def _totals(made: Made, seed: int) -> dict[str, Any]:
    """What the month must come to: as received, and once the pictures are keyed."""
    return {
        "month": f"{made.known.span.month:%Y-%m}",
        "seed": seed,
        "vouchers": len(made.rows),
        "claims": len(made.claims),
        "claimed": sum(claim.amount for claim in made.claims),
        **_summary(made, made.rows.grounds),
        "after_keying": _summary(made, made.keyed),
        "held_claims": [
            {
                "claim": claim.folder,
                "company": made.known.companies[claim.company],
                "why": claim.hold.value,
                "vouchers": claim.end - claim.first,
                "claimed": claim.amount,
            }
            for claim in made.claims
            if claim.hold
        ],
        "count_differences": [
            {
                "claim": claim.folder,
                "kind": KINDS[line.kind].value,
                "face": line.face,
                "invoiced": line.claimed,
                "bundled": line.bundled,
            }
            for claim in made.claims
            for line in claim.invoice
            if line.claimed != line.bundled
        ],
        "companies": [_of_company(made, claims) for claims in _by_company(made.claims)],
    }


def _summary(made: Made, grounds: Ints) -> dict[str, Any]:
    """Vouchers (枚) by outcome, by ground, and by the ground that decides; yen to be paid."""
    counted = Counter(outcomes(made, grounds))
    bits = {ground: (grounds & ground.bit) > 0 for ground in Ground}
    first = {ground: (grounds & -grounds) == ground.bit for ground in Ground}
    return {
        **{name: counted[outcome] for name, outcome in _OUTCOMES.items()},
        "paid": _paid(made, grounds, made.claims),
        "grounds": {ground.value: int(rows.sum()) for ground, rows in bits.items() if rows.any()},
        "deciding": {ground.value: int(rows.sum()) for ground, rows in first.items() if rows.any()},
    }


_OUTCOMES = {
    "accepted": Outcome.ACCEPTED,
    "held": Outcome.HELD,
    "refused": Outcome.REFUSED,
    "waiting": Outcome.WAITING,
}


def _paid(made: Made, grounds: Ints, claims: Iterable[Claim]) -> int:
    """Yen of the vouchers without any ground, in claims that are checked."""
    return sum(int(made.rows.face[c.rows][grounds[c.rows] == 0].sum()) for c in claims if c.hold is None)


def _by_company(claims: Sequence[Claim]) -> list[list[Claim]]:
    found: dict[int, list[Claim]] = {}
    for claim in claims:
        found.setdefault(claim.company, []).append(claim)
    return [found[company] for company in sorted(found)]


def _of_company(made: Made, claims: Sequence[Claim]) -> dict[str, Any]:
    return {
        "company": made.known.companies[claims[0].company],
        "vouchers": sum(claim.end - claim.first for claim in claims),
        "claimed": sum(claim.amount for claim in claims),
        "paid": _paid(made, made.rows.grounds, claims),
        "paid_after_keying": _paid(made, made.keyed, claims),
    }
