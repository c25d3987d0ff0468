"""The encoding that is hashed: it says everything the entry says, and no two entries have the same."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from azukari.core.audit import encoding
from azukari.core.audit.api import record

pytestmark = pytest.mark.django_db
WORDS = st.text(st.characters(exclude_characters="\0\n", exclude_categories=["Cs"]), min_size=1, max_size=12)
ENTRIES = st.fixed_dictionaries(
    {
        "actor": WORDS,
        "place": WORDS,
        "medium": WORDS,
        "items": st.lists(WORDS, max_size=4),
        "subjects": st.lists(st.integers(1, 2**63 - 1), max_size=4),
        "detail": st.dictionaries(
            st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True),
            st.booleans() | st.integers(-99, 99) | st.none(),
            max_size=3,
        ),
    }
)
quietly = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=30)


def written(entry: dict[str, Any]) -> bytes:
    with transaction.atomic():
        number = record("view", **entry)
        query = f"COPY ({encoding.SELECT} WHERE id = {number}) TO STDOUT (FORMAT BINARY)"
        with connection.cursor() as cursor, cursor.copy(query) as copy:
            (row,) = encoding.rows(copy)
    return row


@quietly
@given(entry=ENTRIES)
def test_decoding_gives_back_what_was_written(entry: dict[str, Any]) -> None:
    row = written(entry)
    fields = encoding.decode(row)
    assert {name: fields[name] for name in entry} == entry
    assert encoding.turn_and_id(row) == (fields["turn"], fields["id"])
    assert tuple(fields) == encoding.COLUMNS


@quietly
@given(one=ENTRIES, other=ENTRIES)
def test_neighbouring_fields_cannot_be_mistaken_for_each_other(one: dict[str, Any], other: dict[str, Any]) -> None:
    """But for number, time and request, equal encodings are equal entries: lengths part the fields."""
    same = [_without_stamps(written(entry)) for entry in (one, other)]
    assert (same[0] == same[1]) == (one == other)


def _without_stamps(row: bytes) -> bytes:
    head = 2 + 3 * 12
    return row[head:-16]
