"""Limits of sessions and login attempts. Pure functions of plain values."""

import hashlib
import re
from datetime import datetime, timedelta

ATTEMPT_LIFETIME = timedelta(minutes=10)
SEEN_EVERY = timedelta(seconds=60)
FORGET_ATTEMPTS_AFTER = timedelta(days=1)
FORGET_SESSIONS_AFTER = timedelta(days=30)
_BROWSERS = (
    ("YaBrowser/", "Яндекс Браузер"),
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "macOS"))


def token_hash(token: str) -> str:
    """Return what the table keeps of a secret: SHA-256, hex."""
    return hashlib.sha256(token.encode()).hexdigest()


def session_ends_at(*, now: datetime, hours: int) -> datetime:
    return now + timedelta(hours=hours)


def attempt_is_live(*, created_at: datetime, used_at: datetime | None, now: datetime) -> bool:
    """Tell whether a login attempt may still be finished: unused and at most ten minutes old."""
    return used_at is None and now - created_at <= ATTEMPT_LIFETIME


def device_words(user_agent: str) -> str:
    """Return «Chrome, Android» for the list of sessions; empty for something unknown."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), "Linux" if "Linux" in user_agent else "")
    return ", ".join(part for part in (browser, system) if part)


def is_safe_path(path: str) -> bool:
    """Tell whether a path stays on this site: `/…`, no host, no backslash, no control characters."""
    return (
        path.startswith("/")
        and not path.startswith("//")
        and "\\" not in path
        and len(path) <= 500
        and not re.search(r"[\x00-\x20\x7f]", path)
    )
