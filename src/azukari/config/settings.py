"""All settings in one file. They come from the environment; an odd value stops the start instead of being guessed."""

from __future__ import annotations

import os
from ipaddress import ip_network
from pathlib import Path
from typing import Any

from psycopg.conninfo import conninfo_to_dict

from azukari.config import logs
from azukari.config.cluster import DATABASE
from azukari.config.home import ROOT, home, installation, secret, socket_folder
from azukari.config.server import OWNER, WEB
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
        "ATOMIC_REQUESTS": user == WEB,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": parts | ({"pool": {"min_size": 1, "max_size": THREADS}} if SERVING else {}),
    }


# Set by `up` for the web server's workers: they keep their connections, one for each thread of a worker.
SERVING = flag("AZUKARI_SERVING", False)
THREADS = 4
SECRET_KEY = secret("django")
DEBUG = False
# A made-up ward: packet answers marked as demonstration count, demo sign-ins are shown, a place may be chosen by hand.
DEMONSTRATION = flag("AZUKARI_DEMONSTRATION", bool((kind := installation()) and kind.demonstration))
ALLOWED_HOSTS = os.environ.get("AZUKARI_HOSTS", "127.0.0.1,localhost,[::1]").split(",")
CONSULTATIONS = Path(os.environ.get("AZUKARI_CONSULTATIONS") or ROOT / "consultations")

INSTALLED_APPS = [
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "azukari.core.policy",
    "azukari.core.audit",
    "azukari.core.accounts",
    "azukari.core.access",
    "azukari.core.people",
    "azukari.core.dispatch",
    "azukari.core.handover",
    "azukari.web",
    "azukari.web.signin",
    "azukari.business.donations",
    "azukari.business.hotstay",
    "azukari.business.taxi",
    "azukari.demo",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "azukari.core.accounts.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
ROOT_URLCONF = "azukari.config.urls"
WSGI_APPLICATION = "azukari.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

# `default` is the web role: it owns nothing and bypasses nothing. The owner is there for commands only, never for pages.
DATABASES = {"default": database(WEB)}
if flag("AZUKARI_OWNER", False):
    DATABASES["owner"] = database(OWNER)
LOGGING = logs.LOGGING
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "ja"
TIME_ZONE = "Asia/Tokyo"
USE_TZ = True

STATIC_URL = "static/"
# The folder with the `secrets/` and `checkpoints/` of the ledger's sealer.
LEDGER_HOME = home()
# What arrived, byte for byte, by its SHA-256.
ORIGINALS = home() / "originals"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True

PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
# Seals the TOTP secrets of accounts.
ACCOUNTS_KEY = secret("accounts")
# Networks whose word on where a request came from (X-Forwarded-For) is believed; nobody's unless named here.
TRUSTED_PROXIES = networks("AZUKARI_TRUSTED_PROXIES")
# The page is reached over TLS, which a proxy in front ends: cookies then travel no other way. Only a proxy named above is
# there to say so, and X-Forwarded-Proto would otherwise be anybody's word.
TLS = flag("AZUKARI_TLS", False)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = TLS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
LOGIN_URL = "accounts:sign_in"
CSRF_FAILURE_VIEW = "azukari.web.views.errors.csrf"
SESSION_ENGINE = "azukari.core.accounts.sessions"
SESSION_COOKIE_AGE = 10 * 60 * 60
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SILENCED_SYSTEM_CHECKS: list[str] = []
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}
