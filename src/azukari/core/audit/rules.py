"""What may be written in the ledger: known actions only, and details that say nothing about a person.

Plain Python: no Django, no clock, no network.
"""

from __future__ import annotations

import re
from ipaddress import ip_network

from azukari.core.audit.types import Detail

DETAIL_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
TOKEN = re.compile(r"[0-9A-Za-z._:/+-]{0,80}")
# What a token may be although it holds many digits: a date or time, a hash, an id of 128 bits.
SAFE_DIGITS = re.compile(r"\d{4}-\d\d(-\d\d)?(T[\d:.+]+Z?)?|[0-9a-f]{32,64}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# Decisions explain themselves in these two; their words come from the consultation, never from a row.
PROSE = frozenset({"ground", "reason"})
PROSE_LENGTH = 400
MOST_DIGITS = 8
MOST_KEYS = 20
MOST_VALUES = 200
LARGEST_NUMBER = 10**9
ITEM_LENGTH = 200


class NotForTheLedgerError(ValueError):
    """A programming error: a value that might be personal was about to be written where it can never be erased."""


def check_detail(detail: Detail) -> None:
    """Refuse a detail that could hold personal values. Allowed: small numbers, yes/no, ASCII keys, states, hashes.

    Raises NotForTheLedgerError, naming the key but never the value.
    """
    if len(detail) > MOST_KEYS:
        raise NotForTheLedgerError(f"detail has more than {MOST_KEYS} keys")
    for key, value in detail.items():
        if not DETAIL_KEY.fullmatch(key):
            raise NotForTheLedgerError("a key of detail is not a plain lower-case word")
        if not _fits(key, value):
            raise NotForTheLedgerError(f"detail[{key!r}] is not a key, a state or a small number")


def check_subjects(subjects: tuple[int, ...]) -> None:
    """Subjects are surrogate keys: positive, within 64 bits."""
    if not all(0 < subject < 2**63 for subject in subjects):
        raise NotForTheLedgerError("subjects must be surrogate keys of persons")


def check_items(items: tuple[str, ...]) -> None:
    """Items are names of items, one line each."""
    if not all(0 < len(item) <= ITEM_LENGTH and "\n" not in item for item in items):
        raise NotForTheLedgerError("items must be names of items")


def _fits(key: str, value: object) -> bool:
    if isinstance(value, list | tuple):
        return len(value) <= MOST_VALUES and all(_fits(key, one) for one in value)
    if isinstance(value, str):
        return _is_prose(key, value) or _is_token(value)
    return value is None or (isinstance(value, int) and abs(value) <= LARGEST_NUMBER)


def _is_prose(key: str, value: str) -> bool:
    return key in PROSE and len(value) <= PROSE_LENGTH


def _is_token(value: str) -> bool:
    """ASCII without blanks or @, and not as many digits as a telephone or certificate number has."""
    if SAFE_DIGITS.fullmatch(value) or _is_network(value):
        return True
    return bool(TOKEN.fullmatch(value)) and sum(map(str.isdigit, value)) <= MOST_DIGITS


def _is_network(value: str) -> bool:
    """A network with its length (192.0.2.0/24): where people work, many digits though it has."""
    if not re.search(r"[.:].*/", value):
        return False
    try:
        ip_network(value)
    except ValueError:
        return False
    return True
