"""Django's settings, made from the TRANCHE_* environment and the data folder and from nothing else."""

from __future__ import annotations

import json
import secrets
from datetime import date
from pathlib import Path
from typing import Any

from tranche.conf.environment import DEMO_FILE, databases, read
from tranche.conf.mail import PASSWORD_FILE, TIMEOUT_S

ENVIRONMENT = read()
TRANCHE_DATA_DIR = ENVIRONMENT.data_dir
TRANCHE_DEMO = ENVIRONMENT.demo
TRANCHE_STORAGE_WARNS = ENVIRONMENT.storage_warns
TRANCHE_OIDC_FILE = ENVIRONMENT.oidc_file
TRANCHE_POLICY = ENVIRONMENT.policy
TRANCHE_ORIGIN = ENVIRONMENT.origin
TRANCHE_KEY_MODELS = ENVIRONMENT.key_models
TRANCHE_SIGNER_DIR = ENVIRONMENT.signer_dir or TRANCHE_DATA_DIR / "signer"
TRANCHE_CLOCK_RAN_AHEAD_TO = ENVIRONMENT.clock_ran_ahead_to


def _demo_day() -> date | None:
    """Where a demonstration's clock stands, kept in its folder."""
    path = TRANCHE_DATA_DIR / DEMO_FILE
    if not path.is_file():
        return None
    day = json.loads(path.read_text(encoding="utf-8")).get("today")
    return date.fromisoformat(day) if day else None


TRANCHE_TODAY = ENVIRONMENT.today or _demo_day()


def _secret(name: str) -> str:
    """What the folder of secrets holds under this name, or nothing."""
    path = TRANCHE_DATA_DIR / "secrets" / name
    return path.read_text(encoding="ascii").strip() if path.is_file() else ""


SECRET_KEY = _secret("django-key") or secrets.token_urlsafe(50)  # help and lint have no folder
DEBUG = False
ALLOWED_HOSTS = list(ENVIRONMENT.hosts)

PACKAGE = Path(__file__).parent.parent
INSTALLED_APPS = ["django.contrib.sessions", "django.contrib.staticfiles", "tranche"]
MIDDLEWARE = [
    "tranche.web.middleware.SecurityHeaders",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "tranche.web.middleware.Language",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "tranche.web.middleware.ClockRight",
    "tranche.web.middleware.SignInRequired",
    "tranche.web.middleware.Known",
    "tranche.web.middleware.Refusals",
]
ROOT_URLCONF = "tranche.web.urls"
WSGI_APPLICATION = "tranche.web.wsgi.application"
AUTH_USER_MODEL = "tranche.Login"
AUTHENTICATION_BACKENDS = ["tranche.web.auth.PasswordBackend"]
LOGIN_URL = "/account/login/"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "templates"],
        "OPTIONS": {"libraries": {"tranche_parts": "tranche.web.templatetags.tranche_parts"}},
    }
]

DATABASES = databases(ENVIRONMENT)
DATABASE_ROUTERS = ["tranche.store.router.ScratchRouter"]

PASSWORD_HASHERS = [
    "tranche.store.passwords.CheapPBKDF2"
    if ENVIRONMENT.cheap_passwords
    else "django.contrib.auth.hashers.PBKDF2PasswordHasher"
]

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("uk", "Українська"), ("lt", "Lietuvių")]
LOCALE_PATHS = [PACKAGE / "locale"]
FORMAT_MODULE_PATH = "tranche.conf.formats"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATICFILES_DIRS = [PACKAGE / "static"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_NAME = "tranche"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
CSRF_USE_SESSIONS = True
CSRF_FAILURE_VIEW = "tranche.web.views.errors.csrf_failure"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
LOGGING_CONFIG = None

TRANCHE_MAIL = ENVIRONMENT.mail
if TRANCHE_MAIL:
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST, EMAIL_PORT = TRANCHE_MAIL.host, TRANCHE_MAIL.port
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = TRANCHE_MAIL.user, _secret(PASSWORD_FILE)
    EMAIL_USE_SSL = TRANCHE_MAIL.scheme == "smtps"
    EMAIL_USE_TLS = TRANCHE_MAIL.scheme == "smtp+starttls"
    EMAIL_TIMEOUT = TIMEOUT_S
    DEFAULT_FROM_EMAIL = TRANCHE_MAIL.sender
else:
    EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
