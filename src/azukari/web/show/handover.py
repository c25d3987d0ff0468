"""Hand-overs as pages print them: stages, lateness and counts in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from azukari.core.accounts.api import AccountCard
from azukari.core.handover import api as handover
from azukari.core.handover.api import Card, Kind, Stage
from azukari.core.policy import api as policy
from azukari.kernel import era
from azukari.web import words
from azukari.web.types import Fact, Moment, Tone

TONES: dict[Stage, Tone] = {
    Stage.PROPOSED: "warn",
    Stage.APPROVED: "warn",
    Stage.WRITTEN: "info",
    Stage.OPENED: "info",
    Stage.USED: "info",
    Stage.RETURNED: "plain",
    Stage.ERASED: "ok",
    Stage.CANCELLED: "plain",
}
STATES: dict[Stage, str] = {
    Stage.PROPOSED: "承認を待っています",
    Stage.APPROVED: "引渡しを待っています",
    Stage.WRITTEN: "委託先にあります",
    Stage.OPENED: "委託先が受領しました",
    Stage.USED: "使い終え、返却待ちです",
    Stage.RETURNED: "返却済み、消去待ちです",
    Stage.ERASED: "消去済み",
    Stage.CANCELLED: "取消し",
}
LIFE = (
    Stage.PROPOSED,
    Stage.APPROVED,
    Stage.WRITTEN,
    Stage.OPENED,
    Stage.USED,
    Stage.RETURNED,
    Stage.ERASED,
)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a list."""

    id: int
    title: str
    by: str
    contractor: str
    rows: str
    until: str
    tone: Tone
    state: str


@dataclass(frozen=True, slots=True)
class ItemPair:
    """An item of the consultation, and the same place of the manifest."""

    number: int
    told: str
    listed: str

    @property
    def same(self) -> bool:
        """Word for word."""
        return self.told == self.listed


@dataclass(frozen=True, slots=True)
class Bar:
    """A count against what the council was told, in percent of the picture's width."""

    words: str
    tone: Tone
    limit: int
    width: int


def rows(cards: Iterable[Card], titles: Mapping[str, str], on: date) -> list[Row]:
    """The list: what is late first, then what is out, then the newest."""
    order = sorted(cards, key=lambda card: (-card.overdue(on), not card.is_out(), -card.id))
    return [_row(card, titles, on) for card in order]


def _row(card: Card, titles: Mapping[str, str], on: date) -> Row:
    tone, state = state_of(card, on)
    return Row(
        card.id,
        f"{titles.get(card.source, card.source)} {card.batch}",
        medium_of(card),
        card.contractor,
        f"{card.rows:,} 件",
        era.long(card.until),
        tone,
        state,
    )


def state_of(card: Card, on: date) -> tuple[Tone, str]:
    """The state in words, with its tone; lateness goes before everything."""
    if card.recalled_on and card.is_out():
        return "stop", "許可が終わりました。至急返してもらってください"
    if late := card.overdue(on):
        return "stop", f"返却の期限を {late:,} 日過ぎています"
    if card.recalled_on and card.stage in {Stage.PROPOSED, Stage.APPROVED}:
        return "stop", "許可が終わりました。渡せません"
    return TONES[card.stage], STATES[card.stage]


def medium_of(card: Card) -> str:
    """The medium with its number, or what else it goes by."""
    return f"{card.kind} {card.serial}" if card.serial else str(card.kind)


def life(card: Card, people: Mapping[str, AccountCard]) -> list[Moment]:
    """Every step there is for this kind, those to come as well; a cancelled one ends there."""
    if card.step(Stage.CANCELLED):
        stages: Sequence[Stage] = [one.stage for one in card.steps]
    else:
        stages = [stage for stage in LIFE if card.kind.returns or stage is not Stage.RETURNED]
    return [_moment(card, stage, people) for stage in stages]


def _moment(card: Card, stage: Stage, people: Mapping[str, AccountCard]) -> Moment:
    step = card.step(stage)
    if step is None:
        return Moment(str(stage), False, "", "")
    known = people.get(step.by)
    return Moment(str(stage), True, handover.said(step), known.name if known else step.by.replace("cli:", "命令 "))


def items(card: Card) -> list[ItemPair]:
    """The consultation's items beside the manifest's, in both orders."""
    told = policy.library().items_of(card.flow) if card.flow in policy.library().flows else ()
    longest = max(len(told), len(card.items))
    return [
        ItemPair(at + 1, told[at] if at < len(told) else "", card.items[at] if at < len(card.items) else "")
        for at in range(longest)
    ]


def facts(card: Card, titles: Mapping[str, str], people: Mapping[str, AccountCard]) -> list[Fact]:
    """What it is, in words."""
    receiver = people.get(card.receiver)
    found = [
        Fact("渡すもの", f"{titles.get(card.source, card.source)} {card.batch}"),
        Fact("根拠", f"{policy.flow_title(card.flow)}（取扱い {card.flow}）"),
        Fact("委託先", card.contractor),
        Fact("受取人", receiver.name if receiver else card.receiver),
        Fact("媒体", medium_of(card)),
        Fact("件数", f"{card.rows:,} 件"),
        Fact("期間", f"{era.long(card.since)}から{era.long(card.until)}まで"),
    ]
    counted = {"渡した枚数": card.pages_out, "受け取った枚数": card.pages_received, "返った枚数": card.pages_back}
    found += [Fact(term, f"{pages:,} 枚") for term, pages in counted.items() if pages is not None]
    texts = {"件数を超える理由": card.over_reason, "返却のときの記録": card.note, "消去の方法": card.erased_how}
    return found + [Fact(term, text) for term, text in texts.items() if text]


def bar(card: Card) -> Bar | None:
    """The count of its period with this hand-over, as it was when it was proposed; None where the paper tells no number."""
    told = policy.library().flows.get(card.flow)
    return None if told is None or told.count is None else bar_of(told, card.count_before + card.rows)


def bar_of(told: policy.Flow, after: int) -> Bar:
    """So many of the number told to the council."""
    approved = told.count or 0
    top = max(approved, after, 1)
    tone: Tone = "stop" if after > approved else "warn" if after > 0.9 * approved else "ok"
    text = f"{words.PER.get(told.per or 'year', '年')}の累計 {after:,} 件／諮問 {words.amount_of(told)}"
    return Bar(text, tone, round(100 * approved / top), round(100 * after / top))


def is_sealed(card: Card) -> bool:
    """Whether a container goes, and not counted pages."""
    return Kind(card.kind).sealed
