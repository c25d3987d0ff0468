"""The work each kind of person can reach. Business packages put themselves here when Django starts."""

from __future__ import annotations

from collections.abc import Collection

from azukari.web.types import MenuItem

_items: dict[str, MenuItem] = {}


def register(item: MenuItem) -> None:
    """Add one piece of work. The same address and flow again replaces the earlier entry."""
    _items[f"{item.url_name} {item.flow} {item.kinds}"] = item


def items(kind: str, enrolled: Collection[str]) -> tuple[MenuItem, ...]:
    """What a person of this kind, enrolled in these flows and register entries, may open; in menu order."""
    mine = [item for item in _items.values() if kind in item.kinds and (item.flow is None or item.flow in enrolled)]
    # One page that several flows lead to stands there once.
    once = {item.url_name: item for item in mine}
    return tuple(sorted(once.values(), key=lambda item: (item.order, item.title)))
