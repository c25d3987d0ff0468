"""All settings of the ward's side in one file (the residents' are in public_settings). They come from the environment; an odd value stops the start instead of being guessed."""

from __future__ import annotations

import os
from pathlib import Path

from azukari.config import logs
from azukari.config.home import ROOT, home, installation, secret
from azukari.config.server import OWNER, PUBLIC, WEB
from azukari.config.values import database, flag, networks

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
    "azukari.business.health",
    "azukari.business.hotstay",
    "azukari.business.hotstay.public",
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
DATABASES = {"default": database(WEB) | {"ATOMIC_REQUESTS": True}}
if flag("AZUKARI_OWNER", False):
    DATABASES["owner"] = database(OWNER)
# The login role of the residents' server; this side only says, as the owner, what it may do.
PUBLIC_ROLE = PUBLIC
LOGGING = logs.LOGGING
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Where families reach the residents' side: stands in the code that a station displays.
PUBLIC_ADDRESS = os.environ.get("AZUKARI_PUBLIC_URL", "http://127.0.0.1:8001").rstrip("/")

LANGUAGE_CODE = "ja"
TIME_ZONE = "Asia/Tokyo"
USE_TZ = True

STATIC_URL = "static/"
# The folder with the `secrets/` and `checkpoints/` of the ledger's sealer.
LEDGER_HOME = home()
# What arrived, byte for byte, by its SHA-256; that of health encrypted, in a folder of its own.
ORIGINALS = home() / "originals"
# The folder with `effect/`: reports that hold no person.
EFFECT = home()
# The folder with `handover/` and `ceremony/`: what is being made for a medium, taken away once it is written.
LEAVING = home()
# Code tables of 支払基金 (基本マスター) that an operator put there.
MASTERS = home() / "masters"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True

PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
# Seals the TOTP secrets of accounts.
ACCOUNTS_KEY = secret("accounts")
# Makes and checks the code on every sheet of a letter; whoever has it can forge one.
DISPATCH_KEY = secret("dispatch")
# The encrypted tables of 国保データヘルス, and the ward's key over them.
HEALTH_STORE = home() / "health"
HEALTH_KEY = secret("health")
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
