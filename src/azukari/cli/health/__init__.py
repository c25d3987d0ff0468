"""`./azukari health …`: receipts, targets, ceremonies, effect (諮問809)."""

from __future__ import annotations

import typer

from azukari.cli.health.checkups import deemed
from azukari.cli.health.classify import classify
from azukari.cli.health.receive import receive

app = typer.Typer(no_args_is_help=True, help="国保データヘルス (諮問809)")
app.command()(classify)
app.command()(deemed)
app.command()(receive)
