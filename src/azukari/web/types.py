"""What business packages hand to the frame, and what the frame hands to templates. Plain Python."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from azukari.core.accounts.types import Kind

Tone = Literal["ok", "warn", "stop", "info", "plain"]


@dataclass(frozen=True, slots=True)
class MenuItem:
    """One piece of work that a kind of person can reach. `flow`: only people enrolled in that flow see it.

    `in_nav` items stand in the bar of every page; all stand on the home page, where `about` says what the work is.
    """

    kinds: tuple[Kind, ...]
    title: str
    url_name: str
    flow: str | None = None
    order: int = 100
    about: str = ""
    in_nav: bool = True


@dataclass(frozen=True, slots=True)
class Link:
    """A place to go: `url` is already resolved."""

    title: str
    url: str
    about: str = ""
    current: bool = False


@dataclass(frozen=True, slots=True)
class Alert:
    """Something a person should know on the home page. `tone` gives sign and colour; `link` says where to settle it."""

    tone: Tone
    title: str
    text: str = ""
    link: Link | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """A term and what is so; `cite` are line numbers of the council paper."""

    term: str
    value: str
    cite: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Moment:
    """One step of the picture of a life (web/life.html): done or still to come, when in words, and by whom."""

    title: str
    done: bool
    when: str
    who: str


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around a page: who is signed in, from which place, and where they can go."""

    name: str
    kind: str
    belongs: str
    place: str
    nav: tuple[Link, ...]
    crumbs: tuple[Link, ...]
    signed_in: bool
    demonstration: bool
