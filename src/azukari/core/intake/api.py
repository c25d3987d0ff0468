"""Reading what arrives in files: judged before it is unpacked, told by file, line and column, and kept byte for byte."""

from __future__ import annotations

from azukari.core.intake import originals
from azukari.core.intake.archives import ARCHIVES, entries_of, is_junk
from azukari.core.intake.exports import safe_cell
from azukari.core.intake.kinds import expect_image
from azukari.core.intake.originals import keep
from azukari.core.intake.sources import blocks, digest, open_file, read_all
from azukari.core.intake.tables import Chunk, Table
from azukari.core.intake.values import amount, day, month, plain

__all__ = [
    "ARCHIVES",
    "Chunk",
    "Table",
    "amount",
    "blocks",
    "day",
    "digest",
    "entries_of",
    "expect_image",
    "is_junk",
    "keep",
    "month",
    "open_file",
    "originals",
    "plain",
    "read_all",
    "safe_cell",
]
