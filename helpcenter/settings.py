"""The one settings file. It alone reads the environment; docs/operating.md lists every variable."""

import logging
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.core.management.utils import get_random_secret_key
from django.urls import reverse_lazy
from django.utils.csp import CSP
from environs import Env, validate

env = Env()

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = env.path("DATA_DIR", BASE_DIR / "var").resolve()
HOST = env.str("HOST", "127.0.0.1")
PORT = env.int("PORT", 8000)
HTTPS = env.bool("HTTPS", False)


def _secret_key() -> str:
    """The key from the environment, else one that is made once and kept in DATA_DIR, readable by its owner only."""
    if key := env.str("SECRET_KEY", ""):
        return key
    kept = DATA_DIR / "secret_key"
    try:
        with kept.open(encoding="ascii") as file:
            return file.read()
    except FileNotFoundError:
        DATA_DIR.mkdir(parents=True, exist_ok=True)
        kept.touch(mode=0o600)
        kept.write_text(get_random_secret_key(), encoding="ascii")
        return kept.read_text(encoding="ascii")


SECRET_KEY = _secret_key()
SECRET_KEY_FALLBACKS: list[str] = env.list("SECRET_KEY_FALLBACKS", [])
DEBUG = False
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]", HOST])

INSTALLED_APPS = [
    "django.contrib.auth",  # before the desk, which keeps its accounts
    "helpcenter.delivery",
    "helpcenter.archive",
    "helpcenter.home",
    "helpcenter.feedback",
    "helpcenter.search",
    "helpcenter.wizard",
    "helpcenter.refunds",
    "articles",
    "helpcenter.facts",
    "helpcenter.references",
    "helpcenter.audit",
    "helpcenter.publishing",
    "helpcenter.operations",
    "django_htmx",
    "django_structlog",
    "helpcenter.publishing.desk.apps.DeskConfig",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "axes",
    "helpcenter.accounts",  # after those whose pages in the admin it takes away
    "django.contrib.humanize",  # the times on the page of sessions
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "helpcenter.home.headers.ours_alone",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "helpcenter.operations.requests.Logged",
    "helpcenter.operations.slow.slow_queries_are_logged",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "helpcenter.delivery.cdn.keyed",  # around all that makes an answer: what is not modified is not to be kept either
    "helpcenter.home.headers.desk_has_nonces",
    "django.middleware.http.ConditionalGetMiddleware",
    "helpcenter.home.cookies.readers_have_none",
    "helpcenter.publishing.moments.cacheable",
    "helpcenter.publishing.languages.one_answer_for_all",
    "django.middleware.locale.LocaleMiddleware",
    "helpcenter.operations.readonly.keeps_writers_out",
    "django.middleware.common.CommonMiddleware",
    # Sessions, sign-in and messages are for the editors' desk. They are lazy: a reader's page never touches them,
    # so it has no cookie and no Vary (tests/promises/test_reader_pages.py).
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "helpcenter.accounts.sessions.sessions_end",
    "helpcenter.audit.recording.recorded",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "helpcenter.api.heads.answered",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",  # last, as it says itself
]

ROOT_URLCONF = "helpcenter.urls"
WSGI_APPLICATION = "helpcenter.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "helpcenter.home.headers.nonce_of_the_desk",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

DATABASES = {
    "default": env.dj_db_url(
        "DATABASE_URL",
        f"sqlite:///{DATA_DIR / 'db.sqlite3'}",
        conn_max_age=600,
        conn_health_checks=True,
    )
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # Readers go on while an editor writes (WAL), two writers queue instead of failing half-way (IMMEDIATE),
    # and what was acknowledged survives a loss of power (FULL).
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 10,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
    }
elif DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql":
    # Of the many entries that have a common word the search weighs some, and they must be the same ones each time: a
    # page is a function of its address. Without an order they are, where a table is read by one, from its beginning.
    given = DATABASES["default"].setdefault("OPTIONS", {})
    given.setdefault("options", "-c synchronize_seqscans=off -c max_parallel_workers_per_gather=0")
    # As on SQLite: what was acknowledged survives a loss of power, and who waits for another's lock is told in time.
    given["options"] += " -c synchronous_commit=on -c lock_timeout=10s"
    # A server that does not answer any more is as good as none, and soon.
    given.setdefault("connect_timeout", 3)
    given.setdefault("tcp_user_timeout", 5000)
    given.setdefault("keepalives_idle", 5)  # also while it is only waited for; after two hours it would be too late
    given.setdefault("keepalives_interval", 2)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CLIENT_ADDRESS = "REMOTE_ADDR"
if header := env.str("CLIENT_ADDRESS", ""):
    # The header in which a proxy in front says who asks, such as X-Real-IP. It must take out what readers sent in it.
    CLIENT_ADDRESS = f"HTTP_{header.upper().replace('-', '_')}"

DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000  # the flow is one form, with a field for each text of each node

KEPT_MEGABYTES = env.int("KEPT_MEGABYTES", 64)  # how much each process remembers of what it has answered

CDN = env.str("CDN", "", validate=validate.OneOf(["", "fastly", "cloudflare"]))  # how what is in front speaks
CDN_PURGE = env.str("CDN_PURGE", "")  # where a purge is sent
CDN_TOKEN = env.str("CDN_TOKEN", "")

SECURITY_CONTACT = env.str("SECURITY_CONTACT", "")  # an address of RFC 9116, such as mailto:…; else security@ the host

LANGUAGE_CODE = "zh-hant"
LANGUAGES = [("zh-hant", "繁體中文"), ("en", "English"), ("zh-hans", "简体中文")]  # each by its own name
FORMAT_MODULE_PATH = "helpcenter.formats"
LOCALE_PATHS = [BASE_DIR / "helpcenter" / "locale"]
TIME_ZONE = "Asia/Taipei"  # the days of `as_of` and of the dates on the pages are days in Taiwan
USE_TZ = True

CONTENT_DIR = BASE_DIR / "articles" / "content"

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = DATA_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "helpcenter.delivery.files.Files"},
}

AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "helpcenter.accounts.passwords.NoWordsOfOurs"},
    {"NAME": "helpcenter.accounts.passwords.NotSoonGuessed"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",  # of before; they become Argon2 when their owner signs in
]

# Editors' accounts: docs/security.md, docs/decisions/0022-accounts.md.
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "admin:index"
ACCOUNT_ADAPTER = "helpcenter.accounts.adapters.Accounts"
ACCOUNT_FORMS = {"user_token": "helpcenter.accounts.forms.LinkForm"}
ACCOUNT_LOGOUT_REDIRECT_URL = reverse_lazy("account_login")
ACCOUNT_SESSION_REMEMBER = False  # the cookie ends with the browser
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # nobody else gets mail from here
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_RATE_LIMITS = {"login_failed": "30/m/ip"}  # whatever the name; of a name at an address axes keeps count
MFA_ADAPTER = "helpcenter.accounts.adapters.Factors"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True  # accounts need no address
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_FORMS = {
    "activate_totp": "helpcenter.accounts.forms.AppForm",
    "authenticate": "helpcenter.accounts.forms.CodeForm",
    "reauthenticate": "helpcenter.accounts.forms.CodeAgainForm",
    "add_webauthn": "helpcenter.accounts.forms.PasskeyForm",
    "edit_webauthn": "helpcenter.accounts.forms.NameForm",
    "authenticate_webauthn": "helpcenter.accounts.forms.KeyForm",
    "login_webauthn": "helpcenter.accounts.forms.KeyAloneForm",
    "reauthenticate_webauthn": "helpcenter.accounts.forms.KeyAgainForm",
}
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = timedelta(minutes=30)
AXES_RESET_ON_SUCCESS = True
AXES_CLIENT_IP_CALLABLE = "helpcenter.accounts.addresses.network"
AXES_LOCKOUT_TEMPLATE = "account/locked.html"
AXES_ENABLE_ADMIN = False
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "login", "code", "csrfmiddlewaretoken"]  # kept nowhere, as typed

# Tries are counted in the database, so that all processes share it and a restart forgets nothing.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "accounts_limits",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

SENDS_MAIL = bool(env.str("EMAIL_URL", ""))  # else the pages say what to do instead
MAILERS: dict[str, Any] = {"default": {"BACKEND": "django.core.mail.backends.smtp.EmailBackend"}}
if SENDS_MAIL:
    mail = env.dj_email_url("EMAIL_URL")
    options = {"host": "EMAIL_HOST", "port": "EMAIL_PORT", "use_tls": "EMAIL_USE_TLS", "use_ssl": "EMAIL_USE_SSL"}
    options |= {"username": "EMAIL_HOST_USER", "password": "EMAIL_HOST_PASSWORD"}
    MAILERS["default"] = {
        "BACKEND": mail["EMAIL_BACKEND"],
        "OPTIONS": {name: mail[said] for name, said in options.items()} | {"timeout": 10},
    }
    DEFAULT_FROM_EMAIL = mail.get("DEFAULT_FROM_EMAIL") or mail["EMAIL_HOST_USER"] or f"guide@{mail['EMAIL_HOST']}"
CSRF_FAILURE_VIEW = "helpcenter.home.views.no_token"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 30 * 60  # seconds without a request; a session ends 12 hours after it began in any case (accounts)
SESSION_COOKIE_SAMESITE = "Lax"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"  # not a third cookie

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if HTTPS:
    # Whoever was here once by https never asks by http again, and the editors' cookies are this very host's (__Host-).
    # On one's own machine neither would work: there is no certificate.
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = ["^metrics$"]  # asked by what stands beside it, not by readers
    SECURE_HSTS_SECONDS = 2 * 365 * 24 * 60 * 60
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"

# docs/decisions/0021-headers.md says why these, and what was tried.
_EVERYWHERE: dict[str, list[str]] = {
    "default-src": [CSP.NONE],
    "img-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "object-src": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
    "report-uri": ["/reports/"],
}
SECURE_CSP: dict[str, list[str]] = _EVERYWHERE | {
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "require-trusted-types-for": ["'script'"],
    "trusted-types": ["default"],
}
DESK_CSP: dict[str, list[str]] = _EVERYWHERE | {
    "script-src": [CSP.SELF, CSP.NONCE],
    "style-src": [CSP.SELF, CSP.NONCE],
    "report-to": ["reports"],
}

# Seen from outside: docs/decisions/0027-seen-from-outside.md.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"lines": {"()": "helpcenter.operations.logs.lines"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "lines"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": []},  # not Django's own, which mails errors with all that was sent
        "django.request": {"level": "CRITICAL"},  # it says addresses; django_structlog says the same without
        "django_structlog": {"level": "INFO"},
        "helpcenter.audit": {"level": "INFO"},
        "_granian": {"handlers": ["console"], "level": "WARNING", "propagate": False},
    },
}
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
DJANGO_STRUCTLOG_STATUS_START_LOG_LEVEL = logging.DEBUG
DJANGO_STRUCTLOG_STATUS_4XX_LOG_LEVEL = logging.INFO  # what is nowhere is asked for all day long
SLOW_QUERY_MS = env.int("SLOW_QUERY_MS", 200)
METRICS_TOKEN = env.str("METRICS_TOKEN", "", validate=validate.Regexp("^(.{20,})?$"))
SENTRY_DSN = env.str("SENTRY_DSN", "")
