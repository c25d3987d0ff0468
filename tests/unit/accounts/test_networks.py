"""Where a request comes from follows the networks that the owner keeps."""

from __future__ import annotations

import pytest

from azukari.core.accounts.api import place_at, save_network
from azukari.core.accounts.models import Network

pytestmark = pytest.mark.usefixtures("scratch")
OWNER = "owner"


def test_a_network_belongs_to_one_place() -> None:
    save_network("2001:db8::/32", "ward", using=OWNER)
    save_network("2001:db8::/32", "centre", using=OWNER)
    assert (found := place_at("2001:db8::1")) is not None
    assert found.code == "centre"


def test_an_address_in_no_network_is_at_no_place() -> None:
    Network.objects.using(OWNER).filter(place="own-device").delete()
    assert place_at("198.18.0.9") is None
