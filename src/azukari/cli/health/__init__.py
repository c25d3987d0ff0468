"""`./azukari health …`: receipts, targets, ceremonies, effect (諮問809)."""

from __future__ import annotations

import typer

from azukari.cli.health import programmes
from azukari.cli.health.ceremony import app as ceremony
from azukari.cli.health.checkups import deemed
from azukari.cli.health.classify import classify
from azukari.cli.health.demo import demo
from azukari.cli.health.effect import effect
from azukari.cli.health.original import original
from azukari.cli.health.persons import link
from azukari.cli.health.receive import receive
from azukari.cli.health.targets import targets
from azukari.cli.health.who import who

app = typer.Typer(no_args_is_help=True, help="国保データヘルス (諮問809)")
for command in (demo, receive, original, who, targets, classify, deemed, effect, link):
    app.command()(command)
app.add_typer(ceremony, name="ceremony")
app.add_typer(programmes.app, name="programmes")
