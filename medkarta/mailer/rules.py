"""Keys of notices and hours of quiet. Pure functions of plain values."""

import hashlib
import ipaddress
import uuid
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

NAMESPACE = uuid.UUID("0f2d8c0e-5d5a-5a3e-9c53-6f0f5f0f3b11")
SHOWN_AT_MOST = 100
KEEP = timedelta(days=365)
ASK_A_DAY = 5
CONFIRM_WITHIN = timedelta(days=2)
DEVICES = 10


def notice_id(account_id: uuid.UUID, key: str) -> uuid.UUID:
    """Return the id of what one account is told under a key: the same for every retry."""
    return uuid.uuid5(NAMESPACE, f"{account_id}|{key}")


def endpoint_hash(endpoint: str) -> str:
    """Return SHA-256 of a subscription's address, hex."""
    return hashlib.sha256(endpoint.encode()).hexdigest()


def address_hash(address: str) -> str:
    """Return what a link keeps of an address: SHA-256, hex; empty for no address."""
    return hashlib.sha256(address.encode()).hexdigest() if address else ""


def network_of(address: str) -> str:
    """Return what is counted as one visitor: an IPv4 address, or the /64 that a household has of IPv6."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    return str(found.ipv4_mapped or ipaddress.ip_network((found, 64), strict=False).network_address)


def message_id(key: str, *, sender: str) -> str:
    """Return the Message-ID of a letter: the same for every attempt, and nobody reads the key from it."""
    host = sender.rpartition("@")[2].rstrip(">").strip()
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@{host}>"


def after_quiet(moment: datetime, *, quiet: tuple[time, time] | None, zone: ZoneInfo) -> datetime:
    """Return the moment itself, or the end of the quiet hours that it falls into.

    `quiet`: from (included) until (excluded) by the clock of `zone`, over midnight too; None: there are none.
    """
    if quiet is None:
        return moment
    start, end = quiet
    local = moment.astimezone(zone)
    clock = local.time()
    is_over_midnight = start > end
    is_quiet = (clock >= start or clock < end) if is_over_midnight else start <= clock < end
    if not is_quiet:
        return moment
    day = local.date() + timedelta(days=1) if is_over_midnight and clock >= start else local.date()
    return datetime.combine(day, end, tzinfo=zone).astimezone(moment.tzinfo)


def masked(address: str) -> str:
    """Return an address that its owner knows again and others don't: `a•••@mail.example`."""
    name, _, host = address.rpartition("@")
    return f"{name[:1]}•••@{host}" if name else ""


LINK_DAYS = (1, 7, 30)
USUAL_LINK_DAYS = 7
WRONG_CODES = 5
CODES_AN_HOUR, CODES_WINDOW = 60, timedelta(hours=1)
"""Passcodes typed from one network: each costs 16 MB for a moment. A clinic's staff shares one address."""
SENDINGS_AN_HOUR = 10
SHOW_SECRET = timedelta(minutes=10)
TRIES = 11
"""Attempts at a letter: below the queue's own twelve, so that a sending learns of its end. About 85 minutes."""
PASSWORD_MIN, PASSWORD_MAX = 8, 64
FILE_BYTES = 10 * 1024 * 1024
"""The largest file of a letter: base64 makes a third more of it, and servers refuse letters above 20-25 MB."""
