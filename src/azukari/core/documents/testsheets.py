"""A sheet to be printed, folded and put into an envelope: it shows whether the window lies where its profile says."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Final

from azukari.core.documents.envelopes import envelope
from azukari.core.documents.rendering import render

TEMPLATE: Final = Path(__file__).with_name("templates") / "envelope.typ"
A4: Final = (210.0, 297.0)


def window_test(code: str, *, created: datetime) -> bytes:
    """The test sheet of an envelope as PDF/A: the zone that must be seen at every place of the paper, and rulers."""
    profile = envelope(code)
    across, down = profile.slack
    paper = profile.sheet[:2] if profile.sheet else A4
    data = {
        "name": profile.name,
        "paper": paper,
        "fold": None if profile.sheet or profile.paper[1] >= paper[1] else profile.paper[1],
        "places": profile.places,
        "zone": tuple(profile.zone),
        "facts": [
            f"封筒 {profile.size[0]:g} × {profile.size[1]:g} mm",
            f"窓 左 {profile.window.left:g}・上 {profile.window.top:g}・幅 {profile.window.width:g}・高さ {profile.window.height:g} mm",
            f"紙の動き 左右 {across:g}・上下 {down:g} mm",
            "寸法は確かめてあります。" if profile.confirmed else "寸法は未確認です。封筒を測って確かめてください。",
        ],
    }
    return render(TEMPLATE, data, created=created, tagged=False)
