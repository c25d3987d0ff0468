"""Writes a made-up paper in one of many layouts: widths, marks, blank lines, tables, wrapped lines."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta

from property.papers.model import PEOPLE, Amount, BusinessAnswer, FlowAnswer, PaperAnswer

FULL = {chr(c): chr(c + 0xFEE0) for c in range(0x21, 0x7F)}
LABELS = {
    "ward_to_contractor": "区から委託先へ提供するもの",
    "subject_to_contractor": "委託先が本人から収集するもの",
    "third_party_to_contractor": "区及び本人以外から委託先へ提供するもの",
}
MARKS = {"ward_to_contractor": "アイウ"[0], "subject_to_contractor": "イ", "third_party_to_contractor": "ウ"}
HEADINGS = (
    "委託の件名", "委託の内容", "諮問の趣旨", "対象となる個人の範囲", "委託で取り扱う個人情報の項目及び件数", "個人情報を取り扱う場所",
    "個人情報を取り扱う場所について区及び委託先以外の者との共用の有無", "委託先との個人情報の授受の方法", "委託先の電子計算機を利用した個人情報処理の有無",
    "委託先の個人情報の保護管理体制", "委託の条件", "委託の開始時期及び期間", "委託先(参考)",
)  # fmt: skip


@dataclass
class Layout:
    """Choices made once a paper. `rng` makes the small ones on the way."""

    rng: random.Random
    digits: str
    brackets: str
    spaced: bool
    bullets: bool
    gaps: bool
    marks: str
    table: bool
    plain_list: bool
    wrap: int
    cover: bool
    numbered_names: bool
    last: str

    @classmethod
    def of(cls, rng: random.Random) -> Layout:
        gaps = rng.random() < 0.6
        return cls(
            rng, rng.choice(("half", "full")), rng.choice(("half", "full", "mixed")), rng.random() < 0.4, rng.random() < 0.4, gaps,
            rng.choice(("kana", "dot", "none", "circle")), rng.random() < 0.3, rng.random() < 0.15, rng.choice((0, 0, 34, 40)),
            rng.random() < 0.7, rng.random() < 0.5, rng.choice(("及び", "、", "及び")),
        )  # fmt: skip

    def number(self, value: int | str) -> str:
        text = str(value)
        if self.digits == "full":
            text = "".join(FULL[c] if c.isdigit() or c == "," else c for c in text)
        return " ".join(text) if self.spaced and len(text) > 1 else text

    def bracket(self, text: str) -> str:
        kind = self.brackets if self.brackets != "mixed" else self.rng.choice(("half", "full"))
        return f"({text})" if kind == "half" else f"（{text}）"

    def item(self, text: str) -> str:
        half = self.brackets == "half" or (self.brackets == "mixed" and self.rng.random() < 0.5)
        return text.replace("（", "(").replace("）", ")") if half else text

    def day(self, value: date, *, whole: bool = True) -> str:
        era, first = ("令和", 2018) if value >= date(2019, 5, 1) and self.rng.random() < 0.8 else ("平成", 1988)
        n = value.year - first
        year = "元" if n == 1 and era == "令和" and self.rng.random() < 0.7 else self.number(n)
        west = self.bracket(f"{self.number(value.year)}年") if self.rng.random() < 0.5 else ""
        tail = f"{self.number(value.day)}日" if whole else ""
        return f"{era}{year}年{west}{self.number(value.month)}月{tail}"

    def gap(self) -> list[str]:
        return [""] if self.gaps else []


def write(answer: PaperAnswer, layout: Layout) -> str:
    lines = _head(answer, layout)
    bodies = (
        _matter, _content, _purpose, _subjects, _items, _places, _none, _media, _computer, _control, _conditions, _start, _contractors,
    )  # fmt: skip
    for at, (name, body) in enumerate(zip(HEADINGS, bodies, strict=True), start=1):
        bullet = "- " if layout.bullets and layout.rng.random() < 0.6 else ""
        lines += [
            *layout.gap(),
            f"{bullet}{layout.number(at)}{layout.rng.choice((' ', '　', '. '))}{name}",
            *layout.gap(),
            *body(answer, layout),
        ]
    return "\n".join(lines) + "\n"


def _head(answer: PaperAnswer, layout: Layout) -> list[str]:
    number = layout.number(answer.number)
    mark = f"諮 問 第 {number} 号" if layout.spaced else f"諮問第{number}号"
    title = ["「区民業務」における外部委託に伴う個人情報の保護措置について", layout.bracket(answer.matter)]
    body = [f"諮問第{number}号", "", *title, "", layout.day(answer.council_date), answer.section, ""]
    if not layout.cover:
        return body
    early = layout.day(answer.council_date - timedelta(days=6))
    cover = [mark, early, "", "世田谷区情報公開・個人情報保護審議会", "会長 様", "", "世田谷区長", "",
             "世田谷区個人情報保護条例第12条の規定に基づき、下記の事項について諮問します。", "", "記", "", *title, ""]  # fmt: skip
    return cover + body


def _matter(answer: PaperAnswer, layout: Layout) -> list[str]:
    return [answer.matter]


def _content(answer: PaperAnswer, layout: Layout) -> list[str]:
    return [
        "区では、これまで職員が行ってきた業務を外部委託し、区民サービスの向上を図る。",
        *layout.gap(),
        "- ・申込書の内容を確認し、入力する。",
    ]


def _purpose(answer: PaperAnswer, layout: Layout) -> list[str]:
    return [
        "本件は、業務を外部委託することに伴い、個人情報を取り扱わせるものであり、世田谷区個人情報保護条例第12条の規定に基づき諮問する。"
    ]


def _by_business(answer: PaperAnswer, layout: Layout, value: object) -> list[str]:
    """One value a business under its name; the value alone when there is one business."""
    of = value if callable(value) else (lambda _: [str(value)])
    if len(answer.businesses) == 1:
        return list(of(answer.businesses[0]))
    out: list[str] = []
    inline = layout.rng.random() < 0.15
    for at, business in enumerate(answer.businesses, start=1):
        name = layout.bracket(layout.number(at)) + business.name
        found = list(of(business))
        if inline and len(found) == 1:
            out += [*layout.gap(), f"{name}：{found[0]}"]
        else:
            out += [*layout.gap(), name, *layout.gap(), *found]
    return out


def _subjects(answer: PaperAnswer, layout: Layout) -> list[str]:
    return _by_business(answer, layout, lambda b: [b.who])


def _none_word(layout: Layout) -> str:
    return layout.rng.choice(("なし", "なし", "なし。", "該当なし", "無し", "特になし"))


def _items(answer: PaperAnswer, layout: Layout) -> list[str]:
    out = [layout.bracket(layout.number(1)) + " 個人情報の項目"]
    for at, business in enumerate(answer.businesses, start=1):
        out += layout.gap()
        if len(answer.businesses) > 1:
            mark = layout.bracket(layout.number(at)) if layout.numbered_names else ""
            note = layout.rng.choice(("", "", layout.bracket("新規")))
            out += [f"{mark}{business.name}{note}", *layout.gap()]
        for direction in LABELS:
            out += _direction(direction, [f for f in business.flows if f.direction == direction], answer, layout)
    out += ["", layout.bracket(layout.number(2)) + "件数", *layout.gap()]
    return out + _by_business(answer, layout, lambda b: [_amount(b.amount, layout)])


def _direction(direction: str, flows: list[FlowAnswer], answer: PaperAnswer, layout: Layout) -> list[str]:
    mark = {
        "kana": MARKS[direction] + " ",
        "dot": "・",
        "none": "",
        "circle": {"ア": "①", "イ": "②", "ウ": "③"}[MARKS[direction]],
    }[layout.marks]
    bullet = "- " if layout.bullets else ""
    out = [f"{bullet}{mark}{LABELS[direction]}", *layout.gap()]
    if not flows:
        return [*out, _none_word(layout), *layout.gap()]
    if flows[0].subject and layout.table:
        return out + _table(flows, answer, layout)
    groups = [("従来の項目", "old"), ("新たな項目", "new")] if answer.labelled else [("", "")]
    for label, which in groups:
        out += _group(label, which, flows, layout)
    return out + _sentences(flows[0], layout)


def _sentences(flow: FlowAnswer, layout: Layout) -> list[str]:
    out: list[str] = []
    if flow.pseudonymised:
        out += ["個人情報（氏名、生年月日等）を匿名化処理する。", "詳細は、別紙「補足資料」参照。"]
    if flow.row_scope:
        out += [f"{flow.row_scope}に限定してデータを提供する。"]
    return [*out, *layout.gap()] if out else []


def _table(flows: list[FlowAnswer], answer: PaperAnswer, layout: Layout) -> list[str]:
    if answer.labelled:
        rows = [f"\t{f.subject}\t{_list(f.old, layout)}\t{_list(f.new, layout) or 'なし'}" for f in flows]
        return ["\t対象者\t従来の項目\t新たな項目", *rows, *layout.gap()]
    return ["\t対象者\t個人情報の項目", *(f"\t{f.subject}\t{_list(f.items, layout)}" for f in flows), *layout.gap()]


def _group(label: str, which: str, flows: list[FlowAnswer], layout: Layout) -> list[str]:
    out: list[str] = []
    lists = [(f.subject, getattr(f, which) if which else f.items) for f in flows]
    if label and all(not chosen for _, chosen in lists):
        return [f"・{label}：なし", *layout.gap()]
    head = f"{'・' if layout.rng.random() < 0.5 else ''}{label}：" if label else ""
    for at, (subject, chosen) in enumerate(lists):
        body = [_list(chosen, layout)] if chosen else ["なし"]
        if layout.plain_list and len(chosen) > 1 and not subject and not label:
            body = [f"- {layout.item(item)}" for item in chosen]
        elif layout.wrap and len(body[0]) > layout.wrap:
            body = [body[0][i : i + layout.wrap] for i in range(0, len(body[0]), layout.wrap)]
        if subject:
            out += [(head if at == 0 else "") + subject, "", *body, ""]
        elif head:
            out += [head + body[0], *body[1:], *layout.gap()]
        else:
            out += [*body, *layout.gap()]
    return out


def _front(chosen: tuple[str, ...], layout: Layout) -> list[str]:
    """Items with the person in front written once: 加害者の氏名・住所, or 同一世帯全員の氏名、続柄及び住所."""
    who = next((who for who in PEOPLE if chosen[0].startswith(f"{who}の")), None)
    group = [item for item in chosen if who and item.startswith(f"{who}の")]
    if who is None or len(group) < 2 or chosen[: len(group)] != tuple(group):
        return [layout.item(item) for item in chosen]
    bare = [item.removeprefix(f"{who}の") for item in group]
    comma = "、".join(bare[:-1]) + "及び" + bare[-1]
    return [
        f"{who}の" + layout.rng.choice(("・".join(bare), comma)),
        *(layout.item(item) for item in chosen[len(group) :]),
    ]


def _list(chosen: tuple[str, ...], layout: Layout) -> str:
    if not chosen:
        return ""
    items = _front(chosen, layout)
    if (
        len(items) > 2
        and layout.last == "及び"
        and "及び" not in items[-1] + items[-2]
        and "（" not in chosen[-1] + chosen[-2]
        and "及び" not in items[0] + "".join(items)
    ):
        return "、".join(items[:-1]) + "及び" + items[-1]
    return "、".join(items)


def _amount(amount: Amount, layout: Layout) -> str:
    total = amount.total
    number = (
        layout.number(f"{total:,}")
        if total % 10_000 or layout.rng.random() < 0.5
        else layout.number(total // 10_000) + "万"
    )
    per = {"year": "年", "month": "月"}[amount.per]
    rough = layout.rng.choice(("約", "約 ", "延べ約", "およそ")) if amount.approximate else ""
    slash = layout.rng.choice(("/", "／", " / "))
    return layout.rng.choice(
        (
            f"{rough}{number}{amount.unit}{slash}{per}",
            f"{per}間{rough}{number}{amount.unit}",
            f"{rough}{number} {amount.unit}{slash}{per}",
        )
    )


def _places(answer: PaperAnswer, layout: Layout) -> list[str]:
    same = len({b.places for b in answer.businesses}) == 1
    if same:
        return [_joined(answer.businesses[0].places, layout)]
    return _by_business(answer, layout, lambda b: [_joined(b.places, layout)])


def _joined(values: tuple[str, ...], layout: Layout) -> str:
    return layout.rng.choice(("及び", "、")).join(values) + layout.rng.choice(("", "", "とする。"))


def _none(answer: PaperAnswer, layout: Layout) -> list[str]:
    return [_none_word(layout)]


def _media(answer: PaperAnswer, layout: Layout) -> list[str]:
    if not answer.media:
        return [_none_word(layout)]
    words = [layout.rng.choice({"ファクシミリ": ("ファクシミリ", "FAX", "ＦＡＸ")}.get(m, (m,))) for m in answer.media]
    text = "、".join(words[:-1]) + ("及び" if len(words) > 1 else "") + words[-1]
    return [text + layout.rng.choice(("による", "による。", ""))]


def _computer(answer: PaperAnswer, layout: Layout) -> list[str]:
    words = {True: ("あり", "有", "あり。"), False: ("なし", "無", "なし（区の電子計算機のみを使用）")}
    if len({b.computer for b in answer.businesses}) == 1:
        return [layout.rng.choice(words[answer.businesses[0].computer])]
    return _by_business(answer, layout, lambda b: [layout.rng.choice(words[b.computer])])


def _control(answer: PaperAnswer, layout: Layout) -> list[str]:
    return [
        "(1) 個人情報保護に関する社内規程が定められている。",
        *layout.gap(),
        "(2) 個人情報を含む文書を施錠できる保管庫に保管する。",
    ]


def _conditions(answer: PaperAnswer, layout: Layout) -> list[str]:
    return ["個人情報の秘密保持等を定めた「電算処理の業務委託契約の特記事項」を契約条件にし、委託先に遵守させる。"]


def _start(answer: PaperAnswer, layout: Layout) -> list[str]:
    if len({(b.start, b.end) for b in answer.businesses}) == 1:
        return [_term(answer.businesses[0], layout)]
    return _by_business(answer, layout, lambda b: [_term(b, layout)])


def _term(business: BusinessAnswer, layout: Layout) -> str:
    start = layout.day(business.start, whole=business.start.day != 1 or layout.rng.random() < 0.4)
    if business.end is None:
        return f"{start}より継続して行う。"
    return f"{start}から{layout.day(business.end - timedelta(days=1))}まで"


def _contractors(answer: PaperAnswer, layout: Layout) -> list[str]:
    if len({b.contractor for b in answer.businesses}) == 1:
        return [answer.businesses[0].contractor or "未定"]
    return _by_business(answer, layout, lambda b: [b.contractor or "未定"])


def packet(answers: list[PaperAnswer], rng: random.Random) -> str:
    """Several papers in one file, each in a layout of its own, with attachments between them."""
    return "\n".join(write(answer, Layout.of(rng)) + rng.choice(ATTACHMENTS) for answer in answers)


ATTACHMENTS = (
    "",
    "\n事業の概要について\n\n令和5年6月1日\n\n1. 総論\n\n- 利用者の増加に対応するため、受付業務を委託する。\n(1) 対象者\n年間約5,000件の申込みがある。\n",
    "\n令和2年2月12日\n保健福祉部介護保険課\n\n1. 諮問の経緯\n\n(1) これまでの取組み\n\n区では、平成25年度から事業を実施している。\n",
    "\n参考資料\n\n項目\t金額\n委託料\t約300千円\n\n問合せ先：区役所\n",
)


def in_three_parts(answer: PaperAnswer, layout: Layout) -> str:
    """新項目の記録, 委託 and 回線結合 in one paper: the items stand once, in an annex, and are referred to."""
    annex_title = "個人情報の項目及び件数"
    mark = layout.number
    body = [
        *_head(answer, layout), "《事業の概要》", "", "区では、システムを構築する。", "",
        f"第{mark(1)} 新たな個人情報の項目の電子計算機への記録について", "",
    ]  # fmt: skip
    texts = {
        1: [["記録のため。"], ["条例第17条第4項の規定に基づき諮問する。"], [answer.businesses[0].who],
            ["(1) 個人情報の項目", "", f"別紙「{annex_title}」のとおり", "", "(2) 件数", "", _total(answer, layout)],
            ["区の職員が入力する。"], ["実施手順書を遵守する。"], [_term(answer.businesses[0], layout)]],
        2: [["システム運用保守業務委託"], ["保守を行う。"], ["条例第12条の規定に基づき諮問する。"], ["第1の3のとおり"],
            ["(1) 個人情報の項目", "", "・区から委託先へ提供するもの", "", f"第{mark(1)}の{mark(4)}({mark(1)})のとおり", "・委託先が本人から収集するもの", "なし",
             "・区及び本人以外から委託先へ提供するもの", "なし", "", "(2) 件数", "", "第1の4(2)のとおり"],
            [_joined(answer.businesses[0].places, layout)], ["なし"], _media(answer, layout), ["なし"], ["(1) 規程がある。"],
            ["「電算処理の業務委託契約の特記事項」を遵守させる。"], ["第1の7のとおり"], ["未定"]],
        3: [["回線結合が必要となるため。"], ["クラウドサービス事業者"], ["条例第18条の規定に基づき諮問する。"], ["第1の3のとおり"], ["第1の4(1)のとおり"],
            ["専用回線で接続する。"], ["(1) 認証を取得している。"], ["第1の6のとおり"], ["第1の7のとおり"]],
    }  # fmt: skip
    names = {
        1: ("電子計算機に記録する理由", "諮問の趣旨", "対象となる個人の範囲", "記録する個人情報の項目及び件数", "電子計算機に記録する方法", "区の個人情報の保護管理体制", "記録の開始時期"),
        2: HEADINGS,
        3: ("回線結合する理由", "回線結合の相手方", "諮問の趣旨", "対象となる個人の範囲", "回線結合する個人情報の項目", "回線結合の方法", "相手方の個人情報の保護管理体制",
            "区の個人情報の保護管理体制", "回線結合の開始時期"),
    }  # fmt: skip
    parts = {2: "外部委託に伴う個人情報の保護措置について", 3: "外部の電子計算機との回線結合について"}
    for part, sections in texts.items():
        if part in parts:
            body += [f"第 {mark(part)} {parts[part]}", ""]
        for at, (name, text) in enumerate(zip(names[part], sections, strict=True), start=1):
            body += [f"{mark(at)} {name}", *layout.gap(), *text, *layout.gap()]
    body += ["", annex_title, ""]
    for at, business in enumerate(answer.businesses, start=1):
        body += [
            f"{mark(at)}. {business.name}",
            "",
            f"項目\t{_list(business.flows[0].items, layout)}",
            f"件数\t{_amount(business.amount, layout)}",
            "",
        ]
    return "\n".join([*body, f"合計 {_total(answer, layout)}"]) + "\n"


def _total(answer: PaperAnswer, layout: Layout) -> str:
    return f"約{layout.number(sum(b.amount.total for b in answer.businesses))}件/年（1年間の延べ件数）"
