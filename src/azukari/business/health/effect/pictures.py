"""The pictures of a report, each with the words that stand beside it and the table of its numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from azukari.business.health.effect import drawing
from azukari.business.health.effect.drawing import INK, KEY, LINE, OTHER, PALE, SOFT, WIDTH, Axis, Shape
from azukari.business.health.effect.types import DESIGNS, HEADLINE, Balance, Estimate, Report, Spread
from azukari.business.health.effect.words import ARMS, STAGES, signed

NAIVE = "届いた人の前と後の差（そのまま）"
DIFFERENCE = "届かなかった人との差（そのまま）"
UNPUBLISHED = "非公表"
ROW = 46.0
FLOW = (("all", ("ineligible", "unusable")), ("eligible", ("outside", "missing")), ("analysed", ()))
LOVE = 24.0
SHORT = {"ineligible": "対象でない", "unusable": "前の値が不明", "outside": "相手がいない", "missing": "後の値が不明"}
SIGNS: tuple[tuple[str, Shape, str], ...] = (
    ("そのまま", "ring", OTHER),
    ("重みづけの後", "disc", KEY),
    ("組にした後", "square", SOFT),
)
MOST_ROWS = 20


@dataclass(frozen=True, slots=True)
class Shown:
    """One picture: its id, title, what it says in words, the SVG, and its numbers as a table (first row: headings)."""

    key: str
    title: str
    words: tuple[str, ...]
    svg: str
    table: tuple[tuple[str, ...], ...]


def pictures(report: Report) -> tuple[Shown, ...]:
    """All pictures that the report has numbers for, in the order in which they are read."""
    makers: tuple[Callable[[Report], Shown | None], ...] = (_forest, _parts, _spreads, _love, _flow)
    return tuple(shown for make in makers if (shown := make(report)) is not None)


def people(value: int | None) -> str:
    """A number of people as it is shown."""
    return UNPUBLISHED if value is None else f"{value:,}人"


def _forest(report: Report) -> Shown | None:
    """The designs under one another, the naive numbers above them."""
    if not report.designs or report.headline is None:
        return None
    rows = [(NAIVE, report.naive, False), (DIFFERENCE, report.difference, False)]
    rows += [(DESIGNS[one.design], one.estimate, one.design == HEADLINE) for one in report.designs]
    known = [(name, one, main) for name, one, main in rows if one is not None]
    head = report.headline.estimate
    words = [
        "点が見積もり、横の線が95%信頼区間です。線が 0 の縦線をまたぐときは、差があるとは言えません。",
        f"この報告が採るのは「{DESIGNS[HEADLINE]}」の {signed(head.estimate, report.binary)} です。",
        "ほかの方法は、結果が方法に左右されていないかを見るために並べています。",
        "上の「そのまま」の差は、事業がなくても起きた変化やもともとの違いを含むので、効果ではありません。",
        *_doubts(report),
    ]
    table: list[tuple[str, ...]] = [("計算の方法", "差", "95%信頼区間の下", "上")]
    table += [(name, *(signed(v, report.binary) for v in (e.estimate, e.low, e.high))) for name, e, _ in known]
    return Shown(
        "forest", "見積もった差", tuple(words), _intervals(known, report, "見積もった差と95%信頼区間"), tuple(table)
    )


def _doubts(report: Report) -> list[str]:
    """What was tried against the estimate, and what came of it."""
    made = []
    if report.placebo is not None:
        tried, found = (
            report.placebo.result,
            "出るはずのない差が出ました" if report.placebo.found else "偽の効果は見つかりませんでした",
        )
        span = f"{signed(tried.low, report.binary)} 〜 {signed(tried.high, report.binary)}"
        made.append(
            f"{report.placebo.kind}の値で同じ計算をすると、差は {signed(tried.estimate, report.binary)}（{span}）で、{found}。"
        )
    if report.missing is not None:
        low, high = (signed(value, report.binary) for value in (report.missing.low, report.missing.high))
        made.append(f"後の値が分からない人の結果しだいで、この見積もりは {low} から {high} まで動きえます。")
    return made


def _intervals(rows: Sequence[tuple[str, Estimate, bool]], report: Report, label: str) -> str:
    axis = Axis.over([v for _, one, _ in rows for v in (one.low, one.high, one.estimate)], zero=True)
    bottom = ROW * len(rows) + 6
    made = drawing.Picture(bottom + 24, label)
    made.axis(axis, 4, bottom, [_tick(value, report) for value in axis.ticks()])
    for at, (name, one, main) in enumerate(rows):
        top, plain = ROW * at, name in {NAIVE, DIFFERENCE}
        colour = KEY if main else SOFT if plain else INK
        made.box(0, top + 4, WIDTH, 19, PALE if main else "#ffffff")
        made.text(12, top + 18, name, bold=main, colour=colour)
        made.text(WIDTH - 12, top + 18, signed(one.estimate, report.binary), side="end", bold=main, colour=colour)
        made.line(axis.at(one.low), top + 34, axis.at(one.high), top + 34, colour, 3 if main else 2)
        made.mark(axis.at(one.estimate), top + 34, "disc" if main else "ring" if plain else "square", colour)
    return made.svg()


def _parts(report: Report) -> Shown | None:
    """The naive change taken apart: what was to be expected, and the rest."""
    one = report.reversion
    if one is None:
        return None
    naive, expected, rest = (signed(e.estimate, report.binary) for e in (one.naive, one.expected, one.remainder))
    words = [
        "値が高い（低い）ときに選ばれた人は、何もしなくても次は平均に近づきます（平均への回帰）。",
        f"届いた人の前後の差は {naive} でした。そのうち {expected} は、届かなかった似た人にも起きた変化です。残りの {rest} が、事業の効果の見積もりです。",
    ]
    rows = [
        ("前と後の差（そのまま）", one.naive),
        ("事業がなくても起きた変化", one.expected),
        ("残り（効果の見積もり）", one.remainder),
    ]
    if one.retest is not None and one.correlation is not None:
        words.append(
            f"事業より前の二回の値の相関（{one.correlation:.2f}）だけから計算した平均への回帰は "
            f"{signed(one.retest.estimate, report.binary)} です。"
        )
        rows.append(("前の二回の値から計算した回帰", one.retest))
    table: list[tuple[str, ...]] = [("内訳", "値", "95%信頼区間の下", "上")]
    table += [(name, *(signed(v, report.binary) for v in (e.estimate, e.low, e.high))) for name, e in rows]
    return Shown("parts", "前と後の差の内訳", tuple(words), _bars(rows, report), tuple(table))


def _bars(rows: Sequence[tuple[str, Estimate]], report: Report) -> str:
    axis = Axis.over([v for _, one in rows for v in (one.low, one.high)], zero=True)
    bottom = ROW * len(rows) + 6
    made = drawing.Picture(bottom + 24, "前と後の差の内訳")
    made.axis(axis, 4, bottom, [_tick(value, report) for value in axis.ticks()])
    for at, (name, one) in enumerate(rows):
        top, main = ROW * at, at == 2
        low, high = sorted((axis.at(0.0), axis.at(one.estimate)))
        made.box(0, top + 4, WIDTH, 19, "#ffffff")
        made.text(12, top + 18, name, bold=main)
        made.text(WIDTH - 12, top + 18, signed(one.estimate, report.binary), side="end", bold=main)
        made.box(low, top + 27, high - low, 14, KEY if main else "#d9d9d9", KEY if main else SOFT)
        # Over the bar the line must be seen on blue and on white.
        made.line(axis.at(one.low), top + 34, axis.at(one.high), top + 34, "#ffffff", 5)
        made.line(axis.at(one.low), top + 34, axis.at(one.high), top + 34, INK, 2)
    return made.svg()


def _spreads(report: Report) -> Shown | None:
    """Before and after of both groups as boxes."""
    if not report.spreads:
        return None
    words = ("箱の中に半分の人が、線の端から端までに8割の人が入ります。箱の中の縦線が真ん中の人の値です。",)
    table: list[tuple[str, ...]] = [("人と時点", "下から4分の1", "真ん中", "上から4分の1")]
    table += [(one.name, *(f"{v:,.4g}" for v in (one.lower, one.middle, one.upper))) for one in report.spreads]
    return Shown("spreads", f"前と後の{report.outcome}", words, _boxes(report.spreads), tuple(table))


def _boxes(spreads: Sequence[Spread]) -> str:
    axis = Axis.over([v for one in spreads for v in _ends(one)])
    bottom = ROW * len(spreads) + 6
    made = drawing.Picture(bottom + 24, "前と後の値の広がり")
    made.axis(axis, 4, bottom, [f"{value:,.4g}" for value in axis.ticks()])
    for at, one in enumerate(spreads):
        top, colour = ROW * at, KEY if one.name.startswith("届いた人") else OTHER
        low, high = _ends(one)
        made.box(0, top + 4, WIDTH, 19, "#ffffff")
        made.text(12, top + 18, one.name, colour=colour)
        made.text(WIDTH - 12, top + 18, f"{one.middle:,.4g}", side="end", colour=colour)
        made.line(axis.at(low), top + 34, axis.at(high), top + 34, colour)
        made.box(axis.at(one.lower), top + 27, axis.at(one.upper) - axis.at(one.lower), 14, "#ffffff", colour)
        made.line(axis.at(one.middle), top + 27, axis.at(one.middle), top + 41, colour, 3)
    return made.svg()


def _ends(one: Spread) -> tuple[float, float]:
    return (one.lower if one.low is None else one.low), (one.upper if one.high is None else one.high)


def _love(report: Report) -> Shown | None:
    """How alike the groups were, and are."""
    if not report.balance:
        return None
    rows = sorted(report.balance, key=lambda one: -abs(one.raw))[:MOST_ROWS]
    words = (
        "届いた人と届かなかった人の、もともとの違いです（標準化した差）。0 に近いほど似ています。",
        "丸い輪がそのままの違い、塗った丸が重みづけの後、四角が組にした後です。点線の内側（0.1まで）なら、そろっています。",
    )
    table: list[tuple[str, ...]] = [("項目", "そのまま", "重みづけの後", "組にした後")]
    table += [(one.name, f"{one.raw:.2f}", f"{one.weighted:.2f}", _two(one.matched)) for one in rows]
    return Shown("love", "もともとの違い", words, _signs(rows), tuple(table))


def _signs(rows: Sequence[Balance]) -> str:
    values = [abs(v) for one in rows for v in (one.raw, one.weighted, one.matched) if v is not None]
    axis = Axis(0.0, max([*values, 0.25]) * 1.08, left=132.0)
    bottom = LOVE * len(rows) + 34
    made = drawing.Picture(bottom + 24, "もともとの違い（標準化した差）")
    for at, (name, shape, colour) in enumerate(SIGNS):
        made.mark(14 + 116 * at, 12, shape, colour)
        made.text(26 + 116 * at, 17, name)
    made.axis(axis, 28, bottom, [f"{value:.2g}" for value in axis.ticks()])
    made.line(axis.at(0.1), 28, axis.at(0.1), bottom, KEY, 1.5, "4 3")
    for at, one in enumerate(rows):
        y = LOVE * at + 42
        made.text(4, y + 4, one.name if len(one.name) <= 9 else f"{one.name[:8]}…")
        made.line(axis.left, y, axis.right, y, LINE, 0.5)
        made.mark(axis.at(abs(one.raw)), y, "ring", OTHER, 5)
        if one.matched is not None:
            made.mark(axis.at(abs(one.matched)), y, "square", SOFT, 4)
        made.mark(axis.at(abs(one.weighted)), y, "disc", KEY, 4)
    return made.svg()


def _two(value: float | None) -> str:
    return "—" if value is None else f"{value:.2f}"


def _flow(report: Report) -> Shown:
    """From everybody in the data to those compared."""
    words = [
        "比べるのは、対象の条件に当てはまった人どうしです。届いたかどうかだけが違うようにします。",
        "小さい人数と、それを引き算で求められる人数は「非公表」とします。",
    ]
    names = [name for stage, leaving in FLOW for name in (stage, *leaving)]
    table: list[tuple[str, ...]] = [("段階", *ARMS.values())]
    table += [(STAGES[name], *(people(report.count(f"{name}_{arm}")) for arm in ARMS)) for name in names]
    return Shown("flow", "人の流れ", tuple(words), _stages(report), tuple(table))


def _stages(report: Report) -> str:
    made = drawing.Picture(288, "比べるまでの人の流れ")
    for column, (arm, name) in enumerate(ARMS.items()):
        left, colour = 6.0 + 178.0 * column, OTHER if column else KEY
        made.text(left + 85, 16, name, side="middle", bold=True, colour=colour)
        for at, (stage, leaving) in enumerate(FLOW):
            top = 26.0 + 104.0 * at
            made.box(left, top, 170, 46, "#ffffff", colour)
            made.text(left + 85, top + 19, STAGES[stage], side="middle")
            made.text(left + 85, top + 38, people(report.count(f"{stage}_{arm}")), side="middle", bold=True)
            _left(made, left, top + 46, [(one, report.count(f"{one}_{arm}")) for one in leaving])
    return made.svg()


def _left(made: drawing.Picture, left: float, top: float, leaving: Sequence[tuple[str, int | None]]) -> None:
    """The way down to the next stage, and who goes no further."""
    if not leaving:
        return
    made.line(left + 10, top, left + 10, top + 56, SOFT)
    made.line(left + 5, top + 50, left + 10, top + 57, SOFT)
    made.line(left + 15, top + 50, left + 10, top + 57, SOFT)
    for at, (name, value) in enumerate(leaving):
        made.text(left + 20, top + 22 + 20 * at, f"−{SHORT[name]}", colour=SOFT)
        made.text(left + 170, top + 22 + 20 * at, people(value), side="end", colour=SOFT)


def _tick(value: float, report: Report) -> str:
    return f"{value * 100:.3g}" if report.binary else f"{value:,.3g}".replace("-", "−")
