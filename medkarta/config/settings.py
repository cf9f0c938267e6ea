"""Settings, only from the environment: `MEDKARTA_…`, `DATABASE_URL`, `EMAIL_URL`."""

from importlib.metadata import entry_points
from pathlib import Path

import environ
from django.utils.translation import gettext_noop as _

from medkarta.config import environment, outgoing

env = environ.Env()
PACKAGE = Path(__file__).resolve().parent.parent

MODE = environment.mode()
IS_PRODUCTION = MODE == "production"
DATA_DIR = environment.data_dir()
BASE_URL = environment.base_url()
IS_HTTPS = BASE_URL.startswith("https://")
DEBUG = False
SECRET_KEY = environment.secret_key(DATA_DIR, is_production=IS_PRODUCTION)
ALLOWED_HOSTS = environment.allowed_hosts(BASE_URL)
CSRF_TRUSTED_ORIGINS = [BASE_URL]

ROOMS = sorted(path.parent.name for path in PACKAGE.glob("*/apps.py") if path.parent.name != "devtools")
INSTALLED_APPS = [
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_linear_migrations",
    *(f"medkarta.{room}" for room in ROOMS),
]
if not IS_PRODUCTION:
    INSTALLED_APPS += sorted(point.value for point in entry_points(group="medkarta.devtools"))

MIDDLEWARE = [
    "medkarta.config.middleware.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "medkarta.config.middleware.PrivacyHeadersMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "medkarta.config.middleware.BodyLimitMiddleware",
    "medkarta.config.middleware.NulMiddleware",
    "django.middleware.common.CommonMiddleware",
    "medkarta.config.middleware.FormOriginMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "medkarta.config.access.AccessMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
ROOT_URLCONF = "medkarta.config.urls"
WSGI_APPLICATION = "medkarta.config.wsgi.application"
TEMPLATES: list[dict[str, object]] = []  # pages are Jinja2 (ui.environment); nothing uses Django's engine
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
FIRST_DAY_OF_WEEK = 1

DATABASES = {"default": environment.database(env, DATA_DIR)}

LANGUAGE_CODE = "ru"
LANGUAGES = [("ru", "Русский"), ("en", "English")]
LOCALE_PATHS = [PACKAGE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = env.str("MEDKARTA_TIME_ZONE", "Europe/Moscow")

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": environment.static_storage()},
}
WHITENOISE_MAX_AGE = 31_536_000 if STORAGES["staticfiles"]["BACKEND"].endswith("ManifestStaticFilesStorage") else 0
WHITENOISE_USE_FINDERS = not WHITENOISE_MAX_AGE

COOKIE_PREFIX = "__Host-" if IS_HTTPS else ""
CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}medkarta_csrf"
CSRF_COOKIE_SECURE = IS_HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
SILENCED_SYSTEM_CHECKS = ["security.W003"]  # our own subclass of the form check stands in its place
CSRF_FAILURE_VIEW = "medkarta.config.errors.csrf_failure"
SESSION_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_HTTPONLY = True
SECURE_SSL_REDIRECT = False
SECURE_HSTS_SECONDS = 31_536_000 if IS_HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("MEDKARTA_BEHIND_PROXY", False) else None
SECURE_REFERRER_POLICY = "no-referrer"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200
FILE_UPLOAD_HANDLERS: list[str] = []  # no page takes files

SESSION_COOKIE = f"{COOKIE_PREFIX}medkarta_session"
LOGIN_COOKIE = f"{COOKIE_PREFIX}medkarta_login"
PREFERENCES_COOKIE = "medkarta_view"
SESSION_IDLE_MINUTES = env.int("MEDKARTA_SESSION_IDLE_MINUTES", 30)
SESSION_HOURS = env.int("MEDKARTA_SESSION_HOURS", 12)
RESTRICTED_MINUTES = env.int("MEDKARTA_RESTRICTED_MINUTES", 10)

OPERATOR_NAME = env.str("MEDKARTA_OPERATOR_NAME", _("Демонстрационный оператор портала «Медкарта»"))
OPERATOR_ADDRESS = env.str(
    "MEDKARTA_OPERATOR_ADDRESS",
    _("адрес оператора не указан") if IS_PRODUCTION else _("г. Подольск, ул. Примерная, д. 1, адрес вымышлен"),
)
OPERATOR_CONTACT = env.str("MEDKARTA_OPERATOR_CONTACT", "" if IS_PRODUCTION else "operator@example.org")

MINOR15_PARENT_ACCESS = environment.choice(
    "MEDKARTA_MINOR15_PARENT_ACCESS", ("full", "notify_teen", "teen_may_hide"), "full"
)
MINOR15_PARENT_RESTRICTED = environment.choice("MEDKARTA_MINOR15_PARENT_RESTRICTED", ("hidden", "locked"), "hidden")
SETTINGS_KEPT_SECONDS = env.float("MEDKARTA_SETTINGS_KEPT_SECONDS", 5.0)  # booking numbers kept in a process
CHILD_GRACE_DAYS = env.int("MEDKARTA_CHILD_GRACE_DAYS", 30)
PRESCRIPTION_SOON_DAYS = env.int("MEDKARTA_PRESCRIPTION_SOON_DAYS", 5)  # said to end soon, up to so many days before

MAIL = outgoing.mail(is_production=IS_PRODUCTION)
PUSH = outgoing.push(env, DATA_DIR, sender=str(MAIL["sender"]), is_production=IS_PRODUCTION)
QUIET_HOURS = outgoing.quiet_hours(is_production=IS_PRODUCTION)
STORAGE = outgoing.storage()

_TRUST = DATA_DIR / ("signature-trust" if IS_PRODUCTION else "demo/signature-trust")
SIGNATURE_TRUST = Path(env.str("MEDKARTA_SIGNATURE_TRUST", str(_TRUST)))
SEMD_PACKAGES = environment.semd_packages()

IDENTITY = environment.identity(env, DATA_DIR, BASE_URL, is_production=IS_PRODUCTION)
CONTENT_SECURITY_POLICY = environment.content_security_policy(IDENTITY)
LOGGING = environment.logging(env.str("MEDKARTA_LOG_LEVEL", "INFO"))
