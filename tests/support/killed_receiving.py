"""A process of its own that receives a receipt file in children, each killed at the moment named on standard input.

python killed_receiving.py …; the answer to a moment is the signal that ended its child (0: none). What takes long, loading
everything, is done once.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path


def die(*_args: object, **_named: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def main(database: str, home: str, file: str) -> None:
    import django

    django.setup()
    from django.conf import settings
    from django.db import connections

    from azukari.business.health.receipts import service  # noqa: F401 (loaded before the children part)

    connections["owner"].settings_dict["NAME"] = database
    settings.HEALTH_STORE, settings.ORIGINALS = Path(home) / "health", Path(home) / "originals"
    for moment in sys.stdin:
        child = os.fork()
        if not child:
            receive(Path(file), moment.strip())
            os._exit(0)
        _, status = os.waitpid(child, 0)
        print(os.WTERMSIG(status), flush=True)


def receive(file: Path, moment: str) -> None:
    from azukari.business.health.receipts import service
    from azukari.business.health.store import Staged

    publish = Staged.publish

    def published_and_gone(part: Staged, name: str) -> None:
        publish(part, name)
        die()

    match moment:
        case "while reading":
            service.Staged.finish = die  # type: ignore[method-assign, assignment]
        case "before the original is kept":
            service.keep_original = die
        case "before the part is renamed":
            Staged.publish = die  # type: ignore[method-assign]
        case "before the row is committed":
            Staged.publish = published_and_gone  # type: ignore[method-assign]
        case "after both":
            service._told = die  # type: ignore[assignment]
    service.receive([file], by="cli:test")


if __name__ == "__main__":
    main(*sys.argv[1:])
