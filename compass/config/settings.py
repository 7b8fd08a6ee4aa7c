"""Settings of the three processes: `app` (serves and works), `public` (no key, no journey) and `owner` (migrates).

Everything that differs between deployments comes from the environment; the `compass` command sets it for the embedded
database. `COMPASS_PROCESS` chooses the process.
"""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

PACKAGE = Path(__file__).resolve().parent.parent


def env(name: str, default: str = "") -> str:
    return os.environ.get(name, default)


def flag(name: str) -> bool:
    return env(name) in {"1", "true", "yes"}


def number(name: str, default: int) -> int:
    value = env(name) or str(default)
    if not value.isdecimal():
        raise ImproperlyConfigured(f"{name} is not a whole number. Correct it, or unset it.")
    return int(value)


def content(name: str) -> str:
    """What stands in the file that this setting names, if it names one."""
    try:
        return Path(env(name)).read_text().strip() if env(name) else ""
    except (OSError, UnicodeDecodeError) as error:
        raise ImproperlyConfigured(
            f"The file that {name} names cannot be read. Correct {name}, or give the file to the user that runs COMPASS."
        ) from error


PROCESS = env("COMPASS_PROCESS", "app")
DEBUG = flag("COMPASS_DEBUG")
COMPASS_DEMONSTRATION = flag("COMPASS_DEMONSTRATION")
COMPASS_DATA = Path(env("COMPASS_DATA", "data")).resolve()
COMPASS_ROOT_KEY_FILE = "" if PROCESS == "public" else env("COMPASS_ROOT_KEY_FILE")
COMPASS_ROOT_KEY_FD = "" if PROCESS == "public" else env("COMPASS_ROOT_KEY_FD")
COMPASS_CUSTODIANS_FILE = Path(env("COMPASS_CUSTODIANS_FILE", str(COMPASS_DATA / "custodians.json")))
#: The library of a PKCS#11 token, and the token's label; empty where custodians alone open.
COMPASS_PKCS11_MODULE = "" if PROCESS == "public" else env("COMPASS_PKCS11_MODULE")
COMPASS_PKCS11_TOKEN = env("COMPASS_PKCS11_TOKEN", "COMPASS")
COMPASS_SCOPE_KEY_FILE = "" if PROCESS == "public" else env("COMPASS_SCOPE_KEY_FILE")
COMPASS_CHECKPOINT_KEY_FILE = env("COMPASS_CHECKPOINT_KEY_FILE")
COMPASS_CHECKPOINTS = Path(env("COMPASS_CHECKPOINTS", str(COMPASS_DATA / "checkpoints")))
COMPASS_CHECKPOINT_PUBLIC_KEY = Path(env("COMPASS_CHECKPOINT_PUBLIC_KEY", str(COMPASS_DATA / "checkpoint.pub")))
COMPASS_PUBLIC_URL = env("COMPASS_PUBLIC_URL", "http://localhost:8001")
COMPASS_APP_URL = env("COMPASS_APP_URL", "http://localhost:8000")
if env("COMPASS_QUICK_EXIT"):
    COMPASS_QUICK_EXIT = env("COMPASS_QUICK_EXIT")
COMPASS_LEAVE_URL_NAME = "access:leave"
COMPASS_SESSION_IDLE = number("COMPASS_SESSION_IDLE", 1800)
COMPASS_SESSION_TOTAL = number("COMPASS_SESSION_TOTAL", 43_200)
COMPASS_ERASURE_DAYS = max(number("COMPASS_ERASURE_DAYS", 7), 1)
# Days after which what is closed is made coarse, "180" or "180 NE=365 ML=90". Provisional: no country has said yet.
COMPASS_COARSEN_AFTER = {"": 180} | {
    country.upper(): max(int(days), 1)
    for each in env("COMPASS_COARSEN_AFTER").split()
    for country, _, days in [each.rpartition("=")]
}
# Countries whose offices ask the Washington Group short set, "NE TG". None unless named.
COMPASS_SHORT_SET = frozenset(env("COMPASS_SHORT_SET").upper().split())
COMPASS_SECRET_KEY_FILE = env("COMPASS_SECRET_KEY_FILE")
SECRET_KEY = env("COMPASS_SECRET_KEY") or content("COMPASS_SECRET_KEY_FILE") or "not-for-serving"
ALLOWED_HOSTS = env("COMPASS_HOSTS", "localhost,127.0.0.1").split(",")
SECURE = flag("COMPASS_HTTPS")


def database(setting: str, default: str = "") -> dict[str, object]:
    """Django's settings for `postgresql://role:password@/name?host=/socket/folder&port=5432`."""
    try:
        parts = urlsplit(env(setting, default))
        port = str(parts.port or "")
    except ValueError as error:
        raise ImproperlyConfigured(f"{setting} is not the address of a database. Correct it.") from error
    query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "compass",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.get("host") or parts.hostname or "",
        "PORT": query.get("port") or port,
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": False,
        "OPTIONS": {"connect_timeout": 5},
    }


_URLS = {"app": "COMPASS_DATABASE_URL", "public": "COMPASS_PUBLIC_DATABASE_URL", "owner": "COMPASS_OWNER_URL"}
DATABASES = {"default": database(_URLS[PROCESS], "postgresql:///compass")}
if PROCESS == "app" and env("COMPASS_COUNTS_URL"):
    DATABASES["counts"] = database("COMPASS_COUNTS_URL")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

ROOMS_OF_THE_PUBLIC_SIDE = ["compass.commons", "compass.ui", "compass.vocabulary"]
ROOMS = [
    "compass.config",
    "compass.commons",
    "compass.programme",
    "compass.reintegration",
    "compass.returns",
    "compass.cases",
    "compass.reception",
    "compass.people",
    "compass.communities",
    "compass.ui",
    "compass.vocabulary",
    "compass.access",
    "compass.trail",
    "compass.vault",
    "compass.problems",
]
_FRAMEWORK = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.messages",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "procrastinate.contrib.django",
]
_COMMON = ["django.contrib.staticfiles", "django.forms", "csp"]
if PROCESS == "public":
    INSTALLED_APPS = [*ROOMS_OF_THE_PUBLIC_SIDE, "compass.problems", *_COMMON]
else:
    INSTALLED_APPS = [*ROOMS, *_FRAMEWORK, *_COMMON]

_PUBLIC_MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "compass.ui.middleware.HeadMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "compass.config.languages.PublicLanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "compass.ui.middleware.MethodMiddleware",
]
_APP_MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "compass.ui.middleware.HeadMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "compass.access.middleware.SessionDigestMiddleware",
    "compass.access.middleware.ColleagueLanguageMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "compass.access.middleware.HeadersMiddleware",
    "compass.access.middleware.LockMiddleware",
    "compass.access.middleware.SecondFactorMiddleware",
    "compass.access.middleware.ProblemMiddleware",
    "compass.ui.middleware.MethodMiddleware",
]
MIDDLEWARE = _PUBLIC_MIDDLEWARE if PROCESS == "public" else _APP_MIDDLEWARE
ROOT_URLCONF = "compass.config.urls_public" if PROCESS == "public" else "compass.config.urls"
WSGI_APPLICATION = "compass.config.wsgi.application"

_PROCESSORS = [
    "django.template.context_processors.request",
    "django.template.context_processors.i18n",
    "compass.ui.context.shell",
]
if PROCESS != "public":
    _PROCESSORS += [
        "django.contrib.auth.context_processors.auth",
        "django.contrib.messages.context_processors.messages",
    ]
    if COMPASS_DEMONSTRATION:
        _PROCESSORS.append("compass.config.demo.context.try_as")
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": _PROCESSORS, "builtins": ["compass.ui.templatetags.ui"]},
    }
]
FORM_RENDERER = "compass.ui.forms.CompassRenderer"

LANGUAGE_CODE = "fr"
LANGUAGES = [("en", "English"), ("fr", "Français"), ("ar", "العربية")]
LOCALE_PATHS = [PACKAGE / "config" / "locale"]
FORMAT_MODULE_PATH = ["compass.config.formats"]
LANGUAGE_COOKIE_NAME = "compass_language"
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATIC_ROOT = Path(env("COMPASS_STATIC", str(COMPASS_DATA / "static")))
_COLLECTED = (STATIC_ROOT / "staticfiles.json").exists()
STORAGES = {
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if _COLLECTED or PROCESS == "owner"
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
}
WHITENOISE_USE_FINDERS = not _COLLECTED
# Uploads never touch the disk in the clear: memory only, sealed before they are stored.
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
FILE_UPLOAD_MAX_MEMORY_SIZE = 6 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 7 * 1024 * 1024

AUTH_USER_MODEL = "access.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "compass.access.passwords.LongEnough"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["username"]},
    },
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "compass.access.adapters.AccountAdapter"
MFA_ADAPTER = "compass.access.adapters.MFAAdapter"
_FORMS = "compass.access.forms"
ACCOUNT_FORMS = {
    "login": f"{_FORMS}.SignInForm",
    "reauthenticate": f"{_FORMS}.PasswordAgainForm",
    "change_password": f"{_FORMS}.NewPasswordForm",
}
MFA_FORMS = {
    "authenticate": f"{_FORMS}.CodeForm",
    "authenticate_webauthn": f"{_FORMS}.PasskeyForm",
    "reauthenticate": f"{_FORMS}.CodeAgainForm",
    "reauthenticate_webauthn": f"{_FORMS}.PasskeyAgainForm",
    "activate_totp": f"{_FORMS}.FirstCodeForm",
    "login_webauthn": f"{_FORMS}.PasskeySignInForm",
    "add_webauthn": f"{_FORMS}.NewPasskeyForm",
    "edit_webauthn": f"{_FORMS}.PasskeyNameForm",
}
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_PREVENT_ENUMERATION = True
# Behind a proxy the address that counts is the one the proxy saw.
ALLAUTH_TRUSTED_PROXY_COUNT = number("COMPASS_PROXIES", 0)
ACCOUNT_RATE_LIMITS = {"login": "30/m/ip", "login_failed": "10/m/ip,5/300s/key", "reauthenticate": "10/m/user"}
MFA_SUPPORTED_TYPES = ["webauthn", "totp", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "COMPASS"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not SECURE

SESSION_ENGINE = "compass.access.sessions"
SESSION_COOKIE_NAME = "compass_session"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SECURE_SSL_REDIRECT = SECURE
SECURE_REDIRECT_EXEMPT = [r"^health$"]
SECURE_HSTS_SECONDS = 31536000 if SECURE else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "compass.ui.views.csrf_failure"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "media-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
    }
}

CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    if PROCESS == "public"
    else {"BACKEND": "compass.access.cache.JSONCache", "LOCATION": "compass_cache"}
}
PROCRASTINATE_ON_APP_READY = None
# Each room keeps its background work in jobs.py.
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
