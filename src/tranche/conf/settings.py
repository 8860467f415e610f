"""Django's settings, made from the TRANCHE_* environment and the data folder and from nothing else."""

from __future__ import annotations

import json
import secrets
from datetime import date
from pathlib import Path
from typing import Any

from tranche.conf.environment import DEMO_FILE, databases, read

ENVIRONMENT = read()
TRANCHE_DATA_DIR = ENVIRONMENT.data_dir
TRANCHE_DEMO = ENVIRONMENT.demo
TRANCHE_STORAGE_WARNS = ENVIRONMENT.storage_warns
TRANCHE_OIDC_FILE = ENVIRONMENT.oidc_file
TRANCHE_POLICY = ENVIRONMENT.policy
TRANCHE_ORIGIN = ENVIRONMENT.origin
TRANCHE_KEY_MODELS = ENVIRONMENT.key_models


def _demo_day() -> date | None:
    """Where a demonstration's clock stands, kept in its folder."""
    path = TRANCHE_DATA_DIR / DEMO_FILE
    if not path.is_file():
        return None
    day = json.loads(path.read_text(encoding="utf-8")).get("today")
    return date.fromisoformat(day) if day else None


TRANCHE_TODAY = ENVIRONMENT.today or _demo_day()


def _secret_key() -> str:
    """The key of this folder; a process without a folder (help, lint) gets one for itself."""
    path = TRANCHE_DATA_DIR / "secrets" / "django-key"
    return path.read_text(encoding="ascii").strip() if path.is_file() else secrets.token_urlsafe(50)


SECRET_KEY = _secret_key()
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
