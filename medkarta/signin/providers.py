"""The configured identity providers behind one shape: ESIA by its own protocol, OpenID Connect by discovery."""

import hashlib
import logging
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Protocol

from django.conf import settings
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from medkarta.integrations.esia import port as esia
from medkarta.integrations.oidc import port as oidc
from medkarta.integrations.signature import port as signature

log = logging.getLogger(__name__)
DISCOVERY_SECONDS = 600
ESIA_TITLE = _("Госуслуги")


class Provider(Protocol):
    """What `signin` asks of a provider. Every call may raise EsiaError with an action for the person."""

    @property
    def name(self) -> str: ...

    @property
    def title(self) -> str | Promise: ...

    @property
    def realm(self) -> str:
        """Whose numbers of people these are: an account belongs to a realm, a subject is unique inside it."""
        ...

    def begin(self, *, now: datetime) -> esia.AuthorizationRequest: ...

    def finish(self, code: str, *, verifier: str, nonce: str, now: datetime) -> esia.Tokens: ...

    def read_profile(self, tokens: esia.Tokens) -> esia.Profile: ...

    def logout_url(self, return_to: str) -> str: ...

    def action_of(self, error: esia.EsiaError) -> esia.Action: ...


@dataclass(frozen=True)
class EsiaProvider:
    """ESIA, v2/ac with v3/te."""

    config: esia.EsiaConfig
    signer: signature.Signer
    http: esia.BoundedClient
    name: str = "esia"
    title: str | Promise = ESIA_TITLE
    realm: str = "esia"

    def begin(self, *, now: datetime) -> esia.AuthorizationRequest:
        return esia.authorization_request(self.config, self.signer, esia.new_state(), now)

    def finish(self, code: str, *, verifier: str, nonce: str, now: datetime) -> esia.Tokens:
        return esia.exchange(self.config, self.signer, self.http, code, verifier, now)

    def read_profile(self, tokens: esia.Tokens) -> esia.Profile:
        return esia.read_profile(self.config, self.http, tokens)

    def logout_url(self, return_to: str) -> str:
        return esia.logout_url(self.config, return_to)

    def action_of(self, error: esia.EsiaError) -> esia.Action:
        return error.action


def configured() -> dict[str, Provider]:
    """Return the providers of the settings by name, ESIA first."""
    found: dict[str, Provider] = {}
    if settings.IDENTITY["esia_url"]:
        try:
            found["esia"] = _esia()
        except signature.SignatureUnavailable:
            log.exception("the key or the certificate of the ESIA client can't be used")
    if settings.IDENTITY["oidc_issuer"]:
        found["oidc"] = _oidc()
    return found


def of_realm(realm: str) -> Provider | None:
    """Return the configured provider that an account came from; None where it is configured no more."""
    return next((one for one in configured().values() if one.realm == realm), None)


@cache
def _esia() -> EsiaProvider:
    given = settings.IDENTITY
    config = esia.EsiaConfig(
        base_url=given["esia_url"].rstrip("/"),
        client_id=given["esia_client_id"],
        redirect_uri=f"{given['base_url']}/login/esia/callback",
        trusted_certificates=Path(given["esia_trusted"]),
        issuers=given["esia_issuers"],
        scopes=given["esia_scopes"] or esia.SCOPES,
        token_algorithms=given["esia_token_algorithms"],
        pkce=given["esia_pkce"],
        only_confirmed=given["esia_only_confirmed"],
    )
    signer = signature.signer_from({"key": given["esia_key"], "certificate": given["esia_certificate"]})
    bundle = Path(given["esia_ca_bundle"]) if given["esia_ca_bundle"] else None
    http = esia.BoundedClient(ca_bundle=bundle, proxy=given["proxy"] or None)
    return EsiaProvider(config, signer, http)


@dataclass(frozen=True)
class OidcProvider:
    """A provider found by discovery. Its document is read anew every ten minutes at the most."""

    config: oidc.OidcConfig
    http: esia.BoundedClient
    title: str | Promise
    name: str = "oidc"

    @property
    def realm(self) -> str:
        """Return a name of the issuer: another issuer may give the same subject to somebody else."""
        return f"oidc-{hashlib.sha256(self.config.issuer.encode()).hexdigest()[:32]}"

    def begin(self, *, now: datetime) -> esia.AuthorizationRequest:
        return oidc.authorization_request(self.config, self._discovered(now), oidc.new_state())

    def finish(self, code: str, *, verifier: str, nonce: str, now: datetime) -> esia.Tokens:
        return oidc.exchange(self.config, self._discovered(now), self.http, code, verifier, nonce, now)

    def read_profile(self, tokens: esia.Tokens) -> esia.Profile:
        return oidc.read_profile(self.config, self._discovered(timezone.now()), self.http, tokens)

    def logout_url(self, return_to: str) -> str:
        try:
            return oidc.logout_url(self.config, self._discovered(timezone.now()), return_to)
        except esia.EsiaError:
            return return_to

    def action_of(self, error: esia.EsiaError) -> esia.Action:
        return oidc.action_of(error)

    def _discovered(self, now: datetime) -> oidc.Provider:
        return _discover(self.config.issuer, int(now.timestamp()) // DISCOVERY_SECONDS)


@lru_cache(maxsize=2)
def _discover(issuer: str, _period: int) -> oidc.Provider:
    found = _oidc()
    assert issuer == found.config.issuer
    return oidc.discover(found.config, found.http)


@cache
def _oidc() -> OidcProvider:
    given = settings.IDENTITY
    config = oidc.OidcConfig(
        issuer=given["oidc_issuer"],
        client_id=given["oidc_client_id"],
        redirect_uri=f"{given['base_url']}/login/oidc/callback",
        client_secret=given["oidc_client_secret"],
        private_key=Path(given["oidc_key"]) if given["oidc_key"] else None,
        confirmed_claim=given["oidc_confirmed_claim"],
        always_confirmed=given["oidc_always_confirmed"],
        trusted_for_snils=given["oidc_trusted_for_snils"],
    )
    bundle = Path(given["esia_ca_bundle"]) if given["esia_ca_bundle"] else None
    http = esia.BoundedClient(ca_bundle=bundle, proxy=given["proxy"] or None)
    return OidcProvider(config, http, given["oidc_name"] or given["oidc_issuer"])
