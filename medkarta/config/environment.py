"""Reads the environment; a missing or wrong variable says what to set."""

import contextlib
import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

from medkarta.integrations.esia import port as esia
from medkarta.integrations.signature import port as signature

LOOPBACK = ("127.0.0.1", "localhost", "::1")
SECRET_CHARACTERS = 50


def choice(name: str, allowed: tuple[str, ...], default: str) -> str:
    value = os.environ.get(name, default)
    if value not in allowed:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(allowed)}")
    return value


def mode() -> str:
    return choice("MEDKARTA_MODE", ("demo", "production"), "demo")


def data_dir() -> Path:
    """Return the folder that holds all state, made readable for its owner only.

    So is every file that the process makes from here on, in a folder that was there before too.
    """
    os.umask(0o077)
    folder = Path(os.environ.get("MEDKARTA_DATA_DIR") or Path.cwd() / "var").resolve()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def semd_packages() -> Path | None:
    """Return the operator's folder of official rules for CDA documents; None if there is none."""
    given = os.environ.get("MEDKARTA_SEMD_PACKAGES")
    if given and not Path(given).is_dir():
        raise ImproperlyConfigured("MEDKARTA_SEMD_PACKAGES must name a folder with the official packages")
    return Path(given) if given else None


def port() -> int:
    value = os.environ.get("PORT") or "8000"
    if not value.isdigit() or not 0 < int(value) < 65_000:
        raise ImproperlyConfigured("PORT must be a number between 1 and 64999")
    return int(value)


def base_url() -> str:
    value = os.environ.get("MEDKARTA_BASE_URL") or f"http://127.0.0.1:{port()}"
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path not in ("", "/"):
        raise ImproperlyConfigured("MEDKARTA_BASE_URL must look like https://portal.example")
    if parts.scheme == "http" and parts.hostname not in LOOPBACK and mode() == "production":
        raise ImproperlyConfigured("MEDKARTA_BASE_URL must begin with https:// in production: cookies need it")
    return f"{parts.scheme}://{parts.netloc}"


def allowed_hosts(url: str) -> list[str]:
    extra = [name for name in os.environ.get("MEDKARTA_ALLOWED_HOSTS", "").split(",") if name]
    host = urlsplit(url).hostname or ""
    return [host, *extra, *(["localhost", "127.0.0.1"] if host in ("127.0.0.1", "localhost") else [])]


def secret_key(folder: Path, *, is_production: bool) -> str:
    given = os.environ.get("MEDKARTA_SECRET_KEY", "")
    if given and not (is_production and len(given) < SECRET_CHARACTERS):
        return given
    if is_production:
        raise ImproperlyConfigured(f"Set MEDKARTA_SECRET_KEY to at least {SECRET_CHARACTERS} random characters")
    path = folder / "secret-key"
    if not path.exists():
        partial = folder / f".secret-key.{os.getpid()}"
        partial.touch(mode=0o600)
        partial.write_text(secrets.token_urlsafe(50))
        with contextlib.suppress(FileExistsError):
            os.link(partial, path)
        partial.unlink()
    return path.read_text()


def database(env: environ.Env, folder: Path) -> dict[str, Any]:
    """Return Django's settings of the one database; SQLite in the data folder by default."""
    settings: dict[str, Any] = env.db_url("DATABASE_URL", default=f"sqlite:///{folder / 'medkarta.sqlite3'}")
    settings["CONN_MAX_AGE"] = None
    settings["CONN_HEALTH_CHECKS"] = True
    if settings["ENGINE"].endswith("sqlite3"):
        settings["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA busy_timeout=20000;"
            "PRAGMA cache_size=-32000; PRAGMA temp_store=MEMORY;",
        }
    elif settings["ENGINE"].endswith("postgresql"):
        settings["ENGINE"] = "medkarta.core.postgresql"
        # a page's statement is planned once for each connection; compiling it would cost more than it ever takes
        own = {"options": "-c jit=off", "prepare_threshold": 2, "server_side_binding": True}
        settings["OPTIONS"] = {**own, **settings.get("OPTIONS", {})}
    else:
        raise ImproperlyConfigured("DATABASE_URL must begin with sqlite:// or postgres://")
    return settings


def static_storage() -> str:
    """Return the storage of static files: collected, compressed and named by hash, or straight from the rooms."""
    if choice("MEDKARTA_STATIC", ("collected", "rooms"), "collected") == "collected":
        return "whitenoise.storage.CompressedManifestStaticFilesStorage"
    return "django.contrib.staticfiles.storage.StaticFilesStorage"


def identity(env: environ.Env, folder: Path, url: str, *, is_production: bool) -> dict[str, Any]:
    """Return what `signin` needs of its providers. The demo points at the stand-in beside it."""
    standin = f"http://127.0.0.1:{port() + 1}"
    esia_url = env.str("MEDKARTA_ESIA_URL", "" if is_production else standin)
    keys = folder / ("esia" if is_production else "demo/keys")
    kind = "gost" if (keys / "client-gost.key.pem").exists() and signature.available("gost") else "rsa"
    return {
        "esia_url": esia_url,
        "esia_client_id": env.str("MEDKARTA_ESIA_CLIENT_ID", "" if is_production else "MEDKARTA"),
        "esia_issuers": tuple(
            env.list("MEDKARTA_ESIA_ISSUERS", default=list(esia.ISSUERS) if is_production else [f"{esia_url}/"])
        ),
        "esia_key": env.str("MEDKARTA_ESIA_KEY", str(keys / f"client-{kind}.key.pem")),
        "esia_certificate": env.str("MEDKARTA_ESIA_CERTIFICATE", str(keys / f"client-{kind}.crt.pem")),
        "esia_trusted": env.str("MEDKARTA_ESIA_TRUSTED", str(keys.parent / "trusted")),
        "esia_scopes": tuple(env.list("MEDKARTA_ESIA_SCOPES", default=[])),
        "esia_token_algorithms": tuple(
            env.list("MEDKARTA_ESIA_TOKEN_ALGORITHMS", default=["RS256", "GOST3410_2012_256"])
        ),
        "esia_pkce": env.bool("MEDKARTA_ESIA_PKCE", True),
        "esia_only_confirmed": env.bool("MEDKARTA_ESIA_ONLY_CONFIRMED", False),
        "proxy": env.str("MEDKARTA_OUTGOING_PROXY", ""),
        "esia_ca_bundle": env.str("MEDKARTA_ESIA_CA_BUNDLE", ""),
        "oidc_issuer": env.str("MEDKARTA_OIDC_ISSUER", ""),
        "oidc_name": env.str("MEDKARTA_OIDC_NAME", ""),
        "oidc_client_id": env.str("MEDKARTA_OIDC_CLIENT_ID", ""),
        "oidc_client_secret": env.str("MEDKARTA_OIDC_CLIENT_SECRET", ""),
        "oidc_key": env.str("MEDKARTA_OIDC_KEY", ""),
        "oidc_confirmed_claim": env.str("MEDKARTA_OIDC_CONFIRMED_CLAIM", "trusted"),
        "oidc_always_confirmed": env.bool("MEDKARTA_OIDC_ALWAYS_CONFIRMED", False),
        "oidc_trusted_for_snils": env.bool("MEDKARTA_OIDC_TRUSTED_FOR_SNILS", False),
        "base_url": url,
    }


def content_security_policy(identity: dict[str, Any]) -> str:
    """Return the policy: nothing but our own files. A logout form may end at the provider's host."""
    providers = [origin for url in (identity["esia_url"], identity["oidc_issuer"]) if (origin := _origin(url))]
    directives = (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        " ".join(("form-action 'self'", *providers)),
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
    return "; ".join(directives)


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""


def logging(level: str) -> dict[str, Any]:
    """Return structured logs on standard error: no query strings, no names, no addresses."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "plain": {
                "()": "medkarta.config.logs.QuietFormatter",
                "fmt": "%(asctime)s %(levelname)s %(name)s %(message)s",
            }
        },
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            "django.request": {"level": "ERROR"},
            "django.security": {"level": "ERROR"},
            "django.security.DisallowedHost": {"level": "CRITICAL"},  # anybody could fill the disk with tracebacks
            "httpx2": {"level": "WARNING"},
            "httpcore2": {"level": "WARNING"},
            "pikepdf": {"level": "WARNING"},
            "pymorphy3": {"level": "WARNING"},
            "pymorphy3_dicts_ru": {"level": "WARNING"},
        },
    }
