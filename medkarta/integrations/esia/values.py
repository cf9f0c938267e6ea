"""What goes into a sign-in through an identity provider and what comes out of it. Plain frozen values.

Everything that names a person is kept out of `repr`, so that it can't reach a log by accident.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from medkarta.integrations.esia.addresses import is_safe_url

Gender = Literal["male", "female", ""]
Section = Literal["contacts", "addresses", "documents", "children", "child-documents"]

SCOPES = (
    "openid",
    "fullname",
    "birthdate",
    "gender",
    "snils",
    "id_doc",
    "medical_doc",
    "email",
    "mobile",
    "addresses",
    "kid_fullname",
    "kid_birthdate",
    "kid_gender",
    "kid_snils",
    "kid_birth_cert_doc",
    "kid_medical_doc",
)
ISSUERS = ("http://esia.gosuslugi.ru/", "http://esia-portal1.test.gosuslugi.ru/")
TOKEN_ALGORITHMS = ("RS256", "GOST3410_2012_256")


@dataclass(frozen=True)
class EsiaConfig:
    """Settings of one ESIA client, generation v2/ac with v3/te.

    `base_url` without a trailing slash; `trusted_certificates` a folder of .cer/.crt/.pem/.der files, re-read when
    it changes; `issuers` compared exactly (ESIA's own have http and a trailing slash); `token_algorithms` what the
    system's card at the technical portal says. Times in seconds. `only_confirmed` lets ESIA itself turn
    unconfirmed accounts away (ESIA-007055).
    """

    base_url: str
    client_id: str
    redirect_uri: str
    trusted_certificates: Path
    scopes: tuple[str, ...] = SCOPES
    scope_org: str = ""
    issuers: tuple[str, ...] = ISSUERS
    token_algorithms: tuple[str, ...] = TOKEN_ALGORITHMS
    pkce: bool = True
    only_confirmed: bool = False
    profile_budget_seconds: float = 20.0

    def __post_init__(self) -> None:
        """Raise ValueError on a setting that can't work."""
        if not is_safe_url(self.base_url) or self.base_url.endswith("/") or "?" in self.base_url:
            raise ValueError("base_url must be https (http on this machine only), without query and trailing slash")
        if urlsplit(self.redirect_uri).scheme not in {"http", "https"} or not urlsplit(self.redirect_uri).hostname:
            raise ValueError("redirect_uri must be an absolute http(s) address")
        if not self.client_id or not self.scopes or not self.issuers:
            raise ValueError("client_id, scopes and issuers must not be empty")
        if not set(self.token_algorithms) <= set(TOKEN_ALGORITHMS) or not self.token_algorithms:
            raise ValueError("token_algorithms may hold RS256 and GOST3410_2012_256 only")

    @property
    def scope(self) -> str:
        return " ".join(self.scopes)

    @property
    def rs_base(self) -> str:
        return f"{self.base_url}/rs"


@dataclass(frozen=True)
class AuthorizationRequest:
    """Where to send the browser, and what to keep on the server until it returns.

    `pkce_verifier` and `nonce` are empty where the provider doesn't use them.
    """

    url: str
    state: str
    pkce_verifier: str = field(default="", repr=False)
    nonce: str = field(default="", repr=False)


@dataclass(frozen=True)
class Tokens:
    """A finished exchange: who came (`oid`, digits at ESIA) and whether the account is confirmed (`trusted`)."""

    access: str = field(repr=False)
    id_claims: Mapping[str, Any] = field(repr=False)
    oid: str = field(repr=False)
    trusted: bool
    session_id: str = field(default="", repr=False)
    id_token: str = field(default="", repr=False)


@dataclass(frozen=True)
class Confirmation:
    """All that may be kept before the first consent."""

    oid: str = field(repr=False)
    trusted: bool


@dataclass(frozen=True)
class EsiaContact:
    """`type` MBT mobile, PHN home, EML mail, CEM work mail."""

    type: str
    value: str = field(repr=False)
    verified: bool = False


@dataclass(frozen=True)
class EsiaAddress:
    """`type` PLV residence, PRG registration, PTA temporary. `text` is one line for people."""

    type: str
    text: str = field(repr=False)
    postal_code: str = field(default="", repr=False)
    region: str = field(default="", repr=False)
    city: str = field(default="", repr=False)
    fias_code: str = field(default="", repr=False)


@dataclass(frozen=True)
class EsiaDocument:
    """`type` as ESIA names it (MDCL_PLCY, RF_PASSPORT, RF_BRTH_CERT …); `united_number` is the ЕНП, 16 digits or ""."""

    type: str
    series: str = field(default="", repr=False)
    number: str = field(default="", repr=False)
    united_number: str = field(default="", repr=False)
    verified: bool = False
    issued_on: date | None = field(default=None, repr=False)
    expires_on: date | None = field(default=None, repr=False)
    issued_by: str = field(default="", repr=False)


@dataclass(frozen=True)
class EsiaPerson:
    """`snils` is 11 digits with a right check sum, or "". `trusted`: the account is confirmed."""

    oid: str = field(repr=False)
    family_name: str = field(repr=False)
    given_name: str = field(repr=False)
    middle_name: str = field(default="", repr=False)
    birth_date: date | None = field(default=None, repr=False)
    gender: Gender = field(default="", repr=False)
    snils: str = field(default="", repr=False)
    trusted: bool = False


@dataclass(frozen=True)
class EsiaChild:
    """A child in the parent's profile. `id` is unique inside that profile only."""

    id: str = field(repr=False)
    family_name: str = field(repr=False)
    given_name: str = field(repr=False)
    middle_name: str = field(default="", repr=False)
    birth_date: date | None = field(default=None, repr=False)
    gender: Gender = field(default="", repr=False)
    snils: str = field(default="", repr=False)
    documents: tuple[EsiaDocument, ...] = field(default=(), repr=False)


@dataclass(frozen=True)
class Profile:
    """Everything read at sign-in. `missing` names the sections that could not be read (not granted or down)."""

    person: EsiaPerson
    contacts: tuple[EsiaContact, ...] = field(default=(), repr=False)
    addresses: tuple[EsiaAddress, ...] = field(default=(), repr=False)
    documents: tuple[EsiaDocument, ...] = field(default=(), repr=False)
    children: tuple[EsiaChild, ...] = field(default=(), repr=False)
    missing: tuple[Section, ...] = ()
