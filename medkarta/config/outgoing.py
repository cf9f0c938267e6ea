"""What lies outside the portal, from the environment: letters, messages to devices, the hours of quiet, files."""

import os
import re
from datetime import time
from email.utils import parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

from medkarta.integrations.storage import port as files

SECURITY = {"smtp": "", "smtp+tls": "tls", "smtp+ssl": "ssl"}
PORTS = {"": 25, "tls": 587, "ssl": 465}
SENDER = "Медкарта <no-reply@medkarta.example>"


def mail(*, is_production: bool) -> dict[str, Any]:
    """Return how letters leave: host (empty: no mail server), port, security ("", "tls", "ssl"), user, sender."""
    parts = _server()
    sender = os.environ.get("MEDKARTA_MAIL_FROM", "")
    if (sender or (parts.hostname and is_production)) and not re.fullmatch(r"[^@\s]+@[^@\s]+", parseaddr(sender)[1]):
        raise ImproperlyConfigured(f"Set MEDKARTA_MAIL_FROM to the sender of letters, such as {SENDER}")
    security = SECURITY.get(parts.scheme, "")
    return {
        "host": parts.hostname or "",
        "port": parts.port or PORTS[security],
        "security": security,
        "user": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "sender": sender or SENDER,
    }


def _server() -> SplitResult:
    value = os.environ.get("EMAIL_URL", "")
    try:
        parts = urlsplit(value)
        is_good = not value or (parts.scheme in SECURITY and bool(parts.hostname) and parts.port != 0)
    except ValueError:
        is_good = False
    if not is_good:
        raise ImproperlyConfigured(
            "EMAIL_URL must look like smtp+tls://user:password@mail.example:587 (or smtp://, or smtp+ssl://)"
        )
    return parts


def push(env: environ.Env, folder: Path, *, sender: str, is_production: bool) -> dict[str, Any]:
    """Return what messages to devices need.

    `allows_loopback`: a push service on this very machine, for trials only. `contact`: whom a push service may ask.
    """
    allows_loopback = env.bool("MEDKARTA_PUSH_LOOPBACK", False)
    if allows_loopback and is_production:
        raise ImproperlyConfigured("MEDKARTA_PUSH_LOOPBACK is for trials: unset it in production")
    return {
        "key": env.str("MEDKARTA_VAPID_KEY", ""),
        "key_file": folder / "vapid-key",
        "contact": f"mailto:{parseaddr(sender)[1]}",
        "proxy": env.str("MEDKARTA_OUTGOING_PROXY", ""),
        "allows_loopback": allows_loopback,
    }


def storage() -> dict[str, str]:
    """Return where files of documents live: `url` of a bucket (empty: the data folder), its keys, a CA bundle."""
    names = {"url": "URL", "access_key": "ACCESS_KEY", "secret_key": "SECRET_KEY", "ca_bundle": "CA_BUNDLE"}
    found = {key: os.environ.get(f"MEDKARTA_STORAGE_{name}", "") for key, name in names.items()}
    if not found["url"]:
        return found
    try:
        files.parse(found["url"])
    except ValueError as error:
        raise ImproperlyConfigured(f"MEDKARTA_STORAGE_URL {error}") from error
    if not found["access_key"] or not found["secret_key"]:
        raise ImproperlyConfigured("Set MEDKARTA_STORAGE_ACCESS_KEY and MEDKARTA_STORAGE_SECRET_KEY for the bucket")
    if found["ca_bundle"] and not Path(found["ca_bundle"]).is_file():
        raise ImproperlyConfigured("MEDKARTA_STORAGE_CA_BUNDLE must be a file of certificates in PEM")
    if not files.has_s3():
        raise ImproperlyConfigured("MEDKARTA_STORAGE_URL needs the extra s3: pip install 'medkarta[s3]'")
    return found


def quiet_hours(*, is_production: bool) -> tuple[time, time] | None:
    """Return from when until when messages that can wait do wait; none in the demo unless set."""
    value = os.environ.get("MEDKARTA_QUIET_HOURS", "22:00-08:00" if is_production else "off")
    if value == "off":
        return None
    clock = r"(?:[01]\d|2[0-3]):[0-5]\d"
    start, _, end = value.partition("-")
    if not re.fullmatch(f"{clock}-{clock}", value, re.ASCII) or start == end:
        raise ImproperlyConfigured("MEDKARTA_QUIET_HOURS must look like 22:00-08:00, or be off")
    return time.fromisoformat(start), time.fromisoformat(end)
