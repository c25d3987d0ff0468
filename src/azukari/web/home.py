"""What the frame itself offers each kind of person, and what it tells them on the home page."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from django.urls import reverse

from azukari.core.accounts.api import AccountCard, Kind, workers
from azukari.core.handover import api as handover
from azukari.core.handover.api import ENTRY
from azukari.core.policy import api as policy
from azukari.core.policy.types import Consultation, Stage
from azukari.kernel import era
from azukari.web import alerts, menu, words
from azukari.web.show.consultation import NEAR
from azukari.web.types import Alert, Link, MenuItem

EVERYBODY: tuple[Kind, ...] = ("officer", "operator", "responsible", "privacy", "resident", "council", "it")
SOON = timedelta(days=30)
WATCHERS = {"officer", "responsible", "privacy", "council"}
MENU = (
    MenuItem(EVERYBODY, "諮問一覧", "web:consultations", order=10, about="審議会へ諮った文書と、そこで許された項目を見ます。"),
    MenuItem(
        ("officer", "operator", "responsible", "privacy", "council"), "なぜ見られるのか", "web:why", order=20,
        about="だれが、どこで、どの項目を見られるか、見られないか。その根拠と理由を確かめます。",
    ),
    MenuItem(("officer", "responsible", "privacy"), "宛名照会", "web:people", flow="r-juki", order=30, about="区民の氏名・住所・世帯を調べます。"),
    MenuItem(("officer", "responsible"), "授受", "web:handovers", flow=ENTRY, order=35, about="委託先に渡す媒体や紙の、提案、承認、受領、返却、消去を記録します。"),
    MenuItem(("responsible", "privacy"), "台帳", "web:ledger", order=40, about="だれが、だれの、どの項目を、いつ見たかを調べます。"),
    MenuItem(("resident",), "わたしの記録", "web:my_record", order=5, about="区に登録されたご自身の記録を見ます。"),
    MenuItem(("resident",), "わたしの情報の渡し先", "web:my_disclosures", order=6, about="ご自身の情報が、いつ、だれに渡ったかを見ます。"),
    MenuItem(
        ("officer", "responsible", "privacy", "council"), "二つの諮問を比べる", "web:compare", order=50, in_nav=False,
        about="変更の諮問が、新しく何を許すことになるかを確かめます。",
    ),
)  # fmt: skip


def register() -> None:
    """Put the frame's pages into the menu and its warnings on the home page."""
    for item in MENU:
        menu.register(item)
    for flow in policy.library().flows.values():
        if flow.direction is policy.Direction.WARD_TO_CONTRACTOR:
            menu.register(
                MenuItem(
                    ("responsible",), "預かった媒体", "web:their_handovers", flow=flow.id, order=35,
                    about="区から受け取った媒体や紙の、受領と使用終了を記録します。",
                )
            )  # fmt: skip
    alerts.register("web.handovers", handovers)
    alerts.register("web.counts", counts)
    alerts.register("web.unanswered", unanswered)
    alerts.register("web.reviews", reviews)
    alerts.register("web.endings", endings)


def handovers(card: AccountCard, on: date) -> Iterator[Alert]:
    """What should have come back: to the ward's own people under the entry, and to the contractor that has it."""
    mine = policy.enrolled(card.login, on)
    if card.kind not in {"officer", "responsible"}:
        return
    for late in handover.late(on):
        title = f"授受 {late.id}（{late.kind}）の返却の期限を {(on - late.due).days:,} 日過ぎています。"
        if ENTRY in mine:
            text = f"{policy.flow_title(late.flow)}。{late.contractor}に返却を求めてください。"
            yield Alert("stop", title, text, Link("授受を開く", reverse("web:handover", args=[late.id])))
        elif card.contractor == late.contractor and card.kind == "responsible":
            link = Link("預かった媒体を見る", reverse("web:their_handovers"))
            yield Alert("stop", title, "区へ返してください。", link)


def counts(card: AccountCard, on: date) -> Iterator[Alert]:
    """Flows whose actual number is over, or near, the number told to the council."""
    if card.kind not in WATCHERS or card.contractor:
        return
    for line in policy.coverage(words.fiscal_year(on), words.month(on)):
        link = Link("承認と実績を見る", f"{_paper_of(line.flow)}#amounts")
        if line.warning:
            yield Alert("stop", f"{line.title}の件数が、諮問した件数を超えています。", line.warning.reason, link)
        elif line.approved and line.actual and line.actual >= NEAR * line.approved:
            text = f"承認 {line.approved:,}、実績 {line.actual:,}（{line.unit}）。変更の諮問を検討してください。"
            yield Alert("warn", f"{line.title}の件数が、諮問した件数に近づいています。", text, link)


def reviews(card: AccountCard, on: date) -> Iterator[Alert]:  # noqa: ARG001 (every provider is asked about a day)
    """Papers with fields that wait for a person."""
    if card.kind not in {"officer", "responsible", "privacy"} or card.contractor:
        return
    papers = [paper for paper in policy.library().consultations.values() if paper.review]
    if papers:
        listed = "、".join(f"{words.called(paper.number)}に {len(paper.review)} 件" for paper in papers)
        text = f"{listed}あります。文面だけでは決まらない箇所です。定めるまで、その箇所は何も許可しません。"
        yield Alert(
            "warn",
            "諮問書に、人が確かめる箇所が残っています。",
            text,
            Link("諮問一覧で見る", reverse("web:consultations")),
        )


def unanswered(card: AccountCard, on: date) -> Iterator[Alert]:  # noqa: ARG001 (every provider is asked about a day)
    """Papers the council has not answered, as far as this installation knows: they grant nothing."""
    if card.kind not in WATCHERS or card.contractor:
        return
    papers = [paper for paper in policy.library().consultations.values() if paper.flows and not _is_answered(paper)]
    if papers:
        listed = "、".join(words.called(paper.number) for paper in papers)
        yield Alert(
            "warn",
            f"答申を記録していない諮問が {len(papers)} 件あります。",
            f"{listed}。答申を受けた日を記録するまで、その諮問は何も許可しません。",
            Link("諮問一覧で見る", reverse("web:consultations")),
        )


def _is_answered(paper: Consultation) -> bool:
    return any(event.stage is Stage.ANSWERED for event in paper.life)


def endings(card: AccountCard, on: date) -> Iterator[Alert]:
    """People of the responsible person's own flows whose time on the roll ends soon."""
    if card.kind != "responsible":
        return
    mine = policy.enrolled(card.login, on)
    cards = workers()
    for one in policy.roll(on):
        who = cards.get(one.actor)
        same = who is not None and who.contractor == card.contractor
        if who and same and one.flow in mine and one.until and one.until - on <= SOON:
            title = f"{who.name}さんの名簿の期間が、{era.long(one.until - timedelta(days=1))}で終わります。"
            yield Alert("warn", title, f"{policy.flow_title(one.flow)}。続けるときは、名簿を改めてください。")


def _paper_of(flow: str) -> str:
    return reverse("web:consultation", args=[policy.library().consultation_of(flow).number])
