"""Settings of the residents' server. It knows neither the ward's web role nor the ward's secrets, and has no ward page."""

from __future__ import annotations

import os
from pathlib import Path

from azukari.config import logs
from azukari.config.home import ROOT, home, installation, secret
from azukari.config.server import PUBLIC
from azukari.config.values import database, flag, networks

SECRET_KEY = secret("django-public")
DEBUG = False
DEMONSTRATION = flag("AZUKARI_DEMONSTRATION", bool((kind := installation()) and kind.demonstration))
ALLOWED_HOSTS = os.environ.get("AZUKARI_PUBLIC_HOSTS", "127.0.0.1,localhost,[::1]").split(",")
CONSULTATIONS = Path(os.environ.get("AZUKARI_CONSULTATIONS") or ROOT / "consultations")

# The core's and ほっとステイ's tables; the frame of the ward's pages and its sign-in are not among them.
INSTALLED_APPS = [
    "django.contrib.staticfiles",
    "azukari.core.policy",
    "azukari.core.audit",
    "azukari.core.accounts",
    "azukari.core.people",
    "azukari.business.hotstay",
    "azukari.business.hotstay.public",
]
MIDDLEWARE = [
    "azukari.business.hotstay.public.headers.HeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "azukari.config.public_urls"
WSGI_APPLICATION = "azukari.config.public_wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
    }
]

DATABASES = {"default": database(PUBLIC)}
PUBLIC_ROLE = PUBLIC
# A refusal (409) and an address that is not there (404) are no news to whoever keeps the server.
LOGGING = logs.LOGGING | {"loggers": logs.LOGGING["loggers"] | {"django.request": {"level": "ERROR"}}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "ja"
TIME_ZONE = "Asia/Tokyo"
USE_TZ = True

STATIC_URL = "/static/"
# The ward's colours and fonts, as files; none of its pages.
STATICFILES_DIRS = [ROOT / "src" / "azukari" / "web" / "static"]
STORAGES = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
WHITENOISE_USE_FINDERS = True
LEDGER_HOME = home()

TRUSTED_PROXIES = networks("AZUKARI_TRUSTED_PROXIES")
# Reached over TLS, which the proxy in front ends (deploy/Caddyfile). A cookie named __Host- is then bound to this host.
TLS = flag("AZUKARI_TLS", False)
CSRF_COOKIE_NAME = "__Host-hotstay-form" if TLS else "hotstay-form"
CSRF_COOKIE_SECURE = TLS
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_AGE = None
CSRF_FAILURE_VIEW = "azukari.business.hotstay.public.views.errors.csrf"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_SSL_REDIRECT = TLS
SECURE_HSTS_SECONDS = 63_072_000 if TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = TLS
SECURE_CONTENT_TYPE_NOSNIFF = True
# Not "no-referrer": browsers then send "Origin: null" with forms, and the check against forged forms needs the origin.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SILENCED_SYSTEM_CHECKS: list[str] = []
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'"],
        "font-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}
