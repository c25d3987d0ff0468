"""`kill -9` while letters are printed: given again, every letter is there once."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from azukari.business.donations.letters import printing
from azukari.business.donations.letters.types import Kind, Letter, SheetCode
from azukari.config.home import ROOT
from support import pdf
from support.donors import CREATED, letter

COUNT = 120
A_FILE = 8
RUN = f"""
import sys
from pathlib import Path
if __name__ == "__main__":
    import django
    django.setup()
    from azukari.business.donations.letters import printing
    from azukari.business.donations.letters.types import Kind
    from faults.test_letters_killed import batch
    from support.donors import CREATED
    printing.A_FILE = {A_FILE}
    printing.render(Kind.THANKS, batch(), Path(sys.argv[1]), created=CREATED, processes=2)
"""


def batch() -> list[Letter]:
    return [letter(reference=f"R1-{at}", sheets=(SheetCode(f"AZ1-{at:06d}", f"第{at:06d}通"),)) for at in range(COUNT)]


@pytest.mark.slow
def test_killed_and_given_again_every_letter_is_there_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out, script = tmp_path / "out", tmp_path / "run.py"
    script.write_text(RUN, encoding="utf-8")
    path = os.pathsep.join(str(ROOT / name) for name in ("src", "tests"))
    with subprocess.Popen([sys.executable, script, out], env=os.environ | {"PYTHONPATH": path}) as run:
        while len(list(out.glob("*.pdf"))) < 3:
            assert run.poll() is None
            time.sleep(0.01)
        run.send_signal(signal.SIGKILL)
    before = {path: path.stat().st_ino for path in out.glob("*.pdf")}
    monkeypatch.setattr(printing, "A_FILE", A_FILE)
    paths = printing.render(Kind.THANKS, batch(), out, created=CREATED, processes=1)
    assert 3 <= len(before) < len(paths)
    assert all(path.stat().st_ino == inode for path, inode in before.items())
    said = Counter(
        one for path in paths for page in pdf.readings(path.read_bytes()) for one in re.findall("第([0-9]{6})通", page)
    )
    assert said == Counter(f"{at:06d}" for at in range(COUNT))
