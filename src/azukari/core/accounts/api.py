"""Accounts as other packages use them: who is signed in and where, signing in and out, and who may open a page."""

from azukari.core.accounts.pages import NotAllowed, Request, open_to_all, requires
from azukari.core.accounts.places import NOWHERE, place_at, place_by_hand, save_network
from azukari.core.accounts.premises import end_place, networks, register_place
from azukari.core.accounts.roll import hindrance, leave, put_on_roll, take_off_roll
from azukari.core.accounts.service import (
    change_password,
    create,
    current_code,
    end_account,
    find,
    listing,
    people_shown,
    refuse_impossible,
    reset,
    workers,
)
from azukari.core.accounts.signin import actor_of, choose_place, sign_in, sign_out, take_ended
from azukari.core.accounts.types import (
    DEMONSTRATION_PASSWORD,
    KIND_NAMES,
    AccountCard,
    Attempt,
    End,
    Ended,
    Kind,
    Listed,
    NewAccount,
    Shown,
)

__all__ = [
    "DEMONSTRATION_PASSWORD",
    "KIND_NAMES",
    "NOWHERE",
    "AccountCard",
    "Attempt",
    "End",
    "Ended",
    "Kind",
    "Listed",
    "NewAccount",
    "NotAllowed",
    "Request",
    "Shown",
    "actor_of",
    "change_password",
    "choose_place",
    "create",
    "current_code",
    "end_account",
    "end_place",
    "find",
    "hindrance",
    "leave",
    "listing",
    "networks",
    "open_to_all",
    "people_shown",
    "place_at",
    "place_by_hand",
    "put_on_roll",
    "refuse_impossible",
    "register_place",
    "requires",
    "reset",
    "save_network",
    "sign_in",
    "sign_out",
    "take_ended",
    "take_off_roll",
    "workers",
]
