"""What the businesses can pseudonymise. They put themselves here when Django starts."""

from __future__ import annotations

from azukari.core.handover.ceremony.types import Maker
from azukari.kernel.errors import BadInput, NotFound

_makers: dict[str, Maker] = {}


def register(maker: Maker) -> None:
    """Make a maker known by its name; the same name again replaces it."""
    _makers[maker.name] = maker


def maker(name: str) -> Maker:
    """One maker by its name. Raises NotFound."""
    if name in _makers:
        return _makers[name]
    known = f"あるのは {'、'.join(sorted(_makers))} です。" if _makers else "まだ一つも登録されていません。"
    raise NotFound(f"仮名にするもの {name!r} はありません。", known, "名前を確かめてください。")


def maker_for(name: str, flow: str) -> Maker:
    """The maker, if it makes what that flow carries. Raises NotFound and BadInput."""
    found = maker(name)
    if flow not in found.flows:
        raise BadInput(
            f"「{found.title}」は、取扱い {flow} では渡せません。",
            f"渡せる取扱いは {'、'.join(found.flows)} です。",
            "取扱いを確かめてください。",
        )
    return found
