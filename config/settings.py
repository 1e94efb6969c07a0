"""Every setting of Baton. The environment is read here and nowhere else; .env.example lists what is read."""

import os
from pathlib import Path

import django_stubs_ext
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from config.environment import LEVELS, Environment, is_public, tell_wrong_settings
from config.schedule import SCHEDULE
from config.sign_in_providers import apps_of, origins_of

django_stubs_ext.monkeypatch()  # lets `ModelForm[Lead]` be written where Django itself has no generics

BASE_DIR = Path(__file__).resolve().parent.parent
env = Environment(os.environ)
tell_wrong_settings()

# --- what this process is --------------------------------------------------------------------------------
DEBUG = env.flag("BATON_DEBUG", default=False)
BASE_URL = env.base_url("BATON_BASE_URL", f"http://127.0.0.1:{env.number('PORT', 8000, least=1)}")
# Cookies and redirects follow the address people use: https in production, http on one's own machine.
HTTPS = BASE_URL.startswith("https://")
PUBLIC = is_public(BASE_URL)
SECRET_KEY = env.secret("BATON_SECRET_KEY", public=PUBLIC)
# Keys that were in use before, newest first: sessions and links that they signed go on.
SECRET_KEY_FALLBACKS = env.words("BATON_SECRET_KEY_OLD")
# Suppressed addresses are known by a hash with this key: it stays the first one when the secret key is changed.
SUPPRESSION_KEY = env.text("BATON_SUPPRESSION_KEY", [SECRET_KEY, *SECRET_KEY_FALLBACKS][-1])
ALLOWED_HOSTS = env.hosts("BATON_ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]", public=PUBLIC)
TOLD = env.without_secrets()  # what a backup says of the settings
STATE_DIR = env.directory("BATON_STATE_DIR", BASE_DIR / "var")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "django.contrib.admin",
    "django_htmx",
    "template_partials",
    "django_filters",
    "rest_framework",
    "drf_spectacular",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "lib",
    "accounts",
    "outbox",
    "leads",
    "capture",
    "scoring",
    "handoff",
    "nurture",
    "reporting",
    "config",
]

MIDDLEWARE = [
    "config.probes.Probes",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "lib.private_pages.KeepNothing",
    "lib.programs.ProgramsPassBy",
    # For people only from here on.
    "csp.middleware.CSPMiddleware",
    "lib.characters.RefuseBrokenCharacters",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.SignInWholePage",
    "accounts.middleware.PersonalTimeZone",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["lib.templatetags.look"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.design.navigation.navigation",
                "config.demo.progress.demonstration",
                "accounts.standstill.strip.strip",
            ],
        },
    },
]

# --- servers ---------------------------------------------------------------------------------------------
# A statement may not run for ever: a page waits ten seconds at most, a worker sixty.
LIMITS = (
    f"-c statement_timeout={env.number('BATON_STATEMENT_TIMEOUT_MS', 60_000)} "
    "-c lock_timeout=10000 -c idle_in_transaction_session_timeout=60000"
)
DATABASES = {
    "default": {
        **env.database("DATABASE_URL", limits=LIMITS),
        "ATOMIC_REQUESTS": False,
        "CONN_HEALTH_CHECKS": True,
        "CONN_MAX_AGE": env.number("BATON_CONN_MAX_AGE", 60),
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REDIS_URL = env.redis("REDIS_URL")

CACHES = {
    "default": {
        "BACKEND": "lib.sparing_cache.SparingCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "baton",
        "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 1},
    }
}

# --- people ----------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backend.Backend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "config.account_mail.MailingAccountAdapter"
ACCOUNT_FORMS = {"login": "accounts.forms.SignInForm", "change_password": "accounts.forms.NewPasswordForm"}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # strangers get no mail
# Accounts of Google or Microsoft let in who is here already (accounts/other_doors.py).
SIGN_IN_APPS = apps_of(env)
SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": SIGN_IN_APPS}}
SOCIALACCOUNT_ADAPTER = "accounts.other_doors.InvitedOnly"
SOCIALACCOUNT_EMAIL_VERIFICATION = "none"
SOCIALACCOUNT_STORE_TOKENS = False
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 60 * 60 * 24 * 14
CSRF_TRUSTED_ORIGINS = [BASE_URL]

# --- security --------------------------------------------------------------------------------------------
SECURE_SSL_REDIRECT = HTTPS
# For so long browsers refuse http to this host. For its subdomains only who answers for them can say so.
SECURE_HSTS_SECONDS = env.number("BATON_HSTS_SECONDS", 31_536_000) * HTTPS
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.flag("BATON_HSTS_SUBDOMAINS", default=False) and HTTPS
SECURE_HSTS_PRELOAD = env.flag("BATON_HSTS_PRELOAD", default=False) and HTTPS
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]  # subdomains and preload are a decision, no default
# How many proxies stand in front, each of which says X-Forwarded-For and X-Forwarded-Proto; 0: nobody is believed.
TRUSTED_PROXIES = env.number("BATON_TRUSTED_PROXIES", 0)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        # A browser asks for those a form is sent on to as well.
        "form-action": [SELF, *origins_of(SIGN_IN_APPS)],
        "manifest-src": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
# A version of the criteria is one page of the admin: MOST_RULES (scoring/models/criteria.py) of up to 30 fields each.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200 * 30

# --- language and time -----------------------------------------------------------------------------------
LANGUAGE_CODE = "en-us"
LANGUAGES = [("en", _("English"))]
USE_I18N = True
FORMAT_MODULE_PATH = "config.design.formats"
TIME_ZONE = env.zone("BATON_TIME_ZONE", "UTC")
USE_TZ = True

# --- files -----------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = STATE_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
PRIVATE_ROOT = STATE_DIR / "private"  # uploaded files; never served by URL
STORAGES = {
    "default": {
        "BACKEND": "lib.private_files.PrivateStorage",
        "OPTIONS": {"location": PRIVATE_ROOT},
    },
    "staticfiles": {
        "BACKEND": env.text("BATON_STATICFILES_STORAGE", "whitenoise.storage.CompressedManifestStaticFilesStorage")
    },
}

# --- mail ------------------------------------------------------------------------------------------------
# Without a mail server mails become files of the state directory: printing them would put names into logs.
# This is a copy to try something with: all mail goes to one address, and nothing else leaves.
ALL_MAIL_TO = env.mailbox("BATON_ALL_MAIL_TO")
vars().update(env.mail("BATON_EMAIL_URL", folder=STATE_DIR.resolve() / "mail", all_to=ALL_MAIL_TO))
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.text("BATON_FROM_EMAIL", "Baton <baton@localhost>")

# --- requests that leave: chat webhooks, by https to public addresses only (lib/outgoing.py) --------------
OUTGOING_PORTS = env.ports("BATON_OUTGOING_PORTS", "443")
# Each "host:port" may be inside and speak plain http: a chat server of one's own, or a receiver of a test.
OUTGOING_LOCAL = env.words("BATON_OUTGOING_LOCAL")

# --- what programs ask, and pages of other websites: no sessions, no forms, JSON whatever happens ----------
PROGRAM_PATHS = ("/api/", "/v1/", "/w/", "/h/")
# So often a minute one address may send what it tracks; more is told to come again.
COLLECTOR_REQUESTS_A_MINUTE = env.number("BATON_COLLECTOR_REQUESTS_A_MINUTE", 1200, least=1)
# So often a minute one address may send to one incoming webhook.
HOOK_REQUESTS_A_MINUTE = env.number("BATON_HOOK_REQUESTS_A_MINUTE", 600, least=1)

# --- API -------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["accounts.authentication.ApiKeyAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["accounts.authentication.HasScope"],
    "DEFAULT_PARSER_CLASSES": ["lib.api.StrictJSONParser"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "lib.api.Negotiation",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_FILTER_BACKENDS": ["lib.api.KnownFilters"],
    "DEFAULT_PAGINATION_CLASS": "lib.api.CursorPages",
    "DEFAULT_SCHEMA_CLASS": "lib.api_schema.ProblemSchema",
    "EXCEPTION_HANDLER": "lib.api.problem_response",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Baton",
    "DESCRIPTION": "Send activities, sync leads and outcomes, read scores and handoffs.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "OAS_VERSION": "3.1.1",
}

# --- work: PostgreSQL carries the obligation, the broker carries a hint -----------------------------------
CELERY_BROKER_URL = REDIS_URL
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 600,  # more than twice the time limit, or a slow task runs twice
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "socket_timeout": 10,
    "socket_connect_timeout": 2,
    "health_check_interval": 25,
}
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TIME_LIMIT = 120
CELERY_TASK_SOFT_TIME_LIMIT = 90
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_PUBLISH_RETRY = False  # a lost hint costs one sweep; a waiting page costs a person
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 1000
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 30
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_ROUTES = {
    # Bulk has a queue of its own, with a worker of its own.
    "capture.tasks.run_import": {"queue": "imports"},
    "capture.tasks.recount_channels": {"queue": "imports"},
    "capture.tasks.undo_import": {"queue": "imports"},
    "leads.tasks.write_export": {"queue": "imports"},
    "leads.tasks.sort_pages": {"queue": "imports"},
    "leads.tasks.change_in_bulk": {"queue": "imports"},
    "config.tasks.go_on_with_demonstration": {"queue": "imports"},
    "capture.tasks.*": {"queue": "ingest"},
    "scoring.tasks.*": {"queue": "ingest"},
    "outbox.tasks.send_deliveries": {"queue": "mail"},
    "outbox.tasks.send_letters": {"queue": "mail"},
    "nurture.tasks.send_mails": {"queue": "mail"},
    "outbox.tasks.send_to_chat": {"queue": "webhooks"},
}
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = SCHEDULE

# --- logs: ids only, never names, addresses or bodies -----------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "filters": {"briefly": {"()": "lib.logs.TellAwayBriefly"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain", "filters": ["briefly"]}},
    "root": {"handlers": ["console"], "level": env.choice("BATON_LOG_LEVEL", "INFO", LEVELS)},
}

env.refuse_unknown()
