"""Each paper page by page: its fixed part, its words and its codes, all places in millimetres. Plain Python.

A page function takes what `papers.narrowed` left of a letter as a namespace, so that a field the paper was not granted
is not there to be printed. It raises BadInput for what does not fit.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType, SimpleNamespace
from typing import Any, Final

from azukari.business.donations.letters.form import form
from azukari.business.donations.letters.issuer import issuer
from azukari.business.donations.letters.types import Kind
from azukari.core.documents import api as documents
from azukari.core.documents.types import Block, Box, Collection, Mark, Page, Placed, Word
from azukari.kernel import era
from azukari.kernel.errors import BadInput
from azukari.kernel.money import yen

COLLECTION_HEIGHT: Final = 12.0  # mm, at least 10
BANK_ONLY: Final = "コンビニエンスストアで納められる額を超えるため、金融機関の窓口で、この紙のままお出しください。"


def needed(one: SimpleNamespace, field: str, what: str) -> Any:
    """A field that the paper cannot do without. Raises BadInput when it is missing."""
    value = getattr(one, field)
    if value is None:
        raise BadInput(
            f"{what}がありません。", "この書類には必ず書くものです。", "元の資料を確かめて、入れてください。"
        )
    return value


def thanks(one: SimpleNamespace) -> Page:
    """礼状, its address in the window."""
    if documents.envelope(one.envelope).sheet:
        raise BadInput(
            "礼状はラベルに印刷できません。",
            "礼状は A4 の紙です。",
            "窓つき封筒を選ぶか、宛名票をラベルに印刷してください。",
        )
    block = _window(one)
    told = (
        era.long(needed(one, "donated_on", "寄附日")),
        yen(one.amount),
        one.use,
        one.method,
        one.gift or "なし",
        "希望する" if one.onestop else "希望しない",
    )
    labels = ("寄附年月日", "寄附金額", "使途", "納付方法", "お礼の品", "ワンストップ特例")
    words = [
        word
        for row, (label, text) in enumerate(zip(labels, told, strict=True))
        for word in documents.within(label, text, Box(74, 161 + 10 * row, 106, 10), 3.7)
    ]
    return _page(one, _sender(one), (*block.words, *words), block.codes, block.note)


def application(one: SimpleNamespace) -> Page:
    """寄附申込書."""
    told = (
        ("申込日", era.long(needed(one, "applied_on", "申込日")), 86, 13),
        ("住所", documents.addressed(one.address), 99, 22),
        ("氏名", one.name, 121, 18),
        ("寄附金額", yen(one.amount), 139, 18),
        ("使途", one.use, 157, 18),
        ("納付方法", one.method, 175, 13),
    )
    words = [
        word for label, text, top, high in told for word in documents.within(label, text, Box(75, top, 108, high), 4)
    ]
    return _page(one, _sender(one), tuple(words))


def payment_slip(one: SimpleNamespace) -> Page:
    """納付書. A sum above the limit of the shops gets no barcode, and the slip says where to pay it."""
    slip = needed(one, "slip", "納付書の番号と期限")
    coded = one.amount <= issuer().limit
    due, amount = era.long(slip.due), yen(one.amount)
    where = "コンビニエンスストアか金融機関の窓口で、この紙のままお出しください。" if coded else BANK_ONLY
    told = [("金額", amount, 76), ("期限", due, 88), ("使途", one.use, 100)]
    words = [word for label, text, top in told for word in documents.within(label, text, Box(72, top, 110, 12), 4)]
    for left, wide in ((33, 60), (115, 76)):
        rows = (
            ("住所", documents.addressed(one.address), 162.5, 15.5),
            ("氏名", one.name, 178.5, 11),
            ("金額", amount, 189.5, 12),
        )
        more = (("期限", due, 201.5, 8), ("番号", slip.number, 209.5, 8))
        words += [
            word
            for label, text, top, high in (*rows, *more)
            for word in documents.within(label, text, Box(left, top, wide, high), 3.6)
        ]
    codes, read = _collection(one, slip) if coded else ((), ())
    return _page(one, {**_sender(one), "coded": coded, "where": where}, (*words, *read), codes)


def _collection(one: SimpleNamespace, slip: Any) -> tuple[tuple[Placed, ...], tuple[Word, ...]]:
    """The code that shops read, and its digits in two lines below (標準料金代理収納ガイドライン)."""
    digits = documents.collection_digits(Collection(issuer().company, slip.number, one.amount, slip.due, slip.reissued))
    mark = Mark("gs1", digits, COLLECTION_HEIGHT)
    left = 97 + (98 - mark.room[0]) / 2
    lines = documents.collection_words(digits)
    words = tuple(Word(97, 242.5 + 3.6 * at, 98, 2.8, line, align="center") for at, line in enumerate(lines))
    return (Placed(left, 226, mark),), words


def certificate(one: SimpleNamespace) -> Page:
    """受領証明書. One issued again keeps its number and the day it was first issued, and says so."""
    issued = needed(one, "certificate", "受領証明書の番号")
    donated_on = needed(one, "donated_on", "受領年月日")
    received = era.long(donated_on)
    first = f"この証明書は、{era.long(issued.first_issued_on)}に発行した第{issued.number}号を再発行したものです。"
    still = {
        **_sender(one),
        "issued": era.long(one.issued if issued.reissued else issued.first_issued_on),
        "statement": issuer().statement(donated_on),
    }
    words = [
        Word(110, 33, 76, 3.6, f"第 {issued.number} 号", align="right"),
        *documents.within("住所", documents.addressed(one.address), Box(70, 67, 106, 15), 4.2),
        *documents.within("氏名", one.name, Box(70, 90, 106, 11.5), 5),
        *documents.within("寄附金額", f"金 {yen(one.amount)}", Box(70, 108, 106, 11.5), 5.4, bold=True),
        *documents.within("受領年月日", received, Box(70, 126, 106, 11.5), 4.2),
    ]
    return _page(one, {**still, "again": first if issued.reissued else ""}, tuple(words))


def one_stop(one: SimpleNamespace) -> Page:
    """第55号の5様式 in the layout of the donation's day: address, name, day and amount; all else is the donor's to write."""
    donated_on = needed(one, "donated_on", "寄附年月日")
    boxes = form().printed
    variant = form().variant(donated_on)
    year = f"{era.era_of(donated_on).writes(donated_on.year)}寄附分"
    told = (
        ("宛先", f"{issuer().mayor_title}　殿", "addressee", 2.8),
        ("整理番号", one.reference, "reference", 3.2),
        ("住所", documents.addressed(one.address), "address", 3.6),
        ("氏名", one.name, "name", 4),
        ("寄附年月日", era.long(donated_on), "donated_on", 3.2),
        ("寄附金額", yen(one.amount), "amount", 3.4),
        ("住所", documents.addressed(one.address), "stub_address", 3.4),
        ("氏名", one.name, "stub_name", 3.6),
        ("受付団体名", issuer().ward, "stub_organisation", 3.2),
    )
    words = [
        word
        for label, text, box, size in told
        for word in documents.within(label, text, documents.inside(boxes[box]), size)
    ]
    still = {
        "year": year,
        "seal": variant.seal,
        "sex": variant.sex,
        "eras": "明・大・昭・平" + ("・令" if donated_on >= era.ERAS[0].first_day else ""),
        "printed": form().printed,
        "blank": form().blank,
    }
    return _page(one, still, tuple(words))


def address_sheet(one: SimpleNamespace) -> Page:
    """宛名票: a sheet whose address shows through the window, or a label, which is no larger than its envelope's window."""
    block = _window(one)
    envelope = documents.envelope(one.envelope)
    if envelope.sheet:
        label = envelope.paper, envelope.sheet[:2], envelope.places
        return Page(_sender(one), block.words, block.codes, block.note, *label)
    return _page(one, _sender(one), block.words, block.codes, block.note)


def _window(one: SimpleNamespace) -> Block:
    envelope = documents.envelope(one.envelope)
    return documents.address_block(one.address, one.name, one.sheets[0].text, envelope)


def _sender(one: SimpleNamespace) -> dict[str, Any]:
    by = issuer()
    return {
        "folded": documents.envelope(one.envelope).paper[1] < documents.A4[1],
        "issued": era.long(one.issued),
        "ward": by.ward,
        "section": by.section,
        "mayor-title": by.mayor_title,
        "mayor": f"{by.mayor_title}　{by.mayor}",
        "address": by.address,
    }


def _page(
    one: SimpleNamespace,
    still: Mapping[str, Any],
    words: tuple[Word, ...],
    codes: tuple[Placed, ...] = (),
    note: str = "",
) -> Page:
    """A page with the code of its sheet."""
    sheet = one.sheets[0]
    return documents.coded(sheet.text, sheet.words, still, words, codes, note)


PAGES: Final[Mapping[Kind, Callable[[SimpleNamespace], Page]]] = MappingProxyType(
    {
        Kind.APPLICATION: application,
        Kind.PAYMENT_SLIP: payment_slip,
        Kind.THANKS: thanks,
        Kind.CERTIFICATE: certificate,
        Kind.ONE_STOP: one_stop,
        Kind.ADDRESS: address_sheet,
    }
)
