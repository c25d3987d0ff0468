"""Copy the front-end files that Azukari ships from node_modules into the repository, and note their hashes.

Run `npm ci && python3 tools/vendor.py` after changing package.json. The copies are committed with their licence, because
a machine that runs Azukari has neither node nor a network; `tests/unit/web/test_vendor.py` holds them to the hashes.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "src/azukari/web/static/web/vendor"
PACKAGE = "@digital-go-jp/design-tokens"
FILES = {"dist/tokens.css": "design-tokens.css", "LICENSE": "design-tokens.LICENSE"}


def main() -> None:
    """Copy every file of FILES and write `vendor.json`: package, version, and the SHA-256 of each copy."""
    source = ROOT / "node_modules" / PACKAGE
    TARGET.mkdir(parents=True, exist_ok=True)
    hashes = {}
    for name, copy in FILES.items():
        shutil.copyfile(source / name, TARGET / copy)
        hashes[copy] = hashlib.sha256((TARGET / copy).read_bytes()).hexdigest()
    version = json.loads((source / "package.json").read_text())["version"]
    note = {"package": PACKAGE, "version": version, "sha256": hashes}
    (TARGET / "vendor.json").write_text(json.dumps(note, indent=2) + "\n")


if __name__ == "__main__":
    main()
