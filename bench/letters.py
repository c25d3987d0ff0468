"""Letters a CPU second: 13,300 thank-you letters with QR and カスタマバーコード, beside ReportLab and WeasyPrint.

Ours is the whole road, from donations to PDF/A-2b files on the disk: addresses parted and coded, every name checked
against the fonts, pages laid out, codes drawn, in as many processes as there are processors. The peers set the very same
pages (same words at the same places, same fonts, same paths of codes), but get them laid out and drawn: only their own
work is counted, on fewer pages, in one process. ReportLab writes plain PDF; what all letters share it is given as a form
to be written once. WeasyPrint writes PDF/A-2b.

CPU seconds of all processes are counted, so that what else the machine does is not. Memory is that of the process and all
its children at the same moment, the made-up donations included.
"""

from __future__ import annotations

import io
import os
import random
import re
import resource
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psutil
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from weasyprint import HTML
from weasyprint.text.fonts import FontConfiguration

from azukari.cli.manage import prepare_django
from azukari.core.documents import api as documents

LETTERS = 13_300
FEW = 1_000
FEWER = 100
SEED = 2019
GOAL = 200
MEMORY_MB = 1_200
CREATED = datetime(2019, 7, 1, tzinfo=timezone(timedelta(hours=9)))
SQUARE = re.compile(r"M(\d+) (\d+)h(\d+)v(\d+)h-\d+z")
STILL = (
    "このたびは、世田谷区にご寄附をいただき、まことにありがとうございます。お寄せいただいたお気持ちに、",
    "心からお礼を申し上げます。",
    "いただいたご寄附は、ご希望の使いみちに沿って、大切に使わせていただきます。",
    "ご寄附は次のとおり受け取りました。同封の受領証明書は、確定申告に使う書類です。申告が",
    "終わるまで大切に保管してください。",
    "ワンストップ特例をご希望の方には、申請書を同封しました。必要な事項を書き、本人確認書",
    "類の写しを添えて、寄附をした年の翌年1月10日までに届くようにお送りください。",
)
LABELS = ("寄附年月日", "寄附金額", "希望する使途", "納付方法", "お礼の品", "ワンストップ特例")


def run() -> dict[str, Any]:
    os.environ.setdefault("AZUKARI_DEMONSTRATION", "1")
    prepare_django()
    letters = _letters(LETTERS)
    with TemporaryDirectory(prefix="azukari-bench-") as folder, _watched() as peak:
        ours = LETTERS / _cpu(lambda: _printed(letters, Path(folder)))
        _whole(Path(folder))
    pages = _pages(letters[:FEW])
    peers = {
        "ReportLab (PDF)": FEW / _cpu(lambda: _reportlab(pages)),
        "WeasyPrint (PDF/A-2b)": FEWER / _cpu(lambda: _weasyprint(pages[:FEWER])),
    }
    what = f"礼状 {LETTERS:,} 通（QR・カスタマバーコード付き、PDF/A-2b）"
    return {
        "rows": [
            _row(what, ours, "枚/CPU秒", peers, f"≥ {GOAL}", ours >= GOAL),
            _row(
                "同、使ったメモリーの最大（子の処理を含む）",
                peak[0],
                "MB",
                {},
                f"≤ {MEMORY_MB}",
                peak[0] <= MEMORY_MB,
            ),
        ]
    }


def _letters(count: int) -> list[Any]:
    from azukari.business.donations.letters.types import Letter
    from azukari.core.dispatch.types import SheetCode

    chance = random.Random(SEED)
    return [
        Letter(
            reference=f"R1-{number:06d}",
            name=f"{chance.choice(['世田谷', '三軒', '経堂', '成城', '砧', '烏山', '用賀', '桜'])}　{chance.choice(['花子', '太郎', '次郎', '桜', '翔', '葵'])}",
            address=f"〒154-0017 東京都世田谷区世田谷{chance.randrange(1, 5)}丁目{chance.randrange(1, 41)}番"
            f"{chance.randrange(1, 30)}号　見本{chance.choice(['マンション', 'ハイツ', '荘'])}{chance.randrange(101, 999)}号室",
            use=chance.choice(["子ども・若者を支える取組み", "みどりを守り育てる取組み", "区におまかせ"]),
            amount=chance.randrange(2, 300) * 1_000,
            method=chance.choice(["納付書", "口座払い", "クレジットカード"]),
            sheets=(SheetCode(f"AZ1-{number:06d}-1-1-1-{chance.getrandbits(160):040X}", f"{number:06d} 1/1枚 第1版"),),
            donated_on=date(2019, 6, chance.randrange(1, 31)),
            onestop=chance.random() < 0.4,
            gift=chance.choice([None, "区内の障害者施設の焼き菓子"]),
        )
        for number in range(1, count + 1)
    ]


def _printed(letters: Sequence[Any], folder: Path) -> None:
    from azukari.business.donations.letters.printing import render
    from azukari.business.donations.letters.types import Kind

    render(Kind.THANKS, letters, folder, created=CREATED)


def _whole(folder: Path) -> None:
    """Every letter must be there, or the rate says nothing."""
    spans = [path.stem.split("-") for path in sorted(folder.glob("*.pdf"))]
    if sum(int(last) - int(first) + 1 for first, last in spans) != LETTERS:
        raise ValueError(f"letters are missing: {spans}")


def _pages(letters: Sequence[Any]) -> list[dict[str, Any]]:
    """The same pages for the peers, laid out and with their codes drawn."""
    from azukari.business.donations.letters.filling import fill
    from azukari.business.donations.letters.printing import ENVELOPE, item_of
    from azukari.business.donations.letters.types import Kind

    pages: list[dict[str, Any]] = fill([item_of(Kind.THANKS, one, CREATED.date(), ENVELOPE) for one in letters])[
        "pages"
    ]
    return pages


# --- the peers ---


def _reportlab(pages: Sequence[dict[str, Any]]) -> bytes:
    for name, file in (("UD", documents.REGULAR), ("UDB", documents.BOLD)):
        pdfmetrics.registerFont(TTFont(name, str(file)))
    target = io.BytesIO()
    canvas = Canvas(target, pagesize=(210 * mm, 297 * mm))
    canvas.beginForm("still")
    _still(canvas)
    canvas.endForm()
    for page in pages:
        canvas.doForm("still")
        for left, baseline, wide, size, text, bold, side in page["words"]:
            canvas.setFont("UDB" if bold else "UD", size * mm)
            at = left + wide if side == "right" else left
            (canvas.drawRightString if side == "right" else canvas.drawString)(at * mm, (297 - baseline) * mm, text)
        for code in page["codes"]:
            _squares(canvas, code)
        canvas.showPage()
    canvas.save()
    return target.getvalue()


def _still(canvas: Canvas) -> None:
    canvas.setFont("UDB", 6.2 * mm)
    canvas.drawCentredString(105 * mm, 212 * mm, "ご寄附のお礼")
    canvas.setFont("UD", 3.7 * mm)
    for line, text in enumerate(STILL):
        canvas.drawString(27 * mm, (197 - 6.9 * line) * mm, text)
    for row, label in enumerate(LABELS):
        canvas.rect(27 * mm, (126 - 10 * row) * mm, 44 * mm, 10 * mm)
        canvas.rect(71 * mm, (126 - 10 * row) * mm, 112 * mm, 10 * mm)
        canvas.drawString(30 * mm, (129.6 - 10 * row) * mm, label)


def _squares(canvas: Canvas, code: Sequence[Any]) -> None:
    left, top, path, columns, rows, wide, high = code
    across, down = wide / columns * mm, high / rows * mm
    drawn = canvas.beginPath()
    for column, row, length, tall in ([int(part) for part in one] for one in SQUARE.findall(path)):
        y = (297 - top) * mm - (row + tall) * down
        drawn.rect(left * mm + column * across, y, length * across, tall * down)
    canvas.drawPath(drawn, stroke=0, fill=1)


def _weasyprint(pages: Sequence[dict[str, Any]]) -> bytes:
    style = f"""@page {{ size: A4; margin: 0 }} body {{ margin: 0 }}
    @font-face {{ font-family: UD; src: url({documents.REGULAR.as_uri()}) }}
    @font-face {{ font-family: UD; font-weight: bold; src: url({documents.BOLD.as_uri()}) }}
    section {{ position: relative; width: 210mm; height: 297mm; font-family: UD; break-after: page }}
    section > * {{ position: absolute; line-height: 1; white-space: nowrap }}
    p {{ left: 27mm; width: 156mm; top: 97mm; margin: 0; line-height: 6.9mm !important; font-size: 3.7mm }}
    td {{ border: 0.15mm solid; height: 10mm; padding: 0 3mm }} table {{ left: 27mm; top: 161mm; border-collapse: collapse }}"""
    body = "".join(f"<section>{''.join(_html(page))}</section>" for page in pages)
    html = f"<html lang='ja'><style>{style}</style><body>{body}</body></html>"
    made: bytes = HTML(string=html).write_pdf(font_config=FontConfiguration(), pdf_variant="pdf/a-2b")
    return made


def _html(page: dict[str, Any]) -> Iterator[str]:
    yield "<h1 style='left:80mm;top:77mm;font-size:6.2mm;margin:0'>ご寄附のお礼</h1><p>" + "<br>".join(STILL) + "</p>"
    yield "<table>" + "".join(f"<tr><td>{label}<td style='width:106mm'>" for label in LABELS) + "</table>"
    for left, baseline, wide, size, text, _, side in page["words"]:
        place = f"left:{left}mm;width:{wide}mm;top:{baseline - size}mm;font-size:{size}mm;text-align:{side}"
        yield f"<div style='{place}'>{text}</div>"
    for left, top, path, columns, rows, wide, high in page["codes"]:
        place = f"left:{left}mm;top:{top}mm;width:{wide}mm;height:{high}mm"
        box = f"viewBox='0 0 {columns} {rows}' preserveAspectRatio='none'"
        yield f"<svg style='{place}' {box}><path d='{path}'/></svg>"


# --- measuring ---


def _cpu(work: Callable[[], object]) -> float:
    """CPU seconds of this process and of the children that ended meanwhile."""
    before = _spent()
    work()
    return _spent() - before


def _spent() -> float:
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in used)


@contextmanager
def _watched() -> Iterator[list[float]]:
    """The largest memory (RSS, MB) of the process and its children together, looked at twenty times a second."""
    peak, done = [0.0], threading.Event()
    here = psutil.Process()

    def look() -> None:
        while not done.wait(0.05):
            peak[0] = max(peak[0], _resident(here))

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield peak
    finally:
        done.set()
        watcher.join()


def _resident(process: psutil.Process) -> float:
    total = 0
    for one in (process, *process.children(recursive=True)):
        try:
            total += one.memory_info().rss
        except psutil.NoSuchProcess:
            time.sleep(0)
    return total / 2**20


def _row(
    what: str, ours: float, unit: str, peers: dict[str, float], goal: str | None, met: bool | None
) -> dict[str, Any]:
    ratio = ours / max(peers.values()) if peers else None
    return {"what": what, "ours": ours, "unit": unit, "peers": peers, "ratio": ratio, "goal": goal, "met": met}
