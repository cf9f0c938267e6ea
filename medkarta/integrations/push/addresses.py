"""Which addresses a push may go to: a browser names them, so none of them may lead into our own network."""

import ipaddress
import socket
from urllib.parse import urlsplit

_TUNNELS = tuple(ipaddress.ip_network(one) for one in ("64:ff9b::/96", "2002::/16", "2001::/32"))
HTTPS = 443


def resolve(host: str) -> list[str]:
    """Return the addresses of a host. Raises OSError."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)]


def is_public(address: str) -> bool:
    """Tell whether an IP address is one of the public internet; a tunnel's may hold any other inside."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    return found.is_global and not found.is_multicast and not any(found in one for one in _TUNNELS)


def is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return address == "localhost"


def is_acceptable(endpoint: str, *, allows_loopback: bool) -> bool:
    """Tell whether an endpoint looks like a push service's: https, a host name, the usual port, no login in it.

    Where the host leads is checked when a message goes, since names can be moved.
    """
    try:
        parts = urlsplit(endpoint)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    if not endpoint.isascii() or not host or parts.username is not None or parts.fragment or len(endpoint) > 1000:
        return False
    if allows_loopback and is_loopback(host):
        return parts.scheme in ("http", "https")
    if parts.scheme != "https" or port not in (None, HTTPS) or "." not in host:
        return False
    return not _is_ip(host) or is_public(host)


def _is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
