"""Being asked to stop: the wish is not lost, wherever the signal finds the program."""

from __future__ import annotations

import signal
import subprocess
import sys

# The signal comes while an object is being finalised: Python tells what was raised there and goes on as if nothing was.
LOST = """
import os, signal
from azukari.cli import up

class Finalised:
    def __del__(self):
        os.kill(os.getpid(), signal.SIGINT)
        sum(range(1000))

up._listen()
one = Finalised()
del one
print("lost", flush=True)
up._check(None, None)
print("went on", flush=True)
"""


def test_a_wish_to_stop_that_python_drops_is_seen_at_the_next_look() -> None:
    done = subprocess.run([sys.executable, "-c", LOST], capture_output=True, text=True, check=False, timeout=60)
    assert "lost" in done.stdout
    assert "went on" not in done.stdout
    assert done.returncode == 128 + signal.SIGINT
