"""The made-up ward's ふるさと納税: files as portals write them, some with errors whose answers are known (諮問813)."""

from __future__ import annotations

from azukari.demo.donations.beginning import make
from azukari.demo.donations.files import write_files

__all__ = ["make", "write_files"]
