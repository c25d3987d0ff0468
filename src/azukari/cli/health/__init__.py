"""`./azukari health …`: receipts, targets, ceremonies, effect (諮問809)."""

from __future__ import annotations

import typer

from azukari.cli.health.ceremony import app as ceremony

app = typer.Typer(no_args_is_help=True, help="国保データヘルス (諮問809)")
app.add_typer(ceremony, name="ceremony")
