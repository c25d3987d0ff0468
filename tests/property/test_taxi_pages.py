"""Whatever page of the contractor's is opened, its bytes hold no item but the four of 諮問815 §5."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from azukari.demo.names import CONTRACTOR
from azukari.kernel import era
from support.signing import signed_in
from support.taxi import rows

pytestmark = pytest.mark.django_db(databases=["default", "owner"])


@pytest.fixture
def operator() -> Client:
    return signed_in("operator")


@pytest.fixture
def forbidden(operator: Client) -> set[bytes]:
    """Every other item of everybody in the ward, in each way a page could write it."""
    people = rows(
        "SELECT p.atena, p.born, n.kana, n.former FROM people_person p JOIN people_name n ON n.person_id = p.id"
    )
    addresses = rows("SELECT postcode, town, chome, ban, go, building FROM people_address")
    texts = {text for person in people for text in _of_person(*person)} | {
        text for address in addresses for text in _of_address(*address)
    }
    # Some people write their name in kana on the voucher, and then it is the 氏名 of the consultation.
    written = "\n".join(str(name) for (name,) in rows("SELECT DISTINCT name FROM taxi_presentedvoucher"))
    return {text.encode() for text in texts if text and text not in written}


def _of_person(atena: Any, born: date, kana: str, former: str) -> Iterator[str]:
    yield from (atena, kana, kana.replace("　", ""), former)
    yield from (era.long(born), f"{born:%Y-%m-%d}", f"{born.year}年{born.month}月{born.day}日")


def _of_address(postcode: str, town: str, chome: int | None, ban: str, go: str, building: str) -> Iterator[str]:
    """A town alone is no address, and a name of a company or an operator too."""
    yield from (postcode, f"{postcode[:3]}-{postcode[3:]}", building, f"{ban}番{go}号", f"{ban}-{go}")
    if chome:
        yield from (f"{town}{chome}丁目", f"{town}{'〇一二三四五六七八九'[chome]}丁目")


def test_no_page_holds_another_item(operator: Client, forbidden: set[bytes]) -> None:
    batches = [
        int(str(key)) for (key,) in rows("SELECT id FROM taxi_batch WHERE contractor = %s ORDER BY id", CONTRACTOR)
    ]
    numbers = [
        str(number) for (number,) in rows("SELECT DISTINCT certificate_number FROM taxi_presentedvoucher ORDER BY 1")
    ]
    addresses = st.one_of(
        st.just("/taxi/check/"),
        st.builds(
            "/taxi/check/{}/?after={}&only={}".format,
            st.sampled_from(batches),
            st.integers(0, 60),
            st.sampled_from(["", "unchecked", "checked", "queried"]),
        ),
    )

    @settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(address=addresses, number=st.sampled_from(numbers))
    def look(address: str, number: str) -> None:
        _holds_nothing_of(forbidden, operator.get(address).content)
        _holds_nothing_of(forbidden, operator.post("/taxi/check/find/", {"number": number}).content)

    look()


def _holds_nothing_of(forbidden: set[bytes], page: bytes) -> None:
    assert [text.decode() for text in forbidden if text in page] == []
