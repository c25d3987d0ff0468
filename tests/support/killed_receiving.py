"""A process of its own that receives a receipt file and is killed at a chosen moment: python killed_receiving.py …"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path


def die(*_args: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def main(database: str, home: str, file: str, moment: str) -> None:
    import django

    django.setup()
    from django.conf import settings
    from django.db import connections

    from azukari.business.health.receipts import service
    from azukari.business.health.store import Staged

    connections["owner"].settings_dict["NAME"] = database
    settings.HEALTH_STORE, settings.ORIGINALS = Path(home) / "health", Path(home) / "originals"
    publish = Staged.publish

    def published_and_gone(part: Staged, name: str) -> None:
        publish(part, name)
        die()

    match moment:
        case "while reading":
            service.Staged.finish = die  # type: ignore[method-assign, assignment]
        case "before the original is kept":
            service.keep = die  # type: ignore[assignment]
        case "before the part is renamed":
            Staged.publish = die  # type: ignore[method-assign, assignment]
        case "before the row is committed":
            Staged.publish = published_and_gone  # type: ignore[method-assign]
        case "after both":
            service._told = die  # type: ignore[assignment]
    service.receive([Path(file)], by="cli:test")


if __name__ == "__main__":
    main(*sys.argv[1:])
