"""`./azukari health …`: receipts, targets, ceremonies, effect (諮問809)."""

from __future__ import annotations

import typer

app = typer.Typer(no_args_is_help=True, help="国保データヘルス (諮問809)")

from azukari.cli.health import persons  # noqa: E402, F401 (its commands join `app`)
