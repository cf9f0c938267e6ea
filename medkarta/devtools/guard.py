"""Keeps the developer's tools out of production."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

LOOPBACK = ("127.0.0.1", "localhost", "::1")


def refuse_outside_demo() -> None:
    """Raises ImproperlyConfigured in production or where the portal is not on loopback."""
    if settings.IS_PRODUCTION:
        raise ImproperlyConfigured("medkarta.devtools must not be installed in production mode")
    if urlsplit(settings.BASE_URL).hostname not in LOOPBACK:
        raise ImproperlyConfigured("The demo runs on loopback only: set MEDKARTA_MODE=production for another address")


def is_on_loopback(address: str) -> bool:
    """Tell whether a visitor's network address is this machine's own."""
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False
