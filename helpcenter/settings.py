"""The one settings file. It alone reads the environment; docs/operating.md lists every variable."""

from pathlib import Path

from django.core.management.utils import get_random_secret_key
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
    "django_htmx",
    "helpcenter.publishing.desk.apps.DeskConfig",
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
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "helpcenter.delivery.cdn.keyed",  # around all that makes an answer: what is not modified is not to be kept either
    "helpcenter.home.headers.desk_has_nonces",
    "django.middleware.http.ConditionalGetMiddleware",
    "helpcenter.home.cookies.readers_have_none",
    "helpcenter.publishing.moments.cacheable",
    "helpcenter.publishing.languages.one_answer_for_all",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    # Sessions, sign-in and messages are for the editors' desk. They are lazy: a reader's page never touches them,
    # so it has no cookie and no Vary (tests/promises/test_reader_pages.py).
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "helpcenter.audit.recording.recorded",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "helpcenter.api.heads.answered",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
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
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault(
        "options", "-c synchronize_seqscans=off -c max_parallel_workers_per_gather=0"
    )
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
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
CSRF_FAILURE_VIEW = "helpcenter.home.views.no_token"
SESSION_COOKIE_HTTPONLY = True
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
    SECURE_REDIRECT_EXEMPT = ["^healthz$", "^readyz$"]  # asked by what stands beside the process, not by readers
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

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
