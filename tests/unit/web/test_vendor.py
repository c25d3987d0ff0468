"""The vendored front-end files are the ones of the named package, byte for byte."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
VENDOR = ROOT / "src/azukari/web/static/web/vendor"


def test_every_vendored_file_has_its_hash() -> None:
    note = json.loads((VENDOR / "vendor.json").read_text())
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in VENDOR.iterdir()}
    assert found.pop("vendor.json")
    assert found == note["sha256"]


def test_the_version_is_the_locked_one_and_no_host_is_named() -> None:
    note = json.loads((VENDOR / "vendor.json").read_text())
    lock = (ROOT / "package-lock.json").read_text()
    assert json.loads(lock)["packages"][f"node_modules/{note['package']}"]["version"] == note["version"]
    assert "http" not in lock


def test_the_licence_lies_beside() -> None:
    assert "MIT License" in (VENDOR / "design-tokens.LICENSE").read_text()
