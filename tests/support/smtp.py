"""A real SMTP server on a port of its own, which can be told to refuse."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller

from azukari.business.hotstay.public.mail import Server
from support.installation import free_port


class Box:
    """What arrived, and the answer to the next mail (None: yes)."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.refusal: str | None = None

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 (aiosmtpd's name)
        if self.refusal:
            return self.refusal
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"


@contextmanager
def listening() -> Iterator[tuple[Box, Server]]:
    box, port = Box(), free_port()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield box, server(port)
    finally:
        controller.stop()


def server(port: int) -> Server:
    return Server("127.0.0.1", port, "yoyaku@example.lg.jp", "https://yoyaku.example.lg.jp/", starttls=False)
