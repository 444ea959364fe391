"""One settings module for every environment; everything that differs comes from environment variables."""

from __future__ import annotations

import hashlib
import os
from importlib import import_module
from pathlib import Path
from urllib.parse import unquote, urlsplit

from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from config import env, scanner, stores
from config.edge import (  # noqa: F401 (settings)
    TEREM_DNS,
    TEREM_DOMAIN_DAYS,
    TEREM_DRAINING,
    TEREM_EDGE_TOKEN,
    TEREM_NETWORK_REQUESTS_PER_MINUTE,
    edge_of,
)
from config.observing import (  # noqa: F401 (settings)
    LOGGING,
    TEREM_LOG_FORMAT,
    TEREM_METRICS_TOKEN,
    TEREM_PROBE,
    TEREM_RELEASE,
    TEREM_SENTRY,
    TEREM_TRACES,
    TEREM_TRACES_PERCENT,
)

BASE_DIR = Path(__file__).resolve().parents[2]

TEREM_ENV = env.choice(
    "TEREM_ENV", "What kind of installation this is.", ("development", "test", "production"), "production"
)
DEBUG = False
PRODUCTION = TEREM_ENV == "production"

SECRET_KEY = env.text("TEREM_SECRET_KEY", "Signs tokens and cookies: at least 40 random characters.")
SECRET_KEY_FALLBACKS = [
    key
    for key in env.text("TEREM_SECRET_KEYS_OLD", "Former secret keys, separated by blanks.", "").split()
    if key
]
if PRODUCTION and (len(SECRET_KEY) < 40 or SECRET_KEY.startswith("development")):
    raise ImproperlyConfigured("TEREM_SECRET_KEY must be at least 40 random characters in production.")

# Addresses: the public site and accounts on the domain itself, operators and workspaces below it.
TEREM_DOMAIN = env.text(
    "TEREM_DOMAIN", "The platform's domain without port, such as terem.example.", "localhost"
)
TEREM_SCHEME = env.choice("TEREM_SCHEME", "How browsers reach the platform.", ("http", "https"), "https")
TEREM_PORT = env.number(
    "TEREM_PORT", "The port that browsers use.", 443 if TEREM_SCHEME == "https" else 80, least=1, most=65535
)
_plain_http = env.flag(
    "TEREM_ALLOW_HTTP", "Serve production without TLS (only behind another encrypted tunnel).", False
)
if PRODUCTION and TEREM_SCHEME != "https" and not _plain_http:
    raise ImproperlyConfigured("TEREM_SCHEME must be https in production.")
_standard = {"http": 80, "https": 443}[TEREM_SCHEME] == TEREM_PORT
TEREM_PORT_SUFFIX = "" if _standard else f":{TEREM_PORT}"
TEREM_EDGE = edge_of(TEREM_DOMAIN)
# Our own middleware refuses unknown hosts with a neutral page, before anything reads the host.
ALLOWED_HOSTS = ["*"]
USE_X_FORWARDED_HOST = False
if env.flag("TEREM_BEHIND_PROXY", "A proxy in front sets X-Forwarded-Proto.", False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    # The proxy's own entry of X-Forwarded-For is believed, what came before it is not.
    ALLAUTH_TRUSTED_PROXY_COUNT = 1

# Databases: three logins, three aliases; see the handbook's page on architecture.
TEREM_OWNER_DB = env.text(
    "TEREM_OWNER_DB", "The owner's login (postgresql://…); only for install, keeper and maintenance.", ""
)
_control = env.text("TEREM_CONTROL_DB", "The control plane's login (postgresql://…).")
_tenant = env.text("TEREM_TENANT_DB", "The tenants' login (postgresql://…).")
_engine = {"CONN_MAX_AGE": 1500, "CONN_HEALTH_CHECKS": True}
_plain = {"ENGINE": "django.db.backends.postgresql", **_engine}
DATABASES = {
    "default": {**_plain, **env.database(_control, "TEREM_CONTROL_DB")},
    # Borrowed from a pool of our own and given back after each unit of work.
    "tenant": {"ENGINE": "tenants.database", "CONN_MAX_AGE": 0, **env.database(_tenant, "TEREM_TENANT_DB")},
    "owner": {**_plain, "CONN_MAX_AGE": 0, **env.database(TEREM_OWNER_DB or _control, "TEREM_OWNER_DB")},
}
for _alias in DATABASES.values():
    _alias["OPTIONS"] = {"connect_timeout": 5}
DATABASE_ROUTERS = ["tenants.database.router.Router"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TEREM_STATEMENT_TIMEOUT = env.number(
    "TEREM_STATEMENT_TIMEOUT", "Longest statement of a tenant, in milliseconds.", 15000, least=100
)
TEREM_TENANTS_PER_CONNECTION = env.number(
    "TEREM_TENANTS_PER_CONNECTION", "A connection is renewed after serving so many tenants.", 50, least=1
)
TEREM_POOL = env.number(
    "TEREM_POOL", "Most connections of one process to the tenants' database.", 10, least=2, most=200
)
TEREM_CONNECTION_AGE = env.number(
    "TEREM_CONNECTION_AGE", "A connection is renewed after so many seconds.", 1500, least=10
)
# Fairness: what one company may ask at a time; a lease can set requests_per_minute otherwise.
TEREM_REQUESTS_PER_MINUTE = env.number(
    "TEREM_REQUESTS_PER_MINUTE", "Requests of one company a minute.", 3000, least=2
)
TEREM_REQUESTS_AT_ONCE = env.number(
    "TEREM_REQUESTS_AT_ONCE", "Requests that one web process works on at once.", 4, least=2
)
TEREM_REQUESTS_WAITING = env.number(
    "TEREM_REQUESTS_WAITING", "Requests of one company that wait in one web process.", 12, least=1
)
TEREM_JOBS_AT_ONCE = env.number("TEREM_JOBS_AT_ONCE", "Jobs of one company that run at once.", 3, least=1)
TEREM_RESERVE = env.number("TEREM_RESERVE", "Blank schemas kept ready for new companies.", 20, most=1000)

TEREM_REDIS = env.text("TEREM_REDIS", "Redis for queue, cache and directory (redis://:password@host:port/0).")
# Two installations may share a Redis: what each keeps there is named after its database and key.
TEREM_INSTALLATION = hashlib.sha256(f"{_control}{SECRET_KEY}".encode()).hexdigest()[:8]
CACHES = {
    "default": {
        "BACKEND": "kernel.shelf.Shelf",
        "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 2},
        "LOCATION": TEREM_REDIS,
        "KEY_FUNCTION": "kernel.cache.make_key",
        "KEY_PREFIX": f"terem:{TEREM_INSTALLATION}",
        "TIMEOUT": 300,
    }
}

CONTROL_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "identity",
    "tenants",
    "billing",
    "onboarding",
]
TENANT_APPS = [
    "kernel.jobs",
    "crm_core.events",
    "crm_core.team",
    "crm_core.records",
    "crm_core.timeline",
    "crm_core.lists",
    "crm_core.notes",
    "crm_core.activities",
    "crm_core.clients",
    "crm_core.sales",
    "crm_core.imports",
    "crm_core.exports",
    "crm_core.access",
    "crm_core.search",
    "crm_core.home",
    "crm_core.setup",
]
INSTALLED_APPS = [
    *CONTROL_APPS,
    *TENANT_APPS,
    "django.contrib.staticfiles",
    "django.forms",
    "template_partials",
    "django_htmx",
    "ui",
    "config",
]

MIDDLEWARE = [
    "kernel.web.RequestMiddleware",
    "config.headers.HeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "config.refusing.RefusingMiddleware",
    "tenants.middleware.HostMiddleware",
    "identity.middleware.AccountSessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "identity.middleware.AccountUserMiddleware",
    "config.middleware.MemberMiddleware",
    "config.middleware.LanguageMiddleware",
    "config.leases.LeaseMiddleware",
    "config.middleware.MaintenanceMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "ui.answers.ErrorMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "config.middleware.RefusalMiddleware",
]
ROOT_URLCONF = "config.urls_public"
WSGI_APPLICATION = "config.wsgi.application"
# Where rooms that may not see each other meet: panels of records and of the today page.
TEREM_NAVIGATION = "config.navigation"

FORM_RENDERER = "ui.forms.Renderer"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csrf",
                "csp.context_processors.nonce",
                "config.navigation.shell",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "template_partials.templatetags.partials",
                "ui.templatetags.ui",
            ],
            # Tags of one app's own templates lie beside what they draw: an app has no folder for tags.
            "libraries": {"list_rows": "crm_core.lists.tables.list_rows"},
            "string_if_invalid": "",
        },
    }
]

# Languages and time: stored in UTC, shown in the member's language and zone.
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("ru", _("Russian"))]
LOCALE_PATHS = [BASE_DIR / "platform" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATIC_ROOT = Path(
    env.text("TEREM_STATIC", "Folder of the collected static files.", str(BASE_DIR / "var" / "static"))
)
if not PRODUCTION:
    # Static files come from their sources here; whitenoise still wants the folder to be there.
    STATIC_ROOT.mkdir(parents=True, exist_ok=True)
_storage = (
    "whitenoise.storage.CompressedManifestStaticFilesStorage"
    if PRODUCTION
    else "django.contrib.staticfiles.storage.StaticFilesStorage"
)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": _storage},
}
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    # The one sheet of production is put together when static files are collected.
    *(["ui.assets.BundleFinder"] if PRODUCTION else []),
]
WHITENOISE_USE_FINDERS = not PRODUCTION
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_AUTOREFRESH = TEREM_ENV == "development"
TEREM_STORAGE = env.text("TEREM_STORAGE", "Folder of the tenants' files.", str(BASE_DIR / "var" / "files"))
TEREM_VAR = env.text("TEREM_VAR", "Folder of this installation's own notes.", str(BASE_DIR / "var"))

# Backups: where they lie, how long, and the master keys that wrap each company's own key.
TEREM_MASTER_KEYS = env.keys(
    "TEREM_MASTER_KEYS",
    "Keys that wrap the companies' keys: 32 random bytes in base64 each; the first wraps, all of them open.",
)
TEREM_BACKUPS = env.text(
    "TEREM_BACKUPS", "Folder of the companies' backups.", str(BASE_DIR / "var" / "backups")
)
TEREM_S3 = stores.bucket(production=PRODUCTION, plain=_plain_http)
TEREM_BACKUP_DAYS = env.number(
    "TEREM_BACKUP_DAYS", "Days for which a backup is kept.", 14, least=1, most=3650
)
TEREM_COPY_DAYS = env.number(
    "TEREM_COPY_DAYS", "Days for which a restored copy, or what it replaced, is kept.", 7, least=1, most=90
)
TEREM_GRACE_DAYS = env.number(
    "TEREM_GRACE_DAYS", "Days between the closing of a workspace and its erasure.", 30, least=1, most=365
)
TEREM_CLUSTER_BACKUP_DAYS = env.number(
    "TEREM_CLUSTER_BACKUP_DAYS",
    "Days after which base backups and WAL archives are gone.",
    14,
    least=0,
    most=3650,
)

# Uploads: larger files than the limit are refused by the import wizard with a sentence.
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 2**20
FILE_UPLOAD_MAX_MEMORY_SIZE = 2**20
DATA_UPLOAD_MAX_NUMBER_FIELDS = 3000
TEREM_SCANNER = scanner.address()
FILE_UPLOAD_HANDLERS = [
    "kernel.uploads.Bounded",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "kernel.uploads.Kept",
]
TEREM_UPLOAD_LIMIT = env.number(
    "TEREM_UPLOAD_LIMIT", "Largest file taken in, in bytes.", 50 * 2**20, least=2**20
)

# Mail: a folder in development, an SMTP server in production.
TEREM_MAIL = env.text("TEREM_MAIL", "Where letters go: file:///folder or smtp://user:password@host:port.")
_mail = urlsplit(TEREM_MAIL)
if _mail.scheme == "file":
    EMAIL_BACKEND = "identity.mailbox.FolderBackend"
    EMAIL_FILE_PATH = unquote(_mail.path)
elif _mail.scheme in ("smtp", "smtps"):
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST = _mail.hostname or "localhost"
    EMAIL_PORT = _mail.port or 587
    EMAIL_HOST_USER = unquote(_mail.username or "")
    EMAIL_HOST_PASSWORD = unquote(_mail.password or "")
    EMAIL_USE_TLS = _mail.scheme == "smtp" and bool(_mail.username)
    EMAIL_USE_SSL = _mail.scheme == "smtps"
    EMAIL_TIMEOUT = 10
else:
    raise ImproperlyConfigured("TEREM_MAIL must begin with file://, smtp:// or smtps://.")
DEFAULT_FROM_EMAIL = env.text(
    "TEREM_MAIL_FROM", "Sender address of the platform's letters.", f"hello@{TEREM_DOMAIN}"
)

_words = "Address of the operator's privacy notice, with its version; whoever makes an account agrees to it."
TEREM_PRIVACY_NOTICE = env.text("TEREM_PRIVACY_NOTICE", _words, "")
if TEREM_PRIVACY_NOTICE and not TEREM_PRIVACY_NOTICE.startswith("https://"):
    raise ImproperlyConfigured("TEREM_PRIVACY_NOTICE must begin with https://.")

# Payments: without a key nothing is sold and every workspace gets the open plan.
TEREM_STRIPE_KEY = env.text("TEREM_STRIPE_KEY", "Key of the payment provider; empty: nothing is sold.", "")
TEREM_STRIPE_API = env.text("TEREM_STRIPE_API", "Address of a demonstration server in its place.", "")
_words = "Secrets that sign its deliveries, the newest first, parted by blanks."
TEREM_STRIPE_WEBHOOK_SECRETS = env.text("TEREM_STRIPE_WEBHOOK_SECRETS", _words, "")
TEREM_STRIPE_TAX = env.flag("TEREM_STRIPE_TAX", "Let the payment provider reckon taxes at checkout.", False)
if TEREM_STRIPE_KEY and not TEREM_STRIPE_WEBHOOK_SECRETS:
    raise ImproperlyConfigured("TEREM_STRIPE_WEBHOOK_SECRETS must be set beside TEREM_STRIPE_KEY.")
if PRODUCTION and TEREM_STRIPE_API:
    raise ImproperlyConfigured("TEREM_STRIPE_API is for demonstrations, not for production.")

# Cookies: host-only, never shared below the domain. The __Host- prefix needs https.
_secure = TEREM_SCHEME == "https"
_prefix = "__Host-" if _secure else ""
SESSION_COOKIE_NAME = f"{_prefix}account"
SESSION_COOKIE_SECURE = _secure
SESSION_COOKIE_AGE = 14 * 24 * 3600
CSRF_COOKIE_NAME = f"{_prefix}csrf"
CSRF_COOKIE_SECURE = _secure
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "ui.answers.csrf_failure"
WORKSPACE_COOKIE = f"{_prefix}workspace"
NONCE_COOKIE = f"{_prefix}entering"
PREFERENCE_COOKIE = "terem_prefs"
SECURE_HSTS_SECONDS = 31536000 if _secure and PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [
            SELF,
            f"{TEREM_SCHEME}://{TEREM_DOMAIN}{TEREM_PORT_SUFFIX}",
            f"{TEREM_SCHEME}://*.{TEREM_DOMAIN}{TEREM_PORT_SUFFIX}",
            # A form of ours may lead to the hosted pages of the payment provider.
            *([TEREM_STRIPE_API or "https://*.stripe.com"] if TEREM_STRIPE_KEY else []),
        ],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
        "worker-src": [SELF],
    }
}

# Sign-in has many settings; they live in their room (an installation names it like an app).
globals().update(
    {name: value for name, value in vars(import_module("identity.settings")).items() if name.isupper()}
)

if PRODUCTION and not os.environ.get("DJANGO_SETTINGS_MODULE"):
    raise ImproperlyConfigured("DJANGO_SETTINGS_MODULE must be config.settings.")
