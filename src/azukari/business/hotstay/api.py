"""What other packages, the stations' pages and the residents' public side ask of ほっとステイ.

Everything takes a `Desk`: who asks, by which channel, at which moment, through which database alias. In the database
`hotstay_may` decides whose rows answer: the owner's alias all of them; a page that has entered flow 814-2 those of its
own contractor; the residents' side (`hotstay.public`) those of the family whose child signed in. Everything else raises
NotFound.

Every call is one transaction, or a part of the caller's. Busy is told in a parent's words when others hold the days.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from azukari.business.hotstay import desk as _desk
from azukari.business.hotstay.changing import (
    arrive,
    at_door,
    cancel,
    cancel_until,
    change,
    depart,
    extend,
    no_show,
    promote_days,
)
from azukari.business.hotstay.public.mail import Sender as MailSender
from azukari.business.hotstay.public.mail import Server as MailServer
from azukari.business.hotstay.public.slips import set_demonstration
from azukari.business.hotstay.registering import (
    add_child,
    add_family,
    add_guardian,
    decide_interview,
    issue,
    plan_interview,
)
from azukari.business.hotstay.reporting import report
from azukari.business.hotstay.rules import fees as _fees
from azukari.business.hotstay.rules import windows as _windows
from azukari.business.hotstay.rules.counting import Counts, Limits, Staff, binds, plus
from azukari.business.hotstay.service import book, would_refuse
from azukari.business.hotstay.service import month as availability
from azukari.business.hotstay.stations import (
    arrival_code,
    by_code,
    close,
    known,
    put_roster,
    put_setting,
    put_stations,
    unfit,
)
from azukari.business.hotstay.types import BookingCard, ChildCard, Desk, Fee, Span, StationTerms
from azukari.business.hotstay.waiting import leave as leave_waiting
from azukari.business.hotstay.waiting import of as waiting
from azukari.business.hotstay.waiting import wait

__all__ = [
    "Counts",
    "Limits",
    "MailSender",
    "MailServer",
    "Staff",
    "add_child",
    "add_family",
    "add_guardian",
    "arrival_code",
    "arrive",
    "at_door",
    "availability",
    "binds",
    "book",
    "bookings",
    "by_code",
    "cancel",
    "cancel_until",
    "change",
    "child",
    "close",
    "decide_interview",
    "depart",
    "extend",
    "family",
    "fee",
    "issue",
    "known",
    "leave_waiting",
    "longest",
    "moment",
    "no_show",
    "opening",
    "plan_interview",
    "plus",
    "promote_days",
    "put_roster",
    "put_setting",
    "put_stations",
    "report",
    "set_demonstration",
    "terms",
    "unfit",
    "wait",
    "waiting",
    "would_refuse",
]


def child(desk: Desk, key: int) -> ChildCard:
    """A child of the family or station that asks. Raises NotFound."""
    return _desk.child(desk, key)


def family(desk: Desk, child: int) -> tuple[ChildCard, ...]:
    """The child and its brothers and sisters at the station, the eldest first. Raises NotFound."""
    return _desk.family(desk, child)


def bookings(desk: Desk, children: Iterable[int], since: date) -> tuple[BookingCard, ...]:
    """The children's bookings from that day on, in the order of days, all states; others' are left out."""
    return _desk.bookings(desk, children, since)


def terms(desk: Desk, station: int, day: date) -> StationTerms:
    """A station's parameters on that day. Raises NotFound."""
    return _desk.frame(desk, station, day, date.fromordinal(day.toordinal() + 1)).on(day)


def fee(born: date, span: Span) -> Fee:
    """What the stay costs, in yen, with its steps."""
    return _fees.fee(born, span)


def longest(born: date, day: date) -> int:
    """The longest stay of that child on that day, in half-hours."""
    return _fees.longest(born, day)


def moment(day: date, minute: int) -> datetime:
    """That minute of the day in Japan, aware."""
    return _windows.moment(day, minute)


def opening(desk: Desk, station: int, day: date) -> datetime:
    """When bookings for that day begin to be taken."""
    return _windows.opening(day, terms(desk, station, day))
