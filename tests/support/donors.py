"""Letters of made-up donors, and the papers as pictures."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from azukari.business.donations.letters.printing import pictures
from azukari.business.donations.letters.types import Certificate, Kind, Letter, PaymentSlip
from azukari.core.dispatch.types import SheetCode
from azukari.core.documents.types import Box

CREATED = datetime(2019, 7, 1, tzinfo=UTC)
DPI = 300
LETTER = Letter(
    reference="R1-000123",
    name="世田谷　花子",
    address="〒154-0017 東京都世田谷区世田谷四丁目21番27号　見本コーポA101",
    use="子ども・若者を支える取組み",
    amount=30_000,
    method="納付書払い",
    sheets=(SheetCode("AZ1-813-000001-000123-1-1-1-0123456789ABCDEF", "813-000001　000123　1/1枚　第1版"),),
    applied_on=date(2019, 6, 3),
    donated_on=date(2019, 6, 20),
    onestop=True,
    gift="区内の障害者施設の焼き菓子",
    certificate=Certificate("R1-000777", date(2019, 6, 28)),
    slip=PaymentSlip("2019000123", date(2019, 7, 31)),
)


def letter(**changes: object) -> Letter:
    return replace(LETTER, **changes)  # type: ignore[arg-type]


@cache
def page(kind: Kind, one: Letter = LETTER, envelope: str = "naga3") -> NDArray[np.uint8]:
    """The paper as a scanner sees it, grey."""
    [made] = pictures(kind, one, issued=CREATED.date(), envelope=envelope, dpi=DPI)
    return np.asarray(Image.open(io.BytesIO(made)).convert("L"))


def cut(picture: NDArray[np.uint8], box: Box) -> NDArray[np.uint8]:
    """A part of a page, by millimetres."""
    left, top, right, bottom = (round(edge * DPI / 25.4) for edge in (box.left, box.top, box.right, box.bottom))
    return picture[top:bottom, left:right]
