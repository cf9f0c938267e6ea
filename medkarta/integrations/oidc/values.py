"""Settings of one OpenID Connect provider, and what its discovery document says."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from medkarta.integrations.esia.port import is_safe_url

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")

CLAIMS: Mapping[str, str] = MappingProxyType(
    {
        "family_name": "family_name",
        "given_name": "given_name",
        "middle_name": "middle_name",
        "birth_date": "birthdate",
        "gender": "gender",
        "email": "email",
        "email_verified": "email_verified",
        "phone": "phone_number",
        "address": "address",
        "snils": "snils",
        "policy": "oms_policy",
        "children": "children",
    }
)
"""Our field -> the provider's claim."""


@dataclass(frozen=True)
class OidcConfig:
    """One provider. `issuer` exactly as the provider writes it; https, or http on this machine.

    One of `client_secret` and `private_key` (PEM file, RSA or EC; private_key_jwt). `confirmed_claim`: the account is
    confirmed if this claim is true; `always_confirmed` for a provider that has confirmed accounts only.
    `trusted_for_snils`: СНИЛС, policy and children are taken from this provider; never without it.
    """

    issuer: str
    client_id: str
    redirect_uri: str
    client_secret: str = field(default="", repr=False)
    private_key: Path | None = None
    private_key_alg: str = "RS256"
    scopes: tuple[str, ...] = ("openid", "profile", "email", "phone", "address")
    algorithms: tuple[str, ...] = ("RS256", "ES256")
    confirmed_claim: str = "trusted"
    always_confirmed: bool = False
    trusted_for_snils: bool = False
    claims: Mapping[str, str] = field(default_factory=lambda: CLAIMS)

    def __post_init__(self) -> None:
        """Raise ValueError on a setting that can't work or isn't safe."""
        if not is_safe_url(self.issuer) or "?" in self.issuer:
            raise ValueError("issuer must be an https address (http on this machine only) without a query")
        if not self.client_id or "openid" not in self.scopes:
            raise ValueError("client_id and the scope openid are needed")
        if bool(self.client_secret) == bool(self.private_key):
            raise ValueError("exactly one of client_secret and private_key is needed")
        if not self.algorithms or not set(self.algorithms) <= set(ALGORITHMS):
            raise ValueError(f"algorithms may hold {', '.join(ALGORITHMS)} only")

    @property
    def scope(self) -> str:
        return " ".join(self.scopes)


@dataclass(frozen=True)
class Provider:
    """Addresses and abilities from a discovery document that passed its checks."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str = ""
    end_session_endpoint: str = ""
    token_auth_methods: tuple[str, ...] = ("client_secret_basic",)
