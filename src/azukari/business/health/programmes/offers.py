"""What the package gives to the rest when Django starts: menu items, sources of hand-overs, counts. Nothing heavy."""

from __future__ import annotations

from azukari.business.health.programmes.handing import SOURCES, entrusted, sources
from azukari.business.health.programmes.types import HAND_ENTRY
from azukari.business.health.types import CALLS, WARD_ENTRY
from azukari.core.audit import api as audit
from azukari.core.handover import api as handover
from azukari.core.policy import api as policy
from azukari.web.api import MenuItem, menu

MENU = (
    MenuItem(
        ("officer", "responsible"),
        "保健事業",
        "health:programmes",
        flow=WARD_ENTRY,
        order=44,
        about="五つの名簿を、電話・通知・保健指導・訪問指導に預け、進み具合を見ます。",
    ),
    MenuItem(
        ("officer", "responsible"),
        "保健事業の図",
        "health:figures",
        flow=WARD_ENTRY,
        order=45,
        about="受診率、事業の進み具合、病気ごとの医療費を図で見ます。",
    ),
    MenuItem(
        ("officer", "responsible"),
        "区が直接対応する方",
        "health:by_hand",
        flow=HAND_ENTRY,
        order=46,
        about="委託先に渡さず、区の職員だけが連絡する方を見ます。",
    ),
    MenuItem(
        ("operator", "responsible"),
        "勧奨の電話",
        "health:calls",
        flow=CALLS,
        order=20,
        about="預かった名簿の方に、世帯ごとに一度ずつ電話します。",
    ),
)


def offer() -> None:
    """The screens in the menu, the sentences of the ledger, what can be handed over and how much was."""
    audit.describe("health.entrusted", "{who}が{under}{whom}{what}を、委託先に預けました。")
    audit.describe("health.called", "{who}が{under}{whom}に電話した結果を記録しました。")
    audit.describe("health.followed", "{who}が{under}{whom}{what}を、受け取った記録から書き入れました。")
    audit.describe("health.printed", "{who}が{under}{whom}{what}を印刷しました。")
    for source in sources():
        handover.register(source)
    for channel in SOURCES:
        policy.register_actual(channel.value, entrusted(channel.value))
    for item in MENU:
        menu.register(item)
