"""Reads a council paper of this council's layout into typed consultations. What it cannot know it says, and leaves open."""

from azukari.core.policy.reading.read import read_bytes, read_file

__all__ = ["read_bytes", "read_file"]
