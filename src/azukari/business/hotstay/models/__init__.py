"""Tables of the business, and the views of them that a station's page reads under its flow.

What decides a place (children present, bookings, the waiting list) is written through the SQL functions of the
migration `0002_guard` by everybody, station, family and command alike; see `desk.py`.
"""

from azukari.business.hotstay.models.people import Child, Family, Guardian, Interview
from azukari.business.hotstay.models.places import Booking, WaitingGroup, WaitingWish
from azukari.business.hotstay.models.seen import (
    BookingSeen,
    ChildSeen,
    ClosureSeen,
    FamilySeen,
    GuardianSeen,
    InterviewSeen,
    RosterSeen,
    StationSeen,
    WaitingGroupSeen,
    WaitingWishSeen,
)
from azukari.business.hotstay.models.stations import ArrivalSecret, Closure, Law, Roster, Setting, Station

__all__ = [
    "ArrivalSecret",
    "Booking",
    "BookingSeen",
    "Child",
    "ChildSeen",
    "Closure",
    "ClosureSeen",
    "Family",
    "FamilySeen",
    "Guardian",
    "GuardianSeen",
    "Interview",
    "InterviewSeen",
    "Law",
    "Roster",
    "RosterSeen",
    "Setting",
    "Station",
    "StationSeen",
    "WaitingGroup",
    "WaitingGroupSeen",
    "WaitingWish",
    "WaitingWishSeen",
]
