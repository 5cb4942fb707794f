"""Settings, all from the environment. Every variable stands in .env.example and docs/operations.md.

A missing required variable stops the start with a line that says what to set.
"""

from pathlib import Path
from typing import Any

import environ
from celery.schedules import crontab, schedule
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

HINTS = {
    "PORTAL_SECRET_KEY": "一串 50 位以上的随机字符，用于签名会话",
    "PORTAL_DATABASE_URL": "运行账号 portal_app 的连接串，如 postgres://portal_app:密码@db:5432/portal",
    "PORTAL_OWNER_DATABASE_URL": "属主账号 portal_owner 的连接串，只在迁移时用",
    "PORTAL_REDIS_URL": "如 redis://:密码@redis:6379/0",
    "PORTAL_KEYRING": "密钥文件的路径（不放在数据库里），用 python -m cadre_portal.embedded 或手册中的命令生成",
    "PORTAL_DATA_DIR": "存放上传文件和简报的目录，不对外公开",
}


def required(name: str) -> str:
    """Return the variable's text, or stop with a hint."""
    value = env.str(name, default="")
    if not value:
        raise ImproperlyConfigured(
            f"缺少环境变量 {name}：{HINTS[name]}。见 .env.example 与 docs/operations.md。"
        )
    return value


def database(url_variable: str) -> dict[str, object]:
    """Database settings for one login. Sessions are never reused with settings left in them:
    scope is transaction-local (apps/core/scope.py)."""
    options = dict(env.db_url_config(required(url_variable)))
    options["ENGINE"] = "django.db.backends.postgresql"
    options["CONN_MAX_AGE"] = 300
    options["CONN_HEALTH_CHECKS"] = True
    options["OPTIONS"] = {"connect_timeout": 5, **options.get("OPTIONS", {})}
    return options


# --- what and where
SECRET_KEY = required("PORTAL_SECRET_KEY")
DEBUG = env.bool("PORTAL_DEBUG", default=False)
ALLOWED_HOSTS = env.list("PORTAL_ALLOWED_HOSTS", default=["localhost", "127.0.0.1"])
PORTAL_CITY_NAME = env.str("PORTAL_CITY_NAME", default="云溪市")
PORTAL_SITE_NAME = env.str("PORTAL_SITE_NAME", default=f"{PORTAL_CITY_NAME}老干部工作平台")
PORTAL_OFFICE_NAME = env.str("PORTAL_OFFICE_NAME", default=f"中共{PORTAL_CITY_NAME}委老干部局")
PORTAL_KEYRING = Path(required("PORTAL_KEYRING"))
PORTAL_DATA_DIR = Path(required("PORTAL_DATA_DIR"))
PORTAL_FONT_DIR = Path(env.str("PORTAL_FONT_DIR", default=str(PORTAL_DATA_DIR / "fonts")))
PORTAL_TOTP_ROLES = env.list("PORTAL_TOTP_ROLES", default=[])
PORTAL_IDLE_MINUTES = env.int("PORTAL_IDLE_MINUTES", default=15)
PORTAL_SESSION_HOURS = env.int("PORTAL_SESSION_HOURS", default=12)
PORTAL_STEP_UP_MINUTES = env.int("PORTAL_STEP_UP_MINUTES", default=10)  # 0: nobody is asked again
PORTAL_PASSWORD_DAYS = env.int("PORTAL_PASSWORD_DAYS", default=90)  # 0: passwords do not grow old
PORTAL_TRUSTED_PROXIES = env.int("PORTAL_TRUSTED_PROXIES", default=0)

INSTALLED_APPS = [
    "apps.core",
    "apps.audit",
    "apps.units",
    "apps.dictionaries",
    "apps.accounts",
    "apps.jobs",
    "apps.imports",
    "apps.exports",
    "apps.library",
    "apps.retirees",
    "apps.reports",
    "apps.statistics",
    "apps.concerns",
    "apps.visits",
    "apps.benefits",
    "apps.agenda",
    "apps.dashboards",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "axes",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "django_celery_beat",
    "django_htmx",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "django_tables2",
    "pgtrigger",
    "pghistory",
]

MIDDLEWARE = [
    "apps.core.middleware.RequestNumberMiddleware",
    "apps.accounts.middleware.ClientAddressMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "apps.core.middleware.PrivateHeadersMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
    "apps.accounts.middleware.SessionLimitMiddleware",
    "apps.accounts.middleware.ScopeMiddleware",
    "apps.accounts.views.step_up.StepUpMiddleware",
]

ROOT_URLCONF = "cadre_portal.urls"
WSGI_APPLICATION = "cadre_portal.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "cadre_portal.menu.portal",
            ],
        },
    },
]

# --- database: the runtime login is the default; migrations name the owner
DATABASES = {"default": database("PORTAL_DATABASE_URL")}
if env.str(
    "PORTAL_OWNER_DATABASE_URL", default=""
):  # only where migrations run: web, worker and beat do without
    DATABASES["owner"] = database("PORTAL_OWNER_DATABASE_URL") | {"CONN_MAX_AGE": 0}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
PGHISTORY_CONTEXT_FIELD = None
PGTRIGGER_SCHEMA_EDITOR = False
PGTRIGGER_MIGRATIONS = (
    False  # they are declared on the models and set by setup_database, as walls and grants are
)

# --- sign-in
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "apps.accounts.rules.LengthValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["username", "full_name", "staff_number"]},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "apps.accounts.rules.OfficeWordsValidator",
        "OPTIONS": {"words": [PORTAL_CITY_NAME.rstrip("市")]},
    },
]
LOGIN_URL = "accounts:sign-in"
LOGIN_REDIRECT_URL = "dashboards:home"
PASSWORD_RESET_TIMEOUT = 24 * 3600  # of the one-time link that sets a password
SESSION_ENGINE = "apps.accounts.models"  # its SessionStore: Django's, which also knows whose session it is
PORTAL_SESSIONS_PER_ACCOUNT = 2
PORTAL_TRIES_PER_HOUR = 20  # failed sign-ins of one account from addresses that it never used
PORTAL_CODE_TRIES = 5  # wrong one-time codes in 15 minutes
SESSION_COOKIE_AGE = PORTAL_SESSION_HOURS * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
AXES_FAILURE_LIMIT = 5
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_COOLOFF_TIME = 0.25  # hours
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "apps.accounts.views.locked_out"
AXES_USERNAME_CALLABLE = "apps.accounts.middleware.axes_name"  # people type passwords into the wrong field
AXES_SENSITIVE_PARAMETERS = ["username"]
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # or others could keep somebody out for ever
AXES_DISABLE_ACCESS_LOG = True  # audit.SignIn is the log
AXES_ENABLE_ADMIN = AXES_VERBOSE = False
OTP_TOTP_ISSUER = PORTAL_SITE_NAME
OTP_TOTP_SYNC = False  # a code is good for 30 seconds either way, however often a slow phone was forgiven
OTP_TOTP_THROTTLE_FACTOR = OTP_STATIC_THROTTLE_FACTOR = 0  # our own limit counts both kinds of code together

# --- web surface
HTTPS = env.bool("PORTAL_HTTPS", default=True)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "cadre_portal.errors.csrf_failure"
CSRF_TRUSTED_ORIGINS = env.list("PORTAL_TRUSTED_ORIGINS", default=[])
SECURE_SSL_REDIRECT = False  # the TLS proxy redirects; health checks come in by plain HTTP
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PORTAL_TRUSTED_PROXIES else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
        "manifest-src": ["'self'"],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_TEMP_DIR = None

STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("PORTAL_STATIC_ROOT", default=str(BASE_DIR / "var" / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": PORTAL_DATA_DIR / "files"},
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# --- language
LANGUAGE_CODE = "zh-hans"
USE_I18N = True
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
FORMAT_MODULE_PATH = None
CRISPY_ALLOWED_TEMPLATE_PACKS = CRISPY_TEMPLATE_PACK = "bootstrap5"
CRISPY_FAIL_SILENTLY = False
DJANGO_TABLES2_TEMPLATE = "components/table.html"

# --- Celery: only a doorbell, see cadre_portal/celery.py
CELERY_BROKER_URL = required("PORTAL_REDIS_URL")
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# A page must not wait for Redis. Measured without max_retries: 6 s a page while Redis is away; without socket_timeout
# a Redis that accepts and says nothing holds the page for ever.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 900,
    "max_retries": 0,
    "socket_connect_timeout": 1,
    "socket_timeout": 3,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_TASK_PUBLISH_RETRY = False  # a lost bell is rung again by the relay; the page does not wait for Redis
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_TIME_LIMIT = 900
CELERY_TASK_SOFT_TIME_LIMIT = 870
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 600_000  # KiB
CELERY_WORKER_MAX_TASKS_PER_CHILD = 500
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 60
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULER = "cadre_portal.beat:Scheduler"
# A tick nobody took is dropped after a quarter of an hour, not sooner: the clocks of two hosts may differ, and a worker
# that is ahead would drop every tick as too old.
TICK = {"expires": 900}
CELERY_BEAT_SCHEDULE = {
    "jobs-relay": {"task": "apps.jobs.tasks.relay", "schedule": schedule(5.0), "options": TICK},
    "jobs-sweep": {
        "task": "apps.jobs.tasks.sweep",
        "schedule": schedule(3600.0),
        "options": TICK,
    },
    "reports-due": {
        "task": "apps.reports.tasks.ensure_due",
        "schedule": schedule(60.0),
        "options": TICK,
    },
    "trash-empty": {
        "task": "apps.retirees.tasks.empty_trash",
        "schedule": schedule(3600.0),
        "options": TICK,
    },
    "transfers-due": {
        "task": "apps.retirees.tasks.transfers_due",
        "schedule": schedule(60.0),
        "options": TICK,
    },
    "figures-refresh": {
        "task": "apps.retirees.tasks.refresh_figures",
        "schedule": schedule(60.0),
        "options": TICK,
    },
    "visits-refresh": {
        "task": "apps.visits.tasks.refresh_work",
        "schedule": schedule(60.0),
        "options": TICK,
    },
    "retirees-doubles": {
        "task": "apps.retirees.tasks.ask_for_doubles",
        "schedule": crontab(hour=2, minute=30),
        "options": TICK,
    },
    # Once a day, by the key of its job; asked each hour, so that a night without beat costs an hour and no day.
    "visits-due": {
        "task": "apps.visits.tasks.ask_for_dues",
        "schedule": schedule(3600.0),
        "options": TICK,
    },
    # Once a week, by the key of its job.
    "agenda-digests": {
        "task": "apps.agenda.tasks.ask_for_digests",
        "schedule": schedule(3600.0),
        "options": TICK,
    },
}

# --- jobs: how long a silent worker keeps a job before another may take it
PORTAL_JOB_LEASE_SECONDS = 60

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request_number": {"()": "apps.core.logs.RequestNumberFilter"}},
    "formatters": {
        "json": {"()": "apps.core.logs.JsonFormatter"},
        "plain": {"format": "%(asctime)s %(levelname)s %(request_number)s %(name)s %(message)s"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "filters": ["request_number"],
            "formatter": "json" if env.bool("PORTAL_LOG_JSON", default=True) else "plain",
        }
    },
    "loggers": {"axes": {"level": "WARNING"}, "pgtrigger": {"level": "WARNING"}},
    "root": {"handlers": ["console"], "level": env.str("PORTAL_LOG_LEVEL", default="INFO")},
}
# The TLS proxy redirects plain HTTP (health checks come in by it), and an intranet has neither subdomains of ours
# nor a place in the browsers' preload list.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W008", "security.W021"]
TEST_RUNNER = "django.test.runner.DiscoverRunner"
