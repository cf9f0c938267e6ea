"""What the stand-in knows while it runs: options, keys, persons, and the logins, codes and tokens under way."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Lock
from typing import Any, Generic, TypeVar
from urllib.parse import urlsplit

from medkarta.devtools.standin.faults import Faults
from medkarta.devtools.standin.keys import StandinFiles, key_pair, signer_of
from medkarta.devtools.standin.persons import Person, Register
from medkarta.integrations.signature.port import Kind, Signer, load_certificate

LOGIN_LIFETIME = timedelta(minutes=10)
CODE_LIFETIME = timedelta(seconds=120)
TOKEN_LIFETIME = timedelta(hours=1)
SESSION_LIFETIME = timedelta(hours=8)
MAX_ENTRIES = 10_000

T = TypeVar("T")


@dataclass(frozen=True)
class Options:
    """`base_url` without a trailing slash. `client_certificate`: the portal's, registered here.

    `redirect_domains`: host names, as ESIA registers only the domain. `embed`: whether `?embed=(elements)` is obeyed;
    otherwise collections hold addresses. `inline_documents`: children carry their documents themselves.
    """

    base_url: str
    client_certificate: Path
    client_id: str = "MEDKARTA"
    oidc_client_id: str = "medkarta-oidc"
    redirect_domains: tuple[str, ...] = ("127.0.0.1", "localhost")
    token_kind: Kind = "rsa"  # noqa: S105
    embed: bool = True
    inline_documents: bool = False


@dataclass(frozen=True)
class Login:
    """An authorization request that passed all checks and waits for the person."""

    protocol: str  # esia | oidc
    redirect_uri: str
    state: str
    scopes: tuple[str, ...]
    challenge: str = ""
    nonce: str = ""
    only_confirmed: bool = False


@dataclass(frozen=True)
class Grant:
    """What a code, and then an access token, stands for."""

    login: Login
    oid: str
    session: str
    at: datetime


@dataclass
class Shelf(Generic[T]):
    """Values under secret keys for a time. The oldest fall off when there are too many."""

    lifetime: timedelta
    now: Callable[[], datetime]
    _kept: dict[str, tuple[datetime, T]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def put(self, value: T, key: str = "") -> str:
        key = key or secrets.token_urlsafe(24)
        with self._lock:
            self._kept[key] = (self.now() + self.lifetime, value)
            while len(self._kept) > MAX_ENTRIES:
                del self._kept[next(iter(self._kept))]
        return key

    def get(self, key: str) -> T | None:
        with self._lock:
            ends, value = self._kept.get(key, (None, None))
        return value if ends is not None and self.now() <= ends else None

    def take(self, key: str) -> T | None:
        """Return the value and forget it: whoever comes second gets None."""
        with self._lock:
            ends, value = self._kept.pop(key, (None, None))
        return value if ends is not None and self.now() <= ends else None


class World:
    def __init__(
        self, options: Options, files: StandinFiles, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self.options = options
        self.files = files
        self.now = now
        self.register = Register(files.data_dir)
        self.faults = Faults()
        self.signer: Signer = signer_of(files.tokens[options.token_kind])
        self.rsa_signer: Signer = signer_of(files.tokens["rsa"])
        self.client_der = load_certificate(options.client_certificate)
        self.logins: Shelf[Login] = Shelf(LOGIN_LIFETIME, now)
        self.codes: Shelf[Grant] = Shelf(CODE_LIFETIME, now)
        self.tokens: Shelf[Grant] = Shelf(TOKEN_LIFETIME, now)
        self.sessions: Shelf[str] = Shelf(SESSION_LIFETIME, now)

    def foreign_signer(self, like: Signer) -> Signer:
        """Return a signer of the same kind that nobody trusts, for flawed tokens."""
        kind: Kind = "rsa" if like.alg == "RS256" else "gost"
        return signer_of(key_pair(self.files.data_dir / "keys", kind, f"foreign-{kind}"))

    @property
    def issuer(self) -> str:
        return f"{self.options.base_url}/"

    @property
    def oidc_issuer(self) -> str:
        return f"{self.options.base_url}/oidc"

    def allows_redirect(self, url: str) -> bool:
        """Only the domain is registered, not the path or the port."""
        try:
            parts = urlsplit(url)
            host = parts.hostname
        except ValueError:
            return False
        return parts.scheme in {"http", "https"} and host in self.options.redirect_domains and not parts.username

    def person_of_session(self, cookies: Any) -> tuple[Person | None, str]:
        """Return who is signed in at this browser and the key of the session."""
        key = cookies.get("standin_session", "")
        oid = self.sessions.get(key) if key else None
        return (self.register.get(oid) if oid else None), key
