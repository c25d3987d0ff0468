"""What crosses the border of the residents' side. Plain Python."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

# Kind of mail → subject and text. Nothing about the child, the station or the stay: a mail is read by many eyes.
MAILS: Mapping[str, tuple[str, str]] = {
    "booked": ("ご予約を受け付けました", "ご予約を受け付けました。"),
    "changed": ("ご予約を変更しました", "ご予約の変更を受け付けました。"),
    "cancelled": ("ご予約を取り消しました", "ご予約の取消しを受け付けました。"),
    "waiting": ("キャンセル待ちを受け付けました", "キャンセル待ちを受け付けました。"),
    "placed": ("キャンセル待ちのご予約が取れました", "キャンセル待ちをしていたご予約が取れました。"),
    "reminder": ("ご予約の日が近づいています", "取り消せる期限が近づいています。ご予約の日時をお確かめください。"),
}


@dataclass(frozen=True, slots=True)
class Slip:
    """What the station hands over on paper, once: the child's ID and the word for the first sign-in."""

    login: str
    word: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Guest:
    """Who is signed in: the child's key, ID and birth date. `must_set`: came in by the slip and has to set a password first."""

    child: int
    login: str
    shared: bool
    must_set: bool
    ends: datetime
    born: date


@dataclass(frozen=True, slots=True)
class Device:
    """One browser that is signed in, without anything that tells whose or which."""

    began: datetime
    seen: datetime
    shared: bool
    current: bool
