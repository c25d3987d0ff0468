"""What each worker keeps for itself: their databases give the same numbers, so their files would have the same names."""

from __future__ import annotations

import os
from typing import Any

from azukari.config.home import home


def own_folders(settings: Any) -> None:
    """What arrives and what is made for a medium goes into a folder of this worker's own."""
    folder = home() / f"worker-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    folder.mkdir(exist_ok=True)
    settings.LEAVING = settings.EFFECT = folder
    settings.ORIGINALS, settings.HEALTH_STORE = folder / "originals", folder / "health"
