"""The restore drill of deploy/, run for real: a working installation is copied, restored beside, and held against the first."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from azukari.config.home import ROOT
from support.installation import PATIENCE, Installation

DRILL = ROOT / "deploy" / "restore_drill.py"


def drill(made: Installation, target: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(DRILL), "--from", str(made.home), "--to", str(target)]
    return subprocess.run(
        command, env=made.environment(), capture_output=True, text=True, timeout=PATIENCE * 2, check=False
    )


def test_what_was_kept_comes_back(made: Installation) -> None:
    """While it serves: the ledger verifies, the walls stand as the consultations say, the month has the same numbers."""
    target = made.home.parent / "restored"
    with made.running():
        done = drill(made, target)
        again = drill(made, target)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout + done.stderr
    assert done.stdout.count("はい") == 3
    assert (target / "secrets").stat().st_mode & 0o77 == 0
    assert (again.returncode, "もうあります" in again.stderr) == (65, True)


def test_a_ledger_that_was_changed_is_found(made: Installation) -> None:
    """The drill does not take a ledger on trust: a checkpoint with another number in it is told, and the drill fails."""
    target = made.home.parent / "restored"
    with made.database():
        made.run("audit", "seal")
        kept = made.home / "checkpoints" / "ledger.jsonl"
        kept.write_text(kept.read_text().replace('"count":', '"count":1', 1))
        done = drill(made, target)
    assert done.returncode == 1
    assert "いいえ  台帳" in done.stdout
