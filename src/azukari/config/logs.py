"""What the system's own log may say: where something went wrong and of which kind, never a value about a person."""

from __future__ import annotations

import logging
import traceback
from types import TracebackType
from typing import Any, TypeAlias

Caught: TypeAlias = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class WithoutValues(logging.Formatter):
    """A traceback without the messages: PostgreSQL's quote the row ("Key (name)=(…) already exists")."""

    def formatException(self, ei: Caught) -> str:  # noqa: N802 (the name is logging's)
        """Frames and kinds, from the error to what caused it."""
        error = ei[1]
        lines: list[str] = []
        while error is not None:
            lines += [
                f"{type(error).__module__}.{type(error).__qualname__}\n",
                *traceback.format_tb(error.__traceback__),
            ]
            error = error.__cause__ or error.__context__
        return "".join(lines).rstrip()


LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {
            "()": "azukari.config.logs.WithoutValues",
            "format": "{asctime} {levelname} {name} {message}",
            "style": "{",
        }
    },
    "handlers": {"standard error": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["standard error"], "level": "WARNING"},
    "loggers": {"django": {"handlers": [], "level": "WARNING", "propagate": True}},
}
