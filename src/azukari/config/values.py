"""What both settings files share: values from the environment, read strictly, and the database for one login role."""

from __future__ import annotations

import os
from ipaddress import ip_network
from typing import Any

from psycopg.conninfo import conninfo_to_dict

from azukari.config.cluster import DATABASE
from azukari.config.home import secret, socket_folder
from azukari.config.server import OWNER
from azukari.kernel.errors import BadInput


def flag(name: str, default: bool) -> bool:
    """A yes/no setting; anything but 0 or 1 stops the start."""
    value = os.environ.get(name, "1" if default else "0")
    if value not in {"0", "1"}:
        raise BadInput(
            f"設定 {name} の値 {value!r} が読めません。",
            "0 か 1 で書く設定です。",
            f"{name}=0 か {name}=1 にしてください。",
        )
    return value == "1"


def networks(name: str) -> list[str]:
    """A setting of networks parted by commas (10.0.0.0/8,192.0.2.1); anything else stops the start."""
    values = [value.strip() for value in os.environ.get(name, "").split(",") if value.strip()]
    try:
        return [str(ip_network(value)) for value in values]
    except ValueError as error:
        raise BadInput(
            f"設定 {name} が読めません。",
            f"網の書き方ではないものがあります ({error})。",
            f"{name}=192.0.2.0/24 のように、コンマで区切って書いてください。",
        ) from error


def database(user: str) -> dict[str, Any]:
    """Django's settings for one login role: on the embedded server, or on the one DATABASE_URL names (as its owner).

    The web process is given a DATABASE_URL without the owner's name and password; it signs in as the web role.
    """
    url = os.environ.get("DATABASE_URL")
    parts = conninfo_to_dict(url) if url else {"host": str(socket_folder()), "dbname": DATABASE}
    given = {name: parts.pop(name, "") for name in ("dbname", "host", "port", "user", "password")}
    own = bool(url) and user == OWNER
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": given["dbname"],
        "HOST": given["host"],
        "PORT": given["port"],
        "USER": given["user"] if own else user,
        "PASSWORD": given["password"] if own else secret(f"database-{user}"),
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": parts | ({"pool": {"min_size": 1, "max_size": THREADS}} if SERVING else {}),
    }


# Set by `up` for the web servers' workers: they keep their connections, one for each thread of a worker.
SERVING = flag("AZUKARI_SERVING", False)
THREADS = 4
