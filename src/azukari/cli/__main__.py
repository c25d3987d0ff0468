"""`./azukari …`: the commands, and one place where an anticipated error becomes words and an exit code."""

from __future__ import annotations

import errno
import sys
from importlib import import_module
from typing import NoReturn

import typer

from azukari.kernel.errors import AzukariError, Unavailable

# Command → module holding a typer `app` (a group) or a function of the command's name. Loaded only when asked for,
# so that a quick command does not pay for Django or PostgreSQL.
GROUPS = {
    "consult": "azukari.cli.consult",
    "audit": "azukari.cli.audit",
    "account": "azukari.cli.account",
    "place": "azukari.cli.place",
    "roll": "azukari.cli.roll",
    "taxi": "azukari.cli.taxi",
    "donations": "azukari.cli.donations",
    "health": "azukari.cli.health",
    "handover": "azukari.cli.handover",
    "dispatch": "azukari.cli.dispatch",
    "hotstay": "azukari.cli.hotstay",
}
COMMANDS = {
    "up": "azukari.cli.up",
    "test": "azukari.cli.test",
    "bench": "azukari.cli.bench",
    "code": "azukari.cli.code",
    "zengin": "azukari.cli.zengin",
}
# Commands of a group that run where there is no ward, so without Django and PostgreSQL: their group holds them alone.
OFFLINE = {
    "handover open": "azukari.cli.handover_offline",
    "handover keygen": "azukari.cli.handover_offline",
    "health classify": "azukari.cli.health.classify",
}

# What follows these is for another program and is handed on as it stands.
HANDED_ON = {"test"}


def build(arguments: list[str]) -> typer.Typer:
    """The command line with only the asked-for group loaded; all of them for help."""
    cli = typer.Typer(
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        help="預かり: 諮問が、そのまま許可になる。",
    )
    cli.callback()(lambda: None)
    wanted = arguments[0] if arguments and arguments[0] in GROUPS | COMMANDS else None
    for name, module in GROUPS.items():
        if wanted in {None, name}:
            cli.add_typer(import_module(OFFLINE.get(" ".join(arguments[:2]), module)).app, name=name)
    for name, module in COMMANDS.items():
        if wanted in {None, name}:
            options = {"ignore_unknown_options": True, "allow_interspersed_args": False} if name in HANDED_ON else {}
            cli.command(name, context_settings=options)(getattr(import_module(module), name))
    return cli


def main() -> None:
    """Run one command. Anticipated errors are told in words; each class has its own exit code."""
    try:
        build(sys.argv[1:])(prog_name="./azukari")
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        full = Unavailable("書き込めませんでした。", str(error), "ディスクに空きを作り、もう一度実行してください。")
        _leave(full)
    except AzukariError as error:
        _leave(error)


def _leave(error: AzukariError) -> NoReturn:
    sys.stderr.write(f"azukari: {error}\n")
    raise SystemExit(error.exit_code) from None


if __name__ == "__main__":
    main()
