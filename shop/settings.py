"""One settings file for every place the shop runs. What differs comes from the environment.

Without any variable set these are the settings of production, and `manage.py check` refuses to start until
what production needs is there (`shop.checks`). `DEMO=1` turns on the demo: SQLite, a task queue of plain
files, a payment sandbox and keys that everybody knows. `DEBUG=1` adds Django's debug pages.
"""

from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
VAR_DIR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var")))
VAR_DIR.mkdir(parents=True, exist_ok=True)  # what the shop writes: database, media, mails, queue

# --- What every production shop sets ------------------------------------------------------------------------
DEBUG = env.bool("DEBUG", default=False)
DEMO = env.bool("DEMO", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="insecure-demo-secret")  # shop.E001 refuses it in production
SITE_URL = env.str("SITE_URL", default="http://localhost:8000" if DEMO else "").rstrip("/")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "testserver"] if DEMO else [])
SECURE = SITE_URL.startswith("https://")

SHOP_NAME = env.str("SHOP_NAME", default="Kiln & Leaf" if DEMO else "")
SHOP_EMAIL = env.str("SHOP_EMAIL", default="hello@kiln-and-leaf.example" if DEMO else "")
SHOP_PHONE = env.str("SHOP_PHONE", default="+49 30 5550 0100" if DEMO else "")
SHOP_ADDRESS = env.str("SHOP_ADDRESS", default="Töpferhof 4, 10997 Berlin, Germany" if DEMO else "")
SHOP_COUNTRY = env.str("SHOP_COUNTRY", default="DE")  # goods leave from here; decides what is an export

# Answers come back to `reply+<token>@…`; a mail server hands them in by a signed POST (support.mailbox).
SUPPORT_EMAIL = env.str("SUPPORT_EMAIL", default="reply@" + SHOP_EMAIL.rpartition("@")[2])
MAIL_WEBHOOK_SECRET = env.str("MAIL_WEBHOOK_SECRET", default="demo-mail-secret" if DEMO else "")
SERVICE_LEVEL = Path(env.str("SERVICE_LEVEL", default=str(BASE_DIR / "support" / "service_level.toml")))

SHOP_PAGES = Path(
    env.str("SHOP_PAGES", default=str(BASE_DIR / "shop" / "demo" / "pages.toml"))
)  # the shop's own words

# --- Keys: comma-separated `name:base64` pairs, the first one is used for new data (privacy.keys) -----------
PRIVACY_KEYS = env.list("PRIVACY_KEYS", default=["demo:" + "A" * 43 + "="] if DEMO else [])
PRIVACY_INDEX_KEYS = env.list("PRIVACY_INDEX_KEYS", default=["demo:" + "B" * 42 + "A="] if DEMO else [])
AUDIT_KEYS = env.list("AUDIT_KEYS", default=["demo:" + "C" * 42 + "A="] if DEMO else [])
# Outside the database and its backups: what a restored backup does not know (privacy.journal).
RIGHTS_JOURNAL = env.str("RIGHTS_JOURNAL", default=str(VAR_DIR / "journal" / "rights.jsonl"))

# --- Backups: sealed with keys of their own; the copy of people's keys lies apart (privacy.backup) ----------
BACKUP_KEYS = env.list("BACKUP_KEYS", default=["demo:" + "D" * 42 + "A="] if DEMO else [])
BACKUP_DIR = env.str("BACKUP_DIR", default=str(VAR_DIR / "backups"))
BACKUP_KEY_COPY = env.str("BACKUP_KEY_COPY", default=str(VAR_DIR / "backup-of-keys" / "latest.keys"))

# --- Applications -------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "modeltranslation",  # before the admin, which it extends
    "shop.apps.ShopAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.sitemaps",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_htmx",
    "pictures",
    "tree_queries",
    "shop.apps.ShopConfig",
    "privacy",
    "shop.catalogue",
    "accounts",
    "orders",
    "support",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "shop.cookies.CookieRegisterMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "privacy.closed.ClosedMiddleware",
    "shop.address.AddressMiddleware",
    "shop.pagecache.PageCacheMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "accounts.sessions.NothingLeftMiddleware",
    "django.middleware.common.CommonMiddleware",
    "shop.uploads.RequestSizeMiddleware",
    "shop.csrf.CsrfMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.sessions.SeenMiddleware",
    "privacy.browser.SignalMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "shop.urls"
WSGI_APPLICATION = "shop.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "shop.context.shop",
                "orders.context.cart_count",
            ],
            "builtins": ["shop.templatetags.shop"],
        },
    }
]

# --- Database, cache, tasks ---------------------------------------------------------------------------------
DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'vitrine.sqlite3'}")}
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # Immediate transactions with a write-ahead log: readers never wait, and writers queue instead of failing.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 10,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON; "
        "PRAGMA secure_delete=ON;",
    }
else:
    DATABASES["default"]["ENGINE"] = "shop.postgresql"
    DATABASES["default"].setdefault("CONN_MAX_AGE", 600)
    # PostgreSQL parses and plans a statement it has seen before only once. A pooler that lends connections by
    # the transaction must know prepared statements too (PgBouncer does from 1.21).
    PREPARED = {"server_side_binding": True, "prepare_threshold": 2}
    DATABASES["default"]["OPTIONS"] = PREPARED | DATABASES["default"].get("OPTIONS", {})
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL", default="")
CACHES = {
    "default": (
        {"BACKEND": "shop.nearcache.NearRedisCache", "LOCATION": REDIS_URL}
        if REDIS_URL
        else {"BACKEND": "django.core.cache.backends.filebased.FileBasedCache", "LOCATION": VAR_DIR / "cache"}
    )
}
PAGE_CACHE_SECONDS = env.int("PAGE_CACHE_SECONDS", default=60)

QUEUE_DIR = VAR_DIR / "queue"
CELERY_BROKER_URL = env.str("BROKER_URL", default=REDIS_URL or "filesystem://")
if CELERY_BROKER_URL == "filesystem://":
    QUEUE_DIR.mkdir(exist_ok=True)
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": QUEUE_DIR,
        "data_folder_out": QUEUE_DIR,
        "control_folder": VAR_DIR / "queue-control",
    }
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ALWAYS_EAGER = env.bool("CELERY_TASK_ALWAYS_EAGER", default=False)
CELERY_TASK_EAGER_PROPAGATES = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat-schedule")
CELERY_TIMEZONE = "UTC"

# --- Languages and places; market and language of a page are in its address (shop.address) ------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("de", _("German")), ("fr", _("French"))]
LOCALE_PATHS = [BASE_DIR / "shop" / "locale"]
MODELTRANSLATION_DEFAULT_LANGUAGE = "en"
MODELTRANSLATION_FALLBACK_LANGUAGES = ("en",)
FORMAT_MODULE_PATH = "shop.formats"
USE_TZ = True
TIME_ZONE = "UTC"

# --- Static files and media ---------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = DEMO  # the demo collects nothing
# The first page looks here for `hero.webp` and a picture named after each shelf.
STATICFILES_DIRS = [BASE_DIR / "static", ("shop", BASE_DIR / "shop" / "demo" / "pictures")]
MEDIA_URL = "/media/"
MEDIA_ROOT = VAR_DIR / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    # Encrypted files of people (`privacy.files`); no server has an address for this folder.
    "private": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": VAR_DIR / "private"},
    },
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEMO
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
PICTURES = {
    "BREAKPOINTS": {"s": 480, "m": 800, "l": 1280},
    "GRID_COLUMNS": 4,  # stored in quarters of the page: 320, 640, 960 and 1280 pixels, and twice that
    "CONTAINER_WIDTH": 1280,
    "FILE_TYPES": ["AVIF", "WEBP"],
    "PIXEL_DENSITIES": [1, 2],
    "USE_PLACEHOLDERS": False,
    "PICTURE_CLASS": "shop.catalogue.images.Rendition",
    "PROCESSOR": "shop.catalogue.images.make_renditions",
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 16 * 1024 * 1024  # a photo never touches the disk before it is cleaned
MAX_REQUEST_BYTES = 60 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000  # the admin's bulk edit of prices

# --- Accounts (django-allauth) ------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    *(
        {"NAME": f"django.contrib.auth.password_validation.{name}"}
        for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
    ),
    {"NAME": "accounts.passwords.BreachedPasswordValidator"},
]
BREACHED_PASSWORDS = env.str("BREACHED_PASSWORDS", default="")  # a list on disk, see accounts.passwords
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "accounts:home"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_FORMS = {
    "signup": "accounts.forms.signing_in.RegistrationForm",
    "login": "accounts.forms.signing_in.SignInForm",
    "request_login_code": "accounts.forms.signing_in.CodeRequestForm",
    "reset_password": "accounts.forms.signing_in.PasswordResetForm",
    "add_email": "accounts.forms.signing_in.NewEmailForm",
}
ACCOUNT_SIGNUP_FORM_HONEYPOT_FIELD = "website"
ACCOUNT_CHANGE_EMAIL = True  # one address an account; a new one counts once it is confirmed
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = True  # nothing is sent, but it takes the same time (accounts.account_mail)
ACCOUNT_PREVENT_ENUMERATION = "strict"
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_USER_DISPLAY = "accounts.adapter.email_of"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
MFA_ADAPTER = "accounts.adapter.MFAAdapter"
MFA_FORMS = {"add_webauthn": "accounts.forms.signing_in.PasskeyForm"}
MFA_SUPPORTED_TYPES = ["webauthn", "totp", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = SHOP_NAME
MFA_TOTP_TOLERANCE = 1  # a code may be half a minute old
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEMO  # passkeys on http://localhost
# In place of allauth's own limits, or beside them; a key is an address, a person or a link.
ACCOUNT_RATE_LIMITS = {
    "not_me": "20/m/ip",
    "passkey": "20/m/ip",
    "place_order": "10/m/ip",
    "order_address": "5/h/key",
    "join_order": "5/30d/key",
    "newsletter": "10/m/ip,60/h/ip",
    "preferences_link": "10/m/ip,60/h/ip",
    "mail_to_address": "3/d/key",
    "phone_code_sent": "3/h/user",
    "phone_code_to_number": "5/d/key",
    "phone_code_typed": "5/h/user",
    "unsubscribe": "60/h/key",  # by person, because mail providers unsubscribe thousands from one address
    "contact": "5/m/ip,30/h/ip",
    "contact_address": "10/d/key",
    "evidence": "15/m/ip,100/h/ip",  # counted before a file is opened
    "ticket_solved": "5/h/key",
    "chat_line": "30/m/ip",
    "rights_ask": "10/m/ip,60/h/ip",
    "rights_mail": "5/h/key",
    "rights_code_typed": "5/h/key",
    "ticket_reply": "10/m/ip",
    "privacy_choice": "30/m/ip",
}
# Behind a proxy every shopper would share the proxy's limit unless the hops are counted.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)

# --- Mail ---------------------------------------------------------------------------------------------------
EMAIL_CONFIG = env.email_url("EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
EMAIL_TIMEOUT = 10  # a silent server must not keep a worker, nor the row it has locked
if DEMO and not env.str("EMAIL_URL", default=""):
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = VAR_DIR / "mail"
DEFAULT_FROM_EMAIL = f"{SHOP_NAME} <{SHOP_EMAIL}>" if SHOP_EMAIL else ""
SERVER_EMAIL = SHOP_EMAIL
MARKETING_PER_WEEK = env.int("MARKETING_PER_WEEK", default=2)  # nobody gets more advertising than that

# --- Text messages: an apprise URL with `{to}` for the number; it holds secrets and is never logged ---------
SMS_URL = env.str("SMS_URL", default="")
SMS_WEBHOOK_SECRET = env.str("SMS_WEBHOOK_SECRET", default="demo-sms-secret" if DEMO else "")  # for STOP
SMS_DIR = VAR_DIR / "sms" if DEMO else None  # where the demo writes them without a URL

# --- Payment ------------------------------------------------------------------------------------------------
PAYMENT_SANDBOX_URL = env.str("PAYMENT_SANDBOX_URL", default="http://localhost:8001" if DEMO else "")
STRIPE_API_KEY = env.str("STRIPE_API_KEY", default="sk_test_sandbox" if DEMO else "")
STRIPE_WEBHOOK_SECRET = env.str("STRIPE_WEBHOOK_SECRET", default="whsec_sandbox" if DEMO else "")

# --- Security -----------------------------------------------------------------------------------------------
SECURE_SSL_REDIRECT = SECURE
SECURE_HSTS_SECONDS = 31536000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ALLAUTH_TRUSTED_PROXY_COUNT else None
DEFAULT_EXCEPTION_REPORTER_FILTER = "privacy.reports.OpaqueReporterFilter"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# `__Host-` cookies belong to this host alone; browsers accept the name over HTTPS only.
COOKIE_PREFIX = "__Host-" if SECURE else ""
SESSION_COOKIE_NAME = f"{COOKIE_PREFIX}sid"
CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}csrf"
CART_COOKIE_NAME = f"{COOKIE_PREFIX}cart"
DEVICE_COOKIE_NAME = f"{COOKIE_PREFIX}device"
CHOICE_COOKIE_NAME = f"{COOKIE_PREFIX}cc"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 14 * 24 * 3600
CSRF_TRUSTED_ORIGINS = [SITE_URL] if SITE_URL else []
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

PAYMENT_PAGES = [PAYMENT_SANDBOX_URL] if PAYMENT_SANDBOX_URL else ["https://checkout.stripe.com"]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        # Chromium checks the redirect to the payment page against this list as well.
        "form-action": [SELF, *PAYMENT_PAGES],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    feature: [] for feature in ("camera", "geolocation", "microphone", "payment", "usb", "browsing-topics")
}

SILENCED_SYSTEM_CHECKS: list[str] = []
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {
            "()": "shop.logs.PersonalDataFormatter",
            "format": "{asctime} {levelname} {name} {message}",
            "style": "{",
        },
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {
        "django": {"handlers": ["console"], "level": "INFO", "propagate": False},
        "stripe": {"level": "WARNING"},  # it would name every session
        "apprise": {"level": "CRITICAL"},  # it would name people's numbers
    },
}
