"""The mail server, from the environment. Without AZUKARI_SMTP_HOST nothing is sent and everything stays queued."""

from __future__ import annotations

import os
from pathlib import Path

from azukari.business.hotstay.api import MailServer
from azukari.config.values import flag
from azukari.kernel.errors import BadInput


def server(link: str) -> MailServer | None:
    """What AZUKARI_SMTP_* names; None when no host is named. `link`: the residents' page, unless AZUKARI_PUBLIC_URL says.

    The password is in the file AZUKARI_SMTP_PASSWORD_FILE names. Raises BadInput for an odd value.
    """
    host = os.environ.get("AZUKARI_SMTP_HOST", "")
    if not host:
        return None
    sender, port = os.environ.get("AZUKARI_SMTP_FROM", ""), os.environ.get("AZUKARI_SMTP_PORT", "587")
    if "@" not in sender or not port.isascii() or not port.isdigit() or not 0 < int(port) < 65536:
        raise BadInput(
            "メールの設定が読めません。",
            f"差出人 AZUKARI_SMTP_FROM={sender!r} かポート AZUKARI_SMTP_PORT={port!r} が、アドレスか番号の形ではありません。",
            "AZUKARI_SMTP_FROM=yoyaku@example.lg.jp AZUKARI_SMTP_PORT=587 のように書いてください。",
        )
    word = os.environ.get("AZUKARI_SMTP_PASSWORD_FILE")
    return MailServer(
        host,
        int(port),
        sender,
        os.environ.get("AZUKARI_PUBLIC_URL", link),
        user=os.environ.get("AZUKARI_SMTP_USER", ""),
        password=Path(word).read_text(encoding="utf-8").strip() if word else "",
        starttls=flag("AZUKARI_SMTP_STARTTLS", True),
    )
