"""What a made-up person is treated with: one function a kind of visit, each a whole receipt without its frame."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from azukari.demo.health.receipts_lines import Paper

Draw = Callable[[], float]
FIRST, AGAIN, ADDED, PRESCRIBED, SUGAR, DIALYSIS, WOUND, LETTER = (
    "111000110", "112007410", "112011010", "120002910", "160010010", "140058010", "140000610", "180016110",
)  # fmt: skip
_BLOOD = ("160017410", "160019210", "160020010", "160022410", "160020910")
_JD = "JD,1," + ",".join(["1"] + [""] * 30)


@cache
def table(name: str) -> Mapping[str, Mapping[str, str]]:
    """Diseases or drugs of data/codes.toml."""
    text = files("azukari.demo.health").joinpath("data", "codes.toml").read_text(encoding="utf-8")
    found: Mapping[str, Mapping[str, str]] = tomllib.loads(text)[name]
    return found


@dataclass(frozen=True, slots=True)
class Truth:
    """What is the matter with one person in one month."""

    diabetic: bool
    kind: int
    kidney: int
    hypertensive: bool
    lipid: bool
    drug: int
    age: int


def disease(name: str, started: str, *, suspected: bool = False, main: bool = False) -> str:
    """One SY line."""
    return f"SY,{table('diseases')[name]['code']},{started},1,{'8002' if suspected else ''},,{'01' if main else ''},"


def chronic(truth: Truth, month: int, draw: Draw, days: tuple[int, ...]) -> Paper:
    """A visit or several because of diabetes, 高血圧 or 脂質異常, with prescription to a pharmacy."""
    paper, started = Paper(), f"{month // 100 - 3}0401"
    if truth.diabetic:
        paper.lines.append(disease("diabetes1" if truth.kind == 1 else "diabetes2", started, main=True))
        if truth.kidney >= 3 and truth.kind == 2:
            paper.lines.append(disease("nephropathy", started))
    if truth.hypertensive:
        paper.lines.append(disease("hypertension", started, main=not truth.diabetic))
    if truth.lipid:
        paper.lines.append(f"SY,0000999,{started},1,,脂質異常症,,")
    if draw() < 0.3:
        paper.lines.append(disease("cold", f"{month}01", suspected=draw() < 0.5))
    paper.act(12, AGAIN, 73, days)
    paper.act(12, ADDED, 52, days)
    if truth.diabetic or draw() < 0.25:
        paper.act(60, SUGAR, 49, days[:1])
        paper.unit(60, [("SI", code, "") for code in _BLOOD], 93, days[:1])
    paper.act(80, PRESCRIBED, 68, days)
    if draw() < 0.4:
        paper.lines.append("CO,99,1,810000001,処方　２８日分　予定どおり")
    return paper


def acute(month: int, draw: Draw, day: int) -> Paper:
    """A cold or a small injury."""
    paper = Paper()
    hurt = draw() < 0.3
    paper.lines.append(disease("abrasion" if hurt else "cold", f"{month}{day:02d}", main=True))
    paper.lines.append(disease("injury" if hurt else "diabetes", f"{month}{day:02d}", suspected=not hurt))
    paper.lines.append(f"SY,0000999,{month}{day:02d},1,,アレルギー性鼻炎,,")
    paper.act(11, FIRST, 288, (day,))
    if hurt:
        paper.act(40, WOUND, 52, (day,))
        paper.unit(40, (("IY", table("drugs")["pain"]["code"], "2.5"),), 8, (day,))
    else:
        paper.unit(60, [("SI", code, "") for code in _BLOOD], 93, (day,))
        paper.act(60, SUGAR, 49, (day,))
    drugs = [("IY", table("drugs")[name]["code"], amount) for name, amount in (("cold", "3"), ("stomach", "1.5"))]
    paper.unit(21, drugs, 12, (day,), each=5)
    paper.act(80, "120003570", 5, (day,))
    paper.lines.append("CO,99,1,810000001,表示能力の都合により　ソフト予約分")
    return paper


def dialysis(truth: Truth, month: int) -> Paper:
    """Thirteen times a month; 公費 (特定疾病などの更生医療, made-up) pays beside the insurance."""
    paper, started = Paper(payers=2), f"{month // 100 - 4}0601"
    days = tuple(range(2, 28, 2))
    paper.lines.append(disease("diabetes1" if truth.kind == 1 else "diabetes2", started, main=True))
    paper.lines.append(disease("nephropathy", started))
    paper.act(12, AGAIN, 73, days)
    paper.act(40, DIALYSIS, 1_963, days, "2")
    paper.unit(
        40,
        [("IY", table("drugs")["pain"]["code"], "1"), ("IY", table("drugs")["stomach"]["code"], "0.5")],
        31,
        days,
        "2",
    )
    paper.unit(60, [("SI", code, "") for code in _BLOOD], 93, days[:2])
    paper.lines.append(_JD)
    return paper


def frequent(month: int, days: tuple[int, ...]) -> Paper:
    """Fifteen days and more at one clinic."""
    paper = Paper()
    paper.lines.append(disease("injury", f"{month // 100 - 1}0901", main=True))
    paper.act(12, AGAIN, 73, days)
    paper.act(40, WOUND, 52, days)
    paper.lines.append(_JD)
    return paper


def stay(month: int, draw: Draw, dpc: bool) -> Paper:
    """Days in hospital, with meals in yen that no total holds; as DPC with a 診断群分類."""
    paper = Paper()
    first, length = 1 + int(draw() * 12), 3 + int(draw() * 12)
    days = tuple(range(first, first + length))
    if dpc:
        paper.lines += [f"BU,050050xx99000x,{month}{first:02d},", f"SB,{table('diseases')['hypertension']['code']},"]
    else:
        paper.lines.append(disease("hypertension", f"{month}{first:02d}", main=True))
    paper.act(90, "190117710", 1_650, days)
    paper.act(60, SUGAR, 49, days[:1])
    paper.unit(
        33, [("IY", table("drugs")["pain"]["code"], "1"), ("IY", table("drugs")["stomach"]["code"], "1")], 85, days[:2]
    )
    meals = Paper()
    meals.unit(97, (("SI", "197000110", ""),), 640, days, each=3)
    paper.lines += [*meals.lines, _JD]
    return paper


def dental(month: int, draw: Draw, day: int) -> Paper:
    """Two visits to a dentist."""
    paper = Paper()
    for tooth in range(2 + int(draw() * 2)):
        paper.lines.append(f"HS,{month}01,,{1_030 + tooth},5230004,,,,,,,,")
    days = (day, day + 7) if day < 22 else (day,)
    times = len(days)
    for code, points in (("301000110", 267), ("302000610", 100), ("304000410", 38), ("309000110", 72)):
        paper.lines.append(f"SS,{code[1:3]},1,{code},," + "," * 71 + f"{points},{times}")
        paper.points += points * times
    paper.lines.append(f"CO,99,1,830000001,歯石の付着を認める　{tooth_note(draw)}")
    return paper


def tooth_note(draw: Draw) -> str:
    """A few words of a dentist."""
    return "経過良好" if draw() < 0.7 else "次回　予後を確認"


def dispensed(drugs: list[tuple[str, int]], month: int, day: int) -> Paper:
    """A pharmacy: (name of a drug, days) each a 剤 of its own."""
    paper = Paper()
    when = f"{month}{day:02d}"
    paper.lines.append(f"KI,{when},1,410000110,,,,")
    for number, (name, days) in enumerate(drugs, 1):
        fee, drug = 24, 3 * days
        paper.lines.append(f"SH,{number},1,,,3,,,,")
        paper.lines.append(f"CZ,1,{when},{when},1,{days},1,,,410000210,{fee},,,{drug},")
        paper.lines.append(f"IY,1,{table('drugs')[name]['code']},1,,,,,,")
        paper.points += fee + drug
    return paper
