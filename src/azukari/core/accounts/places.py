"""Where a request comes from: its address, and the place whose narrowest network holds it."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS
from django.db.models import Func, IntegerField
from django.http import HttpRequest

from azukari.core.accounts.models import Network
from azukari.core.policy.api import Place, places

BY_HAND = "place_by_hand"
# Chosen by hand in a demonstration: somewhere that is no place at all, such as a home.
NOWHERE = "-"


def client_address(remote: str, forwarded: str, trusted: list[str]) -> str:
    """The address of the person's machine.

    `forwarded` (X-Forwarded-For) is read from its end, and only past proxies we trust: what stands further left was
    written by somebody we do not know.
    """
    networks = [ip_network(name) for name in trusted]
    address = remote
    for claimed in reversed([part.strip() for part in forwarded.split(",") if part.strip()]):
        if not any(ip_address(address) in network for network in networks):
            break
        try:
            address = str(ip_address(claimed))
        except ValueError:
            break
    return address


def place_at(address: str) -> Place | None:
    """The place whose narrowest network holds the address (an IPv4 address in IPv6 clothes is that IPv4 address)."""
    parsed = ip_address(address)
    plain = getattr(parsed, "ipv4_mapped", None) or parsed
    narrowest = Func("block", function="masklen", output_field=IntegerField()).desc()
    code = (
        Network.objects.filter(block__contains_address=plain)
        .order_by(narrowest)
        .values_list("place", flat=True)
        .first()
    )
    return places().get(code) if code else None


def place_of(request: HttpRequest) -> Place | None:
    """The place of a request: by its address, or in a demonstration ward by hand when one was chosen."""
    chosen = place_by_hand(request)
    if chosen:
        return places().get(chosen)
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "")
    return place_at(client_address(request.META["REMOTE_ADDR"], forwarded, settings.TRUSTED_PROXIES))


def place_by_hand(request: HttpRequest) -> str | None:
    """The place code chosen by hand; never outside a demonstration ward, whatever the session says."""
    return request.session.get(BY_HAND) if settings.DEMONSTRATION else None


def save_network(block: str, place: str, *, using: str = DEFAULT_DB_ALIAS) -> None:
    """Make the network part of the place; the network is in no other."""
    Network.objects.using(using).update_or_create(block=str(ip_network(block)), defaults={"place": place})
