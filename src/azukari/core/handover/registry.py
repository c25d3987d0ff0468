"""What the businesses can hand over. They put themselves here when Django starts."""

from __future__ import annotations

from azukari.core.handover.types import Source
from azukari.kernel.errors import NotFound

_sources: dict[str, Source] = {}


def register(source: Source) -> None:
    """Make a source known by its name; the same name again replaces it."""
    _sources[source.name] = source


def sources() -> tuple[Source, ...]:
    """Every source, by title."""
    return tuple(sorted(_sources.values(), key=lambda one: one.title))


def source(name: str) -> Source:
    """One source by its name. Raises NotFound."""
    if name in _sources:
        return _sources[name]
    known = f"あるのは {'、'.join(sorted(_sources))} です。" if _sources else "まだ一つも登録されていません。"
    raise NotFound(f"渡すもの {name!r} はありません。", known, "./azukari handover sources で確かめてください。")
