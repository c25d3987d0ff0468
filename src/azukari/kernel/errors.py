"""Errors that reach a person: what is missing, why it matters, what to do next; one exit code a class."""

from __future__ import annotations


class AzukariError(Exception):
    """Base of every anticipated error. Shown without a traceback; `exit_code` is the process's own."""

    exit_code = 70

    def __init__(self, what: str, why: str, next_step: str) -> None:
        super().__init__(what)
        self.what = what
        self.why = why
        self.next_step = next_step

    def __str__(self) -> str:
        return f"{self.what}\n  理由: {self.why}\n  次に: {self.next_step}"


class BadInput(AzukariError):
    """A file, line or value given from outside cannot be used."""

    exit_code = 65


class NotFound(AzukariError):
    """The thing named does not exist here."""

    exit_code = 66


class Unavailable(AzukariError):
    """A service, port, disk or database that is needed cannot be had now."""

    exit_code = 69


class Busy(AzukariError):
    """Somebody else holds it now; the same command works once they have let go."""

    exit_code = 75


class Refused(AzukariError):
    """The policy, or the database behind it, does not allow it."""

    exit_code = 77


class Broken(AzukariError):
    """Something kept as evidence does not verify: the ledger, a checkpoint, a hash."""

    exit_code = 78
