"""One step of a ceremony in a process of its own that is killed on the way; told on the command line what and where.

A process of its own, not a fork: Polars and DuckDB have threads, and a fork of them waits for ever.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

from azukari.config.home import ROOT


def killed_at(moment: tuple[str, str], database: str, folder: Path, serial: str, key: int, work: str) -> int:
    """How a process ended that did `work` (a method of Meeting) and was to die where `moment` (module, name) is called."""
    code = "from support.ceremony_child import main; main()"
    paths = os.pathsep.join(str(ROOT / part) for part in ("src", "tests", "."))
    environment = os.environ | {"PYTHONPATH": paths}
    arguments = [*moment, database, str(folder), serial, str(key), work]
    return subprocess.run([sys.executable, "-c", code, *arguments], env=environment, check=False).returncode


def main() -> None:
    """Set Django up on the database of the test, put death where it was asked for, and do the step."""
    module, name, database, folder, serial, key, work = sys.argv[1:]
    import django

    django.setup()
    from django.conf import settings

    from azukari.kernel import keystore
    from support.ceremony import at_work
    from support.ceremony_hall import CheapLock
    from support.database import aliases_on
    from support.worker import own_folders

    own_folders(settings)
    keystore.passphrases = CheapLock  # type: ignore[assignment]  # what guessing costs is no matter here

    def die(*_args: Any, **_kwargs: Any) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    setattr(import_module(module), name, die)
    with aliases_on(database):
        at_work(Path(folder), serial, int(key), work)
